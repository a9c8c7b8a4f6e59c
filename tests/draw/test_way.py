"""The whole way by the program alone: opening, entries, locking, value, letters and winner, over HTTP and mail."""

import json
import re
from hashlib import sha256

import pytest

from app.draw import verifiera
from app.operations import jobs
from tests.conftest import token_in

PAGE = "/2026/dragning"
FILES = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "logg.txt", "protokoll.json")


@pytest.fixture
def clock(clock):
    clock.set("2026-12-09 23:59")
    return clock


@pytest.fixture
def run(app, clock):
    """The jobs loop at an instant: run("2026-12-22 00:00:01")."""

    def at(text=None):
        if text:
            clock.set(text)
        with app.app_context():
            jobs.run_round()

    return at


def mails(app):
    """The mails that lie as files: (kind, text)."""
    folder = app.extensions["library"].state.parent / "mail"
    return [(path.name.partition(".")[0], path.read_text()) for path in sorted(folder.glob("*.eml"))]


def test_program_does_it_all_by_itself(clock, app, client, run, enter, organiser, tmp_path):
    organiser.post("/admin/konto/mejl", data={"token": token_in(organiser.get("/admin/konto"))})
    clock.set("2026-12-10 00:00")
    assert "öppnar strax" in client.get("/2026/lucka/10/tavla").text
    assert client.get(f"{PAGE}/tavling.txt").status_code == 404
    run()
    assert client.get(f"{PAGE}/tavling.txt").text.startswith("oppen-dragning/v2/tavling\ntavling: mjk-2026\n")
    for name in ("anna", "bo", "cecilia"):
        assert "Du är med!" in enter(email=f"{name}@example.se").text
    enter(email="anna@example.se", answer="2027")
    enter(email="Anna+igen@example.se")
    run()
    kinds = [kind for kind, _ in mails(app)]
    assert kinds == ["kvitto"] * 5
    assert client.get(f"{PAGE}/lista.txt").status_code == 404
    run("2026-12-21 23:59")
    assert client.get(f"{PAGE}/lasbevis.txt").status_code == 404
    run("2026-12-22 00:00:01")
    proof = client.get(f"{PAGE}/lasbevis.txt").data
    mailed = sha256(proof).hexdigest()
    assert [kind for kind, _ in mails(app)].count("last") == 5
    assert all(mailed in text for kind, text in mails(app) if kind == "last")
    for page in ("/", PAGE, "/flode.xml", "/flode.json"):
        assert re.findall("[0-9a-f]{64}", client.get(page).text).count(mailed) >= 1, page
    run("2026-12-22 12:00:01")
    protocol = json.loads(client.get(f"{PAGE}/protokoll.json").data)
    assert len(protocol["ordning"]) == 3
    run()
    letters = [text for kind, text in mails(app) if kind == "vinst"]
    assert len(letters) == 1
    page = organiser.get("/admin/dragning")
    assert "Bekräfta vinnaren på plats 1" in page.text
    done = organiser.post("/admin/dragning/bekrafta", data={"token": token_in(page), "place": "1"})
    assert done.status_code == 303, done.text
    for name in FILES:
        (tmp_path / "fetched").mkdir(exist_ok=True)
        (tmp_path / "fetched" / name).write_bytes(client.get(f"{PAGE}/{name}").data)
    assert verifiera.main([str(tmp_path / "fetched"), "--kontrollsumma", mailed]) == 2
    result = app.test_cli_runner().invoke(args=["draw", "verify", "--kontrollsumma", mailed])
    assert result.exit_code == 2, result.output
    assert "ÖVNING" in result.output
