"""The organisers' pages among many entries: every page by an index, at a cost that does not grow, and none hidden."""

import shutil

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.admin import entry_search
from app.admin.entry_search import key_starts
from app.contest import entries, hints
from app.contest.models import EntryHint
from app.database import db
from tests.conftest import on_sqlite, signed_in
from tests.draw.crowds import enter_crowd, steps

LISTS = {
    "": "ix_entry_contest_id_id",
    "fore=9": "ix_entry_contest_id_id",
    "visa=kvar": "ix_entry_contest_id_id",
    "visa=strukna": "ix_entry_contest_id_id_struck",
    "visa=fel": "ix_entry_contest_id_answer_id",
    "kommun=1441": "ix_entry_contest_id_municipality_id",
    "kommun=1441&visa=fel": "ix_entry_contest_id_municipality_id",
    "sok=finns-inte": "ix_entry_contest_id_duplicate_key",
}
"""What may be asked of the list, and the index that finds it."""
PAGES = (
    "/admin/",
    "/admin/statistik",
    "/admin/bidrag/tecken",
    *(f"/admin/bidrag?{asked}" for asked in (*LISTS, "sok=abc")),
)


@pytest.fixture
def short(monkeypatch):
    """What a search looks through, and what is counted while somebody waits, is some few entries."""
    monkeypatch.setattr(entry_search, "STRETCH", 4)
    monkeypatch.setattr(entry_search, "PER_PAGE", 2)
    monkeypatch.setattr(hints, "LIVE", 4)


@pytest.fixture
def plans(app):
    """How the database finds what a page asks for: plans(client, address), a text for each query."""
    heard = []

    def ask(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            heard.append((statement, parameters))

    def read(client, address):
        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", ask)
        assert client.get(address).status_code == 200
        with app.app_context():
            sa.event.remove(db.engine, "before_cursor_execute", ask)
            connection = db.session.connection()
            explain = "EXPLAIN"
            if connection.dialect.name == "sqlite":
                explain = "EXPLAIN QUERY PLAN"
            else:
                for way in ("seqscan", "bitmapscan", "sort", "hashagg", "hashjoin", "mergejoin"):
                    connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            found = [connection.exec_driver_sql(f"{explain} {statement}", values) for statement, values in heard]
            return ["\n".join(str(step[-1]) for step in steps.fetchall()) for steps in found]

    return read


@pytest.fixture
def crowd(app, contest):
    """Forty people."""
    with app.app_context():
        return enter_crowd(contest, 40)


def whole(plan):
    """The steps that read a table of entries or the log from end to end; SQLite calls any table without WHERE so."""
    tables = ("entry", "audit_record", "outbox_mail", "draw_rank")
    return [
        step
        for step in plan.splitlines()
        if any(step.strip().startswith(f"SCAN {table}") or f"Seq Scan on {table}" in step for table in tables)
    ]


@pytest.mark.parametrize("address", PAGES)
def test_no_page_reads_every_entry_or_the_whole_log(short, crowd, organiser, plans, address):
    found = plans(organiser, address)
    assert found
    assert [step for plan in found for step in whole(plan)] == []


@pytest.mark.parametrize("asked", LISTS)
def test_each_list_comes_from_its_own_index(short, crowd, organiser, plans, asked):
    assert LISTS[asked] in " ".join(plans(organiser, f"/admin/bidrag?{asked}")).split()


@on_sqlite
def test_the_start_of_a_ticket_is_found_by_the_index_that_keeps_tickets_unique(short, crowd, organiser, plans):
    found = " ".join(plans(organiser, "/admin/bidrag?sok=abc"))
    assert "sqlite_autoindex_entry_1 (contest_id=? AND ticket>? AND ticket<?)" in found


@on_sqlite
@pytest.mark.parametrize("address", PAGES)
def test_a_page_costs_the_same_however_many_have_entered(
    make_app, blank, tmp_path, clock, contest, monkeypatch, address
):
    monkeypatch.setattr(entry_search, "STRETCH", 100)
    monkeypatch.setattr(entry_search, "PER_PAGE", 20)
    monkeypatch.setattr(hints, "LIVE", 100)
    costs = []
    for size in (400, 2000):
        copy = shutil.copyfile(blank, tmp_path / f"{size}.sqlite3")
        app = make_app(DATABASE_URL=f"sqlite:///{copy}")
        with app.app_context():
            enter_crowd(contest, size)
        costs.append(steps(app, lambda client: client.get(address), signed_in(app, "olle@example.se")))
    assert costs[1] < costs[0] * 1.1


def shown(page):
    rows = BeautifulSoup(page.text, "html.parser").select("tbody tr")
    return [row.select("td")[2].text.split("@")[0] for row in rows]


def onward(page):
    """Where the page's link to older entries leads."""
    return BeautifulSoup(page.text, "html.parser").find(
        "a", string=["Visa äldre bidrag", "Sök vidare bland äldre bidrag"]
    )


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
    assert leafed("/admin/bidrag?visa=fel&sok=p2") == [["p2"], []]


def test_with_no_wrong_answer_there_is_none_to_list(accept, organiser):
    accept("anna@example.se")
    assert "Inget bidrag passar sökningen." in organiser.get("/admin/bidrag?visa=fel").text


def test_a_search_that_stops_says_how_far_it_went_and_goes_on(short, accept, organiser):
    for name in ("susanna", "bo", "cilla", "disa", "eva"):
        accept(f"{name}@example.se")
    page = organiser.get("/admin/bidrag?sok=anna")
    assert shown(page) == []
    told = (
        "Sökningen gick igenom 4 bidrag, de nyaste först. Inget av dem passar. Det finns äldre som den inte har nått."
    )
    assert told in page.text
    assert "Inget bidrag passar sökningen." not in page.text
    assert shown(organiser.get(onward(page)["href"])) == ["susanna"]


@pytest.mark.parametrize("typed", ["anna", "anna.b+jul@example.se", "anna.b+", "ANNA.B"])
def test_an_address_that_begins_so_is_found_however_old_it_is(short, accept, organiser, typed):
    for name in ("anna.b+jul", "susanna", "bo", "cilla", "disa", "eva"):
        accept(f"{name}@example.se")
    page = organiser.get("/admin/bidrag", query_string={"sok": typed})
    assert shown(page) == ["anna.b+jul"]
    assert "Tabellen har också äldre bidrag vars adress eller lott börjar så." in page.text


def test_an_old_entry_is_found_by_the_start_of_its_ticket(short, accept, organiser):
    ticket = accept("anna@example.se").ticket
    for name in ("bo", "cilla", "disa", "eva"):
        accept(f"{name}@example.se")
    assert shown(organiser.get(f"/admin/bidrag?sok={ticket[:12]}")) == ["anna"]


@pytest.mark.parametrize(
    "address",
    ["anna@example.se", "a.b.c@gmail.com", "a.b+x@googlemail.com", "a+b@example.se", "+x@example.se", "a.b@gmx.de"],
)
def test_the_key_of_an_address_begins_as_any_start_of_the_address_tells(address):
    key = entries.duplicate_key(address)
    for end in range(1, len(address) + 1):
        assert any(key.startswith(start) for start in key_starts(address[:end])), address[:end]


@pytest.fixture
def many(short, accept):
    for name in ("anna@mailinator.com", "bo@mailinator.com", *(f"p{number}@example.se" for number in range(4))):
        accept(name)


def counted(app, contest, clock):
    with app.app_context():
        hints.keep_up(contest.id, clock.now())


def test_among_many_entries_hints_are_counted_beside_and_say_when(many, app, contest, clock, organiser):
    page = organiser.get("/admin/bidrag/tecken").text
    assert "Det är många bidrag, 6, och de är inte räknade ännu." in page
    assert "Inget sticker ut." not in page
    counted(app, contest, clock)
    page = organiser.get("/admin/bidrag/tecken")
    assert "Räknat 10 dec. 08.00 bland 6 bidrag." in page.text
    row = BeautifulSoup(page.text, "html.parser").select_one("tbody tr")
    assert [cell.text for cell in row.select("td")[:2]] == ["Engångsadresser hos mailinator.com", "2"]
    assert shown(organiser.get(row.a["href"])) == ["bo", "anna"]


def test_hints_are_counted_again_after_an_hour(many, app, contest, clock, accept, organiser):
    counted(app, contest, clock)
    accept("cilla@mailinator.com")
    for minutes, number in ((59, "6"), (1, "7")):
        clock.forward(minutes=minutes)
        counted(app, contest, clock)
        assert f"bland {number} bidrag" in organiser.get("/admin/bidrag/tecken").text


def test_what_was_counted_keeps_no_address_and_forgets_whoever_is_erased(many, app, contest, clock, organiser):
    counted(app, contest, clock)
    with app.app_context():
        kept = db.session.execute(sa.select(EntryHint.__table__)).all()
        assert "mailinator" not in str(kept)
        db.session.execute(sa.text("UPDATE entry SET email = NULL, duplicate_key = NULL"))
        db.session.commit()
    page = organiser.get("/admin/bidrag/tecken").text
    assert "mailinator" not in page
    assert "Inget sticker ut." in page


def test_once_the_list_is_locked_nothing_more_is_counted(many, app, contest, clock, reach):
    reach("locked")
    counted(app, contest, clock)
    with app.app_context():
        assert db.session.scalars(sa.select(EntryHint)).all() == []
