"""A rehearsal goes the whole way in minutes, sends no mail, and touches nothing of the real contest."""

import json

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.contest.models import Entry
from app.database import db
from app.draw import verifiera
from app.operations import jobs
from tests.conftest import on_sqlite, token_in
from tests.draw.crowds import FILES

pytestmark = on_sqlite
DRAW = "/admin/dragning"
OPEN = f"{DRAW}/oppen"


@pytest.fixture
def desk(organiser):
    """Press a button on the page of the first rehearsal: desk("las")."""

    def press(name, **fields):
        page = organiser.get(f"{DRAW}?ovning=1")
        answer = organiser.post(f"{DRAW}/{name}?ovning=1", data={"token": token_in(page), **fields})
        told = BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)
        assert answer.status_code == 303, told
        return organiser.get(answer.location)

    return press


def start(organiser, number=1):
    fields = {"token": token_in(organiser.get(DRAW)), "number": str(number)}
    return organiser.post(f"{DRAW}/ova", data=fields)


def test_the_whole_way_in_minutes(organiser, client, accept, app, clock, desk, tmp_path):
    accept("anna@example.se")
    before = client.get("/2026/dragning").text
    mails = sent_mails(app)
    assert start(organiser).location.endswith("ovning=1")
    assert "10 lotter är med, 2 är strukna." in " ".join(desk("las").text.split())
    clock.forward(minutes=3, seconds=3)
    desk("hamta")
    page = organiser.get(f"{DRAW}?ovning=1").text
    assert "Bekräfta vinnaren på plats 1" in page
    clock.forward(minutes=2)
    desk("ga-vidare", place="1", reason="svarar inte")
    assert "Klart." in desk("bekrafta", place="2").text
    for name in FILES:
        (tmp_path / name).write_bytes(organiser.get(f"{OPEN}/{name}?ovning=1").data)
    assert verifiera.main([str(tmp_path)]) == 2
    protocol = json.loads((tmp_path / "protokoll.json").read_text())
    assert protocol["forbigangna"][0]["skal"] == "svarar inte"
    assert protocol["vinnare"][0]["plats"] == 2
    assert sent_mails(app) == mails
    assert client.get("/2026/dragning").text == before
    assert client.get("/2026/dragning/lista.txt").status_code == 404


def sent_mails(app):
    """What the loop has sent, to whom; a mail is a file here."""
    with app.app_context():
        jobs.run_round()
    return [path.name for path in sorted((app.extensions["library"].state.parent / "mail").glob("*.eml"))]


def test_open_page_says_rehearsal_and_leads_to_its_files(organiser, accept, desk, clock):
    accept("anna@example.se")
    start(organiser)
    desk("las")
    page = organiser.get(f"{OPEN}?ovning=1")
    assert "övning" in page.text.lower()
    links = [a["href"] for a in BeautifulSoup(page.text, "html.parser").find_all("a", href=True)]
    files = [link for link in links if link.endswith(".txt") or ".txt?" in link]
    assert files
    assert all(link.startswith(OPEN) for link in files)


def test_rehearsal_is_started_once_per_press(organiser, app):
    assert start(organiser).status_code == 303
    assert start(organiser).status_code == 422
    assert start(organiser, 2).status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Entry.id))) == 24


def test_only_organisers_see_a_rehearsal(organiser, app):
    start(organiser)
    assert organiser.get(f"{OPEN}?ovning=1").status_code == 200
    assert app.test_client().get(f"{OPEN}?ovning=1").status_code == 303
