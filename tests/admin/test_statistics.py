"""The organisers' statistics: what was counted, as chart, table and file."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

from app.contest import terms
from app.database import db
from app.privacy import erasure
from tests.conftest import on_sqlite

pytestmark = on_sqlite

PAGE = "/admin/statistik"
KEYS = ("luckor", "dagar", "kalendern", "bidrag", "kommuner", "svar", "ratt", "testar", "testar-kommuner")


@pytest.fixture
def visited(client, accept, clock):
    """Five look at hatch 10, one at hatch 9, and six enter, all from one municipality."""
    for path in ("/", *["/2026/lucka/10"] * 5, "/2026/lucka/9"):
        client.get(path)
    for _ in range(6):
        client.post("/2026/lucka/9/svar", data={"svar": "1"})
        client.post("/2026/lucka/9/testar")
        client.post("/2026/lucka/9/testar/kommun", data={"kommun": "1441"})
    for number in range(6):
        accept(f"person{number}@example.se")


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def table(page, key):
    return [[cell.text for cell in row.select("td")] for row in page.select(f"[aria-labelledby=figur-{key}] tbody tr")]


def test_the_page_has_what_was_counted(app, visited, organiser):
    app.extensions["tally"].flush()
    page = soup(organiser.get(PAGE))
    assert table(page, "luckor")[8:] == [["Lucka 9", "1"], ["Lucka 10", "5"]]
    assert table(page, "dagar") == [["Torsdag 10 december 2026", "6"]]
    assert table(page, "kalendern") == [["Torsdag 10 december 2026", "1"]]
    assert table(page, "bidrag") == [["Torsdag 10 december 2026", "6"]]
    assert table(page, "kommuner") == [["Lerum", "6"]]


def test_what_was_counted_a_moment_ago_is_there_as_well(visited, organiser):
    assert table(soup(organiser.get(PAGE)), "luckor")[9] == ["Lucka 10", "5"]


def test_every_chart_has_name_and_table(visited, organiser):
    for chart in soup(organiser.get(PAGE)).select("svg.chart"):
        assert chart["role"] == "img"
        assert [chart.find(id=name).text != "" for name in chart["aria-labelledby"].split()] == [True, True]
        assert chart.find_parent("section").select("table")


def test_no_address_is_in_any_figure(visited, organiser):
    for path in (PAGE, *(f"{PAGE}/{key}/tabell.csv" for key in KEYS)):
        assert "@" not in organiser.get(path).text.replace("olle@example.se", "")


@pytest.mark.parametrize("key", KEYS)
def test_each_figure_is_file_for_spreadsheet(visited, organiser, key):
    sheet = organiser.get(f"{PAGE}/{key}/tabell.csv")
    rows = list(csv.reader(io.StringIO(sheet.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) >= 2
    assert {len(row) for row in rows} == {2}
    assert sheet.headers["Content-Disposition"] == f'attachment; filename="{key}-2026.csv"'


def test_unknown_figure_has_no_file(organiser):
    assert organiser.get(f"{PAGE}/personer/tabell.csv").status_code == 404


def test_before_first_hatch_nothing_is_shown(organiser, clock):
    clock.set("2026-11-20 08:00")
    page = soup(organiser.get(PAGE))
    assert page.select("svg") == []
    assert "Inga visningar ännu." in page.text


def test_overview_shows_numbers_as_charts(visited, organiser):
    page = soup(organiser.get("/admin/"))
    assert [chart.title.text for chart in page.select("svg.chart")] == [
        "Visningar per lucka",
        "Visningar av luckor per dag",
        "Tävlingssvar per dag",
    ]
    assert page.select_one(".steps-of-year [aria-current=step] strong").text == "Tävling"


def test_the_figures_stand_after_the_erasure(app, visited, organiser, reach, clock):
    reach("finished")
    before = [table(soup(organiser.get(PAGE)), key) for key in KEYS]
    clock.set("2027-06-01 08:00")
    with app.app_context():
        contact = terms.contact_of("mjk-2026")
        contact.erasure_decision = "dnr 1"
        db.session.commit()
        erasure.erase_contest(terms.frozen_in(2026), "nattlig gallring", clock.now())
    assert [table(soup(organiser.get(PAGE)), key) for key in KEYS] == before
