"""The editor in a real browser: by keyboard, with the preview as one types, and the same without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import axe_faults, press, tab_to
from tests.browser.conftest import AXE, LARGE, SMALL
from tests.conftest import on_sqlite

pytestmark = on_sqlite
HATCH = "/admin/redigera/lucka/9"


@pytest.fixture
def app(make_app, content, clock):
    clock.set("2026-12-10 08:00")
    return make_app(CALENDAR_CONTENT=content)


def test_a_hatch_is_edited_by_keyboard_and_the_preview_follows(page, sign_in):
    sign_in(page)
    page.goto(HATCH)
    tip = page.get_by_label("Tips", exact=True)
    tip.fill("Cykla mera.")
    expect(page.locator("#tip-visning .tip")).to_have_text("Cykla mera.")
    tip.press("Control+a")
    tab_to_tools = page.get_by_role("button", name="Fet")
    tab_to_tools.focus()
    page.keyboard.press("Enter")
    expect(tip).to_be_focused()
    expect(tip).to_have_value("**Cykla mera.**")
    expect(page.locator("#tip-visning strong")).to_have_text("Cykla mera.")
    page.get_by_label("Rubrik", exact=True).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#kvitto")).to_be_focused()
    expect(page.locator("#kvitto")).to_contain_text("Sparat.")
    page.goto("/2026/lucka/9")
    expect(page.locator(".tip strong")).to_have_text("Cykla mera.")


def test_without_script_the_same_is_done_with_buttons(new_context, request):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    request.getfixturevalue("sign_in")(page)
    page.goto(HATCH)
    expect(page.get_by_role("button", name="Fet")).to_be_hidden()
    page.get_by_label("Tips", exact=True).fill("Gå *hem*.")
    press(page, "Förhandsgranska")
    expect(page.locator("#tip-visning em")).to_have_text("hem")
    count = page.locator("fieldset.part").count()
    press(page, "Lägg till fakta")
    expect(page.locator("fieldset.part")).to_have_count(count + 1)
    expect(page.get_by_label("Tips", exact=True)).to_have_value("Gå *hem*.")
    press(page, f"Ta bort fakta {count + 1}")
    press(page, "Spara")
    expect(page.locator("#kvitto")).to_contain_text("Sparat.")


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(page, sign_in):
    sign_in(page)
    page.goto(HATCH)
    page.get_by_label("Källans årtal").first.fill("i fjol")
    press(page, "Spara")
    expect(page.locator("#fel")).to_be_focused()
    link = tab_to(page.get_by_role("link", name=re.compile("Fakta 1, källans årtal")))
    link.press("Enter")
    expect(page.get_by_label("Källans årtal").first).to_be_focused()


def conflict(page, app):
    """Somebody at the server is first."""
    page.goto(HATCH)
    file = app.config["CALENDAR_CONTENT"] / "2026" / "09" / "hatch.md"
    file.write_text(file.read_text("utf-8").replace('title = "', 'title = "Ny: '), "utf-8")
    page.get_by_label("Rubrik", exact=True).fill("Min")
    press(page, "Spara")


def faulty(page, _app):
    page.goto(HATCH)
    page.get_by_label("Rubrik", exact=True).fill("")
    press(page, "Spara")


def version(page, app):
    page.goto(HATCH)
    page.get_by_label("Rubrik", exact=True).fill("Ny")
    press(page, "Spara")
    page.goto(f"{HATCH}/tidigare/1")


PAGES = ["", "/lucka/9", "/lucka/10/tavling", "/lucka/9/bild", "/lucka/9/tidigare", "/texter", "/arrangor"]
PAGES += ["/tillganglighet", "/byt-plats", "/ny", "/las-in"]
PLACES = {path: (lambda page, _app, path=path: page.goto(f"/admin/redigera{path}")) for path in PAGES}
PLACES |= {"conflict": conflict, "faulty": faulty, "version": version}


@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_in_the_editor_and_nothing_is_wider_than_a_phone(new_context, app, request, place):
    context = new_context(bypass_csp=True)
    context.add_init_script(path=AXE)
    page = context.new_page()
    request.getfixturevalue("sign_in")(page)
    PLACES[place](page, app)
    for scheme, size in (("light", LARGE), ("dark", SMALL)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert axe_faults(page) == "", scheme
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), scheme
