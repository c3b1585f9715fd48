"""An event's summary -> one line of words for the timeline."""

from collections.abc import Callable, Mapping
from typing import Any

from ticketstream.doors.person.labels import label
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import percent, plain, word

Summary = Mapping[str, Any]
PARTS = " · "


def summary_line(topic: str, summary: Summary, tongue: Tongue, labels: Labels) -> str:
    """What happened, in labels and numbers."""
    if topic == "ticket.classified":
        return PARTS.join(_classified(summary, tongue, labels))
    line = LINES.get(topic)
    return PARTS.join(part for part in line(summary, tongue) if part) if line else ""


def _received(s: Summary, tongue: Tongue) -> list[str]:
    attached = {"en": "attachments", "de": "Anhänge"}[tongue]
    count = s["attachments"]
    return [word("channel", s["channel"], tongue), f"{count} {attached}" if count else ""]


def _masked(s: Summary, _: Tongue) -> list[str]:
    found = ", ".join(f"{kind} {count}" for kind, count in s["findings"].items())
    return [s["language"]["code"], found]


def _classified(s: Summary, tongue: Tongue, labels: Labels) -> list[str]:
    called = (labels.called(s[n], tongue) for n in ("category", "sub_category", "intent"))
    return [*called, percent(s["confidence"])]


def _routed(s: Summary, tongue: Tongue) -> list[str]:
    policy = {"en": "policy", "de": "Regelwerk"}[tongue]
    version = f"{policy} {s['policy']['id']} {s['policy']['version']}"
    return [word("route", s["route"], tongue), word("queue", s["queue"], tongue), version]


def _drafted(s: Summary, tongue: Tongue) -> list[str]:
    return [word("draft", s["status"], tongue), s["model"]["name"], plain(s["reason"])]


def _sent(s: Summary, tongue: Tongue) -> list[str]:
    return [label(s["mode"], tongue), label(s["status"], tongue)]


def _replied(s: Summary, tongue: Tongue) -> list[str]:
    seconds = s["handle_seconds"]
    return [_actions(s, tongue), "" if seconds is None else f"{seconds:.0f} s"]


def _edited(s: Summary, tongue: Tongue) -> list[str]:
    changed = {"en": "changed", "de": "geändert"}[tongue]
    distance = s["edit_distance"]
    return [_actions(s, tongue), "" if distance is None else f"{percent(distance)} {changed}"]


def _closed(s: Summary, tongue: Tongue) -> list[str]:
    return [label(s["resolution"], tongue), "" if s["csat"] is None else f"CSAT {s['csat']}"]


def _actions(s: Summary, tongue: Tongue) -> str:
    return ", ".join(label(action, tongue) for action in s["actions"])


LINES: Mapping[str, Callable[[Summary, Tongue], list[str]]] = {
    "ticket.received": _received,
    "ticket.masked": _masked,
    "ticket.routed": _routed,
    "draft.created": _drafted,
    "reply.sent": _sent,
    "agent.replied": _replied,
    "agent.edited": _edited,
    "ticket.closed": _closed,
}
