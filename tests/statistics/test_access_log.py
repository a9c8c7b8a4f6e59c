"""Pages that nginx answers from its cache are counted from its log: each once, whatever becomes of file and reader."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from app.clock import SWEDEN
from app.database import db
from app.operations import doctor
from app.statistics import access_log, counter
from tests.conftest import on_sqlite

pytestmark = on_sqlite
# Later than any test begins: what was written before a reader began is not counted.
NOW = datetime.now(UTC).astimezone(SWEDEN) + timedelta(hours=3)
TODAY = NOW.date()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "kalender.log"


@pytest.fixture
def app(make_app, log):
    app = make_app(ACCESS_LOG=log)
    with app.app_context():
        access_log.begin()
    return app


@pytest.fixture
def counted(app):
    """What the statistics say once the log has been read."""

    def read():
        with app.app_context():
            access_log.count_shown()
            return counter.stored_counts(2026)

    return read


def line(path="/2026/lucka/10", status=200, method="GET", at=NOW, cache="HIT"):
    number = secrets.token_hex(16)
    return f'{at.isoformat(timespec="seconds")} {number} {method} {path} {status} 9000 0.000 "-" {cache}\n'


def write(file, *lines):
    with file.open("a") as opened:
        opened.writelines(lines)


def test_pages_that_were_shown_are_counted_and_nothing_else(log, counted):
    write(log, line(), line(cache="MISS"), line(status=304), line("/"), line("/2026/"), line("/2026/lucka/9"))
    write(log, line(status=403), line(method="HEAD"), line("/2026/lucka/10/tavla"), line("/2026/lucka/25"), line("/om"))
    write(log, line("/2026/lucka/10/bild/bild.svg"), "skräp\n", line("/x GET /2026/lucka/10"), line("/2026"))
    assert counted() == {(10, TODAY): 3, (0, TODAY): 2, (9, TODAY): 1}


def test_the_day_is_the_one_in_sweden(log, counted):
    write(
        log, line(at=datetime(2030, 12, 10, 22, 59, 59, tzinfo=UTC)), line(at=datetime(2030, 12, 10, 23, 0, tzinfo=UTC))
    )
    assert counted() == {(10, date(2030, 12, 10)): 1, (10, date(2030, 12, 11)): 1}


def test_each_line_is_counted_once_even_if_half_written(log, counted, app):
    whole = line()
    write(log, line(), whole[:50])
    assert counted() == {(10, TODAY): 1}
    write(log, whole[50:])
    assert counted() == counted() == {(10, TODAY): 2}


def test_renamed_log_is_read_to_end_and_new_from_start(log, counted):
    write(log, line(), line())
    counted()
    log.rename(f"{log}.1")
    write(log.with_name(f"{log.name}.1"), line())
    write(log, line("/2026/lucka/9"))
    # nginx has the old file open for a moment longer.
    write(log.with_name(f"{log.name}.1"), line())
    assert counted() == {(10, TODAY): 4, (9, TODAY): 1}
    log.with_name(f"{log.name}.1").rename(f"{log}.2")
    log.rename(f"{log}.1")
    assert counted() == {(10, TODAY): 4, (9, TODAY): 1}


def test_log_that_is_emptied_in_its_place_is_read_anew(log, counted):
    write(log, *(line() for _ in range(5)))
    counted()
    log.write_text("")
    write(log, line("/2026/lucka/9"))
    assert counted() == {(10, TODAY): 5, (9, TODAY): 1}


def test_readers_at_the_same_time_count_each_line_once(log, counted, app, monkeypatch):
    monkeypatch.setattr(access_log, "PART", 2000)
    write(log, *(line() for _ in range(200)))
    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(lambda _: counted(), range(4)))
    assert counted() == {(10, TODAY): 200}


def test_reader_that_dies_midway_is_followed_by_another(log, counted, app, monkeypatch):
    write(log, *(line() for _ in range(3)))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), app.app_context():
        patch.setattr(db.session, "commit", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        access_log.count_shown()
    assert counted() == {(10, TODAY): 3}


def test_what_the_processes_counted_before_is_not_counted_again(log, counted):
    write(log, line(at=NOW - timedelta(hours=4)), line())
    assert counted() == {(10, TODAY): 1}


def test_the_process_itself_does_not_count_then(client, counted):
    client.get("/2026/lucka/10")
    client.application.extensions["tally"].flush()
    assert counted() == {}


def test_the_doctor_says_what_is_wrong_with_the_log(app, log):
    def said():
        with app.app_context():
            return next(line for line in doctor.doctor_lines() if "log" in line.sentence or "Visning" in line.sentence)

    assert (said().mark, "nginx har inte skrivit någon logg" in said().sentence) == ("fel", True)
    log.write_text('127.0.0.1 - - [10/Dec/2026] "GET / HTTP/1.1" 200\n')
    assert "ser inte ut som i deploy/nginx.conf" in said().sentence
    log.write_text(line())
    assert said() == doctor.Line("bra", "Visningarna räknas.")
