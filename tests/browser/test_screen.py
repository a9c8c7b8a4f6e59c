"""The screen shows all that it has, large enough to be read across a lobby."""

import itertools

import pytest

from tests.browser.qr import leads_to
from tests.conftest import on_sqlite

pytestmark = on_sqlite

SIZES = [{"width": 1920, "height": 1080}, {"width": 1080, "height": 1920}]
DAYS = ["2026-11-20", *(f"2026-12-{day:02}" for day in (*range(1, 25), 27))]
# The boxes that must not meet, from top to bottom, and the letters of what is to be read.
SEEN = """() => {
  const boxes = [".told", ".way", ".street"].map(name => document.querySelector(name).getBoundingClientRect());
  const words = document.querySelectorAll(".told :is(p, h1, span), .way :is(strong, .sender)");
  const shown = [...words].filter(each => each.checkVisibility());
  return {
    smallest: Math.min(...shown.map(each => parseFloat(getComputedStyle(each).fontSize))),
    scrolls: ["scrollHeight", "scrollWidth"].map(each => document.scrollingElement[each]),
    edges: [0, ...boxes.flatMap(box => [box.top, box.bottom])],
    street: boxes[2].height,
    cut: shown.filter(each => each.getBoundingClientRect().right > innerWidth).length,
  };
}"""


@pytest.mark.parametrize("size", SIZES, ids=["lying", "standing"])
def test_all_is_seen_on_every_day(visit, clock, size):
    page = visit("the screen")
    page.set_viewport_size(size)
    faults = []
    for day in DAYS:
        clock.set(f"{day} 08:00")
        page.reload()
        found = page.evaluate(SEEN)
        edges = [*found["edges"], size["height"]]
        ordered = all(later - former > -1 for former, later in itertools.pairwise(edges))
        fits = found["scrolls"] == [size["height"], size["width"]] and not found["cut"]
        large = found["smallest"] >= size["height"] / 30 and found["street"] >= size["height"] / 6
        if not (ordered and fits and large):
            faults.append((day, found))
    assert faults == []


@pytest.mark.parametrize("size", SIZES, ids=["lying", "standing"])
def test_camera_comes_to_the_hatch(visit, app, size):
    page = visit("the screen")
    page.set_viewport_size(size)
    address = f"{app.config['PUBLIC_URL']}/2026/lucka/10"
    assert leads_to(page.locator(".way svg").screenshot(), address)


def test_open_screen_turns_at_midnight(visit, clock):
    page = visit("the screen")
    page.clock.set_system_time("2026-12-10T22:59:59Z")
    page.reload()
    clock.set("2026-12-11 00:00:03")
    with page.expect_navigation():
        page.clock.set_system_time("2026-12-10T23:00:03Z")
    assert "Lucka 11" in page.locator(".kicker").inner_text()
