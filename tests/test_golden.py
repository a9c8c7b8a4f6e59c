"""Every text that goes out, compared with tests/golden/ byte for byte: rules, notices, mails, files of the draw.

The contest is the shipped one, with chance and clock in the test's hand. How to renew the files: golden/README.md.
"""

import io
import re
import zipfile
from email import message_from_bytes, policy
from random import Random

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.contest import terms
from app.contest.models import Entry
from app.database import db
from app.draw import actions, winners
from app.operations import jobs
from tests.conftest import ANNA, ENTRY_URL, on_sqlite, token_in
from tests.draw.crowds import published
from tests.goldens import compare

pytestmark = on_sqlite

PAGES = {
    "regler": "/2026/tavling/villkor",
    "personuppgifter": "/personuppgifter",
    "kakor": "/kakor",
    "om": "/om",
    "tillganglighet": "/tillganglighet",
    "mitt-svar": "/mitt-svar",
    "formular": ENTRY_URL,
}


def words(html):
    """The words of a page, a line for each piece, however its template is broken into lines."""
    strings = BeautifulSoup(html, "html.parser").main.strings
    pieces = (piece.strip() if piece.find_parent("pre") else re.sub(r"[ \n]+", " ", piece).strip() for piece in strings)
    return "".join(f"{piece}\n" for piece in pieces if piece).encode()


@pytest.fixture
def app(share_app, clock, monkeypatch):
    """The app before the contest opens, where chance is the same every time."""
    random = Random(16)  # noqa: S311 – chance that is no chance
    monkeypatch.setattr("secrets.token_bytes", random.randbytes)
    monkeypatch.setattr("secrets.token_hex", lambda number: random.randbytes(number).hex())
    return share_app(opened=False)


@pytest.fixture
def run(app, clock):
    """The jobs loop at an instant."""

    def run(moment):
        clock.set(moment)
        with app.app_context():
            jobs.run_round()

    return run


@pytest.fixture
def enter(client, clock):
    def enter(email, answer="2030"):
        form = token_in(client.get(ENTRY_URL))
        clock.forward(seconds=20)
        sent = client.post(ENTRY_URL, data=ANNA | {"token": form, "email": email, "answer": answer})
        assert sent.status_code == 200

    return enter


@pytest.fixture
def act(app, clock):
    """Do an action at an instant, as an organiser or a participant, and let its mails go."""

    def act(moment, action, *about):
        clock.set(moment)
        with app.app_context():
            action(terms.frozen_in(2026), *about, clock.now())
            jobs.run_round()

    return act


def compare_mails(folder):
    """Compare the plain text of one mail of each kind, and of all that tell of the locking."""
    seen = set()
    for file in sorted((folder / "mail").glob("*.eml")):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
        kind = file.name.split(".")[0]
        address = mail["To"].partition("@")[0]
        if kind in seen and kind != "last":
            continue
        seen.add(kind)
        compare(f"mejl/{kind}-{address}.txt", f"{mail['Subject']}\n\n{text}".encode())


def entry_of(email):
    return db.session.scalars(sa.select(Entry).where(Entry.email == email)).one()


def test_pages(client, run):
    run("2026-12-10 00:00")
    for name, path in PAGES.items():
        compare(f"sidor/{name}.txt", words(client.get(path).text))


def test_a_season(app, client, run, enter, act, organiser, tmp_path):
    run("2026-12-10 00:00")
    for name in ("anna", "bo", "cecilia", "eva"):
        enter(f"{name}@example.se")
    enter("david@example.se", answer="2040")
    with app.app_context():
        bo, cecilia = entry_of("bo@example.se").id, entry_of("cecilia@example.se").ticket
    act("2026-12-11 09:00", actions.strike_entry, bo, "anställd")
    act("2026-12-11 10:00", actions.restore_entry, bo)
    act("2026-12-12 09:00", winners.withdraw_entry, cecilia)
    run("2026-12-22 00:00:01")
    run("2026-12-22 12:00:01")
    act("2027-01-10 12:00", winners.skip_place, 1, "svarar inte")
    act("2027-01-11 12:00", winners.confirm_winner, 2)
    for name, data in published(client).items():
        compare(f"dragning/{name}", data)
    compare("sidor/dragning.txt", words(client.get("/2026/dragning").text))
    compare_mails(tmp_path)
    archive = zipfile.ZipFile(io.BytesIO(organiser.get("/admin/arkivpaket.zip").data))
    compare("arkivpaket-README.txt", archive.read("arkivpaket-mjk-2026/README.txt"))


def test_a_cancelled_contest(run, enter, act, tmp_path):
    run("2026-12-10 00:00")
    enter("gun@example.se")
    act("2026-12-11 09:00", actions.cancel_contest, "Vinsten finns inte längre, och ingen annan går att få.")
    compare_mails(tmp_path)
