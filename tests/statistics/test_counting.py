"""How often each hatch is shown: counted without a trace of who looked, and nobody waits for it."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy.exc import OperationalError

from app.statistics import counter
from app.statistics.counter import HitCounter
from tests.conftest import ENTRY_URL, ROOT, free_port, on_sqlite

DAY = date(2026, 12, 10)


@pytest.fixture
def tally(app):
    return app.extensions["tally"]


@pytest.fixture
def stored(app, tally):
    """What is in the database once the counts have been added."""

    def read():
        tally.flush()
        with app.app_context():
            return counter.stored_counts(2026)

    return read


def test_shown_hatch_is_counted_on_day(client, clock, stored):
    for _ in range(3):
        client.get("/2026/lucka/10")
    client.get("/2026/lucka/9")
    clock.set("2026-12-11 00:00")
    client.get("/2026/lucka/10")
    assert stored() == {(10, DAY): 3, (9, DAY): 1, (10, date(2026, 12, 11)): 1}


@on_sqlite
def test_day_turns_at_midnight_in_sweden(client, clock, stored):
    clock.set("2026-12-10 23:59:59.999")
    client.get("/2026/lucka/10")
    clock.set("2026-12-11 00:00")
    client.get("/2026/lucka/10")
    assert stored() == {(10, DAY): 1, (10, date(2026, 12, 11)): 1}


@on_sqlite
def test_calendar_is_counted_as_nought(client, stored):
    client.get("/")
    client.get("/2026/")
    assert stored() == {(0, DAY): 2}


@on_sqlite
def test_revisiting_browser_is_counted(client, stored):
    tag = client.get("/2026/lucka/10").headers["ETag"]
    assert client.get("/2026/lucka/10", headers={"If-None-Match": tag}).status_code == 304
    assert stored() == {(10, DAY): 2}


@on_sqlite
def test_nothing_else_is_counted(client, organiser, stored):
    client.head("/2026/lucka/10")
    client.post("/2026/lucka/10")
    for path in ("/2026/lucka/11", "/lucka/10", "/om", "/finns-inte", "/flode.xml", "/2026/lucka/10/bild/bild.svg"):
        client.get(path)
    client.get(ENTRY_URL)
    organiser.get("/admin/forhandsvisning/2026-12-13T0800/2026/lucka/13")
    assert stored() == {}


def test_processes_add_up(app, make_app, client, stored):
    other = make_app()
    for each in (client, other.test_client(), other.test_client()):
        each.get("/2026/lucka/10")
    other.extensions["tally"].flush()
    assert stored() == {(10, DAY): 3}


def test_counts_added_by_many_at_once_are_all_there(app, make_app, stored):
    tallies = [make_app().extensions["tally"] for _ in range(4)]
    for number, each in enumerate(tallies):
        for hatch in range(1, 11) if number % 2 else range(10, 0, -1):
            each.count((2026, hatch), app.extensions["clock"].timestamp())
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(HitCounter.flush, tallies))
    assert stored() == {(hatch, DAY): 4 for hatch in range(1, 11)}


def test_table_knows_year_number_day_and_count_and_nothing_else():
    assert [column.name for column in counter.HatchCount.__table__.columns] == ["year", "number", "day", "count"]


def test_hits_from_many_threads_count(clock):
    tally = HitCounter(lambda counts: None)
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda _: [tally.count((2026, 10), clock.timestamp()) for _ in range(500)], range(8)))
    assert tally.waiting() == {((2026, 10), DAY): 4000}


class Store:
    """A database that can be out of order."""

    def __init__(self):
        self.broken, self.kept = False, []

    def __call__(self, counts):
        if self.broken:
            raise OperationalError("INSERT", None, sqlite3.OperationalError("database is locked"))
        self.kept.append(dict(counts))


def test_what_cannot_be_added_is_kept_for_the_next_time(clock, caplog):
    store = Store()
    tally = HitCounter(store)
    store.broken = True
    tally.count((2026, 10), clock.timestamp())
    tally.flush()
    assert "kunde inte sparas" in caplog.text
    store.broken = False
    tally.count((2026, 10), clock.timestamp())
    tally.flush()
    assert store.kept == [{((2026, 10), DAY): 2}]


def test_nothing_is_written_without_visits():
    store = Store()
    HitCounter(store).flush()
    assert store.kept == []


def test_nothing_is_written_twice(clock):
    store = Store()
    tally = HitCounter(store)
    tally.count((2026, 10), clock.timestamp())
    tally.flush()
    tally.flush()
    assert store.kept == [{((2026, 10), DAY): 1}]
    assert tally.waiting() == {}


def test_writing_starts_in_own_thread_after_a_minute(clock, monkeypatch):
    started = []

    class Thread:
        def __init__(self, target, daemon):
            started.append((target, daemon))

        def start(self):
            pass

    monkeypatch.setattr(counter.threading, "Thread", Thread)
    tally = HitCounter(Store())
    tally.count((2026, 10), clock.timestamp())
    monkeypatch.setattr(counter, "EVERY", 0)
    clock.forward(minutes=2)
    tally.count((2026, 10), clock.timestamp())
    assert started == [(tally.flush, True)]


def test_clock_that_is_set_back_counts_on_day_it_shows(clock):
    tally = HitCounter(Store())
    for moment in ("2026-12-11 08:00", "2026-12-10 08:00", "2026-12-10 08:00"):
        clock.set(moment)
        tally.count((2026, 9), clock.timestamp())
    assert tally.waiting() == {((2026, 9), date(2026, 12, 11)): 1, ((2026, 9), DAY): 2}


@on_sqlite
def test_page_never_waits_for_a_lock(app, client, tally, monkeypatch, caplog):
    """The writing of its own thread waits instead, and adds everything once the lock is gone."""
    writings, start = [], threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (writings.append(thread), start(thread)))
    monkeypatch.setattr(counter, "EVERY", 0)
    with sqlite3.connect(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")) as other:
        other.execute("BEGIN IMMEDIATE")
        pages = [client.get("/2026/lucka/10") for _ in range(3)]
        assert {page.status_code for page in pages} == {200}
        other.rollback()
    for writing in writings:
        writing.join()
    assert writings
    tally.flush()
    with app.app_context():
        assert counter.stored_counts(2026) == {(10, DAY): 3}
    assert "kunde inte sparas" not in caplog.text


@on_sqlite
def test_page_is_shown_even_without_thread_to_spare(client, monkeypatch, stored):
    class Thread:
        def __init__(self, target, daemon):
            pass

        def start(self):
            raise RuntimeError("can't start new thread")

    client.get("/2026/lucka/10")
    monkeypatch.setattr(counter, "EVERY", 0)
    monkeypatch.setattr(counter.threading, "Thread", Thread)
    assert [client.get("/2026/lucka/10").status_code for _ in range(2)] == [200, 200]
    assert stored() == {(10, DAY): 3}


@on_sqlite
def test_what_was_counted_last_is_written_when_the_server_ends(tmp_path, database_url):
    """Two workers, whichever of them answered."""
    port = free_port()
    listening = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 2 --no-ws --log-level error"
    settings = {
        "FLASK_INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": database_url,
        "FLASK_SECRET_KEY": "test-" * 8,
        "FLASK_DEMO": "1",
        "FLASK_NOW": "2026-12-10T08:00",
    }
    command = [Path(sys.executable).with_name("granian"), *listening.split(), "wsgi:app"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings)
    try:
        for path in ("/healthz", *["/2026/lucka/10"] * 20):
            assert answer_of(f"http://127.0.0.1:{port}{path}", process) == 200
        for _ in range(20):
            assert urlopen(f"http://127.0.0.1:{port}/2026/lucka/9/testar", data=b"").status == 200
    finally:
        process.terminate()
        process.wait(30)
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as written:
        assert written.execute("SELECT number, count FROM hatch_count").fetchall() == [(10, 20)]
        assert written.execute("SELECT kind, number, count FROM reply_count").fetchall() == [("pledge", 9, 20)]


def answer_of(address, process):
    """The status of the page, once the server listens."""
    for _ in range(300):
        with suppress(URLError):
            return urlopen(address, timeout=10).status  # noqa: S310 – our own server
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"the server ended with {process.wait(0.1)}")
    raise AssertionError("the server does not answer")
