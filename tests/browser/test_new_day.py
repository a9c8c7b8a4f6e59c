"""After midnight the calendar is the new day's, also in a tab that was open and behind the back button."""

import pytest

from tests.browser.conftest import SETTINGS

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
