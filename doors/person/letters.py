"""Dead letters -> whose they are: by ticket id, by an address in them, and by who sent them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.errors import MessageError
from email.parser import BytesHeaderParser
from email.utils import getaddresses

import orjson
import re2

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.schemas.errors import InvalidEventError
from ticketstream.schemas.received import Attachment
from ticketstream.stream.reading import Read, stamp
from ticketstream.stream.topics import DEAD, topics

TOPICS = [t.name for t in topics().values() if t.settings is DEAD]
KEPT = timedelta(milliseconds=int(DEAD["retention.ms"]))
# what makes a longer address of one: `ada@shop.example` is not in `lada@shop.example.org`
BEFORE, AFTER = re.compile(rb"[\w.+-]"), re.compile(rb"[\w-]|\.\w")
SENDERS = ("from", "sender", "reply-to")


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter that has to do with somebody.

    Attributes:
        record: as it lies in the log.
        data: the message's bytes: of a large one, those of the stored file.
        stored: where a large one lies.
        own: the person sent it; else it only names them, or is an event of a ticket of theirs.
    """

    record: Read
    data: bytes
    stored: Attachment | None = None
    own: bool = False

    @property
    def expires(self) -> datetime:
        return stamp(self.record) + KEPT

    def header(self, name: str) -> str:
        """What the letter says of itself: reason, stage, message; never content."""
        return dict(self.record.headers).get(name, b"").decode("utf-8", "replace")


def letters(
    records: Iterable[Read],
    tickets: Mapping[str, int],
    addresses: Mapping[str, int],
    store: AttachmentStore,
) -> Iterator[tuple[int, Letter]]:
    """Each letter with whom it is about; one that names several comes several times.

    Args:
        records: of the topics of dead letters.
        tickets: ticket id -> the number of the person whose it is.
        addresses: mail address in lower case -> the same.
        store: where large letters lie.
    """
    for record in records:
        stored = _stored(record)
        if (owner := tickets.get((record.key or b"").decode("utf-8", "replace"))) is not None:
            yield owner, Letter(record, record.value or b"", stored)
            continue
        data = _data(record, stored, store)
        named = addresses_in(data, addresses)
        senders = senders_of(data) if named else frozenset()
        for owner in sorted({addresses[a] for a in named}):
            own = any(addresses.get(a) == owner for a in senders)
            yield owner, Letter(record, data, stored, own)


def addresses_in(data: bytes, wanted: Collection[str]) -> frozenset[str]:
    """Which of these addresses stand in the bytes, whole; in one pass, however many they are."""
    if not wanted:
        return frozenset()
    longest_first = sorted((a.encode() for a in wanted), key=len, reverse=True)
    any_of, low = re2.compile(b"|".join(map(re2.escape, longest_first))), data.lower()
    return frozenset(m[0].decode() for m in any_of.finditer(low) if _is_whole(low, *m.span()))


def _is_whole(data: bytes, start: int, end: int) -> bool:
    return not (BEFORE.match(data[max(start - 1, 0) : start]) or AFTER.match(data[end : end + 2]))


def senders_of(data: bytes) -> frozenset[str]:
    """The addresses in lower case that a mail says it is from; of anything else, none."""
    head = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    try:
        found = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
        lines = [str(line) for name in SENDERS for line in found.get_all(name, [])]
        return frozenset(address.lower() for _, address in getaddresses(lines) if address)
    except (MessageError, ValueError, LookupError):
        return frozenset()


def _stored(record: Read) -> Attachment | None:
    """Where a large letter lies, as `intake.burial` wrote it."""
    if ("stored", b"yes") not in record.headers:
        return None
    told = orjson.loads(record.value or b"{}")
    return Attachment(id=told.get("id", ""), key=told.get("key", ""), file_name="original")


def _data(record: Read, stored: Attachment | None, store: AttachmentStore) -> bytes:
    if stored is None:
        return record.value or b""
    try:
        return store.get(stored)
    except (OSError, InvalidEventError):
        return b""  # removed already
