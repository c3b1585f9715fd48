"""A trace with its events -> what the person is handed: JSON, a page, the files they sent."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

import orjson

from ticketstream.doors.person.about import Met, about
from ticketstream.doors.person.letters import Letter
from ticketstream.doors.person.notice import load_notice
from ticketstream.doors.person.place import Place, iso
from ticketstream.doors.person.receipt import models_told
from ticketstream.doors.person.story import story
from ticketstream.doors.person.trace import Trace
from ticketstream.processors.decision.words import reason
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import word
from ticketstream.schemas.errors import InvalidEventError, SettingError
from ticketstream.schemas.json import to_json
from ticketstream.schemas.masked import Identity, TicketMasked
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.record import Sealed
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import Read, stamp
from ticketstream.vault.tokens import unmask

ORDER = tuple(EVENTS)
NAME = re.compile(r"[^\w.-]+")
LONGEST_NAME = 80
# bytes of other events, and keys, are nobody's data; who of the staff answered is the staff's
HIDDEN = ("draft", "key", "attachment_keys", "agent")


@dataclass(frozen=True, slots=True)
class Handed:
    """What an export wrote."""

    tickets: int
    events: int
    files: int


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is wanted.

    Attributes:
        tongue: of the reasons in words, and of the page.
        zone: in which the page shows times.
        policy: by which machines decide today.
        labels: how labels are called.
    """

    tongue: Tongue
    zone: tzinfo
    policy: Policy
    labels: Labels


def export(place: Place, trace: Trace, folder: Path, wish: Wish) -> Handed:
    """Write `export.json`, `export.html` and the person's files into a new folder of the owner.

    Args:
        place: where the attachments lie, and the shop's notice.
        trace: with its events.
        folder: must not exist, or be empty.
        wish: how it is wanted.

    Raises:
        SettingError: the folder cannot be written, or holds something; or the shop has no notice.
    """
    from ticketstream.doors.person.page import page  # noqa: PLC0415

    notice = load_notice(place.notice)
    models = models_told(trace.models(), notice.language_models)
    tickets = tickets_of(trace, wish.tongue, wish.labels)
    _prepare(folder)
    told: dict[str, Any] = {
        "asked_for": trace.asked,
        "made_at": iso(place.now()),
        "shop": place.shop,
        "about": about(notice, wish.policy, _met(trace, models), wish.tongue, wish.labels),
        "tickets": tickets,
        "attachments": _attachments(place, trace, folder),
        "dead_letters": [_letter(n, at, folder) for n, at in enumerate(trace.letters, start=1)],
        "known_in": {system: sorted(ids) for system, ids in trace.external.items()},
        "language_models": models,
    }
    _write(folder / "export.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))
    _write(folder / "export.html", page(told, wish.tongue, wish.zone).encode())
    events = sum(len(t["events"]) for t in tickets)
    files = sum(bool(f["file"]) for f in (*told["attachments"], *told["dead_letters"]))
    return Handed(len(tickets), events, files)


def tickets_of(trace: Trace, tongue: Tongue, labels: Labels) -> list[dict[str, Any]]:
    """Each ticket with its story in words and all its events, oldest first."""
    by_ticket: dict[str, dict[Any, tuple[Read, Any]]] = {}
    for record, event in trace.events:
        # an event that was delivered twice is one event
        own = by_ticket.setdefault(event.ticket_id, {})
        own.setdefault((record.topic, event.event_id), (record, event))
    told = [_ticket(t, [*own.values()], tongue, labels) for t, own in by_ticket.items()]
    return sorted(told, key=lambda t: (t["received_at"], t["ticket_id"]))


def readable_event(record: Read, event: Any, values: Identity | None) -> dict[str, Any]:
    """One event as JSON values, tokens replaced by what they stand for."""
    plain = {k: v for k, v in to_json(event).items() if k not in HIDDEN}
    if event.__class__.__name__ in {"TicketClassified", "TicketRouted"}:
        plain.pop("text", None)  # handed on unchanged from ticket.masked
    if isinstance(getattr(event, "text", None), Sealed):
        plain["text"] = None
    tokens = values.tokens if values else ()
    text = _unmasked(plain.get("text"), tokens)
    head = {"topic": record.topic, "recorded_at": stamp(record).isoformat("T", "milliseconds")}
    cleaned: dict[str, Any] = _without_keys(plain | ({"text": text} if "text" in plain else {}))
    return head | cleaned


def _ticket(
    ticket: str, events: Sequence[tuple[Read, Any]], tongue: Tongue, labels: Labels
) -> dict[str, Any]:
    ordered = sorted(events, key=lambda e: (e[0].timestamp, ORDER.index(e[0].topic), e[0].offset))
    values = next((i for _, e in reversed(ordered) if (i := _identity(e))), None)
    told = [readable_event(r, e, _identity(e) or values) for r, e in ordered]
    return {
        "ticket_id": ticket,
        "received_at": min(e.occurred_at for _, e in ordered).isoformat(),
        "decisions": [
            _decision(e, tongue, labels) for r, e in ordered if r.topic == "ticket.routed"
        ],
        "in_words": story(told, tongue, labels),
        "events": told,
    }


def _identity(event: Any) -> Identity | None:
    """What the event's own tokens stand for."""
    found = getattr(event, "identity", None)
    return found if isinstance(found, Identity) else None


def _decision(event: Any, tongue: Tongue, labels: Labels) -> dict[str, Any]:
    """Who answers and why, as the desk says it."""
    return {
        "route": word("route", event.route, tongue),
        "reasons": [reason(r.code, r.values, tongue, labels) for r in event.reasons],
        "policy": f"{event.policy.id} {event.policy.version}",
        "by": f"{event.producer.name} {event.producer.version}",
    }


def _met(trace: Trace, models: Sequence[Mapping[str, Any]]) -> Met:
    own = [e for _, e in trace.events]
    channels = {e.channel for e in own if hasattr(e, "channel")}
    systems = {e.external.system for e in own if getattr(e, "external", None)} - {""}
    facts = [e.facts for e in own if isinstance(e, TicketMasked)]
    known = any(f.customer_value is not None or f.order_amount is not None for f in facts)
    return Met(channels, systems, known, models)


def _unmasked(value: Any, tokens: Any) -> Any:
    if isinstance(value, str):
        return unmask(value, tokens)
    if isinstance(value, Mapping):
        return {k: _unmasked(v, tokens) for k, v in value.items()}
    return [_unmasked(v, tokens) for v in value] if isinstance(value, list) else value


def _without_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_keys(v) for k, v in value.items() if k not in HIDDEN}
    return [_without_keys(v) for v in value] if isinstance(value, list) else value


def _attachments(place: Place, trace: Trace, folder: Path) -> list[dict[str, Any]]:
    """Files as they were sent, and those that are gone or lie elsewhere, named."""
    told = []
    for number, (file, attachment) in enumerate(sorted(trace.attachments.items()), start=1):
        known = {"id": file, "name": attachment.file_name, "file": None}
        try:
            data = place.attachments.get(attachment)
        except (OSError, InvalidEventError):
            told.append(known | {"why": "not in this shop's store"})
            continue
        name = f"{number:03}-{NAME.sub('_', attachment.file_name)[-LONGEST_NAME:] or 'file'}"
        told.append(known | {"file": _handed(folder, "attachments", name, data)})
    return told


def _letter(number: int, letter: Letter, folder: Path) -> dict[str, Any]:
    """A message that could not be processed; handed out where the person sent it themselves."""
    told = {
        "topic": letter.record.topic,
        "recorded_at": iso(stamp(letter.record)),
        "expires": iso(letter.expires),
        "reason": letter.header("reason"),
        "message": letter.header("message"),
        "sent_by_you": letter.own,
        "file": None,
    }
    if not (letter.own and letter.data):
        return told
    return told | {"file": _handed(folder, "letters", f"{number:03}.eml", letter.data)}


def _handed(folder: Path, kind: str, name: str, data: bytes) -> str:
    (folder / kind).mkdir(mode=0o700, exist_ok=True)
    _write(folder / kind / name, data)
    return f"{kind}/{name}"


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise SettingError(f"{folder} is not empty: name a new folder with --out")
    except OSError as error:
        raise SettingError(f"{folder} cannot be made ({type(error).__name__})") from error


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
