"""The whole draw without a mouse, from the lock to the winner's name, and axe-core finds nothing on the way."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import axe_faults, tab_to
from tests.browser.conftest import AXE
from tests.conftest import VALUE, on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def desk(page, clock, sign_in, reach, accept):
    """The organisers' page of the draw, with axe-core in it, when the contest has closed."""
    page.add_init_script(path=AXE)
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")
    reach("closed")
    clock.set("2026-12-22 11:50")
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


def lock_and_anchor(page, keyboard):
    keyboard.press("Lås listan")
    expect(page.get_by_text("Låst tisdag 22 december 2026 kl. 11.50.")).to_be_visible()
    keyboard.unfold("Till registratorn")
    keyboard.unfold("Anteckna en förankring")
    keyboard.write("Vem har kontrollsumman?", "Registrator, Lerums kommun")
    keyboard.write("Diarienummer", "KS 2026/123")
    keyboard.press("Anteckna förankringen")
    expect(page.get_by_text("Registrator, Lerums kommun")).to_be_visible()


def contact_and_confirm(page, keyboard):
    keyboard.unfold("Anteckna ett försök")
    tab_to(page.get_by_label("Hur?")).press("ArrowDown")
    keyboard.press("Anteckna försöket")
    expect(page.get_by_text("tisdag 22 december 2026 kl. 12.01: telefon")).to_be_visible()
    keyboard.press("Bekräfta vinnaren")
    expect(page.get_by_text("Klart.")).to_be_visible()


@pytest.mark.parametrize("way", ["fetched", "pasted"])
def test_the_whole_draw_goes_by_keyboard_alone(desk, clock, way):
    keyboard = Keyboard(desk)
    lock_and_anchor(desk, keyboard)
    clock.set("2026-12-22 12:01")
    desk.reload()
    if way == "fetched":
        keyboard.press("Hämta slumptalet")
    else:
        keyboard.unfold("Klistra in det själv")
        keyboard.write("Slumptalet", VALUE)
        keyboard.press("Gör dragningen")
    contact_and_confirm(desk, keyboard)
    keyboard.unfold("Visa vem som vann")
    keyboard.write(re.compile("^Förnamn$"), "Sigrid")
    tab_to(desk.get_by_label("Vinnaren har sagt ja")).press("Space")
    keyboard.press("Visa namnet")
    expect(desk.get_by_text(re.compile("Sigrid från Lerum visas för alla"))).to_be_visible()
    keyboard.press("den öppna sidan", role="link")
    expect(desk.get_by_text("Sigrid, Lerum")).to_be_visible()


def test_someone_is_passed_over_by_keyboard_alone(desk, clock):
    keyboard = Keyboard(desk)
    keyboard.press("Lås listan")
    clock.set("2026-12-22 12:01")
    desk.reload()
    keyboard.press("Hämta slumptalet")
    keyboard.unfold("Gå vidare till nästa på listan")
    tab_to(desk.get_by_label("Varför?")).press("ArrowDown")
    keyboard.press("Gå vidare från plats 1")
    expect(desk.get_by_role("alert")).to_contain_text("Inget försök är antecknat.")
    tab_to(desk.get_by_label("Varför?")).press("ArrowDown")
    keyboard.press("Gå vidare från plats 1")
    expect(desk.get_by_text("Plats 2 är på tur")).to_be_visible()
