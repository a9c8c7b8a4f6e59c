"""Today's hatch in a frame on another site: whole, also in a sandbox, and as high as it is."""

import re

import pytest
from playwright.sync_api import expect

from app.calendar.feeds.embedding import FRAME_HEIGHT
from tests.conftest import on_sqlite

pytestmark = on_sqlite
SANDBOX = 'sandbox="allow-scripts"'
# What another site's page may do is its own business.
FREE = {"Content-Security-Policy": "default-src * 'unsafe-inline'", "Cross-Origin-Embedder-Policy": "unsafe-none"}


@pytest.fixture
def pages():
    """What the other site shows, the latest last."""
    return []


@pytest.fixture
def app(make_app, pages):
    """The calendar, and another site's page under another name."""
    app = make_app()
    app.add_url_rule("/annan", "annan", lambda: (pages[-1], FREE))
    return app


@pytest.fixture
def framed(page, site, pages):
    """Show another site whose page has the frame."""
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))

    def show(how="", script=""):
        pages.append(f'<!doctype html><iframe src="{site}/inbaddning" width="400" {how}></iframe>{script}')
        page.goto(site.replace("127.0.0.1", "localhost") + "/annan")
        frame = page.frame_locator("iframe")
        expect(frame.locator("h2")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert failed == []
        return frame

    return show


@pytest.mark.parametrize("how", ["", "sandbox", SANDBOX])
def test_the_frame_has_its_styles_and_picture(framed, how):
    frame = framed(how)
    assert frame.locator("article img").evaluate("image => image.naturalWidth") > 0
    assert frame.locator("article").evaluate("card => getComputedStyle(card).display") == "grid"


@pytest.mark.parametrize("how", ["", SANDBOX])
def test_the_frame_becomes_as_high_as_the_hatch(framed, page, app, site, how):
    page.goto("/om")
    script = page.inner_text('pre[aria-label="Kod för ramens höjd"]').replace(app.config["PUBLIC_URL"], site)
    body = framed(how, script).locator("body")
    expect(page.locator("iframe")).to_have_attribute("height", re.compile(r"[1-9]\d\d"))
    height = page.locator("iframe").evaluate("frame => frame.clientHeight")
    assert abs(height - body.evaluate("body => body.getBoundingClientRect().bottom")) <= 1


def test_every_hatch_fits_into_the_frame_of_the_snippet(page, app, site):
    texts = [
        [hatch.file.title, hatch.file.summary] for hatch in app.extensions["library"].editions[2026].hatches.values()
    ]
    page.goto(f"{site}/inbaddning")
    tallest = """texts => Math.max(...texts.map(([title, summary]) => {
      document.querySelector(".today h2 a").textContent = title
      document.querySelector(".today h2 + p").textContent = summary
      return document.body.scrollHeight
    }))"""
    for width in (*range(300, 700, 20), 800, 1000):
        page.set_viewport_size({"width": width, "height": 100})
        assert page.evaluate(tallest, texts) <= FRAME_HEIGHT, width
