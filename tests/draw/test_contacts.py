"""When an organiser may say that the winner does not answer: after two days with attempts, and a week."""

from datetime import date

import pytest

from app.draw.contacts import too_early
from tests.conftest import swedish

FIRST, SECOND = date(2026, 12, 22), date(2026, 12, 26)
RULE = "Skriv till personen minst två olika dagar, och vänta minst 7 dagar från det första försöket. "


def test_nobody_who_was_never_tried_is_taken_for_silent():
    assert too_early([], 7, swedish("2027-02-01")) == f"{RULE}Inget försök är antecknat."


def test_attempts_on_one_day_are_not_enough_however_long_ago():
    assert too_early([FIRST], 7, swedish("2027-02-01")) == f"{RULE}Försök är antecknade för en dag."


@pytest.mark.parametrize("now", ["2026-12-26 09:00", "2026-12-28 23:59:59"])
def test_a_week_is_a_week(now):
    assert too_early([FIRST, SECOND], 7, swedish(now)) == f"{RULE}Du kan välja ”svarar inte” tidigast 29 december."


@pytest.mark.parametrize("now", ["2026-12-29 00:00", "2027-02-01 09:00"])
def test_after_a_week_with_two_attempts_the_list_goes_on(now):
    assert too_early([FIRST, SECOND], 7, swedish(now)) is None
