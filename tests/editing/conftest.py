"""Two organisers at the editor of a copy of the real content, and how the tests read its pages."""

import secrets

import pytest
from bs4 import BeautifulSoup

from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminSession, AdminUser
from app.admin.accounts.sessions import checksum
from app.database import db
from tests.conftest import swedish


@pytest.fixture
def app(share_app, content, clock):
    clock.set("2026-11-20 08:00")
    return share_app(CALENDAR_CONTENT=content)


@pytest.fixture
def anna(app, clock):
    """Another organiser, signed in too."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        person = AdminUser(email="anna@example.se", password_hash="x", totp_secret="x", created_at=clock.now())
        db.session.add(person)
        db.session.flush()
        moment = swedish("2030-01-01")
        db.session.add(
            AdminSession(token_sha256=checksum(token), organiser_id=person.id, created_at=moment, seen_at=moment)
        )
        db.session.commit()
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def words(answer):
    return " ".join(soup(answer).main.text.split())


def fields(answer):
    """What the form of a page would send if somebody pressed its button."""
    form = soup(answer).select_one("main form")
    sent = {}
    for each in form.select("input, textarea, select"):
        if each.get("type") in ("radio", "checkbox") and not each.has_attr("checked"):
            continue
        chosen = each.select_one("option[selected]") or each.select_one("option")
        sent[each["name"]] = chosen["value"] if chosen else each.get("value", each.text.removeprefix("\n"))
    return sent


@pytest.fixture
def change(organiser):
    """Open a page, changes some fields, and sends it."""
    return lambda address, **changes: organiser.post(address, data=fields(organiser.get(address)) | changes)


def faults(answer):
    assert soup(answer).title.text.startswith("Fel: ")
    return [item.text for item in soup(answer).select("#fel li")]


def hatch_text(content, number=3):
    return (content / "2026" / f"{number:02}" / "hatch.md").read_text("utf-8")
