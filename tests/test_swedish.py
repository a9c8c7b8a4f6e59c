from datetime import date, datetime, timedelta

import pytest

from app import swedish


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("d MMMM", "1 mars"),
        ("d MMM", "1 mars"),
        ("d MMMM y", "1 mars 2026"),
        ("EEEE d MMMM y", "söndag 1 mars 2026"),
        ("d/M", "1/3"),
    ],
)
def test_a_date_is_written_in_swedish(form, written):
    assert swedish.dated(date(2026, 3, 1), form) == written


def test_a_short_month_ends_in_a_full_stop_when_something_is_left_out():
    months = [swedish.dated(date(2026, month, 1), "MMM") for month in range(1, 13)]
    assert " ".join(months) == "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec."


def test_every_day_of_the_week_has_its_name():
    days = [swedish.dated(date(2026, 11, 30) + timedelta(days=day), "EEEE") for day in range(7)]
    assert " ".join(days) == "måndag tisdag onsdag torsdag fredag lördag söndag"


def test_an_instant_is_written_short():
    assert swedish.short(datetime(2026, 12, 10, 8, 5)) == "10 dec. 08.05"


@pytest.mark.parametrize(
    ("number", "written"), [(0, "0"), (999, "999"), (1000, "1\u00a0000"), (1234567, "1\u00a0234\u00a0567")]
)
def test_thousands_stand_apart_and_never_break(number, written):
    assert swedish.grouped(number) == written


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(minutes=1), "för 1 minut sedan"),
        (timedelta(minutes=71), "för 71 minuter sedan"),
        (timedelta(minutes=72), "för 1 timme sedan"),
        (timedelta(hours=28), "för 28 timmar sedan"),
        (timedelta(hours=29), "för 1 dag sedan"),
        (timedelta(days=15), "för 2 veckor sedan"),
        (timedelta(days=40), "för 1 månad sedan"),
        (timedelta(days=800), "för 2 år sedan"),
    ],
)
def test_how_long_ago_is_told_in_a_unit_that_says_enough(span, told):
    assert swedish.ago(span) == told
