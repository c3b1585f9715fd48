r"""Masked text <-> clear text: how a token is written, escaped and put back, byte for byte.

A token is `[TYPE_n-check]`, such as `[ORDER_1-kfqxt]`: the n-th value of its type in the ticket. A
value that is spelled in several ways (`lena@mail.example`, `Lena@mail.example`) keeps its number,
and each further spelling has a token of its own, `[EMAIL_1.2-dwgpm]`: so one value has one number,
and unmasking is exact.

The check binds a token to its ticket: five letters of an HMAC over type, number, spelling and
ticket id. Who has no key writes a fitting one once in two and a half million tries; a token of
another ticket does not fit. The same ticket gets the same tokens whenever it is masked. Consonants
only: no word comes out, no digit that a detector could take for a number, nothing that a reader
mistakes.

What only looks like a token, because somebody typed it, gets a backslash behind its bracket on the
way in and loses it on the way out: `[ORDER_1]` is masked as `[\ORDER_1]`. So whatever stands in a
masked text as a bare token was put there by the mask. Models read texts without checks (`plain`).
"""

import hmac
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ticketstream.schemas.masked import TokenValue

Write = Callable[[str, int, int], str]

LETTERS = "bcdfghjkmnpqrstvwxz"  # without l, which looks like 1
CHECK = 5  # letters
# wider than a token, so that whatever a reader or a model could take for one is escaped
TOKEN_LIKE = re.compile(r"\[(\\*)([A-Z][A-Z_]*_[0-9]+(?:\.[0-9]+)?(?:-[A-Za-z0-9]*)?\])")
TOKEN = re.compile(
    r"\[([A-Z][A-Z_]*)_([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:-(["
    + LETTERS
    + "]{"
    + f"{CHECK}"
    + r"}))?\]"
)


class TokenName(NamedTuple):
    """A token taken apart: `spelling` counts from 1; the check is "" in a plain token."""

    type: str
    number: int
    spelling: int
    check: str = ""


def token(kind: str, number: int, spelling: int = 1, check: str = "") -> str:
    """The token of a value: `[ORDER_1-kfqxt]`; without its check, `[ORDER_1]`."""
    further = "" if spelling == 1 else f".{spelling}"
    return f"[{kind}_{number}{further}{check and '-'}{check}]"


def bound(ticket_id: str, key: bytes) -> Write:
    """Writes the tokens of one ticket."""

    def write(kind: str, number: int, spelling: int = 1) -> str:
        said = f"{kind}\0{number}\0{spelling}\0{ticket_id}"
        return token(kind, number, spelling, letters(hmac.digest(key, said.encode(), "sha256")))

    return write


def letters(digest: bytes) -> str:
    """A digest as a check."""
    rest, check = int.from_bytes(digest), ""
    for _ in range(CHECK):
        rest, place = divmod(rest, len(LETTERS))
        check += LETTERS[place]
    return check


def name_of(text: str) -> TokenName | None:
    """The parts of a token; None for what is none."""
    found = TOKEN.fullmatch(text)
    if found is None:
        return None
    return TokenName(found[1], int(found[2]), int(found[3] or 1), found[4] or "")


def plain(text: str) -> str:
    """A masked text without the checks: what people and models read; no way leads back."""
    return TOKEN.sub(lambda m: m[0] if m[4] is None else f"{m[0][: -CHECK - 2]}]", text)


def escape(text: str) -> str:
    """The text with a backslash in everything that looks like a token."""
    return TOKEN_LIKE.sub(lambda m: f"[\\{m[1]}{m[2]}", text)


def unescape(text: str) -> str:
    """What `escape` was given; tokens stay."""
    return unmask(text, ())


def unmask(text: str, tokens: Sequence[TokenValue]) -> str:
    """The text with each token replaced by its value and each escape undone.

    Values are put in as they are and not looked at again. What is no token of the ticket, its check
    included, stays as it stands (a language model may invent one): see `unknown_tokens`.
    """
    values = {t.token: t.value for t in tokens}

    def original(found: re.Match[str]) -> str:
        return f"[{found[1][1:]}{found[2]}" if found[1] else values.get(found[0], found[0])

    return TOKEN_LIKE.sub(original, text)


def tokens_in(text: str) -> list[str]:
    """Every token of a masked text in order, repeats included; escaped ones are none."""
    return [m[0] for m in TOKEN_LIKE.finditer(text) if not m[1]]


def unknown_tokens(text: str, tokens: Sequence[TokenValue]) -> list[str]:
    """The tokens of a text that stand for nothing; a text that has any must not leave the house."""
    known = {t.token for t in tokens}
    return [t for t in tokens_in(text) if t not in known]
