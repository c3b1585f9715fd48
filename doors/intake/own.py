"""Headers in, the signs that this is our own mail coming back out.

An address can be forged and a form mailer writes under ours, so only our keyed mark decides alone.
"""

import hmac
from collections.abc import Iterator

from ticketstream.doors.intake.automatic import STANDARD, SUPPORTING, Sign
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.headers import Headers, first, message_ids, people
from ticketstream.doors.intake.identity import keyed

MARK = "X-Ticketstream-Mark"  # on every mail that leaves the house
HOPS = 25  # servers that a mail passes on no sane way
LOOP_HEADERS = ("x-loop", "x-loop-detect", "delivered-to", "x-original-to")


def mark_of(door: Door, message_id: str) -> str:
    """What our mail of this Message-ID carries as `MARK`: nobody else can write it."""
    return keyed(door, "own", message_id.strip().encode()).hex()


def own_signs(headers: Headers, door: Door) -> Iterator[Sign]:
    """Signs that we wrote this mail, for `automatic` to weigh."""
    message_id = next(iter(message_ids(first(headers, "message-id"))), "")
    shown = first(headers, MARK.lower()).encode()
    if message_id and hmac.compare_digest(shown, mark_of(door, message_id).encode()):
        yield _sign("own_mark", STANDARD)
    if _is_ours(headers, door):
        yield _sign("sender=own", SUPPORTING)
        houses = {address.rpartition("@")[2] for address in door.own}
        if message_id.strip("<>").rpartition("@")[2].lower() in houses:
            yield _sign("message_id=own", SUPPORTING)
    if any(_twice(headers, name, door) for name in LOOP_HEADERS):
        yield _sign("loop_header", SUPPORTING)
    if len(headers.get("received", ())) > HOPS:
        yield _sign("hops", SUPPORTING)


def _sign(name: str, weight: int) -> Sign:
    return Sign(name, (("auto_generated", weight),))


def _is_ours(headers: Headers, door: Door) -> bool:
    """From us, and answers are to go to us: not a form that somebody filled in on our site."""
    from_us = [p.address.lower() in door.own for p in people(headers, "from")]
    back = [p.address.lower() in door.own for p in people(headers, "reply-to")]
    return bool(from_us) and all(from_us) and all(back)


def _twice(headers: Headers, name: str, door: Door) -> bool:
    """Whether the mail lay in a mailbox of ours before: the mark of a mailbox, more than once."""
    lain = [p.address.lower() for p in people(headers, name)]
    return any(lain.count(own) > 1 for own in door.own)
