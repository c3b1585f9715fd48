r"""Masked text <-> clear text: how a token is written, escaped and put back, byte for byte.

A token is `[TYPE_n]`: the n-th value of its type in the ticket. A value that is spelled in several
ways (`lena@mail.example`, `Lena@mail.example`) keeps its number, and each further spelling has a
token of its own, `[EMAIL_1.2]`: so one value has one number, and unmasking is exact.

What only looks like a token, because somebody typed it, gets a backslash behind its bracket on the
way in and loses it on the way out: `[ORDER_1]` is masked as `[\ORDER_1]`. So whatever stands in a
masked text as a bare token was put there by the mask.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ticketstream.schemas.masked import TokenValue

NOTHING: frozenset[str] = frozenset()

TOKEN_LIKE = re.compile(r"\[(\\*)([A-Z][A-Z_]*_[0-9]+(?:\.[0-9]+)?\])")
TOKEN = re.compile(r"\[([A-Z][A-Z_]*)_([0-9]+)(?:\.([0-9]+))?\]")


class TokenName(NamedTuple):
    """A token taken apart: `spelling` counts from 1."""

    type: str
    number: int
    spelling: int


def token(kind: str, number: int, spelling: int = 1) -> str:
    """The token of a value: `[ORDER_1]`, in its second spelling `[ORDER_1.2]`."""
    return f"[{kind}_{number}]" if spelling == 1 else f"[{kind}_{number}.{spelling}]"


def name_of(text: str) -> TokenName | None:
    """The parts of a token; None for what is none."""
    found = TOKEN.fullmatch(text)
    if found is None:
        return None
    return TokenName(found[1], int(found[2]), int(found[3] or 1))


def escape(text: str, own: frozenset[str] = NOTHING) -> str:
    """The text with a backslash in everything that looks like a token, `own` tokens excepted."""
    return TOKEN_LIKE.sub(lambda m: m[0] if m[0] in own else f"[\\{m[1]}{m[2]}", text)


def unescape(text: str) -> str:
    """What `escape` was given; tokens stay."""
    return unmask(text, ())


def unmask(text: str, tokens: Sequence[TokenValue]) -> str:
    """The text with each token replaced by its value and each escape undone.

    Values are put in as they are and not looked at again. A token without a value (a language model
    may invent one) stays as it stands: see `unknown_tokens`.
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
