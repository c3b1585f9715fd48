"""A policy's calendar -> what makes it unusable, with the place in its document."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from ticketstream.processors.business_hours import WEEKDAYS, holidays_of, spans
from ticketstream.schemas.policy import Calendar, Policy

LONGEST = 8_760.0  # hours of an SLA: a year
MOST_WEEKS = 104  # of opening hours that an SLA may take: what is due in years is due never

Path = tuple[str | int, ...]
Problem = tuple[Path, str]


def calendar_problems(policy: Policy) -> Iterator[Problem]:
    """Unknown places, days and times; hours that would never pass."""
    found = [*_places(policy.calendar), *_days(policy.calendar)]
    yield from found or _never(policy)


def _places(calendar: Calendar) -> Iterator[Problem]:
    try:
        ZoneInfo(calendar.time_zone)
    except (KeyError, ValueError, OSError):
        reason = f"calendar.time_zone: no time zone {calendar.time_zone!r}: write Europe/Berlin"
        yield ("calendar", "time_zone"), reason
    if calendar.region and not calendar.country:
        yield ("calendar", "region"), "calendar.region: name its country too"
        return
    try:
        holidays_of(calendar.country, "")
    except NotImplementedError:
        reason = f"calendar.country: no holidays are known of {calendar.country!r}: write DE, or"
        yield ("calendar", "country"), f'{reason} "" for none'
        return
    try:
        holidays_of(calendar.country, calendar.region)
    except NotImplementedError:
        known = ", ".join(holidays_of(calendar.country, "").subdivisions) or "none"
        reason = f"calendar.region: {calendar.country} has no region {calendar.region!r}: {known}"
        yield ("calendar", "region"), reason


def _days(calendar: Calendar) -> Iterator[Problem]:
    for name in calendar.hours:
        if name not in WEEKDAYS:
            reason = f"calendar.hours: {name!r} is no weekday: write {', '.join(WEEKDAYS)}"
            yield ("calendar", "hours", name), reason
    for place, day in enumerate(calendar.closed_days):
        yield from _day(("calendar", "closed_days", place), "calendar.closed_days", day)
        if day in calendar.open_days:
            reason = f"calendar.closed_days: {day} stands among the open_days too: choose one"
            yield ("calendar", "closed_days", place), reason
    for day, texts in calendar.open_days.items():
        yield from _day(("calendar", "open_days", day), "calendar.open_days", day)
        if not texts:
            reason = f"calendar.open_days: {day} has no hours: put it into closed_days"
            yield ("calendar", "open_days", day), reason
    for table in ("hours", "open_days"):
        for name, texts in getattr(calendar, table).items():
            try:
                spans(texts)
            except ValueError as error:
                yield ("calendar", table, name), f"calendar.{table}.{name}: {error}"


def _day(path: Path, name: str, day: str) -> Iterator[Problem]:
    try:
        if date.fromisoformat(day).isoformat() == day:
            return
    except ValueError:
        pass
    yield path, f"{name}: {day!r} is no day: write it as 2026-12-24"


def _never(policy: Policy) -> Iterator[Problem]:
    """Hours that pass in opening hours only, of which there are too few."""
    week = sum(b - a for s in policy.calendar.hours.values() for a, b in spans(s)) / 60
    if not week:
        yield ("calendar", "hours"), "calendar.hours: no hour is open, so nothing would ever be due"
        return
    for key, queue in policy.queues.items():
        path = ("queues", key, "sla_hours")
        if queue.sla_hours > LONGEST:
            yield path, f"queues.{key}.sla_hours is {queue.sla_hours}: must be at most {LONGEST}"
        elif queue.hours == "business" and queue.sla_hours > MOST_WEEKS * week:
            reason = f"{week:g} open hours a week would take more than {MOST_WEEKS} weeks"
            yield path, f"queues.{key}.sla_hours is {queue.sla_hours}: {reason}"
