"""What the tests of the organisers' area share: an account, its one-time codes, and the way in."""

import pyotp
import pytest
from argon2 import PasswordHasher

from app.admin.accounts import credentials, crypto
from app.admin.accounts.models import AdminUser
from app.database import db
from tests.conftest import token_in

SIGN_IN = "/admin/logga-in"
EMAIL, PASSWORD = "olga@example.se", "en mening går bra"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Passwords are hashed as ever, but with little work."""
    monkeypatch.setattr(credentials, "hasher", lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def account(app, clock):
    """Make an account with a role and returns its number and the secret in its app: account("eva@…", "editor")."""

    def make(email=EMAIL, role="administrator"):
        secret = credentials.new_secret()
        with app.app_context():
            kept = {
                "password_hash": credentials.hash_password(PASSWORD),
                "totp_secret": crypto.encrypt(secret, "totp", clock.now()),
                "municipality": "lerum" if role == "municipality" else None,
            }
            made = AdminUser(email=email, role=role, created_at=clock.now(), **kept)
            db.session.add(made)
            db.session.commit()
            return made.id, secret

    return make


@pytest.fixture
def code(clock):
    """The code that an app with the secret shows, half a minute after the last one that was asked for."""

    def show(secret):
        clock.forward(seconds=30)
        return pyotp.TOTP(secret).at(clock.now())

    return show


@pytest.fixture
def come_in(app, code):
    """Sign in with a browser of its own, or a given one, and returns it: come_in(secret, email="eva@…")."""

    def enter(secret, email=EMAIL, password=PASSWORD, browser=None, agent="", **fields):
        browser = browser or app.test_client()
        told = {"email": email, "password": password, "code": code(secret), "token": token_in(browser.get(SIGN_IN))}
        browser.answer = browser.post(SIGN_IN, data=told | fields, headers={"User-Agent": agent})
        return browser

    return enter
