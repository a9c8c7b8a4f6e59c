"""One's own entry, with code and address or by the mailed link: to see, to take along, to take back."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from app.contest import entries
from app.draw import delivery, mails
from app.privacy.views import UNKNOWN
from tests.conftest import configured, on_sqlite, token_in
from tests.privacy.conftest import OWN, shown

TAKE_BACK = {"act": "aterkalla", "sure": "ja"}


@pytest.fixture
def anna(accept):
    return accept("anna@example.se")


@pytest.fixture
def link(app, contest, anna):
    """The link in Anna's mail."""
    with app.test_request_context():
        return delivery.withdraw_link(contest.id, anna.ticket).removeprefix("http://127.0.0.1:5000")


def soup(page):
    return BeautifulSoup(page.text, "html.parser")


def test_code_and_address_show_the_entry(anna, ask):
    words = shown(ask(anna.code, "anna@example.se"))
    assert "Svaret är mottaget." in words
    assert "E-postadress anna@example.se Svar 2030 Kommun Lerum" in words
    assert anna.ticket in words


@pytest.mark.parametrize("spelling", [str.lower, entries.group_code, lambda code: f" {code[:7]} {code[7:]}\n"])
def test_code_may_be_written_freely(anna, ask, spelling):
    assert ask(spelling(anna.code), "anna@example.se").status_code == 200


@pytest.mark.parametrize("typed", ["ANNA@RÄKSMÖRGÅS.SE", " anna@xn--rksmrgs-5wao1o.se ", "\u200banna@räksmörgås.se"])
def test_address_may_be_written_freely(accept, ask, typed):
    assert ask(accept("anna@xn--rksmrgs-5wao1o.se").code, typed).status_code == 200


@on_sqlite
@pytest.mark.parametrize(("code", "email"), [("0" * 26, "anna@example.se"), (None, "bo@example.se")])
def test_who_only_guesses_learns_nothing(anna, ask, code, email):
    page = ask(code or anna.code, email)
    assert page.status_code == 422
    assert UNKNOWN in shown(page)


def test_entry_is_taken_along_as_file(accept, ask):
    saved = accept("anna@example.se", motivation="Jag åker buss.")
    answer = ask(saved.code, "anna@example.se", act="hamta")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mitt-svar.json"'
    assert json.loads(answer.data) == {
        "tavling": "mjk-2026",
        "kalender": "Miljöjulkalendern 2026",
        "kvittokod": entries.group_code(saved.code),
        "lott": saved.ticket,
        "e_post": "anna@example.se",
        "svar": "2030",
        "kommun": "Lerum",
        "motivering": "Jag åker buss.",
        "mejlens_sprak": "sv",
        "mottaget": "2026-12-10T08:00:00Z",
        "struket": None,
        "plats_i_dragningen": None,
    }


def assert_erased(entry):
    assert (entry.email, entry.receipt_code, entry.duplicate_key, entry.motivation) == (None,) * 4


def test_who_takes_back_before_the_locking_is_struck_and_forgotten(anna, ask, entry_of, acts):
    page = ask(anna.code, "anna@example.se", **TAKE_BACK)
    assert (page.status_code, soup(page).h1.text) == (200, "Svaret är tillbakataget")
    assert_erased(entry_of(anna.ticket))
    assert entry_of(anna.ticket).struck == "återkallad"
    assert acts() == ["bidrag", "aterkallad"]


@on_sqlite
def test_taking_back_wants_a_tick_and_says_so_beside_it(anna, ask, entry_of):
    page = ask(anna.code, "anna@example.se", act="aterkalla")
    assert page.status_code == 422
    assert soup(page).select_one("#fel a[href='#sure']").text.startswith("Kryssa i rutan")
    assert entry_of(anna.ticket).email == "anna@example.se"


def test_after_locking_code_is_not_enough_but_mailed_link_is(anna, accept, reach, ask, client, link, entry_of, acts):
    accept("bo@example.se")
    reach("locked")
    listed = client.get("/2026/dragning/lista.txt").data
    assert "Använd länken i mejlet om låsningen." in shown(ask(anna.code, "anna@example.se", **TAKE_BACK))
    assert entry_of(anna.ticket).email == "anna@example.se"
    page = client.get(link)
    assert acts()[-1] == "last"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    done = client.post(link, data={"token": token_in(page)})
    assert "Lotten står kvar i den låsta listan" in shown(done)
    assert_erased(entry_of(anna.ticket))
    assert acts()[-1] == "aterkallad"
    assert client.get("/2026/dragning/lista.txt").data == listed
    again = client.get(link)
    assert "Svaret är redan tillbakataget" in shown(again)


@on_sqlite
def test_link_for_something_else_opens_nothing(app, client, contest, anna, link):
    with app.test_request_context():
        other = mails.sign_link(mails.DECLINE, contest.id, anna.ticket)
        unknown = mails.sign_link(mails.WITHDRAW, contest.id, "0" * 64)
    for token in (other, unknown, "x", link.rpartition("/")[2][:-1]):
        assert client.get(f"/mitt-svar/ta-tillbaka/{token}").status_code == 404


@on_sqlite
def test_winner_declines_by_mailed_link(app, client, contest, anna, reach, clock, acts):
    reach("drawn")
    with app.app_context():
        delivery.send_due()
        [letter] = [path.read_text() for path in delivery.folder().glob("vinst.*")]
    address = re.search(r"/2026/dragning/tacka-nej/[\w.=\n-]+?(?=\n\n)", letter)[0].replace("=\n", "")
    page = client.get(address)
    assert "Tacka nej till vinsten?" in page.text
    assert acts()[-1] == "brev"
    assert "Du har tackat nej" in client.post(address, data={"token": token_in(page)}).text
    assert acts()[-1] == "forbigangen"
    assert client.post(address, data={"token": token_in(page)}).status_code == 409
    assert client.get(address.replace("/2026/", "/2025/")).status_code == 404


@on_sqlite
def test_old_address_leads_to_new_one(client):
    answer = client.get("/mitt-bidrag")
    assert (answer.status_code, answer.location) == (301, OWN)


@on_sqlite
@configured(ENTRY_LIMIT="600 per 10 minutes")
def test_guessing_has_a_limit(anna, ask):
    answers = {ask("0" * 26, "anna@example.se").status_code for _ in range(31)}
    assert answers == {422, 429}
