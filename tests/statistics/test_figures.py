"""The numbers of a season: right, whole, and never about a person."""

from datetime import date

import pytest

from app.statistics import figures
from app.statistics.figures import FEW, WITHHELD

DAY, NEXT = date(2026, 12, 1), date(2026, 12, 3)
COUNTS = {(0, DAY): 9, (1, DAY): 5, (1, NEXT): 2, (3, NEXT): 4}


def told(figure):
    return {point.name: point.told or point.count for point in figure.points}


def test_every_open_hatch_has_its_sum():
    assert told(figures.hatch_series(COUNTS, 3)) == {"lucka 1": 7, "lucka 2": 0, "lucka 3": 4}


def test_locked_hatch_is_not_there():
    assert told(figures.hatch_series(COUNTS, 0)) == {}


def test_days_without_visit_are_there_too():
    assert [(point.short, point.count) for point in figures.day_series(COUNTS).points] == [
        ("1/12", 5),
        ("2/12", 0),
        ("3/12", 6),
    ]


def test_calendar_itself_is_figure_of_own():
    assert told(figures.calendar_series(COUNTS)) == {"tisdag 1 december 2026": 9}


def test_nothing_counted_is_nothing_to_show():
    assert figures.day_series({}).points == []
    assert figures.entries_per_day({}).points == []
    assert figures.per_municipality({}).points == []


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"Lerum": 9, "Ale": 30}, {"Ale": 30, "Lerum": 9}),
        ({"Lerum": 9, "Ale": 30, "Tjörn": 3, "Öckerö": 4}, {"Ale": 30, "Lerum": 9, "Tjörn": FEW, "Öckerö": FEW}),
        # One alone would be known from the sum of all, so the next smallest is not told either.
        ({"Lerum": 9, "Ale": 30, "Tjörn": 3}, {"Ale": 30, "Lerum": WITHHELD, "Tjörn": FEW}),
        # Two that can only be one each, or only four each, would be known too.
        ({"Lerum": 9, "Tjörn": 1, "Öckerö": 1}, {"Lerum": WITHHELD, "Tjörn": FEW, "Öckerö": FEW}),
        ({"Lerum": 9, "Tjörn": 4, "Öckerö": 4}, {"Lerum": WITHHELD, "Tjörn": FEW, "Öckerö": FEW}),
        ({"Tjörn": 1}, {"Tjörn": FEW}),
        ({"Tjörn": 5}, {"Tjörn": 5}),
    ],
)
def test_small_group_has_no_number(counts, shown):
    assert told(figures.per_municipality(counts)) == shown


def test_the_largest_municipality_stands_first_and_those_without_number_last():
    points = figures.per_municipality({"Tjörn": 3, "Ale": 30, "Öckerö": 2, "Borås": 80}).points
    assert [point.name for point in points] == ["Borås", "Ale", "Tjörn", "Öckerö"]
