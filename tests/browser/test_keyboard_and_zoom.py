"""The pages bend to their readers: keyboard, zoom, larger text, wider spacing, own colours, no motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SMALL
from tests.conftest import on_sqlite

pytestmark = on_sqlite

# One place for each look that a page can have.
LOOKS = [
    "the calendar on 24 December",
    "the hatch of the contest",
    "the form with faults",
    "the thanks",
    "an entry found",
    "the reminder with faults",
    "the reminders",
    "feedback with faults",
    "the draw, finished",
    "an invitation",
    "the overview",
    "the entries",
    "the desk, drawn",
    "the desk, when the letter has left",
    "a link to decline",
    "what stands out",
    "erasure due",
    "the editor",
]
# With these it is every page.
OTHERS = [
    "the calendar in November",
    "the calendar after Christmas",
    "the calendar within another site",
    "a locked hatch",
    "the form when too many enter",
    "the form after the contest",
    "the rules",
    "about the calendar",
    "the rules before the contest opens",
    "personal data",
    "cookies",
    "one's own entry",
    "a guess at an entry",
    "an entry to take back",
    "an entry taken back",
    "the accessibility statement",
    "feedback received",
    "a page that is not there",
    "an entry found once locked",
    "the reminder after Christmas",
    "a reminder asked for",
    "a reminder to confirm",
    "a reminder confirmed",
    "a reminder to leave",
    "a reminder left",
    "no reminders",
    "a link to withdraw",
    "withdrawn by the link",
    "a prize declined",
    "the thanks where mail goes",
    "the form as the contest opens",
    "the calendar once locked",
    "the calendar of a cancelled contest",
    "the draw as the contest opens",
    "the draw, cancelled",
    "the draw, locked late",
    "the draw, locked",
    "the sign-in with faults",
    "an invitation that is used up",
    "a hatch in the editor",
    "a hatch in the editor with faults",
    "the entries, locked",
    "a strike",
    "the feedback",
    "erasure to come",
    "erasure done",
    "the overview without a decision",
    "the desk as the contest opens",
    "the desk, not locked in time",
    "the desk, locked late",
    "the desk, with the value to come",
    "the desk, with no value pasted",
    "the desk, with no relay answering",
    "the desk, with the letter to read",
    "the desk, a skip for no reason",
    "the desk, cancelled for no reason",
    "the desk, cancelled",
    "the desk, locked, every part open",
    "the desk, drawn, every part open",
    "the desk, finished, every part open",
    "a rehearsal",
    "a rehearsed page",
]

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

# What one presses that is smaller than it should be, but for links within a sentence.
SMALL_TARGETS = """smallest => [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
  .filter(each => each.checkVisibility() && each.tabIndex >= 0)
  .filter(each => getComputedStyle(each).display !== "inline" || each.textContent === each.parentElement.textContent)
  .filter(each => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < smallest)
  .map(each => each.outerHTML).join("\\n")"""

# Whatever hides a part of its own text.
CUT = """() => [...document.querySelectorAll("body *")]
  .filter(each => each instanceof HTMLElement && each.innerText.trim() && each.clientWidth > 1)
  .filter(each => /hidden|clip/.test(getComputedStyle(each).overflow))
  .filter(each => each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1)
  .map(each => each.outerHTML).join("\\n")"""

# The spacing of WCAG 1.4.12.
WIDER = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""


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


@pytest.mark.parametrize("place", LOOKS)
def test_tab_always_shows_where_it_is(visit, place):
    found = [*stops(visit(place))]
    assert [stop for stop in found if stop["ring"] < 2 or not stop["seen"]] == []
    assert len(found) > 3


def test_tab_goes_through_the_hatches_in_date_order(visit):
    words = [stop["words"] for stop in stops(visit("the calendar on 24 December"))]
    numbers = [int(found[1]) for each in words if (found := re.match(r"Lucka (\d+)", each))]
    assert numbers == [*range(1, 25)]


def test_the_focus_shows_in_the_readers_own_colours(visit):
    page = visit("the calendar on 10 December")
    page.emulate_media(forced_colors="active")
    assert [stop for stop in stops(page) if stop["ring"] < 2] == []


@pytest.mark.parametrize("place", ["the calendar on 10 December", "a hatch", "the desk, closed"])
def test_the_first_link_goes_to_the_content(visit, place):
    page = visit(place)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
    expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("place", LOOKS + OTHERS)
def test_no_page_scrolls_sideways(visit, place):
    """At 320 pixels, which is also 1280 at 400 % zoom, and with the text at 200 %."""
    page = visit(place)
    for width, text in ((320, "100%"), (1280, "200%")):
        page.set_viewport_size({"width": width, "height": 720})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("place", LOOKS)
def test_wider_spacing_cuts_no_text(visit, place):
    page = visit(place)
    page.set_viewport_size(SMALL)
    page.add_style_tag(content=WIDER)
    assert page.evaluate(CUT) == ""


@pytest.mark.parametrize("place", LOOKS + OTHERS)
def test_what_one_presses_is_large_enough_for_a_finger(visit, place):
    page = visit(place)
    page.set_viewport_size(SMALL)
    assert page.evaluate(SMALL_TARGETS, 24) == ""


def test_a_hatch_is_large_enough_for_a_thumb(visit):
    page = visit("the calendar on 24 December")
    page.set_viewport_size(SMALL)
    boxes = [hatch.bounding_box() for hatch in hatches(page).get_by_role("link").all()]
    assert len(boxes) == 24
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44


def test_a_hatch_says_in_words_whether_it_is_open(visit):
    page = visit("the calendar on 10 December")
    page.emulate_media(forced_colors="active")
    expect(hatches(page).nth(8)).to_contain_text("öppen: När flygbiljetten blir en tjänstecykel")
    expect(hatches(page).nth(9)).to_contain_text("dagens lucka: Åk buss och sticka en halv vante")
    expect(hatches(page).nth(10)).to_contain_text("öppnas 11 december")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_window_grows_into_its_hatch_only_where_motion_is_welcome(page, motion):
    page.emulate_media(reduced_motion=motion)
    page.add_init_script("moves = new Promise(tell => addEventListener('pagereveal', e => tell(!!e.viewTransition)))")
    page.goto("/")
    hatches(page).get_by_role("link").nth(8).click()
    expect(page.get_by_role("heading", name="När flygbiljetten blir en tjänstecykel")).to_be_visible()
    assert page.evaluate("moves") == (motion == "no-preference")
