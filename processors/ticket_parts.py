"""A ticket -> its texts: in the order of numbering, as they are judged, all; and who is known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ticketstream.processors.detectors.known import Known
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.words import TITLES, words_of
from ticketstream.schemas.masked import AttachmentText, TicketText
from ticketstream.schemas.received import TicketReceived
from ticketstream.vault.tokens import plain

AUTHOR_SCORE = 0.98


def texts_of(ticket: TicketReceived) -> list[str]:
    """Subject, text, quoted, author and text of each turn, name and text of each attachment."""
    turns = (part for turn in ticket.transcript for part in (turn.author, turn.text))
    attached = (part for a in ticket.attachments for part in (a.file_name, a.text))
    return [ticket.subject, ticket.text, ticket.quoted, *turns, *attached]


def text_from(ticket: TicketReceived, parts: Sequence[str]) -> TicketText:
    """The ticket's text with other parts in the places of `texts_of`."""
    rest = iter(parts)
    subject, text, quoted = next(rest), next(rest), next(rest)
    turns = tuple(replace(t, author=next(rest), text=next(rest)) for t in ticket.transcript)
    attached = tuple(
        AttachmentText(id=a.id, name=next(rest), text=next(rest)) for a in ticket.attachments
    )
    return TicketText(subject, text, quoted, turns, attached)


def authors_of(ticket: TicketReceived) -> list[list[Span]]:
    """Each part's span that is a person by its place: the names of a chat's speakers."""
    named = [
        [span for span in ([author_span(turn.author)] if turn.role != "bot" else []) if span]
        for turn in ticket.transcript
    ]
    turns = [part for spans in named for part in (spans, [])]
    return [[], [], [], *turns, *([] for a in ticket.attachments for _ in range(2))]


def author_span(author: str) -> Span | None:
    """The whole name; none for a mere part played, such as `Customer` or `Support Team`."""
    start = len(author) - len(author.lstrip())
    if not set(words_of(author)) - TITLES:
        return None
    return Span(start, len(author.rstrip()), "PERSON", AUTHOR_SCORE, "author")


def known_of(ticket: TicketReceived) -> Known:
    """The names, addresses and numbers that came with the ticket."""
    speakers = (turn.author for turn in ticket.transcript if turn.role != "bot")
    return Known(
        names=tuple(dict.fromkeys((ticket.sender.name, *speakers))),
        addresses=(ticket.sender.address,),
        orders=(ticket.order.number,) if ticket.order else (),
        customers=(ticket.sender.customer_id,),
    )


def written_by_customer(text: TicketText) -> Iterator[str]:
    """What the customer wrote, newest message only; the attachments where nothing else is there."""
    yield from (text.subject, text.text)
    yield from (turn.text for turn in text.transcript if turn.role == "customer")


def judged_text(text: object) -> str:
    """Subject and what the customer wrote, as one text; attachments only where nothing else is.

    Tokens are plain, `[ORDER_1]`, as in the texts that the heads learned from.

    Raises:
        TypeError: the text is sealed or erased: the loop opens it before it calls.
    """
    if not isinstance(text, TicketText):
        raise TypeError("classify reads open text")
    subject, *written = written_by_customer(text)
    body = "\n".join(filter(None, (part.strip() for part in written)))
    said = joint(subject, body) or "\n".join(a.text for a in text.attachments).strip()
    return plain(said)


def everything(text: object) -> str:
    """All that came with a ticket: what is quoted or attached may give orders to a machine too."""
    assert isinstance(text, TicketText)
    turns = (turn.text for turn in text.transcript)
    attached = (part for a in text.attachments for part in (a.name, a.text))
    return plain("\n\n".join((text.subject, text.text, text.quoted, *turns, *attached)))


def joint(subject: str, body: str) -> str:
    """The form in which heads are trained and asked: "subject. text"."""
    return f"{subject.strip()}. {body}" if subject.strip() and body else subject.strip() or body
