"""Printed, each sheet is one page of its size, and a camera finds the way from every window of the poster."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.qr import leads_to
from tests.conftest import on_sqlite

pytestmark = on_sqlite
# Width and height in points.
A3, A4 = (842, 1191), (595, 842)


def pages(pdf):
    """Return the size of each page of a PDF, in points."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    return [tuple(round(float(length)) for length in box) for box in boxes]


@pytest.mark.parametrize(("place", "size"), [("the poster", A3), ("the bingo", A4), ("the school sheet", A4)])
def test_a_sheet_is_one_page(visit, place, size):
    page = visit(place)
    assert pages(page.pdf(prefer_css_page_size=True)) == [size]
    page.emulate_media(media="print")
    expect(page.get_by_text("Göteborgsregionens kommunalförbund")).to_be_visible()
    expect(page.get_by_text("Skriv ut på")).to_be_hidden()


def test_every_window_leads_to_its_hatch(visit, app):
    shown = visit("the poster")
    # 384 dots an inch, as a printer has.
    paper = shown.context.browser.new_page(device_scale_factor=4, viewport={"width": 1123, "height": 1587})
    paper.emulate_media(media="print")
    paper.goto(shown.url)
    pictures = [code.screenshot() for code in paper.locator(".windows .code svg").all()]
    paper.close()
    site = app.config["PUBLIC_URL"]
    assert [leads_to(picture, f"{site}/2026/lucka/{n}") for n, picture in enumerate(pictures, 1)] == [True] * 24
