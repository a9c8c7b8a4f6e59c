"""What the calendar stands on goes away and comes back: pages stay, nobody is thanked in vain, no hand is needed."""

import os
import shutil
import socket
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import database
from app.calendar.library import LastGood, Library
from app.contest.models import Entry
from app.database import db
from app.draw import delivery, value
from app.spec.beacon import QUICKNET
from app.spec.lines import SpecError
from tests.conftest import ANNA, ENTRY_URL, configured, fill_in, on_postgresql, on_sqlite, token_in

PAGES = ("/", "/2026/lucka/10", "/om", "/flode.xml", "/2026/tavling/villkor", ENTRY_URL, "/mitt-svar", "/kakor")


def saved(app: Flask) -> list[str | None]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Entry.email).order_by(Entry.id)))


def ill(client: FlaskClient) -> dict[str, str]:
    """The parts that /readyz says something else than ok of."""
    answer = client.get("/readyz")
    found = {part: state for part, state in answer.json.items() if state != "ok"}
    assert answer.status_code == (503 if found else 200)
    return found


def assert_pages_stay(client: FlaskClient) -> None:
    assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
    assert client.get("/2026/lucka/11").status_code == 403


def assert_not_received(answer: TestResponse) -> None:
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 503
    assert "Ditt svar är inte mottaget ännu." in page.select_one("#fel").text
    assert "Tack" not in page.main.text
    assert page.select_one("input[name=email]")["value"] == ANNA["email"]
    assert page.select_one(f'input[name=answer][value="{ANNA["answer"]}"]').has_attr("checked")
    assert page.select_one("option[selected]")["value"] == ANNA["municipality"]


def assert_everything_is_as_before(app: Flask, client: FlaskClient, enter) -> None:
    assert ill(client) == {}
    assert_pages_stay(client)
    assert client.get("/2026/dragning").status_code == 200
    before = len(saved(app))
    assert enter(email=f"person{before}@example.se").status_code == 200
    assert len(saved(app)) == before + 1


def assert_it_is_said_in_words(client: FlaskClient, path: str) -> None:
    """What only the database knows is not shown, and not invented either."""
    answer = client.get(path)
    assert answer.status_code == 503
    assert "Luckorna går att läsa som vanligt." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_held_database_thanks_no_one(app, client, enter, file, impatient):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_not_received(enter())
        assert_pages_stay(client)
        assert ill(client) == {"database": "is locked"}
        assert client.get("/2026/dragning").status_code == 200
    assert saved(app) == []
    assert_everything_is_as_before(app, client, enter)


@on_sqlite
def test_after_one_writer_waited_next_hardly_wait(app, file, monkeypatch):
    monkeypatch.setattr(database, "SQLITE_WAITS", 60)
    said = []

    def try_to_write():
        said.clear()
        with app.app_context():
            db.session.connection().connection.dbapi_connection.set_trace_callback(said.append)
            try:
                database.begin_write()
            finally:
                db.session.rollback()

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sa.exc.OperationalError):
            try_to_write()
        assert "PRAGMA busy_timeout=50" not in said
        with pytest.raises(sa.exc.OperationalError):
            try_to_write()
        assert [each for each in said if "busy" in each] == ["PRAGMA busy_timeout=50", "PRAGMA busy_timeout=60"]
    try_to_write()
    try_to_write()
    assert "PRAGMA busy_timeout=50" not in said


@on_sqlite
def test_database_file_that_is_moved_away_takes_no_entry_along(app, client, enter, file):
    assert enter(email="bo@example.se").status_code == 200
    moved = [(path, path.with_name(f"borta-{path.name}")) for path in file.parent.glob("kalender.sqlite3*")]
    for path, away in moved:
        path.rename(away)
    assert_not_received(enter())
    assert_pages_stay(client)
    assert_it_is_said_in_words(client, "/2026/dragning")
    assert ill(client) == {"database": "does not answer"}
    assert not file.exists()
    for path, away in moved:
        away.rename(path)
    assert saved(app) == ["bo@example.se"]
    assert_everything_is_as_before(app, client, enter)


@on_sqlite
def test_database_file_in_anothers_place_gets_the_entries(app, client, enter, file, blank):
    assert enter(email="bo@example.se").status_code == 200
    for path in file.parent.glob("kalender.sqlite3*"):
        path.unlink()
    shutil.copyfile(blank, file.with_suffix(".new"))
    file.with_suffix(".new").rename(file)
    assert enter().status_code == 200
    with closing(sqlite3.connect(file)) as looked_at:
        assert looked_at.execute("SELECT email FROM entry").fetchall() == [(ANNA["email"],)]


@on_sqlite
def test_full_database_thanks_nobody_until_there_is_room_again(app, client, enter, monkeypatch):
    """SQLite's own quota answers as a full disk does."""
    rooms = []

    @sa.event.listens_for(_engine(app), "checkout")
    def _no_room(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count={rooms[-1] if rooms else 4294967294}")

    with closing(sqlite3.connect(_engine(app).url.database)) as looked_at:
        rooms.append(looked_at.execute("PRAGMA page_count").fetchone()[0])
    taken = 0
    while (answer := enter(email=f"person{taken}@example.se")).status_code == 200:
        taken += 1
    assert answer.status_code == 503
    assert "Ditt svar är <strong>inte</strong> mottaget ännu." in answer.text
    assert_pages_stay(client)
    assert client.get("/2026/dragning").status_code == 200
    assert len(saved(app)) == taken
    rooms.clear()
    assert_everything_is_as_before(app, client, enter)


def _engine(app: Flask) -> sa.Engine:
    with app.app_context():
        return db.engine


@on_postgresql
def test_a_server_that_hangs_up_on_everybody_costs_nobody_anything(app, client, enter):
    assert enter(email="bo@example.se").status_code == 200
    with app.app_context(), db.engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(sa.text(f"{others} AND pid <> pg_backend_pid()"))
    assert_everything_is_as_before(app, client, enter)


@on_postgresql
def test_server_that_is_stopped_and_started_again_needs_no_hand(make_app, clock, database_url, way):
    app = make_app(DATABASE_URL=way.url(database_url))
    client = app.test_client()
    assert fill_in(client, clock, email="bo@example.se").status_code == 200
    way.close()
    assert_not_received(fill_in(client, clock))
    assert_pages_stay(client)
    assert_it_is_said_in_words(client, "/2026/dragning")
    assert ill(client) == {"database": "does not answer"}
    way.open()
    assert saved(app) == ["bo@example.se"]
    assert_everything_is_as_before(app, client, partial(fill_in, client, clock))


@on_postgresql
def test_read_only_server_thanks_no_one(app, client, enter):
    with app.app_context():
        with db.engine.connect() as connection:
            name = connection.scalar(sa.text("SELECT current_database()"))
            connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
            connection.commit()
        db.engine.dispose()
    assert_not_received(enter())
    assert_pages_stay(client)
    assert ill(client) == {"database": "is read-only"}
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("SET default_transaction_read_only = off"))
            connection.execute(sa.text(f"ALTER DATABASE {name} RESET default_transaction_read_only"))
        db.engine.dispose()
    assert_everything_is_as_before(app, client, enter)


FORMS = {
    "/tillganglighet": {"kind": "hinder", "message": "Sidan går inte att läsa."},
    "/mitt-svar": {"code": "ABCDE-FGHJK", "email": "anna@example.se", "act": "visa"},
}


@on_sqlite
@pytest.mark.parametrize("path", FORMS)
def test_no_form_says_thanks_without_database_and_text_is_kept(client, clock, file, path):
    token = token_in(client.get(path))
    clock.forward(seconds=20)
    file.rename(file.with_name("borta"))
    answer = client.post(path, data=FORMS[path] | {"token": token})
    assert answer.status_code == 503
    assert "Försök igen om en stund. Allt du fyllde i finns kvar." in answer.text
    assert all(written in answer.text for name, written in FORMS[path].items() if name != "act")


@on_sqlite
def test_every_page_has_words_for_a_database_that_is_away(app, client, organiser, file):
    adapter = app.url_map.bind("")
    asked = {
        adapter.build(rule.endpoint)
        for rule in app.url_map.iter_rules()
        if not rule.arguments and "GET" in rule.methods and rule.rule != "/readyz"
    }
    file.rename(file.with_name("borta"))
    found = {path: (visitor.get(path)) for visitor in (client, organiser) for path in asked}
    # A page whose time has not come is 404 without asking the database.
    assert {answer.status_code for answer in found.values()} == {200, 301, 404, 503}
    for path, answer in found.items():
        assert answer.status_code in (200, 301, 404) or "Det går inte just nu" in answer.text, path


@on_sqlite
def test_what_cannot_be_counted_is_counted_again_once_it_can(app, client, enter, tmp_path):
    counts = tmp_path / "ratelimit.sqlite3"
    assert enter().status_code == 200
    with closing(sqlite3.connect(counts)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DROP TABLE hit")
        other.commit()
    assert enter(email="bo@example.se").status_code == 200
    assert enter(email="cia@example.se").status_code == 200
    with closing(sqlite3.connect(counts)) as looked_at:
        assert looked_at.execute("SELECT count FROM hit").fetchall() != []


@on_sqlite
def test_clock_in_1970_opens_nothing_and_rights_itself(app, client, clock, enter):
    assert_pages_stay(client)
    clock.set("1970-01-01 00:00:10")
    for path in ("/", "/om", "/flode.xml", "/flode.json", "/kalender.ics", "/sitemap.xml", "/2026/"):
        assert client.get(path).status_code == 200
    for path in ("/2026/lucka/1", "/2026/lucka/10", "/2026/lucka/10/bild/bild.svg", ENTRY_URL, "/2026/dragning"):
        assert client.get(path).status_code == 403
    assert client.post(ENTRY_URL, data=ANNA).status_code == 403
    clock.set("2026-12-10 08:00")
    assert_everything_is_as_before(app, client, enter)


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No name can be looked up; the names that somebody tried."""
    asked: list[str] = []

    def fail(host, *_args, **_values):
        asked.append(host)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setattr(socket, "gethostbyname", fail)
    return asked


@configured(MAIL_URL="smtp://post.example.se:25")
def test_without_dns_mails_wait(app, client, enter, no_names):
    assert_everything_is_as_before(app, client, enter)
    assert no_names == []
    with app.app_context():
        assert delivery.send_due() == 0
    assert no_names == ["post.example.se"]
    assert_everything_is_as_before(app, client, enter)


def test_without_dns_no_relay_answers_and_that_is_all(no_names):
    with pytest.raises(SpecError):
        value.ask_relays(["https://api.drand.sh"], QUICKNET, 1)
    assert no_names == ["api.drand.sh"]


def look_again(shelf: Library) -> None:
    shelf.refresh(at_once=True)


@on_sqlite
def test_content_folder_being_copied_over_shows_last_whole_one(app, client, content):
    shelf = app.extensions["library"]
    shelf.root = content
    look_again(shelf)
    whole = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    before = client.get("/2026/lucka/7").data
    for path, body in whole.items():
        path.write_bytes(body[: len(body) // 3])
    look_again(shelf)
    assert client.get("/2026/lucka/7").data == before
    assert ill(client)["content"].endswith("faults: run flask content check")
    assert_pages_stay(client)
    for path, body in whole.items():
        path.write_bytes(body)
    look_again(shelf)
    assert ill(client) == {}


def _one_gigabyte(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(1 << 30)


BROKEN = {
    "latin-1": lambda path: path.write_bytes(path.read_text("utf-8").encode("latin-1", "replace")),
    "utf-16": lambda path: path.write_text(path.read_text("utf-8"), "utf-16"),
    "only NUL": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "nothing": lambda path: path.write_bytes(b""),
    "a gigabyte": _one_gigabyte,
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "no end": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "a circle": lambda path: (path.unlink(), path.symlink_to(path)),
}
FINE = {
    "BOM": lambda path: path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes()),
    "CRLF": lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
}


@pytest.fixture
def shelf(content: Path) -> Library:
    return Library(content, LastGood(content.with_name("last_good")))


@pytest.mark.parametrize("file", ["07/hatch.md", "edition.toml"])
@pytest.mark.parametrize("how", BROKEN)
def test_unreadable_file_leaves_last_good_calendar_and_is_named(content, shelf, how, file):
    good = shelf.editions[2026]
    BROKEN[how](content / "2026" / file)
    look_again(shelf)
    assert shelf.editions[2026] is good
    assert {fault.file for fault in shelf.faults} == {f"2026/{file}"}


@pytest.mark.parametrize("file", ["07/hatch.md", "edition.toml"])
@pytest.mark.parametrize("how", FINE)
def test_file_as_windows_program_saves_it_is_read_as_before(content, shelf, how, file):
    good = shelf.editions[2026]
    FINE[how](content / "2026" / file)
    look_again(shelf)
    assert (shelf.faults, shelf.editions[2026]) == ([], good)
    assert shelf.editions[2026] is not good


def test_huge_picture_is_never_read(content, shelf):
    good = shelf.editions[2026]
    _one_gigabyte(content / "2026/07/bild.svg")
    look_again(shelf)
    assert shelf.editions[2026] is good
    assert "bilden är större än 1 MB" in [fault.message for fault in shelf.faults]
