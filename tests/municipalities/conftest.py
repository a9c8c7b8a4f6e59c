"""A kommunredaktör at a copy of the real content."""

import secrets

import pytest

from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminSession, AdminUser
from app.admin.accounts.sessions import checksum
from app.database import db
from tests.conftest import swedish


@pytest.fixture
def lerums(app):
    """A browser that is signed in for Lerum."""
    token, moment = secrets.token_urlsafe(32), swedish("2030-01-01")
    with app.app_context():
        kept = {"password_hash": "x", "totp_secret": "x", "created_at": moment}
        person = AdminUser(email="eva@lerum.se", role="municipality", municipality="lerum", **kept)
        db.session.add(person)
        db.session.flush()
        db.session.add(
            AdminSession(token_sha256=checksum(token), organiser_id=person.id, created_at=moment, seen_at=moment)
        )
        db.session.commit()
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client
