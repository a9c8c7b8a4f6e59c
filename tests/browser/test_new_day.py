"""After midnight the calendar is the new day's, also in a tab that was open and behind the back button."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SETTINGS
from tests.conftest import on_sqlite

pytestmark = on_sqlite
TODAY = ".is-today .number"


@pytest.fixture
def eve(clock):
    clock.set("2026-12-10 23:59")
    return clock


@pytest.fixture
def without_script(browser, site):
    context = browser.new_context(**SETTINGS, base_url=site, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_back_button_shows_the_new_day_without_script(without_script, eve):
    page = without_script
    page.goto("/")
    assert page.text_content(TODAY) == "10"
    page.goto("/2026/lucka/10")
    eve.set("2026-12-11 00:01")
    page.go_back()
    assert page.text_content(TODAY) == "11"


@pytest.fixture
def eve_page(page, eve):
    """Half past eleven in the evening, at both ends."""
    page.clock.install(time="2026-12-10T23:30:00+01:00")
    return page


def next_day(page, clock):
    clock.set("2026-12-11 08:00")
    page.clock.set_fixed_time("2026-12-11T08:00:00+01:00")


def test_tab_that_stays_in_sight_turns_at_midnight(eve_page, eve):
    eve_page.goto("/")
    eve.set("2026-12-11 00:02")
    eve_page.clock.fast_forward("32:00")
    expect(eve_page.locator(TODAY)).to_have_text("11")


def test_open_tab_shows_new_day_when_it_is_looked_at(eve_page, eve):
    eve_page.goto("/2026/lucka/11")
    assert eve_page.text_content("h1") == "Lucka 11 är inte öppen ännu"
    next_day(eve_page, eve)
    eve_page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(eve_page.locator("h1")).not_to_have_text("Lucka 11 är inte öppen ännu")


def test_tab_looked_at_same_day_stays_as_is(eve_page):
    eve_page.goto("/")
    eve_page.evaluate("window.untouched = true; document.dispatchEvent(new Event('visibilitychange'))")
    assert eve_page.evaluate("window.untouched")


def test_page_that_browser_kept_whole_is_asked_for_anew(eve_page, eve):
    eve_page.goto("/")
    next_day(eve_page, eve)
    eve_page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(eve_page.locator(TODAY)).to_have_text("11")
    eve.set("2026-12-12 08:00")
    eve_page.clock.set_fixed_time("2026-12-12T08:00:00+01:00")
    eve_page.evaluate("dispatchEvent(new Event('focus'))")
    expect(eve_page.locator(TODAY)).to_have_text("12")
    # And that is the end of it.
    eve_page.evaluate("window.untouched = true; dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert eve_page.evaluate("window.untouched")
