"""The organisers' list among many entries: none is hidden, from page to page."""

import pytest
from bs4 import BeautifulSoup

from app.admin.contest import entries
from app.contest import hints


@pytest.fixture
def short(monkeypatch):
    """A page is two entries."""
    monkeypatch.setattr(entries, "PER_PAGE", 2)


def shown(page):
    rows = BeautifulSoup(page.text, "html.parser").select("tbody tr")
    return [row.select("td")[2].text.strip().split("@")[0] for row in rows]


def onward(page):
    """Where the page's link to older entries leads."""
    return BeautifulSoup(page.text, "html.parser").find("a", string="Visa äldre bidrag")


@pytest.fixture
def leafed(organiser):
    """What is shown from page to page, a list each."""

    def read(address):
        pages = [organiser.get(address)]
        while link := onward(pages[-1]):
            pages.append(organiser.get(link["href"]))
            assert len(pages) < 20, "there is no end to it"
        return [shown(page) for page in pages]

    return read


@pytest.mark.parametrize("asked", ["", "visa=kvar", "kommun=1441", "kommun=1441&visa=kvar", "sok=example"])
def test_every_entry_is_there_from_page_to_page(short, accept, leafed, asked):
    for number in range(9):
        accept(f"p{number}@example.se")
    pages = leafed(f"/admin/bidrag?{asked}")
    assert [name for page in pages for name in page] == [f"p{number}" for number in reversed(range(9))]


def test_entries_with_any_wrong_answer_are_listed_together(short, accept, leafed):
    for number, answer in enumerate(("2027", "2030", "2040", "2030", "2027")):
        accept(f"p{number}@example.se", answer)
    assert leafed("/admin/bidrag?visa=fel") == [["p4", "p2"], ["p0"]]
    assert leafed("/admin/bidrag?visa=fel&sok=p2") == [["p2"]]


def test_with_no_wrong_answer_there_is_none_to_list(accept, organiser):
    accept("anna@example.se")
    assert "Inget bidrag passar sökningen." in organiser.get("/admin/bidrag?visa=fel").text


@pytest.mark.parametrize("typed", ["anna", "anna.b+jul@example.se", "anna.b+", "ANNA.B", "B+JUL@"])
def test_an_address_is_found_however_old_it_is(short, accept, organiser, typed):
    for name in ("anna.b+jul", "bo", "cilla", "disa", "eva"):
        accept(f"{name}@example.se")
    assert shown(organiser.get("/admin/bidrag", query_string={"sok": typed})) == ["anna.b+jul"]


def test_an_old_entry_is_found_by_the_start_of_its_ticket(short, accept, organiser):
    ticket = accept("anna@example.se").ticket
    for name in ("bo", "cilla", "disa", "eva"):
        accept(f"{name}@example.se")
    assert shown(organiser.get(f"/admin/bidrag?sok={ticket[:12]}")) == ["anna"]


def test_what_stands_out_is_looked_for_among_the_newest(accept, organiser, monkeypatch):
    for name in ("anna@mailinator.com", "bo@mailinator.com", *(f"p{number}@example.se" for number in range(4))):
        accept(name)
    page = BeautifulSoup(organiser.get("/admin/bidrag/tecken").text, "html.parser")
    row = page.select_one("tbody tr")
    assert [cell.text for cell in row.select("td")[:2]] == ["Engångsadresser hos mailinator.com", "2"]
    assert shown(organiser.get(row.a["href"])) == ["bo", "anna"]
    monkeypatch.setattr(hints, "AMONG", 4)
    page = organiser.get("/admin/bidrag/tecken").text
    assert "Bland de 4 senaste bidragen" in page
    assert "Inget sticker ut." in page
