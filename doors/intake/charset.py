"""Bytes and what a mail says of their charset in, readable text out, whatever the mail says."""

import codecs
import re

# What mails call them -> what Python does, or the superset that browsers read instead.
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
ALIASES = {
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso-8859-8",
}
# Text codecs to Python, but no charset: one reads escapes, the others host names.
NO_CHARSETS = frozenset({"unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined"})
REPLACED = "\N{REPLACEMENT CHARACTER}"
FEW = 0.1  # as many broken sequences among the non-ASCII ones are damage, not another charset

IN_HTML = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
LOOKED_AT = 4096  # bytes of a page that may name its charset

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
    # joiners and variants belong to emoji and some scripts, and to nothing between these letters
    "|(?<=[A-Za-z\u00c0-\u017f])[\u200c\u200d\ufe00-\ufe0f]+(?=[A-Za-z\u00c0-\u017f])"
)
# letters that nobody sees, and programs read: tags spell ASCII, variants spell bytes
SPELT = re.compile("[\U000e0020-\U000e007e\U000e0100-\U000e01ef]+")
TAGS, VARIANTS, BEFORE = 0xE0000, 0xE0100, 16


def decoded(data: bytes, charset: str = "") -> str:
    """The text of `data`: never fails, replaces what no charset explains.

    UTF-8 is tried first: text that is valid UTF-8 is hardly ever anything else, while mails that
    claim Latin-1 and carry UTF-8 are common.
    """
    declared = codec_of(charset)
    if declared.startswith(("utf-16", "utf-32", "utf-7", "iso2022", "hz")):
        return data.decode(declared, "replace")  # their bytes are valid UTF-8, too
    for name in ("utf-8", declared):
        if (text := _strict(data, name)) is not None:
            return text
    damaged = data.decode("utf-8", "replace")
    if _mostly_readable(damaged):
        return damaged
    text = _strict(data, "cp1252")
    return data.decode("latin-1") if text is None else text


def codec_of(charset: str) -> str:
    """The name of Python's codec for a mail's charset; `utf-8` for what is none."""
    name = charset.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(ALIASES.get(name, name)).name
        b"".decode(found)  # refuses codecs that make no text (zip, base64)
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if found in NO_CHARSETS else SUPERSETS.get(found, found)


def clean(text: str) -> str:
    """Without control characters, lines ended by newline, and encodable: no lone surrogates."""
    encodable = text.encode("utf-8", "replace").decode()
    return CONTROL.sub("", LINE_END.sub("\n", encodable))


def without_unseen(text: str) -> tuple[str, int]:
    """The text without characters that nobody sees (zero width, marks, tags); how many."""
    return UNSEEN.subn("", text)


def spelt(text: str) -> str:
    """What characters that nobody sees spell out."""
    return " ".join("".join(map(_letter, run[0])) for run in SPELT.finditer(text))


def charset_in(html: bytes) -> str:
    """The charset that a page names in itself; empty if none."""
    found = IN_HTML.search(html[:LOOKED_AT])
    return found[1].decode("ascii") if found else ""


def unflowed(text: str, *, delete_space: bool) -> str:
    """Paragraphs of `format=flowed` text (RFC 3676) as one line each, quotes kept apart."""
    lines: list[tuple[int, list[str]]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth, words = _unstuffed(line)
        flows = words.endswith(" ") and words != "-- "
        kept = words[:-1] if flows and delete_space else words
        if depth == open_depth and words != "-- ":
            lines[-1][1].append(kept)
        else:
            lines.append((depth, [kept]))
        open_depth = depth if flows else -1
    return "\n".join(_quoted(depth, "".join(words)) for depth, words in lines)


def _unstuffed(line: str) -> tuple[int, str]:
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")


def _quoted(depth: int, words: str) -> str:
    return f"{'>' * depth} {words}" if depth else words


def _letter(mark: str) -> str:
    code = ord(mark)
    return chr(code - VARIANTS + BEFORE) if code >= VARIANTS else chr(code - TAGS)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (ValueError, LookupError):
        return None


def _mostly_readable(text: str) -> bool:
    broken = text.count(REPLACED)
    return broken < FEW * sum(1 for letter in text if letter > "\x7f")
