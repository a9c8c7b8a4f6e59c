"""Charts as plain numbers."""

from datetime import date
from itertools import pairwise

import pytest

from app.statistics import figures
from app.statistics.charts import Figure, Point, alt_text, layout_chart, round_numbers

HATCHES = Figure(
    "luckor", "Visningar per lucka", "Lucka", "visningar", [Point(f"lucka {n}", str(n), n * 60) for n in range(1, 25)]
)
KINDS = figures.per_municipality({"Göteborg": 80, "Åmål": 41, "Härryda": 12, "Öckerö": 3, "Tjörn": 2})
NOTHING = Figure("dagar", "Visningar per dag", "Dag", "visningar", [])


@pytest.mark.parametrize(
    ("highest", "numbers"),
    [
        (0, [0, 1, 2]),
        (1, [0, 1, 2]),
        (3, [0, 1, 2, 3]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (79, [0, 20, 40, 60, 80]),
        (1491, [0, 500, 1000, 1500]),
        (1_000_001, [0, 500_000, 1_000_000, 1_500_000]),
    ],
)
def test_the_lines_stand_at_round_numbers(highest, numbers):
    assert round_numbers(highest) == numbers


def test_bar_twice_as_large_is_twice_as_high_from_floor():
    chart = layout_chart(HATCHES)
    assert chart.bars[11].height == pytest.approx(2 * chart.bars[5].height, abs=0.2)
    assert {round(bar.y + bar.height, 1) for bar in chart.bars} == {chart.lines[0]}
    assert [place for place, bar in enumerate(chart.bars) if bar.is_highest] == [23]


@pytest.mark.parametrize("count", [1, 7, 24, 60, 200])
def test_bars_and_words_stay_apart(count):
    points = [Point(f"dag {n}", "31/12", n + 1) for n in range(count)]
    chart = layout_chart(Figure("dagar", "Dagar", "Dag", "visningar", points))
    for left, right in zip(chart.bars, chart.bars[1:], strict=False):
        assert left.x + left.width <= right.x + 0.1
    assert all(chart.left <= bar.x and bar.x + bar.width <= chart.right for bar in chart.bars)
    labels = [text.x for text in chart.texts if text.kind == "label"]
    assert labels
    assert all(right - left >= 50 for left, right in pairwise(labels))
    assert all(0 <= text.x <= chart.width and 0 <= text.y <= chart.height for text in chart.texts)


def test_part_not_told_has_name_and_words_without_bar():
    chart = layout_chart(KINDS)
    assert len(chart.bars) == 3
    assert [text.words for text in chart.texts if text.kind == "value"] == [
        "80",
        "41",
        "12",
        "färre än 5",
        "färre än 5",
    ]


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        (HATCHES, "18\xa0000 visningar. Flest: lucka 24, 1\xa0440. Minst: lucka 1, 60."),
        (KINDS, "Flest: Göteborg, 80. 2 visas utan antal."),
        (NOTHING, "Inga visningar ännu."),
        (figures.hatch_series({}, 3), "Inga visningar ännu."),
        (figures.hatch_series({(1, date(2026, 12, 1)): 7}, 1), "7 visningar: lucka 1."),
        (figures.hatch_series({(1, date(2026, 12, 1)): 1}, 1), "1 visning: lucka 1."),
    ],
)
def test_chart_can_be_read_in_words(figure, sentence):
    assert alt_text(figure) == sentence
