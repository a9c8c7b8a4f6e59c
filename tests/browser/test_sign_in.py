"""The organisers' way in with a real browser: passkey, recovery code, and a sign-in that ends, by keyboard alone."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.admin.accounts import credentials, crypto, sessions
from app.admin.accounts.models import AdminSession, AdminUser
from app.database import db
from tests.browser.acts import tab_to
from tests.browser.conftest import SETTINGS
from tests.conftest import on_sqlite

pytestmark = on_sqlite
EMAIL, PASSWORD = "olga@example.se", "en mening går bra"


@pytest.fixture
def secret(app, clock):
    """Olga has an account, and this in her app."""
    made = credentials.new_secret()
    with app.app_context():
        kept = {
            "password_hash": credentials.hash_password(PASSWORD),
            "totp_secret": crypto.encrypt(made, "totp", clock.now()),
        }
        db.session.add(AdminUser(email=EMAIL, created_at=clock.now(), **kept))
        db.session.commit()
    return made


@pytest.fixture
def browser_context_args(site):
    """By name: where a browser has passkeys."""
    return SETTINGS | {"base_url": site.replace("127.0.0.1", "localhost")}


@pytest.fixture
def desk(page):
    """A page in a browser with an authenticator that knows who holds it."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    told = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    told |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": told})
    return page


@pytest.fixture
def sign_in(desk, secret, clock):
    """Fill in the sign-in form by keyboard; with a recovery code when one is given."""

    def enter(recovery=""):
        clock.forward(seconds=30)
        desk.goto("/admin/logga-in")
        type_into(desk.get_by_label("E-postadress"), EMAIL)
        type_into(desk.get_by_label("Lösenord"), PASSWORD)
        if recovery:
            tab_to(desk.get_by_text("Har du inte appen till hands?")).press("Enter")
            type_into(desk.get_by_label("Reservkod"), recovery)
        else:
            type_into(desk.get_by_label("Engångskod"), pyotp.TOTP(secret).at(clock.now()))
        desk.keyboard.press("Enter")
        expect(heading(desk, "Miljöjulkalendern 2026")).to_be_visible()

    return enter


def type_into(field, text):
    tab_to(field)
    field.page.keyboard.insert_text(text)


def heading(page, name):
    return page.get_by_role("heading", name=name, level=1)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def add_passkey(page):
    page.goto("/admin/konto")
    type_into(page.get_by_label("Namn"), "Jobbtelefonen")
    tab_to(button(page, "Lägg till en passkey")).press("Enter")
    expect(page.get_by_text("Passkeyn är tillagd.")).to_be_visible()


def age(app, clock, **span):
    """Make every sign-in so much older."""
    with app.app_context():
        db.session.execute(sa.update(AdminSession).values(created_at=clock.now() - timedelta(**span)))
        db.session.commit()


def test_passkey_signs_in_alone(desk, sign_in):
    sign_in()
    add_passkey(desk)
    tab_to(button(desk, "Logga ut överallt")).press("Enter")
    expect(heading(desk, "Logga in")).to_be_visible()
    tab_to(button(desk, "Använd passkey")).press("Enter")
    expect(heading(desk, "Miljöjulkalendern 2026")).to_be_visible()


def test_editor_signs_up_with_passkey(desk, app, clock):
    with app.app_context():
        token = sessions.create_invitation("eva@example.se", clock.now(), "editor")
    desk.goto(f"/admin/inbjudan/{token}")
    type_into(desk.get_by_label("Välj ett lösenord"), PASSWORD)
    tab_to(button(desk, "Skapa kontot med passkey")).press("Enter")
    expect(heading(desk, "Dina reservkoder")).to_be_visible()
    tab_to(button(desk, "Logga ut")).press("Enter")
    tab_to(button(desk, "Använd passkey")).press("Enter")
    expect(heading(desk, "Miljöjulkalendern 2026")).to_be_visible()


def test_browser_without_passkey_says_so_and_stays_where_it_is(desk, secret):
    desk.goto("/admin/logga-in")
    tab_to(button(desk, "Använd passkey")).press("Enter")
    expect(desk.get_by_role("status")).to_have_text("Det blev ingen passkey. Försök igen när du vill.")
    expect(heading(desk, "Logga in")).to_be_visible()


def test_recovery_code_signs_in_once_without_app(desk, sign_in):
    sign_in()
    desk.goto("/admin/konto")
    tab_to(button(desk, "Skapa reservkoder")).press("Enter")
    expect(heading(desk, "Dina reservkoder")).to_be_visible()
    code = desk.locator(".recovery-codes code").first.inner_text()
    tab_to(button(desk, "Logga ut")).press("Enter")
    expect(heading(desk, "Logga in")).to_be_visible()
    sign_in(recovery=code)
    desk.goto("/admin/konto")
    expect(desk.get_by_text("Du har 9 av 10 kvar.")).to_be_visible()


def test_passkey_proves_who_is_there_and_form_goes_on(desk, sign_in, app, clock):
    sign_in()
    add_passkey(desk)
    desk.goto("/admin/konton")
    age(app, clock, hours=1)
    with app.app_context():
        db.session.execute(sa.update(AdminSession).values(proved_at=None))
        db.session.commit()
    type_into(desk.get_by_label("E-postadress"), "eva@example.se")
    desk.keyboard.press("Enter")
    expect(heading(desk, "Bekräfta att det är du")).to_be_visible()
    tab_to(button(desk, "Bekräfta med passkey")).press("Enter")
    expect(heading(desk, "Inbjudan är klar")).to_be_visible()
    expect(desk.get_by_text(re.compile("Skicka länken till eva@example.se"))).to_be_visible()


def test_sign_in_about_to_end_goes_on_with_one_press(desk, sign_in):
    sign_in()
    desk.goto("/admin/konton")
    desk.evaluate("endsAt = Date.now() + 200000")  # as when the page has lain there for most of an hour
    expect(desk.get_by_text("Du loggas ut om 4 minuter.")).to_be_visible()
    tab_to(button(desk, "Fortsätt vara inloggad")).press("Enter")
    expect(desk.get_by_text("Du loggas ut om")).to_be_hidden()


def test_twelve_hours_cannot_be_made_longer(desk, sign_in, app, clock):
    sign_in()
    age(app, clock, hours=11, minutes=56)
    desk.goto("/admin/konton")
    expect(desk.get_by_text("Du loggas ut om 4 minuter.")).to_be_visible()
    tab_to(button(desk, "Fortsätt vara inloggad")).press("Enter")
    expect(button(desk, "Fortsätt vara inloggad")).to_be_hidden()
    expect(desk.get_by_text("Du loggas ut om 4 minuter.")).to_be_visible()


def test_text_written_when_sign_in_ended_is_sent_after_it(desk, sign_in, app, clock, secret):
    sign_in()
    desk.goto("/admin/konton")
    type_into(desk.get_by_label("E-postadress"), "eva@example.se")
    age(app, clock, hours=13)
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Logga in, så kan du skicka det du skrev.")).to_be_visible()
    clock.forward(seconds=30)
    type_into(desk.get_by_label("E-postadress"), EMAIL)
    type_into(desk.get_by_label("Lösenord"), PASSWORD)
    type_into(desk.get_by_label("Engångskod"), pyotp.TOTP(secret).at(clock.now()))
    desk.keyboard.press("Enter")
    expect(heading(desk, "Du är inloggad igen")).to_be_visible()
    tab_to(button(desk, "Skicka det nu")).press("Enter")
    expect(desk.get_by_text(re.compile("Skicka länken till eva@example.se"))).to_be_visible()
