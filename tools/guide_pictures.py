"""The pictures of docs/dragning.md, one for each thing that the organiser does. `make screenshots` takes them, too."""

import logging

from playwright.sync_api import Browser, Page, sync_playwright

from app.admin.guard import COOKIE
from app.contest import terms
from app.draw import practice
from tools.browser import launched
from tools.screenshots import FOLDER, SetClock, act, entries, running, signed_in

GUIDE = FOLDER / "dragning"
STEP = ".acts > li:nth-child({})"


class Desk:
    """The organisers' page of the draw, photographed a part at a time."""

    def __init__(self, browser: Browser, site: str, cookie: str) -> None:
        self._page: Page = browser.new_page(
            viewport={"width": 760, "height": 900},
            locale="sv-SE",
            reduced_motion="reduce",
            extra_http_headers={"Cookie": f"{COOKIE}={cookie}"},
        )
        self._address = f"{site}/admin/dragning"

    def take(self, name: str, part: str, unfolded: str = "", query: str = "") -> None:
        """A picture of one part of the page, with the section of that name unfolded."""
        self._page.goto(self._address + query)
        if unfolded:
            self._page.locator("summary", has_text=unfolded).click()
        self._page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        box = self._page.locator(part).bounding_box()
        if box is None:
            raise ValueError(f"{part} is not on the page")
        # The number of a step stands to the left of it; of a whole page the top is enough.
        clip = {
            "x": max(0, box["x"] - 28),
            "y": max(0, box["y"] - 8),
            "width": 760,
            "height": min(box["height"], 660 if part == "body" else 1200),
        }
        self._page.screenshot(path=GUIDE / f"{name}.png", full_page=True, clip=clip)


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    GUIDE.mkdir(parents=True, exist_ok=True)
    clock = SetClock()
    clock.set("2026-12-21 09:00")
    with running(clock) as (app, site), sync_playwright() as playwright, launched(playwright) as browser:
        entries(app, clock)
        desk = Desk(browser, site, signed_in(app, clock))
        desk.take("stangd", STEP.format(1))
        clock.set("2026-12-22 00:00:10")
        act(app, clock, "lock")
        desk.take("last", STEP.format(2))
        clock.set("2026-12-22 12:01")
        desk.take("hamta", STEP.format(3))
        act(app, clock, "draw")
        desk.take("bekrafta", STEP.format(4))
        clock.set("2027-01-04 09:00")
        desk.take("vidare", STEP.format(4), "Gå vidare från plats 1")
        act(app, clock, "confirm")
        desk.take("namn", STEP.format(4), "Visa vem som vann")
        with app.app_context():
            contest, edition = terms.frozen_in(2026), app.extensions["library"].editions[2026]
            practice.start_rehearsal(contest, 2026, 10, edition.file.title, contest.organisation, 1, clock.now())
        desk.take("ova", "body", query="?ovning=1")
    print(f"{len(list(GUIDE.glob('*.png')))} bilder finns i {GUIDE.name}.")


if __name__ == "__main__":
    main()
