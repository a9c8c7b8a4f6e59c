"""A hatch in the browser: the question answers at once, and what needs script is not there without it."""

import pytest
from playwright.sync_api import expect

from tests.conftest import on_sqlite

pytestmark = on_sqlite

HATCH = "/2026/lucka/14"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def hatch(request, lend, clock):
    clock.set("2026-12-14 08:00")
    page = lend(java_script_enabled=request.param)
    page.goto(HATCH)
    return page


def test_choice_is_answered_at_once(hatch):
    right, wrong = hatch.get_by_text("Rätt! "), hatch.get_by_text("Inte riktigt. Rätt svar är: 14 procent.")
    expect(right).to_be_hidden()
    expect(wrong).to_be_hidden()
    hatch.get_by_label("34 procent").check()
    expect(wrong).to_be_visible()
    hatch.get_by_label("14 procent").check()
    expect(right).to_be_visible()
    expect(wrong).to_be_hidden()


def test_the_keyboard_chooses_too(hatch):
    hatch.get_by_label("4 procent", exact=True).focus()
    hatch.keyboard.press("ArrowDown")
    expect(hatch.get_by_text("Rätt! ")).to_be_visible()


def test_the_question_comes_before_the_tip(hatch):
    question = hatch.get_by_role("region", name="Vad tror du?").bounding_box()
    assert question["y"] < hatch.get_by_text("Rattvärmen får beröm").bounding_box()["y"]


def test_the_answer_is_printed(hatch):
    hatch.emulate_media(media="print")
    expect(hatch.locator(".on-paper")).to_contain_text("14 procent.")


def test_hatch_is_passed_on_by_mail_or_by_its_address(new_context, clock):
    clock.set("2026-12-14 08:00")
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(HATCH)
    page.get_by_role("button", name="Kopiera länken").click()
    expect(page.get_by_text("Länken är kopierad.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(HATCH)
    letter = page.get_by_role("link", name="Tipsa någon med e-post").get_attribute("href")
    assert letter.startswith("mailto:?subject=Lagom%20h%C3%A5rda%20d%C3%A4ck&body=")
    assert "+" not in letter


def test_without_script_there_is_no_button_that_does_nothing(new_context, clock):
    clock.set("2026-12-14 08:00")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(HATCH)
    expect(page.get_by_role("main").get_by_role("button")).to_have_text(["Jag testar"])


def test_answer_is_sent_when_chosen_and_tip_is_tried(hatch):
    send = hatch.get_by_role("button", name="Svara och se vad andra tror")
    expect(send).to_be_hidden()
    hatch.get_by_label("14 procent").check()
    send.click()
    expect(hatch.get_by_role("heading", name="Rätt!")).to_be_visible()
    hatch.get_by_role("button", name="Jag testar").click()
    expect(hatch.get_by_role("heading", name="Tack! Du är en av de första som testar")).to_be_visible()
    hatch.get_by_label("Var bor du?").select_option("Lerum")
    hatch.get_by_role("button", name="Räkna min kommun").click()
    expect(hatch.get_by_role("heading", name="Tack, nu räknas din kommun också")).to_be_visible()
