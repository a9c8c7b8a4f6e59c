"""On paper: a hatch is one sheet with the way back to itself, the whole calendar is a poster."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SETTINGS
from tests.conftest import on_sqlite

pytestmark = on_sqlite

# The font sets of tools/programs.py: a narrow text face and a wide one.
FONTS = ["open", "dejavu"]


@pytest.fixture(scope="module", params=FONTS)
def shared_page(request, browser_type, browser_type_launch_args):
    """The page that `visit` uses, in a browser with each set of fonts."""
    browser = browser_type.launch(**browser_type_launch_args, env=os.environ | {"TEST_FONTS": request.param})
    yield browser.new_context(**SETTINGS, bypass_csp=True).new_page()
    browser.close()


def sheets(page):
    """How many A4 the page takes, printed."""
    return len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))


def test_every_hatch_is_one_sheet(visit):
    page = visit("the calendar after Christmas")
    found = {}
    for number in range(1, 25):
        page.goto(page.url.split("/2026")[0].rstrip("/") + f"/2026/lucka/{number}")
        found[number] = sheets(page)
    assert found == dict.fromkeys(range(1, 25), 1)


@pytest.mark.parametrize(
    "place",
    [
        "the calendar in November",
        "the calendar on 10 December",
        "the calendar on 24 December",
        "the calendar after Christmas",
    ],
)
def test_the_calendar_is_one_sheet(visit, place):
    assert sheets(visit(place)) == 1


def test_the_result_is_one_sheet(visit):
    assert sheets(visit("the result")) == 1


def test_sheet_names_its_calendar(visit):
    page = visit("a hatch")
    page.emulate_media(media="print")
    expect(page.get_by_text("Miljöjulkalendern 2026 – tema transporter")).to_be_visible()
