"""What a stranger can try through the form: nothing is learnt, no mailbox is filled, no one is entered twice."""

import re

import pytest
import sqlalchemy as sa

from app.contest.models import Entry
from app.database import db
from app.outbox.models import OutboxMail
from tests.conftest import ENTRY_URL, filled, on_sqlite, token_in


@pytest.fixture
def opened(contest, app):
    """The contest is open, and mail goes: what comes now is answered as where mail goes."""
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"


def count(app, model, *where):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def test_one_address_and_answer_is_one_entry_same_page(opened, app, enter):
    pages = [enter() for _ in range(7)]
    assert {page.status_code for page in pages} == {200}
    assert len({re.sub(r'nonce="[^"]*"', "", page.text) for page in pages}) == 1
    assert count(app, Entry) == 1
    assert count(app, OutboxMail) == 5


@on_sqlite
def test_no_page_shows_code_or_ticket_where_mail_goes(opened, app, enter):
    page = enter()
    with app.app_context():
        entry = db.session.scalars(sa.select(Entry)).one()
    assert entry.ticket not in page.text
    assert entry.receipt_code[:5] not in page.text
    assert "anna@example.se" in page.text


def test_at_most_five_mails_daily_go_to_one_address(opened, app, enter, clock):
    for answer in ("2030", "2027", "2040") * 3:
        assert enter(answer=answer).status_code == 200
    assert (count(app, Entry), count(app, OutboxMail)) == (3, 5)
    clock.set("2026-12-11 00:00:30")
    enter()
    assert count(app, OutboxMail) == 6


def test_form_sent_twice_is_one_entry_another_answer_asks_anew(opened, app, client, clock):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 200
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 200
    other = client.post(ENTRY_URL, data=filled(token=token, answer="2027"))
    assert other.status_code == 422
    assert "Formuläret är redan skickat en gång." in other.text
    assert "anna@example.se" in other.text
    clock.forward(seconds=20)
    assert client.post(ENTRY_URL, data=filled(token=token_in(other), answer="2027")).status_code == 200
    assert count(app, Entry) == 2


@on_sqlite
def test_too_late_sender_is_told_that_entry_was_not_received(opened, app, client, clock):
    clock.set("2026-12-20 23:59")
    token = token_in(client.get(ENTRY_URL))
    clock.set("2026-12-21 00:00:00")
    late = client.post(ENTRY_URL, data=filled(token=token))
    assert late.status_code == 409
    assert "Ditt svar hann inte fram och är inte med." in late.text
    assert "Ditt svar hann inte fram" not in client.get(ENTRY_URL).text


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("åsa@example.se", "Titta en gång till på det som står före @"),
        ("a＠evil.se@example.se", "Skriv e-postadressen så här"),
        ("anna@example", "Skriv e-postadressen så här"),
    ],
)
def test_an_address_that_no_mail_reaches_is_said_before_thanks(opened, enter, typed, words):
    answer = enter(email=typed)
    assert answer.status_code == 422
    assert words in answer.text


@on_sqlite
def test_invisible_characters_that_were_pasted_along_are_taken_away(opened, app, enter):
    assert enter(email="\u200banna\u00ad@example.se\ufeff").status_code == 200
    assert count(app, Entry, Entry.email == "anna@example.se") == 1


def test_differing_clocks_keep_the_log_in_order(contest, accept, app):
    accept("anna@example.se", at="2026-12-12 12:00")
    saved = accept("bo@example.se", at="2026-12-12 11:59")
    assert saved.received_at.isoformat().startswith("2026-12-12T11:00:00")
