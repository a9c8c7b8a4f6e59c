"""The editor in a real browser: by keyboard, with the preview as one types, and the same without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import press, tab_to
from tests.browser.checks import faults_in
from tests.conftest import on_sqlite

pytestmark = on_sqlite
HATCH = "/admin/redigera/lucka/9"


@pytest.fixture
def app(make_app, content, clock):
    clock.set("2026-12-10 08:00")
    return make_app(CALENDAR_CONTENT=content)


def test_hatch_is_edited_by_keyboard(page, sign_in):
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


def test_without_script_buttons_do_it(new_context, request):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    request.getfixturevalue("sign_in")(page)
    page.goto(HATCH)
    expect(page.get_by_role("button", name="Fet")).to_be_hidden()
    page.get_by_label("Tips", exact=True).fill("Gå *hem*.")
    page.get_by_role("button", name="Förhandsgranska", exact=True).click()
    expect(page.locator("#tip-visning em")).to_have_text("hem")
    count = page.locator("fieldset.part").count()
    press(page, "Lägg till fakta")
    expect(page.locator("fieldset.part")).to_have_count(count + 1)
    expect(page.get_by_label("Tips", exact=True)).to_have_value("Gå *hem*.")
    press(page, f"Ta bort fakta {count + 1}")
    press(page, "Spara")
    expect(page.locator("#kvitto")).to_contain_text("Sparat.")


def test_what_is_wrong_takes_focus_and_leads_to_its_field(page, sign_in):
    sign_in(page)
    page.goto(HATCH)
    page.get_by_label("Källans årtal").first.fill("i fjol")
    press(page, "Spara")
    expect(page.locator("#fel")).to_be_focused()
    link = tab_to(page.get_by_role("link", name=re.compile("Fakta 1, källans årtal")))
    link.press("Enter")
    expect(page.get_by_label("Källans årtal").first).to_be_focused()


def meet_a_conflict(page, app):
    """Save what has been changed at the server meanwhile."""
    page.goto(HATCH)
    file = app.config["CALENDAR_CONTENT"] / "2026" / "09" / "hatch.md"
    file.write_text(file.read_text("utf-8").replace('title = "', 'title = "Ny: '), "utf-8")
    page.get_by_label("Rubrik", exact=True).fill("Min")
    press(page, "Spara")


def read_a_version(page, _app):
    page.goto(HATCH)
    page.get_by_label("Rubrik", exact=True).fill("Ny")
    press(page, "Spara")
    page.goto(f"{HATCH}/tidigare/1")


@pytest.mark.parametrize("act", [meet_a_conflict, read_a_version], ids=lambda act: act.__name__)
def test_saving_leads_to_pages_in_order(new_context, app, request, html_faults, act):
    page = new_context(bypass_csp=True).new_page()
    request.getfixturevalue("sign_in")(page)
    act(page, app)
    assert faults_in(page, page.content(), html_faults) == {}


def test_bold_pressed_twice_is_bold_off(page, sign_in):
    sign_in(page)
    page.goto(HATCH)
    tip = page.get_by_label("Tips", exact=True)
    tip.fill("Cykla mera.")
    for name, once in (("Fet", "**Cykla mera.**"), ("Kursiv", "*Cykla mera.*"), ("Länk", "[Cykla mera.](https://)")):
        tip.press("Control+a")
        page.get_by_role("button", name=name).first.click()
        expect(tip).to_have_value(once)
        page.get_by_role("button", name=name).first.click()
        expect(tip).to_have_value("Cykla mera.")


def test_leaving_asks_only_when_something_is_unsaved(page, sign_in):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    sign_in(page)
    page.goto(HATCH)
    page.goto("/admin/redigera")
    page.goto(HATCH)
    page.get_by_label("Rubrik", exact=True).fill("Ny rubrik")
    press(page, "Spara")
    assert asked == []
    page.get_by_label("Rubrik", exact=True).fill("Osparad")
    page.goto("/admin/redigera")
    assert asked == ["beforeunload"]


def test_the_whole_hatch_is_shown_as_one_types(page, sign_in):
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page)
    page.goto(HATCH)
    shown = page.frame_locator(".whole-preview iframe")
    page.get_by_label("Rubrik", exact=True).fill("En helt ny rubrik")
    expect(shown.locator("h1")).to_have_text("En helt ny rubrik")
    page.get_by_label("Rubrik", exact=True).fill("")
    expect(page.locator(".whole-preview [role=status]")).to_contain_text("Rubrik: saknas")
    expect(shown.locator("h1")).to_have_text("En helt ny rubrik")
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".whole-preview")).to_be_hidden()


def test_the_whole_hatch_opens_beside_without_script(new_context, request):
    page = new_context(java_script_enabled=False).new_page()
    request.getfixturevalue("sign_in")(page)
    page.goto(HATCH)
    page.get_by_label("Rubrik", exact=True).fill("En helt ny rubrik")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Förhandsgranska hela luckan").click()
    expect(opened.value.locator("h1")).to_have_text("En helt ny rubrik")
    expect(page.get_by_label("Rubrik", exact=True)).to_have_value("En helt ny rubrik")


def test_a_hatch_is_dragged_to_another_place(page, sign_in, clock):
    clock.set("2026-11-20 08:00")
    sign_in(page)
    page.goto("/admin/redigera/ordning")
    rows = page.locator(".order > li")
    name = rows.nth(4).locator(".name").inner_text()
    rows.nth(4).drag_to(rows.nth(1), target_position={"x": 20, "y": 4})
    expect(rows.nth(1).locator(".name")).to_have_text(name)
    expect(rows.nth(1).locator(".place")).to_have_text("2")
    rows.nth(1).get_by_role("button", name="Flytta ner").press("Enter")
    expect(page.locator("#flyttad")).to_contain_text("är nu lucka 3.")
    press(page, "Spara ordningen")
    expect(page.locator("#kvitto")).to_contain_text("Luckorna har fått ny ordning.")
