"""When each hatch opens. Every test runs with the host in three time zones: the calendar is Swedish everywhere."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar import schedule
from app.calendar.loader import read_edition
from app.clock import SWEDEN
from tests.conftest import ROOT, swedish

EDITION = read_edition(ROOT / "calendar_content" / "2026")
NUMBERS = st.integers(1, 24)
YEARS = st.integers(2020, 2040)
# Any instant, as a clock anywhere in the world would tell it.
INSTANTS = st.datetimes(datetime(2019, 1, 2), datetime(2041, 12, 30), timezones=st.timezones())
NEAR_MIDNIGHT = st.builds(
    lambda year, day, off, zone: (datetime(year, 12, day, tzinfo=SWEDEN).astimezone(UTC) + off).astimezone(zone),
    YEARS,
    st.integers(1, 31),
    st.timedeltas(timedelta(seconds=-2), timedelta(seconds=2)),
    st.timezones(),
)


@pytest.fixture(scope="module", params=["UTC", "America/New_York", "Asia/Tokyo"], autouse=True)
def host_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@settings(deadline=None)
@given(YEARS, NUMBERS, INSTANTS | NEAR_MIDNIGHT)
def test_hatch_is_open_exactly_when_its_date_began_in_sweden(year, number, instant):
    today = instant.astimezone(SWEDEN).date()
    assert schedule.is_open(year, number, instant) == (today >= datetime(year, 12, number).date())


@settings(deadline=None)
@given(YEARS, NUMBERS)
def test_a_hatch_opens_at_midnight_in_sweden(year, number):
    assert schedule.opens_at(year, number).astimezone(SWEDEN).isoformat() == f"{year}-12-{number:02}T00:00:00+01:00"


@settings(deadline=None)
@given(NEAR_MIDNIGHT)
def test_a_hatch_that_has_opened_never_locks_again(instant):
    before = set(schedule.open_numbers(2030, instant))
    assert before <= set(schedule.open_numbers(2030, instant + timedelta(seconds=1)))


@pytest.mark.parametrize(
    ("moment", "season", "today", "open_count"),
    [
        ("2026-07-01 12:00", "before", None, 0),
        ("2026-11-30 23:59:59.999999", "before", None, 0),
        ("2026-12-01 00:00:00", "advent", 1, 1),
        ("2026-12-10 23:59:59.999999", "advent", 10, 10),
        ("2026-12-24 00:00", "advent", 24, 24),
        ("2026-12-24 23:59:59.999999", "advent", 24, 24),
        ("2026-12-25 00:00", "after", None, 24),
        ("2026-12-31 23:59:59.999999", "after", None, 24),
        ("2027-01-01 00:00", "after", None, 24),
        ("2027-11-15 12:00", "after", None, 24),
        ("2036-12-05 12:00", "after", None, 24),
    ],
)
def test_year_goes_from_waiting_by_one_hatch_daily_to_open(moment, season, today, open_count):
    now = swedish(moment)
    assert schedule.season(2026, now) == season
    assert schedule.todays_number(2026, now) == today
    assert schedule.open_numbers(2026, now) == [*range(1, open_count + 1)]


def test_an_evening_in_new_york_is_already_the_next_hatch():
    assert schedule.is_open(2026, 2, datetime.fromisoformat("2026-12-01T18:00:00-05:00"))
    assert not schedule.is_open(2026, 2, datetime.fromisoformat("2026-12-02T07:59:59+09:00"))


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2026-10-24 23:59:59", 38),
        ("2026-10-25 03:30", 37),  # the night that summer time ends
        ("2026-11-29 00:00", 2),
        ("2026-11-30 23:59:59", 1),
        ("2026-12-01 00:00", 0),
    ],
)
def test_days_are_counted_by_the_date_in_sweden(moment, days):
    assert schedule.days_left(2026, swedish(moment).astimezone(UTC)) == days


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2020-06-01 12:00", 2025),
        ("2026-10-31 23:59:59", 2025),
        ("2026-11-01 00:00", 2026),
        ("2026-12-31 23:59:59", 2026),
        ("2027-01-01 00:00", 2026),
        ("2028-10-31 23:59:59", 2026),
        ("2028-11-01 00:00", 2028),
        ("2040-12-05 12:00", 2028),
    ],
)
def test_the_calendar_to_show_first_changes_in_november(moment, year):
    assert schedule.current_year([2028, 2025, 2026], swedish(moment).astimezone(UTC)) == year


def test_a_new_edition_alone_is_shown_long_before_its_time():
    assert schedule.current_year([2026], swedish("2026-02-01 12:00")) == 2026


def test_the_pages_change_at_every_opening_and_after_christmas_eve():
    changes = schedule.change_instants(EDITION)
    assert {swedish(f"2026-12-{day:02}") for day in range(1, 26)} <= set(changes)
    assert changes == sorted(set(changes))


def test_pages_change_when_contest_opens_and_after_its_last_second():
    times = {"opens": swedish("2026-12-11 08:00"), "closes": swedish("2026-12-18 11:59:59")}
    file = EDITION.hatches[10].file
    moved = file.model_copy(update={"contest": file.contest.model_copy(update=times)})
    edition = replace(EDITION, hatches=EDITION.hatches | {10: replace(EDITION.hatches[10], file=moved)})
    assert {swedish("2026-12-11 08:00"), swedish("2026-12-18 12:00")} <= set(schedule.change_instants(edition))


def test_the_count_of_days_changes_with_each_day_of_waiting():
    midnights = {swedish(f"2026-11-{day:02}") for day in range(1, 31)}
    assert midnights <= set(schedule.change_instants(EDITION))


@settings(deadline=None)
@given(INSTANTS | NEAR_MIDNIGHT, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_nothing_opens_between_two_changes(start, span):
    end = start + span
    if not any(start < change <= end for change in schedule.change_instants(EDITION)):
        assert schedule.open_numbers(2026, start) == schedule.open_numbers(2026, end)
        assert schedule.season(2026, start) == schedule.season(2026, end)
        assert schedule.todays_number(2026, start) == schedule.todays_number(2026, end)


def test_the_contest_stands_in_one_hatch():
    assert EDITION.file_contest_number == 10
    assert EDITION.file_contest == EDITION.hatches[10].file.contest
    assert EDITION.name == "Miljöjulkalendern 2026 – tema transporter"
