"""The whole draw without a mouse, from the late lock to the winner's name, and axe-core finds nothing on the way."""

import re

import pytest
from playwright.sync_api import expect

from app.database import db
from app.draw import mails
from app.draw.models import Rank
from tests.browser.acts import axe_faults, tab_to
from tests.browser.places import NOON, frozen_contest
from tests.conftest import on_sqlite, send_letter

pytestmark = on_sqlite


@pytest.fixture
def desk(page, clock, sign_in, reach, accept):
    """The organisers' page of the draw, with axe-core in it, when the contest has closed."""
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")
    reach("closed")
    clock.set("2026-12-22 00:10")
    sign_in(page)
    page.goto("/admin/dragning")
    return page


class Keyboard:
    """What a person does without a mouse; every page that comes is looked through by axe-core."""

    def __init__(self, page):
        self._page = page
        self.look()

    def look(self):
        assert axe_faults(self._page) == []

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
def send(app, clock):
    """The letter to a place leaves."""

    def leave(place):
        with app.app_context():
            send_letter(frozen_contest(), place, clock.now())

    return leave


def lock_and_draw(page, keyboard, clock):
    keyboard.press("Lås nu")
    expect(page.get_by_text("3 lotter är med, 0 är strukna.")).to_be_visible()
    clock.set(NOON)
    page.reload()
    keyboard.press("Fråga nu")
    expect(page.get_by_text("Plats 1 är på tur")).to_be_visible()


def test_whole_draw_goes_by_keyboard_alone(desk, clock, send):
    keyboard = Keyboard(desk)
    lock_and_draw(desk, keyboard, clock)
    send(1)
    desk.reload()
    keyboard.unfold("Mejlet till den som vann")
    keyboard.press("Bekräfta vinnaren på plats 1")
    expect(desk.get_by_text("Klart.")).to_be_visible()
    keyboard.unfold("Visa vem som vann")
    keyboard.write(re.compile("^Förnamn$"), "Sigrid")
    tab_to(desk.get_by_label("Vinnaren har sagt ja")).press("Space")
    keyboard.press("Visa namnet")
    expect(desk.get_by_text(re.compile("Sigrid från Lerum visas för alla"))).to_be_visible()
    keyboard.press("den öppna sidan", role="link")
    expect(desk.get_by_text("Grattis Sigrid i Lerum!")).to_be_visible()


def test_place_is_skipped_by_keyboard(desk, clock, send):
    keyboard = Keyboard(desk)
    lock_and_draw(desk, keyboard, clock)
    send(1)
    desk.reload()
    expect(desk.get_by_text("Gå vidare från plats 1")).to_have_count(0)
    clock.forward(days=9)
    desk.reload()
    keyboard.unfold("Gå vidare från plats 1")
    keyboard.press("Gå vidare från plats 1")
    expect(desk.get_by_role("alert")).to_contain_text("Välj ett av skälen i listan.")
    tab_to(desk.get_by_label("Varför?")).press("ArrowDown")
    keyboard.press("Gå vidare från plats 1")
    expect(desk.get_by_text("Plats 2 är på tur")).to_be_visible()


def test_contest_is_cancelled_by_keyboard_alone(desk):
    keyboard = Keyboard(desk)
    keyboard.unfold("Ställ in tävlingen")
    keyboard.write("Varför?", "Vinsten finns inte längre.")
    tab_to(desk.get_by_label("Ja, ställ in tävlingen.")).press("Space")
    keyboard.press("Ställ in tävlingen")
    expect(desk.get_by_text("Skäl: Vinsten finns inte längre.")).to_be_visible()


def test_prize_is_declined_by_keyboard_alone(desk, page, app, clock, send):
    keyboard = Keyboard(desk)
    lock_and_draw(desk, keyboard, clock)
    send(1)
    with app.app_context():
        ticket = db.session.get_one(Rank, ("mjk-2026", 1)).ticket
        token = mails.sign_link(mails.DECLINE, "mjk-2026", 1, ticket)
    page.goto(f"/2026/dragning/tacka-nej/{token}")
    keyboard.press("Tacka nej")
    expect(page.get_by_role("heading", name="Du har tackat nej")).to_be_visible()
