"""The house in the browser: all of it at once, today's window at once, and pictures in what has been read."""

from itertools import combinations, pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SETTINGS, SWITCHES
from tests.conftest import on_sqlite

pytestmark = on_sqlite

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
DAYS = ["2026-11-20", *(f"2026-12-{day:02}" for day in (1, 10, 13, 20, 24, 27))]
LARGE_LETTERS = "--blink-settings=defaultFontSize=32"
"""What a reader has chosen in the browser's own settings."""


def windows(page):
    return page.get_by_role("region", name="Alla luckor").get_by_role("listitem")


def boxes(locator):
    """Where each stands, as (left, top, right, bottom)."""
    found = [each.bounding_box() for each in locator.all()]
    return [(box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]) for box in found]


def overlapping(places):
    return [
        (one, other)
        for one, other in combinations(places, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


def see(page):
    """The calendar as it is now, whatever the browser has kept of it."""
    page.goto("/")
    page.reload()


@pytest.mark.parametrize("day", DAYS)
def test_a_laptop_shows_all_windows_and_the_street_at_once(page, clock, day):
    clock.set(f"{day} 08:00")
    page.set_viewport_size(LAPTOP)
    see(page)
    found = boxes(windows(page))
    assert len(found) == 24
    assert max(bottom for _, _, _, bottom in found) <= 700
    assert min(top for _, top, _, _ in found) >= 0
    assert page.get_by_role("region", name="Gatan framför huset").bounding_box()["y"] < 700


def test_a_phone_shows_todays_window_at_once_every_day(page, clock):
    page.set_viewport_size(PHONE)
    late = []
    for day in range(1, 25):
        clock.set(f"2026-12-{day:02} 08:00")
        see(page)
        (box,) = boxes(page.locator("[aria-current=date]"))
        if box[3] > PHONE["height"]:
            late.append((day, box))
    assert late == []


@pytest.mark.parametrize(("width", "beside"), [(320, 4), (390, 4), (820, 6), (1440, 6)])
def test_the_windows_stand_in_date_order_storey_by_storey(page, clock, width, beside):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size({"width": width, "height": 900})
    see(page)
    places = boxes(windows(page))[:23]
    storeys = [places[first : first + beside] for first in range(0, 23, beside)]
    for storey in storeys:
        assert storey == sorted(storey)
        assert max(box[3] for box in storey) - min(box[3] for box in storey) < 3
    for upper, lower in pairwise(storeys):
        assert max(box[3] for box in upper) < min(box[3] for box in lower)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("size", [(390, 844), (320, 568), (1280, 720)], ids=str)
@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-13", "2026-12-20", "2026-12-24"])
def test_large_letters_overlap_nothing_and_nothing_is_cut(
    browser_type, browser_type_launch_args, site, clock, size, day
):
    clock.set(f"{day} 08:00")
    arguments = browser_type_launch_args | {"args": [*SWITCHES.split(), LARGE_LETTERS]}
    browser = browser_type.launch(**arguments)
    page = browser.new_page(**SETTINGS, viewport={"width": size[0], "height": size[1]})
    page.goto(site)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
    plates = boxes(windows(page).locator(".number"))
    words = boxes(page.locator(".masthead > *"))
    assert overlapping(plates) == []
    assert overlapping(words) == []
    assert overlapping([words[-1], *plates]) == []
    for left, _, right, _ in plates + words:
        assert 0 <= left < right <= size[0]
    cut = "each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline'"
    assert [each for each in page.locator(".masthead *").all() if each.evaluate(cut)] == []
    browser.close()


def test_a_hatch_with_large_letters_does_not_scroll_sideways(browser_type, browser_type_launch_args, site, clock):
    clock.set("2026-12-24 08:00")
    browser = browser_type.launch(**browser_type_launch_args | {"args": [*SWITCHES.split(), LARGE_LETTERS]})
    page = browser.new_page(**SETTINGS, viewport=PHONE)
    for number in (10, 12, 15):
        page.goto(f"{site}/2026/lucka/{number}")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], number
    browser.close()


def test_the_readers_own_colours_show_numbers_and_words(visit):
    page = visit("the calendar on 10 December")
    page.emulate_media(forced_colors="active")
    for number, words in (
        (9, "öppen: När flygbiljetten blir en tjänstecykel"),
        (10, "dagens lucka"),
        (11, "öppnas 11 december"),
    ):
        window = windows(page).nth(number - 1)
        expect(window).to_contain_text(words)
        (box,) = boxes(window.locator(".visually-hidden").last)
        assert box[2] - box[0] > 20, number
    assert overlapping(boxes(windows(page))) == []


def coloured(page, number):
    """A picture of a window, with the colours that its shapes have now."""
    window = windows(page).nth(number - 1)
    expect(window).to_be_visible()
    return window.locator(".view").screenshot()


def test_a_read_window_is_the_same_drawing_in_other_colours(page, clock):
    """The browser is told to take the link for visited: its own history is tried by `make engines`."""
    clock.set("2026-12-13 08:00")
    page.set_viewport_size(LAPTOP)
    see(page)
    unread = {number: coloured(page, number) for number in (5, 6)}
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    link = session.send("DOM.querySelector", {"nodeId": root, "selector": ".windows li:nth-child(5) a"})["nodeId"]
    session.send("CSS.forcePseudoState", {"nodeId": link, "forcedPseudoClasses": ["visited"]})
    assert coloured(page, 5) != unread[5]
    assert coloured(page, 6) == unread[6]


def test_after_christmas_every_window_shows_its_picture(page, clock):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size(LAPTOP)
    see(page)
    before = coloured(page, 5)
    clock.set("2026-12-25 08:00")
    see(page)
    assert coloured(page, 5) != before


def test_an_edition_without_miniatures_has_drapes(make_app, content, clock):
    for file in content.rglob("miniatyr.svg"):
        file.unlink()
    clock.set("2026-12-13 08:00")
    page = make_app(CALENDAR_CONTENT=content).test_client().get("/").text
    assert page.count('href="#drapes"') == 12
    assert 'class="mini"' not in page


@pytest.mark.parametrize("day", ["2026-12-10", "2026-12-24"])
@pytest.mark.parametrize("size", [PHONE, TABLET, LAPTOP, {"width": 1440, "height": 900}], ids=str)
def test_nobody_on_the_street_stands_before_a_number(page, clock, size, day):
    clock.set(f"{day} 08:00")
    page.set_viewport_size(size)
    see(page)
    plates = boxes(windows(page).locator(".number"))
    figures = boxes(page.locator(".street li > svg"))
    assert [pair for pair in ((one, other) for one in plates for other in figures) if overlapping(pair)] == []


HATCHES = [f"/2026/lucka/{number}" for number in (7, 13, 20)]


@pytest.mark.parametrize("path", HATCHES)
def test_a_hatchs_window_stands_beside_its_text_on_a_wide_screen(page, clock, path):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size(LAPTOP)
    page.goto(path)
    (picture,) = boxes(page.locator(".opened img"))
    (title,) = boxes(page.get_by_role("heading", level=1))
    (question,) = boxes(page.get_by_role("region", name="Vad tror du?"))
    assert picture[2] < title[0]
    assert picture[3] < LAPTOP["height"]
    assert question[3] < LAPTOP["height"]


@pytest.mark.parametrize("path", HATCHES)
def test_title_and_question_are_in_a_phones_first_screen(page, clock, path):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size(PHONE)
    page.goto(path)
    (window,) = boxes(page.locator(".wall"))
    assert window[3] - window[1] <= 0.45 * PHONE["height"]
    for each in (page.get_by_role("heading", level=1), page.locator(".question legend")):
        (box,) = boxes(each)
        assert box[3] <= PHONE["height"]


def test_nothing_runs_or_is_asked_for_elsewhere(page, clock, site):
    clock.set("2026-12-24 08:00")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto("/")
    assert [address for address in asked if not address.startswith(site)] == []
    assert len(asked) <= 6
    assert said == []
    expect(page.locator("script")).to_have_count(0)
