"""What an organiser does about a draw without a mouse; axe-core finds nothing on the way."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import axe_faults, tab_to
from tests.browser.conftest import AXE
from tests.conftest import on_sqlite, send_letter

pytestmark = on_sqlite


@pytest.fixture
def desk(page, clock, sign_in, reach, accept):
    """The organisers' page of the draw, with axe-core in it, when the contest has closed."""
    page.add_init_script(path=AXE)
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")
    reach("closed")
    sign_in(page)
    page.goto("/admin/dragning")
    return page


class Keyboard:
    """What a person does without a mouse; every page that comes is looked through by axe-core."""

    def __init__(self, page):
        self._page = page
        self.look()

    def look(self):
        assert axe_faults(self._page) == ""

    def unfold(self, part):
        tab_to(self._page.locator("summary", has_text=part)).press("Enter")
        self.look()

    def write(self, label, text):
        tab_to(self._page.get_by_label(label))
        self._page.keyboard.insert_text(text)

    def press(self, button, role="button"):
        target = tab_to(self._page.get_by_role(role, name=button))
        with self._page.expect_navigation():
            target.press("Enter")
        self.look()


@pytest.fixture
def drawn(app, contest, reach, clock):
    """The list is locked, drawn from, and the letter to the first has left."""
    reach("drawn")
    with app.app_context():
        send_letter(contest, 1, clock.now())


def test_the_winner_is_confirmed_and_named_by_keyboard_alone(desk, drawn):
    desk.reload()
    keyboard = Keyboard(desk)
    keyboard.press("Bekräfta vinnaren på plats 1")
    expect(desk.get_by_text("Klart.")).to_be_visible()
    keyboard.unfold("Visa vem som vann")
    keyboard.write(re.compile("^Förnamn$"), "Sigrid")
    tab_to(desk.get_by_label("Vinnaren har sagt ja")).press("Space")
    keyboard.press("Visa namnet")
    expect(desk.get_by_text(re.compile("Sigrid från Lerum visas för alla"))).to_be_visible()
    keyboard.press("den öppna sidan", role="link")
    expect(desk.get_by_text("Sigrid, Lerum")).to_be_visible()


def test_one_in_line_is_passed_over_by_keyboard_alone(desk, drawn, clock):
    clock.forward(days=8)
    desk.reload()
    keyboard = Keyboard(desk)
    keyboard.unfold("Gå vidare från plats 1")
    keyboard.press("Gå vidare från plats 1")
    expect(desk.get_by_role("alert")).to_contain_text("Välj ett av skälen i listan.")
    tab_to(desk.get_by_label("Varför?")).press("ArrowDown")
    keyboard.press("Gå vidare från plats 1")
    expect(desk.get_by_text("Plats 2 är på tur")).to_be_visible()


def test_a_late_list_is_locked_and_a_contest_cancelled_by_keyboard_alone(desk, clock):
    clock.set("2026-12-22 00:06")
    desk.reload()
    keyboard = Keyboard(desk)
    keyboard.press("Lås nu")
    expect(desk.get_by_text("Låst tisdag 22 december 2026 kl. 00.06.")).to_be_visible()
    keyboard.unfold("Ställ in tävlingen")
    keyboard.write("Varför?", "Priset finns inte längre.")
    tab_to(desk.get_by_label("Ja, ställ in tävlingen")).press("Space")
    keyboard.press("Ställ in tävlingen")
    expect(desk.get_by_text("Skäl: Priset finns inte längre.")).to_be_visible()
