"""A trace with its events -> what the person is handed: JSON, a page, the files they sent."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ticketstream.doors.desk.words import Tongue, reason, word
from ticketstream.doors.person.place import Place
from ticketstream.doors.person.trace import Trace
from ticketstream.schemas.errors import InvalidEventError, SettingError
from ticketstream.schemas.json import to_json
from ticketstream.schemas.masked import Identity
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import Sealed
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import Read, stamp
from ticketstream.vault.tokens import unmask

ORDER = tuple(EVENTS)
NAME = re.compile(r"[^\w.-]+")
LONGEST_NAME = 80
HIDDEN = ("draft", "key", "attachment_keys")  # bytes of other events, and keys: nobody's data


@dataclass(frozen=True, slots=True)
class Handed:
    """What an export wrote."""

    tickets: int
    events: int
    attachments: int
    left_out: int


def export(place: Place, trace: Trace, folder: Path, tongue: Tongue, *, joined: bool) -> Handed:
    """Write `export.json`, `export.html` and `attachments/` into a new folder, for the owner only.

    Args:
        place: where the attachments lie.
        trace: with its events.
        folder: must not exist, or be empty.
        tongue: of the reasons in words, and of the page.
        joined: also tickets of other senders that only a typed customer number ties to this one.

    Raises:
        SettingError: the folder cannot be written, or holds something.
    """
    from ticketstream.doors.person.page import page  # noqa: PLC0415

    foreign = set() if joined else trace.joined()
    told: dict[str, Any] = {
        "asked_for": trace.asked,
        "made_at": place.now().isoformat("T", "seconds"),
        "shop": place.shop,
        "tickets": tickets_of(trace, foreign, tongue),
        "dead_letters": {"count": dict(trace.dead), "expire": _iso(trace.dead_until)},
        "known_in": {system: sorted(ids) for system, ids in trace.external.items()},
        "language_models": sorted(trace.language_models),
    }
    _prepare(folder)
    told["attachments"] = _attachments(place, trace, foreign, folder)
    _write(folder / "export.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))
    _write(folder / "export.html", page(told, tongue).encode())
    events = sum(len(t["events"]) for t in told["tickets"])
    return Handed(len(told["tickets"]), events, len(told["attachments"]), len(foreign))


def tickets_of(trace: Trace, foreign: set[str], tongue: Tongue) -> list[dict[str, Any]]:
    """Each ticket with its decision in words and all its events, oldest first."""
    by_ticket: dict[str, list[tuple[Read, Any]]] = {}
    for record, event in trace.events:
        if event.ticket_id not in foreign:
            by_ticket.setdefault(event.ticket_id, []).append((record, event))
    told = [_ticket(ticket, events, tongue) for ticket, events in by_ticket.items()]
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


def _ticket(ticket: str, events: Sequence[tuple[Read, Any]], tongue: Tongue) -> dict[str, Any]:
    ordered = sorted(events, key=lambda e: (e[0].timestamp, ORDER.index(e[0].topic), e[0].offset))
    values = next((i for _, e in reversed(ordered) if (i := _identity(e))), None)
    routed = [e for r, e in ordered if r.topic == "ticket.routed"]
    return {
        "ticket_id": ticket,
        "received_at": min(e.occurred_at for _, e in ordered).isoformat(),
        "decision": _decision(routed[-1], tongue) if routed else None,
        "events": [readable_event(r, e, _identity(e) or values) for r, e in ordered],
    }


def _identity(event: Any) -> Identity | None:
    """What the event's own tokens stand for."""
    found = getattr(event, "identity", None)
    return found if isinstance(found, Identity) else None


def _decision(event: Any, tongue: Tongue) -> dict[str, Any]:
    """Who answers and why, as the desk says it."""
    return {
        "route": word("route", event.route, tongue),
        "reasons": [reason(r.code, r.values, tongue) for r in event.reasons],
        "policy": f"{event.policy.id} {event.policy.version}",
        "by": f"{event.producer.name} {event.producer.version}",
    }


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


def _attachments(
    place: Place, trace: Trace, foreign: set[str], folder: Path
) -> list[dict[str, Any]]:
    """Files as they were sent, and those that are gone or lie elsewhere, named."""
    hidden = {i for _, e in trace.events if e.ticket_id in foreign for i in _files_of(e)}
    told = []
    for number, (file, attachment) in enumerate(sorted(trace.attachments.items()), start=1):
        if file in hidden:
            continue
        name = f"{number:03}-{NAME.sub('_', attachment.file_name)[-LONGEST_NAME:] or 'file'}"
        try:
            data = place.attachments.get(attachment)
        except (OSError, InvalidEventError):
            told.append({"id": file, "file": None, "why": "not in this shop's store"})
            continue
        (folder / "attachments").mkdir(mode=0o700, exist_ok=True)
        _write(folder / "attachments" / name, data)
        told.append({"id": file, "file": f"attachments/{name}"})
    return told


def _files_of(event: Any) -> list[str]:
    if isinstance(event, TicketReceived):
        return [a.id for a in event.attachments]
    identity = _identity(event)
    return [k.id for k in identity.attachment_keys] if identity else []


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


def _iso(at: Any) -> str:
    return at.isoformat("T", "seconds") if at else ""
