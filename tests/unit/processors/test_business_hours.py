"""A due time counts the hours in which the shop is open: nights, holidays, clock changes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketstream.processors.business_hours import WEEKDAYS, OpenHours, due_at, passed
from ticketstream.processors.policy import default_policy, load_policy, policy_hash
from ticketstream.schemas.errors import PolicyError
from ticketstream.schemas.policy import Calendar, Queue

BERLIN, LONDON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")
ALWAYS = dict.fromkeys(WEEKDAYS, ("00:00-24:00",))


def due(local: str, sla: float, zone: ZoneInfo = BERLIN, **calendar: Any) -> str:
    """Received at a local time, due at a local time."""
    received = datetime.fromisoformat(local).replace(tzinfo=zone)
    opening = OpenHours.of(Calendar(time_zone=zone.key, **calendar))
    found = due_at(received, Queue(sla_hours=sla), opening)
    assert found.tzinfo is UTC
    return f"{found.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("received", "hours", "expected"),
    [
        ("2026-07-01T10:00", 4, "2026-07-01 14:00"),  # a Wednesday, within the day
        ("2026-07-01T09:00", 8, "2026-07-01 17:00"),  # the end of the day is still in time
        ("2026-07-01T15:00", 4, "2026-07-02 11:00"),  # over the night
        ("2026-07-01T06:30", 1, "2026-07-01 10:00"),  # before the doors open
        ("2026-07-03T16:00", 2, "2026-07-06 10:00"),  # over a weekend
        ("2026-07-04T12:00", 8, "2026-07-06 17:00"),  # on a Saturday
        ("2026-07-04T12:00", 0, "2026-07-06 09:00"),  # at once is when the doors open
        ("2026-12-31T16:00", 2, "2027-01-04 10:00"),  # New Year's Day is a Friday
        ("2026-04-02T16:00", 2, "2026-04-07 10:00"),  # Good Friday to Easter Monday
    ],
)
def test_hours_pass_only_while_the_shop_is_open(received: str, hours: float, expected: str) -> None:
    assert due(received, hours) == expected


def test_christmas_eve_is_a_working_day_unless_the_shop_says_otherwise() -> None:
    assert due("2026-12-23T16:00", 2) == "2026-12-24 10:00"
    assert due("2026-12-23T16:00", 2, closed_days=("2026-12-24",)) == "2026-12-28 10:00"
    half = {"2026-12-24": ("09:00-12:00",)}
    assert due("2026-12-23T16:00", 5, open_days=half) == "2026-12-28 10:00"


def test_an_open_day_holds_on_a_sunday_and_on_a_holiday() -> None:
    assert due("2026-12-19T12:00", 2, open_days={"2026-12-20": ("10:00-14:00",)}) == (
        "2026-12-20 12:00"
    )
    assert due("2026-12-25T08:00", 2, open_days={"2026-12-25": ("08:00-20:00",)}) == (
        "2026-12-25 10:00"
    )


def test_epiphany_is_a_holiday_in_bavaria_and_a_working_day_in_berlin() -> None:
    assert due("2026-01-05T16:00", 2, region="BE") == "2026-01-06 10:00"
    assert due("2026-01-05T16:00", 2, region="BY") == "2026-01-07 10:00"


def test_the_united_kingdom_has_bank_holidays_and_scotland_its_own() -> None:
    # Boxing Day 2026 is a Saturday: the Monday after is its substitute
    assert due("2026-12-24T16:00", 2, LONDON, country="GB", region="ENG") == "2026-12-29 10:00"
    assert due("2026-08-28T16:00", 2, LONDON, country="GB", region="ENG") == "2026-09-01 10:00"
    assert due("2026-08-28T16:00", 2, LONDON, country="GB", region="SCT") == "2026-08-31 10:00"


def test_without_a_country_no_day_is_a_holiday() -> None:
    assert due("2026-12-24T16:00", 2, country="") == "2026-12-25 10:00"


def test_a_pause_at_noon_does_not_count() -> None:
    hours = dict.fromkeys(WEEKDAYS, ("13:00-17:00", "09:00-12:00"))
    assert due("2026-07-01T11:00", 2, hours=hours) == "2026-07-01 14:00"


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    assert due("2026-03-29T00:00", 5, hours=ALWAYS) == "2026-03-29 06:00"
    early = dict.fromkeys(WEEKDAYS, ("01:00-02:30", "02:30-04:00"))
    assert due("2026-03-29T00:00", 2, hours=early) == "2026-03-29 04:00"  # two hours, not three


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    assert due("2026-10-25T00:00", 5, hours=ALWAYS) == "2026-10-25 04:00"
    early = dict.fromkeys(WEEKDAYS, ("01:00-02:30", "02:30-04:00"))
    assert due("2026-10-25T00:00", 4, hours=early) == "2026-10-25 04:00"  # four hours, not three


def test_a_queue_may_count_all_hours() -> None:
    received = datetime(2026, 12, 24, 22, tzinfo=UTC)
    queue = Queue(sla_hours=4, hours="all")
    assert due_at(received, queue, OpenHours.of(Calendar())) == received + timedelta(hours=4)


def spans_of_a_day(edges: list[int]) -> tuple[str, ...]:
    quarters = sorted(set(edges))
    pairs = zip(quarters[::2], quarters[1::2], strict=False)
    return tuple(f"{_clock(a)}-{_clock(b)}" for a, b in pairs)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


DAYS = st.lists(st.integers(0, 96), max_size=6).map(spans_of_a_day)
CALENDARS = st.builds(
    Calendar,
    time_zone=st.sampled_from(
        ["Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]
    ),
    country=st.sampled_from(["DE", "GB", "US", ""]),
    hours=st.fixed_dictionaries(dict.fromkeys(WEEKDAYS, DAYS)),
    closed_days=st.sampled_from([(), ("2026-03-30", "2026-10-26")]),
    open_days=st.sampled_from([{}, {"2026-03-29": ("00:30-05:00",)}]),
).filter(lambda c: any(c.hours.values()))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
HOURS = st.floats(0, 60)


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, HOURS)
def test_from_receipt_to_due_the_shop_is_open_for_exactly_the_hours(
    calendar: Calendar, received: datetime, hours: float
) -> None:
    opening = OpenHours.of(calendar)
    found = due_at(received, Queue(sla_hours=hours), opening)
    assert passed(received, found, opening) == timedelta(hours=hours)


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS, st.floats(0, 200), HOURS, st.floats(0, 5))
def test_what_comes_later_or_takes_longer_is_due_no_sooner(
    calendar: Calendar, received: datetime, waited: float, hours: float, more: float
) -> None:
    opening = OpenHours.of(calendar)
    later = received + timedelta(hours=waited)
    found = due_at(received, Queue(sla_hours=hours), opening)
    assert received <= found <= due_at(later, Queue(sla_hours=hours), opening)
    assert found <= due_at(received, Queue(sla_hours=hours + more), opening)


def test_the_shipped_calendar_is_that_of_the_dataclass() -> None:
    assert default_policy().calendar == Calendar()


def test_a_document_that_says_any_hours_says_them_all() -> None:
    policy = load_policy('calendar.hours = { monday = ["08:00-12:00"] }', "mine.toml")
    assert policy.calendar.hours == {"monday": ("08:00-12:00",)}
    assert policy.calendar.time_zone == "Europe/Berlin"
    assert policy_hash(policy) != policy_hash(default_policy())


def test_a_day_may_be_written_as_toml_writes_days() -> None:
    policy = load_policy("calendar = { closed_days = [2026-12-24] }", "mine.toml")
    assert policy.calendar.closed_days == ("2026-12-24",)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('time_zone = "Europe/Munich"', "no time zone 'Europe/Munich'"),
        ('time_zone = "../../etc/passwd"', "no time zone"),
        ('country = "Narnia"', "no holidays are known of 'Narnia'"),
        ('region = "XX"', "DE has no region 'XX': BB, BE"),
        ('country = ""\nregion = "BY"', "name its country too"),
        ('hours = { mon = ["09:00-17:00"] }', "'mon' is no weekday"),
        ('hours = { monday = ["9-17"] }', "'9-17' is no span of time: write it as 09:00-17:30"),
        ('hours = { monday = ["09:00-24:01"] }', "a day goes from 00:00 to 24:00"),
        ('hours = { monday = ["09:00-12:60"] }', "a day goes from 00:00 to 24:00"),
        ('hours = { monday = ["22:00-06:00"] }', "a night is two spans, on two days"),
        ('hours = { monday = ["09:00-12:00", "11:30-17:00"] }', "overlap"),
        ("hours = {}", "no hour is open"),
        ('closed_days = ["24.12.2026"]', "'24.12.2026' is no day: write it as 2026-12-24"),
        ('closed_days = ["20261224"]', "is no day"),
        ('open_days = { "2026-12-32" = ["09:00-12:00"] }', "'2026-12-32' is no day"),
        ("open_days = { 2026-12-20 = [] }", "has no hours: put it into closed_days"),
        ('open_days = { 2026-12-20 = ["10:00"] }', "'10:00' is no span of time"),
        (
            'closed_days = ["2026-12-20"]\nopen_days = { 2026-12-20 = ["10:00-12:00"] }',
            "choose one",
        ),
    ],
)
def test_a_bad_calendar_is_refused_with_line_and_reason(line: str, message: str) -> None:
    with pytest.raises(PolicyError, match=r"^mine\.toml, line [45]: ") as caught:
        load_policy(f'id = "mine"\n\n[calendar]\n{line}', "mine.toml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('queues.no_reply = { hours = "office" }', "hours is 'office': use one of"),
        ("queues.no_reply = { sla_hours = 9000.0 }", "must be at most 8760"),
        (
            'calendar.hours = { monday = ["09:00-10:00"] }\nqueues.no_reply = { sla_hours = 200 }',
            "1 open hours a week would take more than 104 weeks",
        ),
    ],
)
def test_hours_that_would_never_pass_are_refused(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(text, "mine.toml")
    assert message in str(caught.value)


def test_a_slice_of_thousands_asks_for_each_day_once() -> None:
    opening = OpenHours.of(Calendar())
    for number in range(4_000):
        received = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=131 * number)
        due_at(received, Queue(sla_hours=24), opening)
    assert len(opening._days) < 400
