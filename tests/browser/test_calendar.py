"""The house in the browser: all of it at once, today's window at once, and pictures in what has been read."""

from itertools import combinations, pairwise

from playwright.sync_api import expect

from tests.browser.acts import set_letters
from tests.conftest import on_sqlite

pytestmark = on_sqlite

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
DAYS = ["2026-11-20", *(f"2026-12-{day:02}" for day in (1, 10, 13, 20, 24, 27))]


def windows(page):
    return page.get_by_role("region", name="Alla luckor").get_by_role("listitem")


BOXES = "all => all.map(each => each.getBoundingClientRect()).map(box => [box.left, box.top, box.right, box.bottom])"


def boxes(locator):
    """Where each stands, as (left, top, right, bottom)."""
    return [tuple(box) for box in locator.evaluate_all(BOXES)]


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


def test_a_laptop_shows_windows_and_street_at_once(page, clock):
    page.set_viewport_size(LAPTOP)
    for day in DAYS:
        clock.set(f"{day} 08:00")
        see(page)
        found = boxes(windows(page))
        assert len(found) == 24, day
        assert max(bottom for _, _, _, bottom in found) <= 700, day
        assert min(top for _, top, _, _ in found) >= 0, day
        assert page.get_by_role("region", name="Gatan framför huset").bounding_box()["y"] < 700, day


def test_phone_shows_todays_window_at_once(page, clock):
    page.set_viewport_size(PHONE)
    late = []
    for day in range(1, 25):
        clock.set(f"2026-12-{day:02} 08:00")
        page.goto("/")
        (box,) = boxes(page.locator("[aria-current=date]"))
        if box[3] > PHONE["height"]:
            late.append((day, box))
    assert late == []


def test_the_windows_stand_in_date_order(page, clock):
    clock.set("2026-12-24 08:00")
    see(page)
    for width, beside in ((320, 4), (390, 4), (820, 6), (1440, 6)):
        page.set_viewport_size({"width": width, "height": 900})
        places = boxes(windows(page))[:23]
        storeys = [places[first : first + beside] for first in range(0, 23, beside)]
        for storey in storeys:
            assert storey == sorted(storey), width
            assert max(box[3] for box in storey) - min(box[3] for box in storey) < 3, width
        for upper, lower in pairwise(storeys):
            assert max(box[3] for box in upper) < min(box[3] for box in lower), width
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


CUT = """() => [...document.querySelectorAll(".masthead *")]
  .filter(each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline")
  .map(each => each.outerHTML)"""


def test_letters_of_32_pixels_overlap_nothing(page, clock):
    for day in ("2026-11-20", "2026-12-13", "2026-12-20", "2026-12-24"):
        clock.set(f"{day} 08:00")
        see(page)
        set_letters(page, 32)
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        for width, height in ((390, 844), (320, 568), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            plates = boxes(windows(page).locator(".number"))
            words = boxes(page.locator(".masthead > *"))
            case = day, width
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width, case
            assert overlapping(plates) == overlapping(words) == overlapping([words[-1], *plates]) == [], case
            assert [box for box in plates + words if not 0 <= box[0] < box[2] <= width] == [], case
            assert page.evaluate(CUT) == [], case


def test_a_hatch_with_letters_of_32_pixels_fits(page, clock):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size(PHONE)
    for number in (10, 12, 15):
        page.goto(f"/2026/lucka/{number}")
        set_letters(page, 32)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], number


def test_the_readers_own_colours_show_words(visit):
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


def test_a_read_window_has_other_colours(page, clock):
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


def test_after_christmas_every_window_shows_picture(page, clock):
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


def test_no_figure_stands_before_a_number(page, clock):
    for day in ("2026-12-10", "2026-12-24"):
        clock.set(f"{day} 08:00")
        see(page)
        for size in (PHONE, TABLET, LAPTOP, {"width": 1440, "height": 900}):
            page.set_viewport_size(size)
            plates = boxes(windows(page).locator(".number"))
            figures = boxes(page.locator(".street li > svg"))
            before = [pair for pair in ((one, other) for one in plates for other in figures) if overlapping(pair)]
            assert before == [], (day, size)


HATCHES = [f"/2026/lucka/{number}" for number in (7, 13, 20)]


def test_hatchs_window_stands_beside_text(page, clock):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size(LAPTOP)
    for path in HATCHES:
        page.goto(path)
        (picture,) = boxes(page.locator(".opened img"))
        (title,) = boxes(page.get_by_role("heading", level=1))
        (question,) = boxes(page.get_by_role("region", name="Vad tror du?"))
        assert picture[2] < title[0], path
        assert picture[3] < LAPTOP["height"], path
        assert question[3] < LAPTOP["height"], path


def test_title_and_question_are_in_a_phones_first_screen(page, clock):
    clock.set("2026-12-24 08:00")
    page.set_viewport_size(PHONE)
    for path in HATCHES:
        page.goto(path)
        (window,) = boxes(page.locator(".wall"))
        assert window[3] - window[1] <= 0.45 * PHONE["height"], path
        for each in (page.get_by_role("heading", level=1), page.locator(".question legend")):
            (box,) = boxes(each)
            assert box[3] <= PHONE["height"], path


def test_nothing_is_asked_for_elsewhere(page, clock, site):
    clock.set("2026-12-24 08:00")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto("/")
    assert [address for address in asked if not address.startswith(site)] == []
    assert len(asked) <= 6
    assert said == []
    # Only what shows the new day after midnight.
    expect(page.locator("script")).to_have_count(1)
