"""The organisers' work: the overview, the entries, and the draw one button at a time."""

import csv
import io

import pytest
from bs4 import BeautifulSoup

from app.contest.models import Entry
from app.database import db
from tests.conftest import STATES, VALUE, on_sqlite, signed_in, swedish, token_in

DRAW = "/admin/dragning"
PAGES = ("/admin/", "/admin/bidrag", "/admin/bidrag/1/stryk", DRAW)


@pytest.fixture
def cast(accept):
    """Anna (twice), Bo and Cecilia with the right answer, and David with a wrong one."""
    for name, answer in (("anna", "2030"), ("bo", "2030"), ("cecilia", "2030"), ("anna+x", "2030"), ("david", "2040")):
        accept(f"{name}@example.se", answer)


@pytest.fixture
def send(organiser):
    """Post a form of the organisers' area with the token of one of its pages."""
    return lambda address, **fields: organiser.post(address, data=fields | {"token": token_in(organiser.get(DRAW))})


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def words(answer):
    return " ".join(soup(answer).main.text.split())


def numbers(answer):
    return {pair.dt.text: pair.dd.text.strip() for pair in soup(answer).select("dl.numbers > div")}


def faults(answer):
    assert answer.status_code == 422
    assert soup(answer).title.text.startswith("Fel: ")
    return [item.text for item in soup(answer).select("#fel li")]


@pytest.mark.parametrize("state", STATES)
def test_every_page_exists_in_every_state(cast, reach, organiser, state):
    reach(state)
    for address in PAGES:
        answer = organiser.get(address)
        assert answer.status_code == 200
        assert len(soup(answer).select("h1")) == 1


@on_sqlite
def test_every_page_of_menu_is_there_before_contest_has_opened(make_app, clock):
    clock.set("2026-11-20 12:00")
    desk = signed_in(make_app(opened=False), "olle@example.se")
    menu = [link["href"] for link in soup(desk.get("/admin/")).select("header nav a")]
    assert len(menu) > 8
    assert {address: desk.get(address).status_code for address in menu} == dict.fromkeys(menu, 200)


@on_sqlite
@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("draft", "Inget. Tävlingen öppnar automatiskt torsdag 10 december 2026 kl. 00.00."),
        ("open", "Titta igenom svaren då och då."),
        ("closed", "Gå igenom svaren en sista gång. Kalendern låser listan själv."),
        ("locked", "Inget. Slumptalet kommer tisdag 22 december 2026 kl. 12.00, och kalendern hämtar det."),
        ("drawn", "Vänta på svar från den som har fått mejlet, och bekräfta vinnaren."),
        ("contact", "Vänta på svar från den som har fått mejlet, och bekräfta vinnaren."),
        ("finished", "Inget. Uppgifterna gallras automatiskt efter"),
    ],
)
def test_overview_says_what_to_do_next(cast, reach, organiser, state, step):
    reach(state)
    assert f"Nästa steg {step}" in words(organiser.get("/admin/"))


@on_sqlite
def test_overview_counts_open_hatches_and_entries(cast, organiser):
    shown = numbers(organiser.get("/admin/"))
    assert shown == {
        "Öppna luckor": "10 av 24",
        "Tävlingssvar": "5",
        "Med i dragningen": "5",
        "Mejl som väntar": "5",
        "Tävlingen": "Öppen",
    }


@on_sqlite
def test_overview_names_every_fault_in_content(app, organiser, content):
    library = app.extensions["library"]
    library.root = content
    (content / "2026" / "07" / "hatch.md").write_text("+++\ntitle = 7\n+++\n")
    library.refresh(at_once=True)
    page = words(organiser.get("/admin/"))
    assert "2026/07/hatch.md, rad 2, fältet title: ska vara text inom citattecken" in page
    assert "2026/07/hatch.md, fältet summary: fältet saknas" in page


@on_sqlite
@pytest.mark.parametrize("address", PAGES)
def test_unknown_edition_is_not_found(cast, organiser, address):
    assert organiser.get(address, query_string={"ar": "1999"}).status_code == 404


def test_entries_are_listed_with_newest_first(cast, organiser):
    rows = soup(organiser.get("/admin/bidrag")).select("tbody tr")
    assert [row.select("td")[2].text.strip() for row in rows] == [
        "david@example.se",
        "anna+x@example.se",
        "cecilia@example.se",
        "bo@example.se",
        "anna@example.se",
    ]


def test_entry_from_form_is_in_list(enter, organiser):
    enter()
    row = soup(organiser.get("/admin/bidrag")).select_one("tbody tr").text
    assert "anna@example.se" in row
    assert "10 dec. 08.00" in row
    assert "Lerum" in row


def found(organiser, text):
    rows = soup(organiser.get("/admin/bidrag", query_string={"sok": text})).select("tbody tr")
    return [row.select("td")[2].text.strip() for row in rows]


def test_part_of_an_address_finds_entries(accept, organiser):
    accept("a_b@example.se")
    accept("axb@example.se")
    accept("100%@example.se")
    assert found(organiser, "a_b") == ["a_b@example.se"]
    assert found(organiser, "%") == ["100%@example.se"]
    assert found(organiser, " AXB@Example ") == ["axb@example.se"]
    assert found(organiser, "\\") == []


def test_start_of_a_ticket_finds_it(accept, organiser):
    ticket = accept("bo@example.se").ticket
    accept("anna@example.se")
    assert found(organiser, ticket[:16]) == ["bo@example.se"]


@on_sqlite
def test_a_search_without_hits_says_so(cast, organiser):
    assert "Inget svar passar sökningen." in organiser.get("/admin/bidrag?sok=kalle").text


@pytest.mark.parametrize("asked", ["sok=%00", "sok='--", "fore=nej", "fore=-1", f"fore={10**30}", "ar=nej"])
def test_a_strange_search_breaks_nothing(cast, organiser, asked):
    assert organiser.get(f"/admin/bidrag?{asked}").status_code == 200


def test_entries_are_listed_by_hundreds(app, contest, organiser):
    with app.app_context():
        db.session.add_all(_entry(contest, number) for number in range(101))
        db.session.commit()
    page = soup(organiser.get("/admin/bidrag"))
    assert len(page.select("tbody tr")) == 100
    older = page.find("a", string="Visa äldre svar")["href"]
    assert [row.select("td")[2].text.strip() for row in soup(organiser.get(older)).select("tbody tr")] == [
        "0@example.se"
    ]


def _entry(contest, number):
    known = {"contest_id": contest.id, "answer": "2030", "municipality": "1441", "received_at": swedish("2026-12-10")}
    return Entry(**known, ticket=f"{number:064x}", email=f"{number}@example.se")


@on_sqlite
def test_file_for_spreadsheet_is_as_swedish_spreadsheets_like_it(cast, organiser):
    answer = organiser.get("/admin/bidrag.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bidrag-mjk-2026.csv"'
    assert answer.data.startswith(
        "\ufeffNr;Mottaget;E-post;Svar;Kommun;Motivering;Struket;Lott;Post i loggen;Lotten som gäller\r\n".encode()
    )
    first = answer.data.decode("utf-8-sig").splitlines()[1].split(";")
    assert first[:5] == ["1", "2026-12-10 09:00:00", "anna@example.se", "2030", "Lerum"]


def cells(organiser):
    """The rows of the file for the spreadsheet, without its heading."""
    sheet = io.StringIO(organiser.get("/admin/bidrag.csv").data.decode("utf-8-sig"), newline="")
    return list(csv.reader(sheet, delimiter=";"))[1:]


@on_sqlite
def test_spreadsheet_takes_no_text_for_formula(accept, organiser):
    formulas = [f'{start}HYPERLINK("http://elak.example";"Klicka")' for start in "=+-@\t\r\n＝＋－＠"]
    for number, formula in enumerate(formulas):
        accept(f"=1+{number}@example.se", motivation=formula)
    assert [row[5] for row in cells(organiser)] == [f"'{formula}" for formula in formulas]
    assert {row[2][:4] for row in cells(organiser)} == {"'=1+"}


@on_sqlite
def test_long_motivation_is_one_cell(accept, organiser):
    accept("anna@example.se", motivation='Buss; tåg\noch "båt"')
    assert cells(organiser)[0][5] == 'Buss; tåg\noch "båt"'


def test_entry_is_struck_with_reason(cast, organiser, send):
    answer = send("/admin/bidrag/2/stryk", reason="anställd")
    assert (answer.status_code, answer.location) == (303, "/admin/bidrag?ar=2026#bidrag-2")
    page = soup(organiser.get("/admin/bidrag"))
    assert page.select_one("#bidrag-2").select("td")[-2].text.strip() == "anställd"
    assert numbers(organiser.get("/admin/bidrag"))["Strukna: anställd"] == "1"


@pytest.mark.parametrize("moment", ["2026-12-11 08:00", "2026-12-13 08:00"])
def test_a_strike_is_taken_back_and_both_stay_on_record(cast, app, organiser, send, reach, client, clock, moment):
    """`moment`: at once, or after nights whose lists say that it is struck."""
    clock.set("2026-12-11 08:00")
    send("/admin/bidrag/2/stryk", reason="anställd")
    clock.set(moment)
    assert "Struket som anställd." in words(organiser.get("/admin/bidrag/2/ta-tillbaka"))
    answer = send("/admin/bidrag/2/ta-tillbaka", x="x")
    assert (answer.status_code, answer.location) == (303, "/admin/bidrag?ar=2026#bidrag-2")
    assert soup(organiser.get("/admin/bidrag")).select_one("#bidrag-2 a").text == "Stryk svar 2"
    log = words(organiser.get("/admin/logg"))
    assert "tog tillbaka en strykning svar 2 i mjk-2026" in log
    reach("locked")
    with app.app_context():
        assert db.session.get(Entry, 2).struck is None
    assert app.test_cli_runner().invoke(args=["draw", "verify"]).exit_code == 2


def test_restored_entry_may_be_struck_again(cast, app, send, client, clock):
    clock.set("2026-12-11 08:00")
    for path, reason in (("stryk", "anställd"), ("ta-tillbaka", "nya uppgifter"), ("stryk", "uppenbart falsk")):
        assert send(f"/admin/bidrag/2/{path}", reason=reason).status_code == 303
    assert app.test_cli_runner().invoke(args=["draw", "verify"]).exit_code == 2


def test_what_is_not_struck_or_was_withdrawn_stays(app, cast, organiser, send):
    sentence = "Svaret är inte struket, eller så har den som skickade det själv tagit tillbaka det."
    assert faults(send("/admin/bidrag/2/ta-tillbaka", reason="nya uppgifter")) == [sentence]
    with app.app_context():
        db.session.get(Entry, 2).email, db.session.get(Entry, 2).struck = None, "återkallad"
        db.session.get(Entry, 2).receipt_code = None
        db.session.commit()
    assert not soup(organiser.get("/admin/bidrag")).select('tbody a[href*="ta-tillbaka"]')
    assert faults(send("/admin/bidrag/2/ta-tillbaka", reason="nya uppgifter")) == [
        "Svaret finns inte, eller så är det tillbakataget."
    ]


def test_no_strike_is_taken_back_once_the_list_is_locked(cast, reach, organiser, send):
    send("/admin/bidrag/2/stryk", reason="anställd")
    reach("locked")
    assert not soup(organiser.get("/admin/bidrag")).select('tbody a[href*="ta-tillbaka"]')
    answer = send("/admin/bidrag/2/ta-tillbaka", reason="nya uppgifter")
    assert faults(answer) == ["Listan är redan låst och kan inte ändras."]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("visa=strukna", ["bo"]),
        ("visa=kvar&sok=a", ["david", "anna+x", "cecilia", "anna"]),
        ("visa=fel", ["david"]),
        ("kommun=1441&visa=strukna", ["bo"]),
        ("kommun=1480", []),
        ("kommun=nej&visa=nej&sok=bo", ["bo"]),
    ],
)
def test_the_list_shows_what_is_chosen(cast, organiser, send, asked, names):
    send("/admin/bidrag/2/stryk", reason="anställd")
    rows = soup(organiser.get(f"/admin/bidrag?{asked}")).select("tbody tr")
    assert [row.select("td")[2].text.strip() for row in rows] == [f"{name}@example.se" for name in names]


@on_sqlite
def test_struck_entry_cannot_be_struck(cast, send):
    send("/admin/bidrag/2/stryk", reason="anställd")
    assert faults(send("/admin/bidrag/2/stryk", reason="uppenbart falsk")) == ["Svaret är redan struket: anställd."]


@on_sqlite
def test_strike_needs_a_listed_reason(cast, organiser, send):
    for reason in ("", "otrevlig", "dubblett\n"):
        assert len(faults(send("/admin/bidrag/2/stryk", reason=reason))) == 1
    assert soup(organiser.get("/admin/bidrag")).select_one("#bidrag-2 a").text == "Stryk svar 2"


@pytest.mark.parametrize("number", [4711, 10**30])
def test_unknown_entry_cannot_be_struck(cast, organiser, send, number):
    assert organiser.get(f"/admin/bidrag/{number}/stryk").status_code == 404
    assert send(f"/admin/bidrag/{number}/stryk", reason="anställd").status_code == 404


def test_locked_list_strikes_nothing(cast, reach, organiser, send):
    reach("locked")
    assert not soup(organiser.get("/admin/bidrag")).select('tbody a[href*="stryk"]')
    answer = send("/admin/bidrag/2/stryk", reason="anställd")
    assert faults(answer) == ["Tävlingssvar kunde strykas till måndag 21 december 2026 kl. 12.00."]


@on_sqlite
def test_locked_rules_are_the_pages_rules(cast, reach, organiser, send, client):
    reach("locked")
    rules = client.get("/2026/dragning/regler.txt").text
    assert "Dubbdäck till cykeln" in rules
    for paragraph in soup(client.get("/2026/tavling/villkor")).select("main .words > p:not(:has(a))"):
        assert paragraph.text in rules


POSTS = {
    "/admin/bidrag/1/stryk": {"reason": "anställd"},
    f"{DRAW}/las": {},
    f"{DRAW}/slumptal": {"value": VALUE},
    f"{DRAW}/bekrafta": {"place": "1"},
    f"{DRAW}/ga-vidare": {"place": "1", "reason": "svarar inte"},
    f"{DRAW}/stall-in": {"reason": "Vi har ångrat oss.", "sure": "y"},
}


@on_sqlite
@pytest.mark.parametrize("address", POSTS)
def test_nothing_is_done_without_token_of_ones_own_sign_in(cast, reach, organiser, other_organiser, client, address):
    reach("drawn" if {"place"} & POSTS[address].keys() else "closed")
    foreign = [token_in(other_organiser.get(DRAW)), token_in(client.get("/admin/logga-in")), "", "x"]
    before = words(organiser.get("/admin/bidrag")) + words(organiser.get(DRAW))
    for token in foreign:
        assert organiser.post(address, data=POSTS[address] | {"token": token}).status_code == 422
    assert organiser.post(address, data=POSTS[address]).status_code == 422
    assert words(organiser.get("/admin/bidrag")) + words(organiser.get(DRAW)) == before


@on_sqlite
@pytest.mark.parametrize("address", POSTS)
def test_nothing_is_done_from_another_site(cast, organiser, send, address):
    token = token_in(organiser.get(DRAW))
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert organiser.post(address, data=POSTS[address] | {"token": token}, headers=headers).status_code == 403
