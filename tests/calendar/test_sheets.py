"""Sheets to print say the same before and after the hatches open."""

import tomlkit
from bs4 import BeautifulSoup

from app.calendar.pages.poster import render_poster
from tests.conftest import on_sqlite

pytestmark = on_sqlite
SHEETS = ("/2026/affisch", "/2026/bingo", "/2026/skolblad")


def page(client, path):
    return BeautifulSoup(client.get(path).text, "html.parser")


def test_sheets_never_change(client, clock):
    clock.set("2026-11-20 08:00")
    before = [client.get(path).text for path in SHEETS]
    clock.set("2026-12-24 08:00")
    assert [client.get(path).text for path in SHEETS] == before


def test_sheets_wait_for_their_year(client):
    assert [client.get(path.replace("2026", "2027")).status_code for path in SHEETS] == [404, 404, 404]


def test_an_edition_without_sheets_shows_none(share_app, content):
    path = content / "2026" / "edition.toml"
    file = tomlkit.parse(path.read_text("utf-8"))
    for name in ("tradition", "bingo", "school_title", "school_columns"):
        del file[name]
    path.write_text(tomlkit.dumps(file), "utf-8")
    client = share_app(CALENDAR_CONTENT=content).test_client()
    assert [client.get(path).status_code for path in SHEETS] == [200, 404, 404]
    links = {link["href"] for link in page(client, "/om").select("main a")}
    assert links & {*SHEETS} == {"/2026/affisch"}
    assert not page(client, "/arkiv").select("main h2")


def test_poster_leads_to_every_hatch(client, clock):
    clock.set("2026-11-20 08:00")
    links = [link["href"] for link in page(client, "/2026/affisch").select(".windows a")]
    assert links == [f"/2026/lucka/{number}" for number in range(1, 25)]
    assert {client.get(link).status_code for link in links} == {403}
    clock.set("2026-12-24 08:00")
    assert {client.get(link).status_code for link in links} == {200}


def test_poster_names_calendar_and_sender(client):
    words = page(client, "/2026/affisch").select_one(".sheet").text
    for expected in ("Miljöjulkalendern", "tema transporter", "Göteborgsregionens kommunalförbund", "127.0.0.1:5000"):
        assert expected in words


def test_poster_takes_another_sender(app):
    with app.test_request_context():
        poster = render_poster(app.extensions["library"].editions[2026], "Lerums kommun")
    assert "Från Lerums kommun" in poster.get_data(as_text=True)


def test_bingo_has_a_star_among_24(client):
    squares = [square.get_text(strip=True) for square in page(client, "/2026/bingo").select(".board p")]
    assert len(set(squares)) == 25
    assert squares[12] == "En stjärna"


def test_school_sheet_has_every_school_day(client):
    days = [row.th.text for row in page(client, "/2026/skolblad").select("tbody tr")]
    assert days[:5] == [
        "Tisdag 1 december",
        "Onsdag 2 december",
        "Torsdag 3 december",
        "Fredag 4 december",
        "Måndag 7 december",
    ]
    assert (len(days), days[-1]) == (16, "Tisdag 22 december")
