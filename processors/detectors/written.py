"""How a shop writes a number, `KB-0000000` -> what finds it in any spelling and spells it alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ticketstream.processors.detectors.span import LEFT, RIGHT

SLOTS = {"0": "[0-9]", "?": "[A-Za-z]", "*": "[A-Za-z0-9]"}
MARKS = "-_/.#: "
MARK = r"[ \u00a0]?[-\u2013\u2014_/.#:][ \u00a0]?"
RUN = re.compile(r"([0?*])\1*|[^0?*]")
LEAST, LEAST_ALONE, MOST = 3, 6, 40
SURE = 2  # letters that tell a number without its mark: `KB4821973`, but not `C104233`


@dataclass(frozen=True)
class Form:
    """One form of a number: 0 for a digit, ? for a letter, * for either; the rest is itself.

    Its pattern is made of fixed lengths: no text makes it slow.
    """

    text: str

    @cached_property
    def loose(self) -> bool:
        """Whether marks may be missing."""
        return sum(c.isalpha() for c in self.text) >= SURE

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds `KB-4821973`, `kb 4821973`, `Kb - 4821973`; a mark at the start must be there."""
        return re.compile(LEFT + "".join(self._pieces()) + RIGHT, re.IGNORECASE)

    def _pieces(self) -> Iterator[str]:
        optional, spaced = f"(?:{MARK}|[ \u00a0]?)", f"(?:{MARK}|[ \u00a0])"
        for run in RUN.finditer(self.text):
            first = run[0][0]
            before = self.text[run.start() - 1 : run.start()]
            if first in SLOTS:
                yield optional if first == "0" and self.loose and before.isalpha() else ""
                yield self._run(SLOTS[first], len(run[0]))
            elif first not in MARKS or not before:
                yield re.escape(first)
            else:
                yield optional if self.loose else spaced if first == " " else f"(?:{MARK})"

    def _run(self, slot: str, count: int) -> str:
        """Digits or letters in a row; where letters tell the number, people may group them."""
        return rf"{slot}(?:[ \u00a0]?{slot}){{{count - 1}}}" if self.loose else f"{slot}{{{count}}}"

    def spelled(self, surface: str) -> str | None:
        """The number as the shop writes it; None for what is not of this form."""
        if not self.pattern.fullmatch(surface):
            return None
        written = (c for c in surface if c.isalnum())
        return "".join(c if c in MARKS else self._filled(c, next(written)) for c in self.text)

    def _filled(self, place: str, character: str) -> str:
        return character.upper() if place in SLOTS else place

    def mistake(self) -> str:
        """What is wrong with the form; "" for nothing."""
        strange = next((c for c in self.text if not (c.isalnum() or c in MARKS or c in SLOTS)), "")
        slots = sum(c in SLOTS for c in self.text)
        if strange:
            return f"{strange!r} cannot stand in it"
        if slots < LEAST or len(self.text) > MOST:
            return (
                f"it needs {LEAST} places for digits or letters at least, {MOST} characters at most"
            )
        told = self.text[0] in MARKS or any(c.isalpha() for c in self.text)
        if not told and slots < LEAST_ALONE:
            return (
                f"fewer than {LEAST_ALONE} digits with no letter or mark before them are any number"
            )
        return ""


@dataclass(frozen=True)
class Written:
    """Numbers of some forms, separated by commas; none for "".

    Raises:
        ValueError: a form that cannot be; the message says why and how to write one.
    """

    forms: str

    def __post_init__(self) -> None:
        for form in self.each:
            if mistake := form.mistake():
                raise ValueError(
                    f"the form {form.text!r} of a number: {mistake}. Write an example with 0 for a "
                    "digit, ? for a letter, * for either: KB-0000000. Separate several by commas"
                )

    @cached_property
    def each(self) -> tuple[Form, ...]:
        """The forms, the longest first."""
        texts = filter(None, (text.strip() for text in self.forms.split(",")))
        return tuple(map(Form, sorted(texts, key=len, reverse=True)))

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of every number of these forms."""
        for form in self.each:
            yield from (found.span() for found in form.pattern.finditer(text))

    def canonical(self, surface: str) -> str:
        """The number as the shop writes it: `kb 4821973` is `KB-4821973`."""
        spelled = (form.spelled(surface.strip()) for form in self.each)
        return next(filter(None, spelled), re.sub(r"[\W_]", "", surface).upper())
