"""The bytes of a mail in, its parts and what they hold out: any bytes, in bounded time."""

import re
from copy import copy
from email import message_from_bytes, policy
from email.message import Message as Mail

from ticketstream.schemas.errors import UnreadableMessageError

MOST_LINES = 3_000_000
MOST_COMPARED = 30_000_000  # the parser holds every line against every open part's boundary
MULTIPART = re.compile(rb"multipart/", re.IGNORECASE)
BOUNDARY = re.compile(rb"\s*--(\S{1,70})[ \t]*[\r\n]")
TO_BE_TOLD = 20  # lines that tell base64 from words


class AsItCame(policy.Compat32):
    """Headers as they came: their bytes beyond ASCII are names and words to us, not defects."""

    def header_fetch_parse(self, _name: str, value: str) -> str:
        return value


RAW = AsItCame()


def parsed(data: bytes) -> Mail:
    """The parts of a mail.

    Raises:
        UnreadableMessageError: it was built to exhaust the parser.
        Exception: the standard parser lets most broken mails through, and fails on some.
    """
    lines = data.count(b"\n") + data.count(b"\r")
    if lines > MOST_LINES:
        raise UnreadableMessageError(f"mail: more than {MOST_LINES:,} lines")
    if lines * (1 + len(MULTIPART.findall(data))) > MOST_COMPARED:
        raise UnreadableMessageError("mail: too many parts inside parts")
    return message_from_bytes(data, policy=RAW)


def payload_of(part: Mail) -> bytes:
    """What a part without parts holds, decoded; as it came where its encoding is not what it says.

    Some programs call words base64, which would make them noise.
    """
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64" and _has_words(raw := _as_it_came(part)):
        return raw
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def recovered(part: Mail) -> Mail | None:
    """A multipart that lost the name of its boundary, by the boundary that it begins with."""
    data = _as_it_came(part)
    if not (found := BOUNDARY.match(data)):
        return None
    whole = parsed(b'Content-Type: multipart/mixed; boundary="%s"\n\n%s' % (found[1], data))
    return whole if whole.is_multipart() else None


def source_of(part: Mail) -> bytes:
    """A part written out again; what the library cannot write out is described by its headers."""
    try:
        return part.as_bytes()
    except (LookupError, ValueError, TypeError, AttributeError):
        lines = (f"{k}: {v}" for k, v in part.raw_items())
        return "\n".join(lines).encode("utf-8", "surrogateescape")


def _as_it_came(part: Mail) -> bytes:
    plain = copy(part)
    del plain["content-transfer-encoding"]
    data = plain.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _has_words(data: bytes) -> bool:
    """Whether most of the first lines have a blank inside, as no line of base64 has."""
    lines = [line.strip() for line in data[:4000].split(b"\n") if line.strip()][:TO_BE_TOLD]
    return 2 * sum(b" " in line for line in lines) > len(lines)
