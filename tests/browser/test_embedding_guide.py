"""What docs/badda-in.md says to paste works on another site's page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_embed import FREE
from tests.conftest import ROOT, on_sqlite

pytestmark = on_sqlite
GUIDE = (ROOT / "docs" / "badda-in.md").read_text()
FRAME, LINK, FEED = re.findall(r"```html\n(.*?)```", GUIDE, re.DOTALL)
# What WordPress sends of a block of HTML, and of buttons: all but the comments.
BLOCKS = re.findall(r"```text\n(<!-- wp:(?:html|buttons) -->.*?)```", GUIDE, re.DOTALL)
STRICT = FREE | {"Cross-Origin-Embedder-Policy": "require-corp"}


@pytest.fixture
def app(make_app):
    """The calendar, and another site's pages under another name."""
    app = make_app()
    for path, headers in (("/annan", FREE), ("/strang", STRICT)):
        app.add_url_rule(path, path[1:], lambda headers=headers: (app.config["PASTED"], headers))
    return app


@pytest.fixture
def other_site(page, app, site):
    """Show another site that has pasted the guide's snippets."""

    def show(path="/annan", body=FRAME + LINK):
        pasted = f'<!doctype html><html lang="sv"><head><title>Kommunen</title>{FEED}</head><body>{body}</body>'
        app.config["PASTED"] = pasted.replace("https://kalender.example.se", site)
        page.goto(site.replace("127.0.0.1", "localhost") + path)
        return page

    return show


@pytest.mark.parametrize("path", ["/annan", "/strang"])
def test_frame_shows_todays_hatch(other_site, path):
    frame = other_site(path).frame_locator("iframe")
    expect(frame.get_by_text("Dagens lucka, 10 december")).to_be_visible()
    expect(frame.locator("h2")).to_have_text("Åk buss och sticka en halv vante")


def test_link_leads_to_the_calendar(other_site):
    page = other_site()
    page.get_by_role("link", name="Öppna dagens lucka").click()
    expect(page.get_by_role("link", name="Öppna lucka 10")).to_be_visible()


def test_feed_is_found(other_site, site):
    page = other_site()
    address = page.locator("link[type='application/atom+xml']").get_attribute("href")
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")


def test_blocks_show_what_the_html_does(other_site):
    page = other_site(body="".join(BLOCKS))
    expect(page.frame_locator("iframe").get_by_text("Dagens lucka, 10 december")).to_be_visible()
    page.get_by_role("link", name="Öppna dagens lucka").click()
    expect(page.get_by_role("link", name="Öppna lucka 10")).to_be_visible()
