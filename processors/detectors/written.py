"""How a shop writes a number, `KB-0000000` -> what finds it in any spelling and spells it alike."""

import re
from dataclasses import dataclass
from functools import cached_property

from ticketstream.processors.detectors.span import LEFT, RIGHT

LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Written:
    """Numbers of one form: `form` is an example with a 0 for every digit.

    `loose` says whether the mark between letters and digits may be missing.
    """

    form: str
    loose: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds `KB-4821973`, `kb 4821973` and `Kb - 4821973`."""
        letters = LETTERS.match(self.form)
        prefix = letters[0] if letters else ""
        mark = (
            r"[ \u00a0]?[-\u2013_#]" + ("?" if self.loose else "") + r"[ \u00a0]?" if prefix else ""
        )
        return re.compile(rf"{LEFT}{prefix}{mark}[0-9]{{{self.digits}}}{RIGHT}", re.IGNORECASE)

    @property
    def digits(self) -> int:
        """How many digits a number has."""
        return self.form.count("0")

    def canonical(self, surface: str) -> str:
        """The number as the shop writes it: `kb 4821973` is `KB-4821973`."""
        plain = re.sub(r"[^A-Z0-9]", "", surface.upper())
        if not self.pattern.fullmatch(surface):
            return plain
        return self.form[: -self.digits] + plain[-self.digits :]
