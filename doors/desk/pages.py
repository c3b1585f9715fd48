"""Values -> HTML: the templates, and how times, numbers and masked text are written."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ticketstream.doors.desk.assets import Assets
from ticketstream.doors.desk.chrome import chrome
from ticketstream.doors.desk.summaries import summary_line
from ticketstream.processors.decision.words import chances, reason
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import number, percent, plain, word
from ticketstream.vault.tokens import TOKEN
from ticketstream.vault.tokens import plain as plain_token

HERE = Path(__file__).parent
MINUTE, HOUR, DAY = 60, 3600, 86400


class Pages:
    """The desk's templates, in both languages; times are shown in `zone`."""

    def __init__(self, assets: Assets, zone: tzinfo, labels: Labels) -> None:
        self._zone = zone
        self._labels = labels
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = assets.link
        self._environment.filters |= {
            "when": self._when,
            "iso": datetime.isoformat,
            "percent": percent,
            "plain": plain,
            "called_in": labels.called,
            "masked": masked,
            "duration": duration,
            "amount": amount,
        }

    def html(self, template: str, tongue: Tongue, values: Mapping[str, Any]) -> str:
        """A page in one language."""
        words = {
            "t": partial(chrome, tongue=tongue),
            "word": partial(word, tongue=tongue),
            "called": partial(self._labels.called, tongue=tongue),
            "means": partial(self._labels.meaning, tongue=tongue),
            "number": partial(number, tongue=tongue),
            "chances": partial(chances, tongue=tongue),
            "reason": partial(reason, tongue=tongue, labels=self._labels),
            "summary": partial(summary_line, tongue=tongue, labels=self._labels),
        }
        page = self._environment.get_template(template)
        return page.render(**words, tongue=tongue, **values)

    def _when(self, moment: datetime | None, pattern: str = "%d.%m. %H:%M") -> str:
        return "" if moment is None else moment.astimezone(self._zone).strftime(pattern)


def masked(text: str) -> Markup:
    """Text by strangers, escaped, its tokens marked as such and shown without their checks."""
    parts: list[Markup] = []
    end = 0
    for token in TOKEN.finditer(text):
        parts += [escape(text[end : token.start()]), _token(plain_token(token[0]))]
        end = token.end()
    return Markup("").join([*parts, escape(text[end:])])


def _token(token: str) -> Markup:
    return Markup('<span class="token">{}</span>').format(token)


def duration(seconds: float | None) -> str:
    """A span of time in the unit that fits: `340 ms`, `4.2 s`, `3 min`, `5 h`, `2 d`."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    steps = ((HOUR, MINUTE, "min"), (DAY, HOUR, "h"))
    unit = next(((seconds / size, name) for top, size, name in steps if seconds < top), None)
    return f"{unit[0]:.0f} {unit[1]}" if unit else f"{seconds / DAY:.0f} d"


def amount(value: float | None, currency: str | None = "") -> str:
    """An amount of money, or nothing where it is unknown."""
    return "" if value is None else f"{value:,.2f} {currency or ''}".strip()
