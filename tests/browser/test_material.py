"""The texts to send out are copied by a button, or marked by hand."""

from playwright.sync_api import expect

from tests.conftest import on_sqlite

pytestmark = on_sqlite


def test_button_copies_its_text(visit):
    page = visit("the material")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiera Mejl till kollegor").click()
    expect(page.locator("#kopierat")).to_have_text("Kopierat: Mejl till kollegor.")
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Mejl till kollegor").input_value()
    page.context.clear_permissions()


def test_text_is_marked_when_copying_fails(visit):
    page = visit("the material")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Kopiera Text till intranätet").click()
    expect(page.locator("#kopierat")).to_contain_text("Texten är markerad")
    marked = page.evaluate("document.activeElement.value.slice(document.activeElement.selectionStart)")
    assert marked == page.get_by_label("Text till intranätet").input_value()
