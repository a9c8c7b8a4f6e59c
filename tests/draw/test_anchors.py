"""Anchors: copies elsewhere are noted once and for good, and everybody sees them, or that there are none."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.audit.records import AuditRecord
from app.database import db
from app.draw import anchors
from app.draw.anchors import Sent
from app.draw.conduct import ActRefused
from tests.conftest import on_sqlite, swedish

LOCKED = swedish("2026-12-21 09:00")
NOON = swedish("2026-12-21 12:00")
SENT = Sent("Registrator, Lerums kommun", LOCKED + timedelta(minutes=5), "KS 2026/123")


@pytest.fixture
def locked(accept, reach, inside):
    accept("anna@example.se")
    reach("locked")


def refused(contest, sent, now=NOON):
    with pytest.raises(ActRefused) as refusal:
        anchors.add(contest, sent, now)
    db.session.rollback()
    return str(refusal.value)


def changed(**values):
    return Sent(**vars(SENT) | values)


def shown(client):
    return " ".join(BeautifulSoup(client.get("/2026/dragning").text, "html.parser").main.text.split())


def test_an_anchor_is_shown_to_everybody_and_is_in_the_protocol(locked, contest, client):
    assert "Listan är inte förankrad" in shown(client)
    anchors.add(contest, SENT, NOON)
    page = shown(client)
    assert "Registrator, Lerums kommun, skickad måndag 21 december 2026 kl. 09.05, KS 2026/123" in page
    assert "inte förankrad" not in page
    assert client.get("/2026/dragning/protokoll.json").json["forankringar"] == [
        {
            "mottagare": "Registrator, Lerums kommun",
            "skickad": "2026-12-21T08:05:00Z",
            "referens": "KS 2026/123",
            "antecknad": "2026-12-21T11:00:00Z",
        }
    ]


def test_an_anchor_is_bound_by_the_record_without_being_told_there(locked, contest):
    anchors.add(contest, SENT, NOON)
    body = db.session.scalar(sa.select(AuditRecord.body).where(AuditRecord.kind == "forankring"))
    text = "Registrator, Lerums kommun\n2026-12-21T08:05:00Z\nKS 2026/123\n"
    assert json.loads(body)["innehall"] == sha256(text.encode()).hexdigest()
    assert "Lerum" not in body


def test_an_anchor_noted_after_the_draw_is_shown_as_such(locked, contest, client):
    anchors.add(contest, SENT, NOON)
    assert "(antecknad efter dragningen)" not in shown(client)
    anchors.add(contest, changed(recipient="Sotenäs kommun"), swedish("2026-12-22 12:01"))
    assert "Sotenäs kommun, skickad måndag 21 december 2026 kl. 09.05, KS 2026/123 (antecknad efter" in shown(client)


@on_sqlite
def test_the_very_minute_of_the_locking_is_not_too_early(locked, contest):
    anchors.add(contest, changed(sent_at=LOCKED), NOON)
    assert len(anchors.anchors(contest.id)) == 1


@on_sqlite
@pytest.mark.parametrize("moment", [LOCKED - timedelta(minutes=1), NOON + timedelta(minutes=1)])
def test_an_anchor_is_neither_older_than_the_list_nor_to_come(locked, contest, moment):
    sentence = refused(contest, changed(sent_at=moment))
    assert sentence == "Tiden ska ligga efter att listan låstes, och inte i framtiden."


@on_sqlite
@pytest.mark.parametrize("field", ["recipient", "reference"])
@pytest.mark.parametrize("text", ["", "x" * 201])
def test_an_anchor_says_who_and_where_in_two_hundred_characters(locked, contest, field, text):
    sentence = refused(contest, changed(**{field: text}))
    assert sentence == "Skriv både mottagare och beteckning, med högst 200 tecken."


def test_the_same_anchor_is_noted_once(locked, contest):
    anchors.add(contest, SENT, NOON)
    assert refused(contest, SENT) == "Förankringen är redan antecknad."


def test_there_is_nothing_to_anchor_before_the_list_is_locked(accept, reach, inside, contest):
    reach("closed")
    assert refused(contest, SENT) == "Lås listan först. Det är låsbeviset som förankras."
