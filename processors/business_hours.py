"""A moment, hours and a calendar -> the moment when so many hours have passed.

No clock and no state but what is worked out once a day: the same question has the same answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo

from ticketstream.schemas.policy import Calendar, Queue

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NOTHING = timedelta()
SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
MIDNIGHT = 24 * 60  # the end of a day, as minutes of it

Minutes = tuple[int, int]  # a span of a day, local
Moments = tuple[datetime, datetime]  # the same in UTC


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A checked calendar, ready to be asked.

    Attributes:
        hours: the spans of each weekday, Monday first.
        special: the spans of days that have their own; none on closed days.
        holidays: the public holidays; `in` asks for a day.
    """

    zone: ZoneInfo
    hours: Sequence[Sequence[Minutes]]
    special: dict[date, Sequence[Minutes]]
    holidays: Any
    _days: dict[date, Sequence[Moments]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, calendar: Calendar) -> Self:
        """What a calendar says."""
        closed = {date.fromisoformat(day): () for day in calendar.closed_days}
        other = {date.fromisoformat(day): spans(s) for day, s in calendar.open_days.items()}
        return cls(
            ZoneInfo(calendar.time_zone),
            [spans(calendar.hours.get(name, ())) for name in WEEKDAYS],
            closed | other,
            holidays_of(calendar.country, calendar.region),
        )

    def on(self, day: date) -> Sequence[Moments]:
        """When the shop is open on a local day, in order."""
        if (known := self._days.get(day)) is None:
            edges = ((self._moment(day, a), self._moment(day, b)) for a, b in self._spans(day))
            known = self._days[day] = tuple((a, b) for a, b in edges if a < b)
        return known

    def after(self, moment: datetime) -> Iterator[Moments]:
        """The spans in which the shop is open from a moment on."""
        day = moment.astimezone(self.zone).date()
        while True:
            for start, end in self.on(day):
                if end > moment:
                    yield max(start, moment), end
            day += DAY

    def _spans(self, day: date) -> Sequence[Minutes]:
        if day in self.special:
            return self.special[day]
        return () if day in self.holidays else self.hours[day.weekday()]

    def _moment(self, day: date, minutes: int) -> datetime:
        """A local time in UTC: the first of two when clocks go back, the next there is else."""
        local = datetime.combine(day, time()) + minutes * MINUTE
        while True:
            moment = local.replace(tzinfo=self.zone).astimezone(UTC)
            if moment.astimezone(self.zone).replace(tzinfo=None) == local:
                return moment
            local += MINUTE  # clocks were put forward over it


def due_at(received: datetime, queue: Queue, opening: OpenHours) -> datetime:
    """When the queue's hours have passed since a ticket came, in UTC."""
    received, left = received.astimezone(UTC), timedelta(hours=queue.sla_hours)
    if queue.hours == "all":
        return received + left
    for start, end in opening.after(received):
        if (open_for := end - start) >= left:
            return start + left
        left -= open_for
    raise AssertionError("the days never end")


def passed(since: datetime, until: datetime, opening: OpenHours) -> timedelta:
    """How long the shop is open between two moments."""
    total = NOTHING
    for start, end in opening.after(since):
        if start >= until:
            break
        total += min(end, until) - start
    return total


def spans(texts: Sequence[str]) -> Sequence[Minutes]:
    """Spans such as "09:00-17:30", in order.

    Raises:
        ValueError: one is none, ends before it begins, or overlaps with another; says which.
    """
    found = sorted(_span(text) for text in texts)
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise ValueError(f"{', '.join(texts)} overlap")
    return found


def _span(text: str) -> Minutes:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span of time: write it as 09:00-17:30")
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) >= 60 or end > MIDNIGHT:  # noqa: PLR2004
        raise ValueError(f"{text!r} is no span of time: a day goes from 00:00 to 24:00")
    if start >= end:
        raise ValueError(f"{text!r} ends before it begins: a night is two spans, on two days")
    return start, end


def holidays_of(country: str, region: str) -> Any:
    """The public holidays of a country and its region; none where no country is named.

    Raises:
        NotImplementedError: no such country or region.
    """
    if not country:
        return frozenset()
    import holidays  # noqa: PLC0415  (a third of a second, and not every command needs it)

    return holidays.country_holidays(country, subdiv=region or None)
