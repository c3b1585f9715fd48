"""Words and breaks in, lines of text out: what an HTML page looks like without HTML."""

import re

RULER = "_" * 32  # what Outlook's plain text shows for a ruler; quotes.py knows it
DEEPEST = 9  # quotes in quotes that are told apart
SPACE = re.compile(r"\s+")


class Page:
    """Writes running text into lines; `depth` is how many quotes deep it is."""

    def __init__(self) -> None:
        self.depth = 0
        self._lines: list[str] = []
        self._words: list[str] = []

    def write(self, text: str, *, as_is: bool = False) -> None:
        """Add words to the line; white space is one space unless it is kept `as_is`."""
        if as_is:
            head, *rest = text.split("\n")
            self._words.append(head)
            for line in rest:
                self.end_line(always=True)
                self._words.append(line)
        else:
            self._words.append(SPACE.sub(" ", text))

    def end_line(self, *, always: bool = False) -> None:
        """Start a new line; without words on this one only if `always`."""
        line = "".join(self._words).strip()
        line = re.sub(" {2,}", " ", line)
        if line or always:
            self._put(line)
        self._words = []

    def blank(self) -> None:
        """A blank line, one at most."""
        self.end_line()
        if self._lines and self._lines[-1].strip("> "):
            self._put("")

    def text(self) -> str:
        self.end_line()
        while self._lines and not self._lines[-1].strip("> "):
            self._lines.pop()
        return "\n".join(self._lines).lstrip("\n")

    def _put(self, line: str) -> None:
        marks = ">" * min(self.depth, DEEPEST)
        self._lines.append(f"{marks} {line}".rstrip() if marks else line)
