"""What the house looks like on a day, and what a miniature may say."""

import itertools
import re
from datetime import timedelta

import pytest

from app.calendar import house
from app.calendar.loader import read_edition
from app.calendar.look import drawings
from tests.conftest import ROOT, swedish


@pytest.mark.parametrize(("year", "first"), [(2023, "2023-12-03"), (2026, "2026-11-29"), (2028, "2028-12-03")])
def test_the_first_candle_burns_from_the_first_sunday_in_advent(year, first):
    sunday = swedish(f"{first} 00:00")
    assert [house.candles(year, sunday + timedelta(seconds=each)) for each in (-1, 0)] == [0, 1]
    assert [house.candles(year, sunday + timedelta(days=each)) for each in (7, 14, 21, 40)] == [2, 3, 4, 4]


@pytest.mark.parametrize(("moment", "snow"), [("11-30", 0), ("12-01", 1), ("12-06", 1), ("12-07", 2), ("12-24", 4)])
def test_snow_grows_with_the_open_hatches(moment, snow):
    assert house.house_at(2026, swedish(f"2026-{moment} 12:00")).snow == snow


def test_every_hatch_has_a_miniature_of_its_own(filled_in):
    drawn = [hatch.miniature for hatch in read_edition(filled_in / "2026").hatches.values()]
    assert len(set(drawn)) == 24
    assert min(len(each) for each in drawn) > 300


def test_every_hatch_sends_somebody_of_its_own_to_the_street(filled_in):
    sent = [hatch.figure for hatch in read_edition(filled_in / "2026").hatches.values()]
    assert len({figure.words for figure in sent}) == len({figure.shapes for figure in sent}) == 24


def places_on_a_phone(hatches):
    """The boxes of all figures, headlights and all, on the street as it is drawn: 390 wide, feet at the bottom."""
    styles = (ROOT / "app/static/css/calendar.css").read_text().partition("\n/* Words beside the house")[0]
    found = re.findall(r"\.p(\d+) \{ --x: ([\d.]+); --y: (\d+); --s: ([\d.]+); \}", styles)
    placed = {int(number): tuple(map(float, rest)) for number, *rest in found}
    for number, hatch in hatches.items():
        across, feet, size = placed[number]
        wide, high = map(float, hatch.figure.view_box.split()[2:])
        width = float(hatch.figure.width.removesuffix("em")) * 10 * size
        yield number, (3.9 * across - width / 2, feet - width * high / wide, 3.9 * across + width / 2, feet)


def hidden(one, other):
    """How much of the smaller of two boxes lies within the other."""
    sides = [min(one[at + 2], other[at + 2]) - max(one[at], other[at]) for at in (0, 1)]
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(sides[0], 0) * max(sides[1], 0) / smaller


def test_nobody_on_narrow_street_hides_another(filled_in):
    boxes = dict(places_on_a_phone(read_edition(filled_in / "2026").hatches))
    assert [number for number, (left, _, right, _) in boxes.items() if left < 0 or right > 390] == []
    pairs = itertools.combinations(boxes, 2)
    assert [pair for pair in pairs if hidden(*map(boxes.__getitem__, pair)) > 0.38] == []


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="3em">'
TITLE = "<title>en räv</title>"
FOX = '<g class="n o"><path fill="url(#glow)" d="M0 0"/></g>'


def test_a_figure_is_drawing_size_and_words():
    assert drawings.figure(f"{HEAD}\n{TITLE}\n{FOX}\n</svg>\n".encode()) == ("0 0 9 9", "3em", "en räv", f"{FOX}\n")


@pytest.mark.parametrize(
    "file",
    [
        f"{HEAD}{FOX}</svg>",
        f"{HEAD}<title>&lt;b&gt;</title>{FOX}</svg>",
        f"{HEAD}{TITLE}{FOX}</g><g></svg>",
        f"{HEAD}{TITLE}<g>{FOX}</svg>",
        f"{HEAD}{TITLE}<script>alert(1)</script></svg>",
        f"{HEAD}{TITLE}<text>Köp</text></svg>",
        f'{HEAD}{TITLE}<path fill="url(https://example.se)" d="M0 0"/></svg>',
        f'{HEAD}{TITLE}<path class="site-header" d="M0 0"/></svg>',
        f"{HEAD.replace('>', ' onload=1>')}{TITLE}{FOX}</svg>",
    ],
)
def test_a_figure_only_draws(file):
    assert drawings.figure(file.encode()) is None


SHAPE = '<path class="n" d="M0 0h60"/>'


def miniature(file):
    return drawings.shapes(drawings.MINIATURE, {drawings.MINIATURE: file})


@pytest.mark.parametrize(
    "file",
    [
        "",
        "<svg></svg>",
        f'<svg viewBox="0 0 60 82">{SHAPE}<script>alert(1)</script></svg>',
        f'<svg viewBox="0 0 60 82">{SHAPE}<image href="https://example.se/"/></svg>',
        f'<svg viewBox="0 0 60 82" onload="alert(1)">{SHAPE}</svg>',
        '<svg viewBox="0 0 60 82"><path class="n" d="M0 0" style="fill:red"/></svg>',
        '<svg viewBox="0 0 60 82"><path class="n" d="M0 0" fill="red"/></svg>',
        '<svg viewBox="0 0 60 82"><path class="site-header" d="M0 0"/></svg>',
        '<svg viewBox="0 0 60 82"><path class="n" d="{{ 1 }}"/></svg>',
        f'<svg viewBox="0 0 60 82">{SHAPE}</svg><p>Hej',
        f'<svg viewBox="0 0 640 480">{SHAPE}</svg>',
    ],
)
def test_a_miniature_only_draws_in_eight_colours(file):
    assert miniature(file.encode()) == ""


def test_a_miniature_may_have_been_cleaned_by_the_editor():
    file = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 82">\n{SHAPE}\n{SHAPE}\n</svg>\n'
    assert miniature(file.encode()) == f"{SHAPE}\n{SHAPE}"
    assert miniature(b"\xff") == ""
