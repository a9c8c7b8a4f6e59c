"""What organisers may want to look at twice: shown as a hint, never struck and never refused."""

import pytest
from bs4 import BeautifulSoup

from app.contest import hints
from app.contest.hints import BURST, MANY_DOMAINS, Hint, suspicion
from tests.conftest import on_sqlite


@pytest.fixture
def found(app, contest):
    def read():
        with app.app_context():
            return hints.find_hints(contest.id)

    return read


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("anna@example.se", ""),
        ("anna.andersson1968@telia.example", ""),
        ("anna@mailinator.com", "engångsadress"),
        ("anna@kort.mailinator.com", "engångsadress"),
        ("anna@inte-mailinator.example", ""),
        ("a1b2c3d4e5f6g7h8i9@example.se", "ovanlig adress"),
        ("070123456@example.se", "ovanlig adress"),
        ("07012345@example.se", ""),
        (f"{'x' * 41}@example.se", "ovanlig adress"),
        (f"{'x' * 40}@example.se", ""),
        ("o'hara+jul@xn--rksmrgs-5wao1o.se", ""),
    ],
)
def test_an_address_may_stand_out(address, word):
    assert suspicion(address) == word


def test_nothing_stands_out_among_usual_entries(accept, found):
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")
    assert found() == []


def test_disposable_addresses_are_counted(accept, found):
    for address in ("anna@mailinator.com", "bo@mailinator.com", "cecilia@yopmail.com", "david@example.se"):
        accept(address)
    assert found() == [
        Hint("Engångsadresser hos mailinator.com", 2, "@mailinator.com"),
        Hint("Engångsadresser hos yopmail.com", 1, "@yopmail.com"),
    ]


def test_one_name_at_many_domains(accept, found):
    for number in range(MANY_DOMAINS - 1):
        accept(f"gun@nummer{number}.example")
    assert found() == []
    accept("gun@nummer99.example")
    assert found() == [Hint("Samma namn före @, hos olika domäner", MANY_DOMAINS, "gun@")]


def test_a_usual_name_at_domains_that_many_have_does_not(accept, found):
    for number in range(MANY_DOMAINS):
        for name in ("anna", "bo", "cecilia"):
            accept(f"{name}{number if name != 'anna' else ''}@stor{number}.example")
    assert found() == []


def test_many_entries_within_a_minute(accept, found):
    accept("tidig@example.se", at="2026-12-11 08:14:59")
    for number in range(BURST - 1):
        accept(f"person{number}@example.se", at=f"2026-12-11 08:15:{number % 60:02}")
    assert found() == []
    accept("sist@example.se", at="2026-12-11 08:15:59")
    assert found() == [Hint("Många svar på en minut, 11 dec. 08.15", BURST)]


def test_struck_entries_are_not_hinted_at(accept, found, app, contest, clock, organiser):
    accept("anna@mailinator.com")
    page = organiser.get("/admin/bidrag/1/stryk")
    token = BeautifulSoup(page.text, "html.parser").select_one("[name=token]")["value"]
    organiser.post("/admin/bidrag/1/stryk", data={"token": token, "reason": "uppenbart falsk"})
    assert found() == []


def test_other_contests_are_not_looked_at(accept, app):
    accept("anna@mailinator.com")
    with app.app_context():
        assert hints.find_hints("mjk-2025") == []


def test_an_entry_that_stands_out_is_taken_like_any_other(enter):
    usual, odd_one = enter(email="anna@example.se"), enter(email="anna@mailinator.com")
    assert (usual.status_code, odd_one.status_code) == (200, 200)
    assert "engångsadress" not in odd_one.text.lower()


def test_organisers_search_from_hints(accept, organiser):
    for address in ("anna@mailinator.com", "bo@example.se"):
        accept(address)
    page = BeautifulSoup(organiser.get("/admin/bidrag/tecken").text, "html.parser")
    assert page.select_one("tbody tr").get_text(" ", strip=True).startswith("Engångsadresser hos mailinator.com 1")
    entries = BeautifulSoup(organiser.get(page.select_one("tbody a")["href"]).text, "html.parser")
    assert [" ".join(row.select("td")[2].text.split()) for row in entries.select("tbody tr")] == [
        "anna@mailinator.com engångsadress"
    ]


@pytest.mark.parametrize("name", ["a_b", "100%", "a%b_c"])
def test_name_with_signs_of_search_language_finds_itself_only(accept, organiser, found, name):
    for number in range(MANY_DOMAINS):
        accept(f"{name}@nummer{number}.example")
    accept("axb@annan.example")
    accept("100x@annan.example")
    [hint] = found()
    assert hint.search == f"{name}@"
    page = BeautifulSoup(organiser.get("/admin/bidrag", query_string={"sok": hint.search}).text, "html.parser")
    assert len(page.select("tbody tr")) == MANY_DOMAINS


@on_sqlite
def test_organisers_read_that_nothing_stands_out(organiser):
    assert "Inga avvikande svar." in organiser.get("/admin/bidrag/tecken").text
