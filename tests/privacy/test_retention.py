"""How long what is known of people is kept: pure dates."""

from datetime import timedelta

import pytest

from app.calendar.content import read_edition
from app.privacy import retention
from tests.conftest import ROOT, swedish

CONTEST = read_edition(ROOT / "calendar_content" / "2026").file_contest
WON = swedish("2027-01-08 14:30")
"""When the last prize was accepted."""


def test_the_days_count_from_when_the_last_prize_was_accepted():
    assert retention.erase_at(CONTEST, WON) == WON + timedelta(days=90)


def test_a_draw_that_is_never_finished_keeps_nothing_for_longer_than_a_year():
    assert retention.erase_at(CONTEST, None) == CONTEST.closes + timedelta(days=365)


def test_a_prize_accepted_late_does_not_make_the_year_longer():
    assert retention.erase_at(CONTEST, swedish("2027-12-01 12:00")) == CONTEST.closes + timedelta(days=365)


def test_an_organiser_may_keep_less():
    shorter = CONTEST.model_copy(update={"keep_days": 14})
    assert retention.erase_at(shorter, WON) == WON + timedelta(days=14)


@pytest.mark.parametrize(
    ("before", "days"),
    [
        (timedelta(days=90), 90),
        (timedelta(days=89, seconds=1), 90),
        (timedelta(days=1), 1),
        (timedelta(seconds=1), 1),
        (timedelta(0), 0),
        (timedelta(days=-3), 0),
    ],
)
def test_the_countdown_reaches_zero_when_the_time_has_come_and_not_before(before, days):
    assert retention.days_left(WON, WON - before) == days
