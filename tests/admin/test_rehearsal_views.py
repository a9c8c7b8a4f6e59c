"""The rehearsal from start to finish, watermarked on every page and in every file, and apart from the real contest."""

import re

import pytest
from bs4 import BeautifulSoup

from app.draw.beacon import QUICKNET
from tests.conftest import configured, on_sqlite, token_in

DRAW = "/admin/dragning"
OPEN = "/admin/dragning/oppen"
FILES = ("lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json")

real_chain = configured(DRAW_CHAIN=QUICKNET)


@pytest.fixture
def desk(organiser):
    """Presses a button on the page of the rehearsal: desk("las", draw_at=…); the address stays in the rehearsal."""

    def press(act, **fields):
        token = token_in(organiser.get(f"{DRAW}?ovning=1"))
        return organiser.post(f"{DRAW}/{act}?ar=2026&ovning=1", data=fields | {"token": token})

    return press


@pytest.fixture
def started(organiser, clock):
    clock.set("2026-12-11 14:30:20")
    answer = organiser.post(f"{DRAW}/ova", data={"number": "1", "token": token_in(organiser.get(DRAW))})
    assert (answer.status_code, answer.location) == (303, "/admin/dragning?ar=2026&ovning=1")


@pytest.fixture
def finished(started, desk, clock):
    """A rehearsal from lock to name, two minutes long."""
    for act, fields in (
        ("las", {"draw_at": "2026-12-11T14:31"}),
        ("forankra", {"recipient": "Registrator", "sent_at": "2026-12-11T14:30", "reference": "KS 1"}),
        ("hamta", {}),
        ("kontakt", {"place": "1", "how": "e-post", "tried_at": "2026-12-11T14:31"}),
        ("avgor", {"place": "1", "verdict": "vinnare"}),
        ("namn", NAMED),
    ):
        clock.forward(seconds=20)
        answer = desk(act, **fields)
        assert (answer.status_code, answer.location) == (303, "/admin/dragning?ar=2026&ovning=1"), act


NAMED = {"place": "1", "first_name": "Påhittad", "municipality": "1441", "consented_on": "2026-12-11", "agreed": "ja"}


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


@real_chain
def test_the_whole_way_is_walked_in_minutes_with_a_chain_of_its_own(finished, organiser):
    page = soup(organiser.get(f"{DRAW}?ovning=1"))
    assert "Klart." in page.main.text
    assert "Påhittad från Lerum visas för alla." in page.main.text


def test_the_real_contest_knows_nothing_of_it(finished, organiser, client):
    page = soup(client.get("/2026/dragning"))
    assert "Tävlingen är öppen" in page.main.text
    assert "Påhittad" not in page.text
    assert client.get("/2026/dragning/lista.txt").text == "oppen-dragning/v1/lista\nmjk-2026\n"
    assert client.get("/2026/dragning/protokoll.json").status_code == 404
    assert soup(organiser.get("/admin/bidrag")).select("tbody tr") == []
    assert "ovning.example" not in organiser.get("/admin/bidrag.csv").text


@on_sqlite
@pytest.mark.parametrize("address", [DRAW, "/admin/bidrag", "/admin/bidrag/1/stryk", OPEN])
def test_every_page_of_a_rehearsal_says_so_at_the_top(finished, organiser, address):
    band = soup(organiser.get(f"{address}?ovning=1")).select_one(".rehearsal")
    assert band.text.startswith("ÖVNING 1. Påhittade bidrag och ett påhittat slumptal.")


@on_sqlite
@pytest.mark.parametrize("address", [DRAW, "/admin/bidrag", "/admin/", "/2026/dragning"])
def test_no_other_page_says_so(finished, organiser, address):
    assert not soup(organiser.get(address)).select(".rehearsal")


@on_sqlite
@pytest.mark.parametrize("file", FILES)
def test_every_file_of_a_rehearsal_says_whose_it_is(finished, organiser, file):
    answer = organiser.get(f"{OPEN}/{file}?ovning=1")
    assert answer.status_code == 200
    assert "ovning-2026-1" in answer.text
    assert "mjk-2026" not in answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_the_letters_and_the_rules_begin_with_a_warning(finished, organiser):
    page = soup(organiser.get(f"{DRAW}?ovning=1"))
    for letter in ("till-registratorn", "till-kommuner"):
        assert page.find(id=letter).text.strip().startswith("ÖVNING – inget i den här texten är på riktigt.")
        assert "/admin/dragning/oppen" in page.find(id=letter).text
    assert organiser.get(f"{OPEN}/regler.txt?ovning=1").text.startswith("ÖVNING. Regler")


@on_sqlite
def test_the_public_page_of_a_rehearsal_leads_to_its_own_files(finished, organiser):
    page = soup(organiser.get(f"{OPEN}?ovning=1"))
    links = {link["href"] for link in page.main.select("a[href]") if not link["href"].startswith("#")}
    assert {f"{OPEN}/{file}?ar=2026&ovning=1" for file in FILES} <= links
    assert [link for link in links if link.startswith("/2026/")] == []
    assert "Påhittad, Lerum" in page.main.text


@on_sqlite
def test_every_link_and_form_stays_in_the_rehearsal_but_the_way_out(started, organiser):
    for address in (DRAW, "/admin/bidrag"):
        page = soup(organiser.get(f"{address}?ovning=1"))
        actions = [form["action"] for form in page.select("main form[method=post]")]
        links = [link["href"] for link in page.select("main a[href^='/admin']")]
        assert [each for each in actions + links if "ovning=1" not in each] == []
        assert page.select_one(".rehearsal a")["href"] == "/admin/"


@on_sqlite
@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "", "9" * 40])
def test_a_rehearsal_that_was_never_started_is_not_found_and_never_the_real_contest(started, organiser, number):
    for address in (DRAW, "/admin/bidrag", OPEN, f"{OPEN}/lista.txt"):
        assert organiser.get(address, query_string={"ovning": number}).status_code == 404
    fields = {"draw_at": "2026-12-22T12:00", "token": token_in(organiser.get(DRAW))}
    assert organiser.post(f"{DRAW}/las?ovning={number}", data=fields).status_code == 404


@on_sqlite
@pytest.mark.parametrize("part", ["", "/lista.txt", "/finns-inte", "/../lucka/20", "/..%2flucka%2f20"])
def test_organisers_see_nothing_but_the_draw_this_way(started, organiser, part):
    assert organiser.get(f"{OPEN}{part}").status_code == 404
    if part not in ("", "/lista.txt"):
        assert organiser.get(f"{OPEN}{part}?ovning=1").status_code == 404


@on_sqlite
def test_a_second_rehearsal_begins_anew_and_the_page_leads_to_it(finished, organiser, desk):
    button = soup(organiser.get(DRAW)).select_one("[aria-labelledby=ova] button")
    assert button.text == "Börja en ny övning"
    assert soup(organiser.get(DRAW)).select_one("[aria-labelledby=ova] a").text == "Fortsätt med övning 1"
    token = token_in(organiser.get(DRAW))
    again = organiser.post(f"{DRAW}/ova", data={"number": "2", "token": token}).location
    assert "ÖVNING 2." in organiser.get(again).text
    assert "Lås listan" in [button.text for button in soup(organiser.get(again)).select("main button")]


@on_sqlite
def test_a_rehearsal_is_for_organisers_only(finished, client):
    for address in (f"{DRAW}?ovning=1", f"{OPEN}?ovning=1", f"{OPEN}/lista.txt?ovning=1"):
        assert client.get(address).location == "/admin/logga-in"
    assert not re.search("ovning", client.get("/sitemap.xml").text + client.get("/2026/dragning").text)
