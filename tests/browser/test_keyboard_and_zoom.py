"""The pages bend to their readers: keyboard, own colours, thumbs, motion. checks.py has what is of each page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SMALL
from tests.conftest import on_sqlite

pytestmark = on_sqlite

# Where the focus is, how thick its ring is in pixels, and whether nothing lies over it.
STOP = """() => {
  const element = document.activeElement;
  const box = [...element.getClientRects()].find(box => box.width > 1);
  const outlines = [null, "::before", "::after"].map(part => getComputedStyle(element, part));
  return {
    place: [...document.querySelectorAll("*")].indexOf(element),
    words: element.textContent.trim().replace(/\\s+/g, " ") || element.id,
    ring: Math.max(...outlines.map(line => line.outlineStyle === "none" ? 0 : parseFloat(line.outlineWidth))),
    seen: element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)),
    left: element === document.body,
  };
}"""


def stops(page):
    """What each press of Tab comes to, once round the page."""
    seen = set()
    while True:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["left"] or stop["place"] in seen:
            return
        seen.add(stop["place"])
        yield stop


def hatches(page):
    return page.get_by_role("region", name="Alla luckor").get_by_role("listitem")


@pytest.mark.parametrize(
    "place",
    ["the calendar on 24 December", "the form with faults", "the draw, finished", "the desk, drawn", "the editor"],
)
def test_tab_always_shows_where_it_is(visit, place):
    found = [*stops(visit(place))]
    assert [stop for stop in found if stop["ring"] < 2 or not stop["seen"]] == []
    assert len(found) > 3


def test_tab_follows_the_dates(visit):
    words = [stop["words"] for stop in stops(visit("the calendar on 24 December"))]
    numbers = [int(found[1]) for each in words if (found := re.match(r"Lucka (\d+)", each))]
    assert numbers == [*range(1, 25)]


def test_focus_shows_in_readers_own_colours(visit):
    page = visit("the calendar on 10 December")
    page.emulate_media(forced_colors="active")
    assert [stop for stop in stops(page) if stop["ring"] < 2] == []


@pytest.mark.parametrize("place", ["the calendar on 10 December", "a hatch", "the desk, closed"])
def test_first_link_goes_to_content(visit, place):
    page = visit(place)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
    expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_hatch_is_large_enough_for_thumb(visit):
    page = visit("the calendar on 24 December")
    page.set_viewport_size(SMALL)
    boxes = [hatch.bounding_box() for hatch in hatches(page).get_by_role("link").all()]
    assert len(boxes) == 24
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44


def test_hatch_says_whether_it_is_open(visit):
    page = visit("the calendar on 10 December")
    page.emulate_media(forced_colors="active")
    expect(hatches(page).nth(8)).to_contain_text("öppen: När flygbiljetten blir en tjänstecykel")
    expect(hatches(page).nth(9)).to_contain_text("dagens lucka: Åk buss och sticka en halv vante")
    expect(hatches(page).nth(10)).to_contain_text("öppnas 11 december")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_window_grows_into_its_hatch_only_where_motion_is_welcome(page, motion):
    page.emulate_media(reduced_motion=motion)
    page.add_init_script("moves = new Promise(tell => addEventListener('pagereveal', e => tell(!!e.viewTransition)))")
    page.goto("/")
    hatches(page).get_by_role("link").nth(8).click()
    expect(page.get_by_role("heading", name="När flygbiljetten blir en tjänstecykel")).to_be_visible()
    assert page.evaluate("moves") == (motion == "no-preference")
