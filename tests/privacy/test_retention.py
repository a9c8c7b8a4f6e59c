"""How long what is known of people is kept: pure dates."""

from datetime import timedelta

import pytest

from app.calendar.loader import read_edition
from app.privacy import erasure
from tests.conftest import ROOT, swedish

CONTEST = read_edition(ROOT / "calendar_content" / "2026").file_contest
# When the last prize was accepted.
WON = swedish("2027-01-08 14:30")


def test_days_count_from_when_contest_ended():
    assert erasure.erase_at(CONTEST, WON, is_locked=True) == WON + timedelta(days=90)


def test_running_draw_erases_nothing():
    assert erasure.erase_at(CONTEST, None, is_locked=True) is None


def test_list_that_is_never_locked_is_kept_for_year():
    assert erasure.erase_at(CONTEST, None, is_locked=False) == CONTEST.closes + timedelta(days=365)


def test_an_organiser_may_keep_less():
    shorter = CONTEST.model_copy(update={"keep_days": 14})
    assert erasure.erase_at(shorter, WON, is_locked=True) == WON + timedelta(days=14)


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
def test_countdown_reaches_zero_when_time_has_come_and_not_before(before, days):
    assert erasure.days_left(WON, WON - before) == days
