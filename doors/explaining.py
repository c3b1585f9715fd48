"""A line, the ticket made of it -> what mask found in it, in offsets of what the line gave."""

from collections.abc import Mapping, Sequence
from typing import Any

from ticketstream.doors.offsets import Traced, split
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.mask import read
from ticketstream.processors.masker import Masker
from ticketstream.schemas.received import TicketReceived


def spans_of(ticket: TicketReceived, given: Mapping[str, Any], masker: Masker) -> dict[str, Any]:
    """The spans that were masked: start, end (exclusive, in characters), type, score, detector.

    Args:
        ticket: as mask read it.
        given: the line that it came from, in the short form, as upstream writes it, or an event.
        masker: mask's.

    Returns:
        `spans` of the text, `spans_subject`, and where there are such: `spans_quoted` of an event's
        quoted text (a short line's text holds its own), `spans_transcript` with the spans of author
        and text of each turn. A chat without a text has what the customer said, turns in lines.
    """
    subject, text, quoted, *rest = read(ticket, masker).spans
    told = {
        "spans": _text(ticket, _said(given, "text"), text, quoted),
        "spans_subject": _traced(_said(given, "subject"), ticket.subject).told(subject),
    }
    if quoted and not _holds_quoted(ticket, _said(given, "text")):
        told["spans_quoted"] = Traced.same(ticket.quoted).told(quoted)
    if ticket.transcript:
        told["spans_transcript"] = _turns(ticket, given, rest)
    return told


def _text(
    ticket: TicketReceived, said: str, text: Sequence[Span], quoted: Sequence[Span]
) -> list[dict[str, Any]]:
    if not _holds_quoted(ticket, said):
        return _traced(said, ticket.text).told(text)
    newest, older = split(said)
    return sorted([*newest.told(text), *older.told(quoted)], key=lambda span: span["start"])


def _holds_quoted(ticket: TicketReceived, said: str) -> bool:
    """Whether the door took the quoted text out of the text that was given."""
    newest, older = split(said)
    return (newest.text, older.text) == (ticket.text, ticket.quoted)


def _turns(
    ticket: TicketReceived, given: Mapping[str, Any], found: Sequence[Sequence[Span]]
) -> list[dict[str, Any]]:
    turns = zip(ticket.transcript, given["transcript"], found[::2], found[1::2], strict=False)
    return [
        {
            "author": _traced(_said(said, "author"), turn.author).told(author),
            "text": _traced(_said(said, "text"), turn.text).told(text),
        }
        for turn, said, author, text in turns
    ]


def _said(given: Mapping[str, Any], key: str) -> str:
    return str(given.get(key) or "")


def _traced(said: str, text: str) -> Traced:
    """The text as the door cleaned it; an event's is not cleaned again."""
    cleaned = Traced.of(said)
    return cleaned if cleaned.text == text else Traced.same(text)
