"""A parsed mail in, its headers as readable text out: people, message ids, dates."""

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.message import Message as Mail
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby, islice
from typing import NamedTuple

from ticketstream.doors.intake.charset import clean, decoded, without_unseen
from ticketstream.schemas.received import Message, Sender

Headers = Mapping[str, tuple[str, ...]]  # lower-case name -> values in order, unfolded, undecoded

LONGEST = 10_000  # characters of one header; longer ones are cut
MOST = 1_000  # headers of one mail
MOST_REFERENCES = 100
MOST_VALUES = 50  # of one name, where people are looked for
MOST_PEOPLE = 100
LONGEST_LIST = 1_000  # characters: the parser takes time with the square of them
WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]\\]{1,64}@[^\s@<>(),;:\"\\]{1,255}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
PEOPLE = ("from", "reply-to", "sender")
SHOPS = ("to", "delivered-to", "x-original-to", "cc")


class EncodedWord(NamedTuple):
    """One `=?charset?encoding?data?=` of RFC 2047."""

    charset: str
    data: bytes


def headers_of(mail: Mail) -> Headers:
    """All headers by lower-case name; encoded words are left to `words`."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in list(mail.raw_items())[:MOST]:
        raw = str(value)[:LONGEST].encode("utf-8", "surrogateescape")
        text = " ".join(clean(decoded(raw)).split())
        found[name.lower()] = (*found.get(name.lower(), ()), text)
    return found


def first(headers: Headers, name: str) -> str:
    """The first value of a header; empty without one."""
    return headers.get(name, ("",))[0]


def words(text: str) -> str:
    """Header text with its encoded words decoded, on one line, all of it to be seen."""
    return " ".join(without_unseen(unencoded(text))[0].split())


def unencoded(text: str) -> str:
    """Header text with its encoded words (RFC 2047) decoded."""
    return clean("".join(_pieces(BETWEEN_WORDS.sub(r"\1", text))))


def sender_of(headers: Headers) -> Sender:
    """Who wrote: From, or whatever else names a person."""
    return next((s for name in PEOPLE for s in people(headers, name)), Sender())


def recipient_of(headers: Headers) -> str:
    """The first address that it was sent to."""
    return next((s.address for name in SHOPS for s in people(headers, name)), "")


def people(headers: Headers, name: str) -> Iterator[Sender]:
    """Everybody whom a header names with an address."""
    for value in headers.get(name, ())[:MOST_VALUES]:
        for shown, address in _addresses(value):
            if usable := ADDRESS.fullmatch(address) or ADDRESS.search(value):
                yield Sender(name=words(shown), address=usable.group().strip("."))


def _addresses(value: str) -> Iterable[tuple[str, str]]:
    """Names and addresses; without names where the standard parser would take too long, or fail."""
    if len(value) <= LONGEST_LIST:
        try:
            return getaddresses([value])
        except RecursionError:
            pass
    return [("", match[0]) for match in islice(ADDRESS.finditer(value), MOST_PEOPLE)]


def message_of(headers: Headers) -> Message:
    """The mail's own identity and what it answers."""
    answered = message_ids(first(headers, "in-reply-to"))
    return Message(
        message_id=_own_id(first(headers, "message-id")),
        in_reply_to=answered[0] if answered else "",
        references=message_ids(first(headers, "references"))[-MOST_REFERENCES:],
        sent_at=moment(first(headers, "date")),
    )


def message_ids(text: str) -> tuple[str, ...]:
    """Every `<id>` of a header, in order."""
    return tuple(MESSAGE_ID.findall(text))


def moment(text: str) -> datetime | None:
    """A Date header in UTC; None when it is no date."""
    try:
        at = parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def language_of(headers: Headers) -> str:
    """The one language that the mail names for its reader, as a hint (`de`); empty otherwise."""
    match = LANGUAGE.fullmatch(first(headers, "content-language"))
    return match[1].lower() if match else ""


def _own_id(text: str) -> str:
    ids = message_ids(text)
    return ids[0] if ids else text[:500]


def _pieces(text: str) -> Iterator[str]:
    """Plain text as it is; neighbouring words of one charset together: they may share a letter."""
    at = 0
    run: list[EncodedWord] = []
    for match in WORD.finditer(text):
        if match.start() > at:
            yield from _spoken(run)
            yield text[at : match.start()]
            run = []
        run.append(EncodedWord(match[1].lower(), _word_bytes(match[2], match[3])))
        at = match.end()
    yield from _spoken(run)
    yield text[at:]


def _spoken(run: list[EncodedWord]) -> Iterator[str]:
    for charset, group in groupby(run, key=lambda word: word.charset):
        yield decoded(b"".join(word.data for word in group), charset)


def _word_bytes(encoding: str, data: str) -> bytes:
    raw = data.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]  # a lone last letter says nothing
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
