"""The calendar in Chromium, Firefox and WebKitGTK: nothing scrolls sideways, and an answer comes in."""

import time

import pytest
import sqlalchemy as sa

from app.contest.models import Entry
from app.database import db
from tests.browser.engines.drivers import driven, missing_packages
from tests.conftest import ENTRY_URL, on_sqlite

pytestmark = on_sqlite


def look(window):
    """How wide the page is, and how far it scrolls sideways."""
    return window.run("[innerWidth, document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth]")


def see(check):
    """Wait for what a click leads to; drivers differ in when they go on."""
    deadline = time.monotonic() + 30
    while not check() and time.monotonic() < deadline:
        pass
    return check()


def heading(window):
    return window.run("document.querySelector('h1')?.textContent.trim()")


@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-10", "2026-12-24", "2026-12-27"])
def test_the_calendar_fits(window, width, site, clock, day):
    clock.set(f"{day} 08:00")
    window.open(site)
    assert look(window) == [width, 0]
    assert window.run("document.querySelectorAll('ol.windows li').length") == 24


def test_a_hatch_fits_and_answers(window, width, site):
    window.open(f"{site}/2026/lucka/9")
    assert look(window) == [width, 0]
    window.click(".right + label")
    assert window.run("getComputedStyle(document.querySelector('.when-right')).display") == "block"


def test_an_answer_is_filled_in_and_sent(window, width, site, app, clock):
    window.open(site + ENTRY_URL)
    assert look(window) == [width, 0]
    window.click("label[for=answer-2]")
    window.write("#email", "anna@example.se")
    window.write("#municipality", "Lerum")
    window.click("#adult")
    window.click("#rules")
    clock.forward(seconds=20)
    window.click("main button[type=submit]")
    assert see(lambda: heading(window) == "Du är med!")
    assert see(lambda: look(window) == [width, 0])
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 1


def test_the_draw_fits(window, width, site, accept, reach):
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")
    reach("finished")
    window.open(f"{site}/2026/dragning")
    assert look(window) == [width, 0]
    window.click("main details > summary")
    assert look(window) == [width, 0]


if not missing_packages("Chromium"):

    def test_window_shows_its_picture_once_its_hatch_has_been_read(site, clock, tmp_path):
        clock.set("2026-12-13 08:00")
        fifth, sixth = (f".windows li:nth-child({number}) .view" for number in (5, 6))
        with driven("Chromium", 1440, tmp_path) as window:
            window.open(site)
            unread = {each: window.picture(each) for each in (fifth, sixth)}
            window.click(".windows li:nth-child(5) a")
            assert see(lambda: heading(window) == "Ett paket i stället för tre")
            window.command("Back")
            # The page fades in anew.
            assert see(lambda: window.picture(sixth) == unread[sixth])
            assert window.picture(fifth) != unread[fifth]
