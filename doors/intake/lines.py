"""One JSON line in (a form, a chat, or the short form of `pipe`), `ticket.received` out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson

from ticketstream.doors.intake.charset import spelt, without_unseen
from ticketstream.doors.intake.door import INTAKE, Door
from ticketstream.doors.intake.fields import Fields, fields
from ticketstream.doors.intake.hidden import signals_of
from ticketstream.doors.intake.identity import event_id, nameless_id
from ticketstream.doors.intake.quotes import split_quote
from ticketstream.schemas.envelope import Channel, External
from ticketstream.schemas.errors import UnreadableMessageError
from ticketstream.schemas.received import Customer, Order, Sender, TicketReceived, Turn

SHORT = ("id", "channel", "subject", "text", "language", "context")
CONTEXT = ("order", "customer", "sender")
FORM = (
    "channel",
    "submission_id",
    "received_at",
    "subject",
    "text",
    "sender",
    "order",
    "customer",
    "language",
    "external",
)
CHAT = (*FORM, "transcript")
UPSTREAM = {"form": FORM, "chat": CHAT}
SENDER = ("name", "address", "customer_id")
ORDER = ("number", "amount", "currency", "placed_at")
CUSTOMER = ("value", "since", "segment")
EXTERNAL = ("system", "id", "url")
PLACE = "body"
LONGEST = 512 * 1024  # bytes of one submission: what it becomes must fit a Kafka message
TURN = ("role", "author", "text", "at")


def received_from_line(data: bytes, door: Door, place: str = "line 1") -> TicketReceived:
    """The ticket of one line: `{"channel": "form" | "chat", ...}` or the short form.

    A line with `id` or `context`, and one without a channel, is the short form. Its id becomes the
    ticket id. Without an id or submission id, bytes and time of receipt give the identity.

    Raises:
        UnreadableMessageError: no JSON object, an unknown key, a value of the wrong kind, or
            nothing said; the message names place and key, never a value.
    """
    value = object_of(data, place)
    upstream = UPSTREAM.get(str(value.get("channel")))
    if upstream and not {"id", "context"} & value.keys():
        return _upstream(fields(value, place, upstream), door)
    return _short(fields(value, place, SHORT), data, door)


def received_from_form(given: Mapping[str, Any], door: Door, key: str) -> TicketReceived:
    """The ticket of one submission: `{"channel": "form" | "chat", ...}`, a form if none is named.

    Without a submission id the key under which it was handed in and its body give the identity.

    Raises:
        UnreadableMessageError: as `received_from_line`.
    """
    value = {"channel": "form", **given}
    channel = Fields(value, PLACE).one_of("channel", tuple(UPSTREAM), "form")
    return _upstream(fields(value, PLACE, UPSTREAM[channel]), door, key)


def object_of(data: bytes, place: str) -> dict[str, Any]:
    """A JSON object of at most `LONGEST` bytes.

    Raises:
        UnreadableMessageError: it is none, or larger.
    """
    if len(data) > LONGEST:
        raise UnreadableMessageError(f"{place}: larger than {LONGEST} bytes")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UnreadableMessageError(f"{place}: no JSON ({error.msg.split(':')[0]})") from error
    if not isinstance(value, dict):
        raise UnreadableMessageError(f"{place}: must be a JSON object")
    return value


def _upstream(line: Fields, door: Door, key: str = "") -> TicketReceived:
    """A form or chat that an upstream system handed over."""
    at = line.moment("received_at") or door.received_at
    name = line.text("submission_id")
    channel = line.text("channel")
    data = orjson.dumps(line.value, option=orjson.OPT_SORT_KEYS)
    if name:
        identity = event_id(door, channel, name)
    elif key:  # with the body: a key is free again some day, and then stands for something else
        identity = event_id(door, channel, "key", key, data.decode())
    else:
        identity = nameless_id(door, channel, data, at)
    transcript = tuple(_turn(turn) for turn in line.list_of("transcript", TURN))
    external = line.inner("external", EXTERNAL)
    return _ticket(
        line,
        door,
        identity,
        at=at,
        text=line.text("text") or _asked(transcript),
        transcript=transcript,
        sender=_sender(line),
        order=_order(line),
        customer=_customer(line),
        external=external and External(*(external.text(key) for key in EXTERNAL)),
    )


def _short(line: Fields, data: bytes, door: Door) -> TicketReceived:
    """The short form: what it leaves out takes the default."""
    channel = line.one_of("channel", ("mail", "form", "chat"), "mail")
    name = line.text("id")
    identity = (
        event_id(door, channel, "id", name)
        if name
        else nameless_id(door, channel, data, door.received_at)
    )
    context = line.inner("context", CONTEXT) or Fields({}, line.place)
    text = line.text("text")
    newest, quoted = split_quote(text) if channel == "mail" else (text, "")
    return _ticket(
        line,
        door,
        identity,
        ticket_id=name or str(identity),
        channel=channel,
        at=door.received_at,
        text=newest,
        quoted=quoted,
        sender=_sender(context),
        order=_order(context),
        customer=_customer(context),
    )


def _ticket(
    line: Fields,
    door: Door,
    identity: UUID,
    *,
    at: datetime,
    text: str,
    ticket_id: str = "",
    channel: str = "",
    **rest: Any,
) -> TicketReceived:
    subject = line.text("subject")
    if not subject.strip() and not text.strip():
        raise UnreadableMessageError(f"{line.place}: says nothing; fill in subject or text")
    ticket = ticket_id or str(identity)
    return TicketReceived(
        event_id=identity,
        ticket_id=ticket,
        case_id=ticket,
        cause_id=None,
        occurred_at=at,
        shop=door.shop,
        producer=INTAKE,
        channel=cast("Channel", channel or line.text("channel")),
        language=line.text("language"),
        subject=subject,
        text=text,
        signals=_signals(line.value),
        **rest,
    )


def _signals(value: object) -> dict[str, int]:
    """Characters that nobody sees, anywhere in what was handed in, and orders that they spell."""
    texts = list(_strings(value))
    signals = signals_of(0, "\n".join(map(spelt, texts)))
    signals["invisible_characters"] = sum(without_unseen(text)[1] for text in texts)
    return {name: count for name, count in signals.items() if count}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _asked(transcript: Sequence[Turn]) -> str:
    """What the customer said, turn by turn."""
    return "\n".join(turn.text for turn in transcript if turn.role == "customer")


def _turn(turn: Fields) -> Turn:
    role = turn.one_of("role", ("customer", "agent", "bot"), "customer")
    return Turn(cast("Any", role), turn.text("author"), turn.text("text"), turn.moment("at"))


def _sender(line: Fields) -> Sender:
    inner = line.inner("sender", SENDER)
    return Sender(*(inner.text(key) for key in SENDER)) if inner else Sender()


def _order(line: Fields) -> Order | None:
    inner = line.inner("order", ORDER)
    if inner is None:
        return None
    return Order(
        inner.text("number"),
        inner.number("amount"),
        inner.text("currency"),
        inner.moment("placed_at"),
    )


def _customer(line: Fields) -> Customer | None:
    inner = line.inner("customer", CUSTOMER)
    if inner is None:
        return None
    return Customer(inner.number("value"), inner.moment("since"), inner.text("segment"))
