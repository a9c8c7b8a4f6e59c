"""What is done beside the server: the right rounds at the right times, one failure costs one round, a calm end."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import flask_migrate
import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import jobs
from app.contest import hints, rulebook
from app.contest.models import RulesVersion
from app.database import db
from app.mail import delivery
from app.mail.models import OutboxMail
from app.privacy import erasure
from tests.conftest import ROOT, on_sqlite

BIN = Path(sys.executable).parent
PATIENCE = 120
"""Seconds after which a test that waits for another process gives up."""


@pytest.fixture
def queue(app):
    made = jobs.made(app, threading.Event())
    yield made
    made.storage.close()


def due(queue, moment):
    return [task.name for task in queue.read_periodic(datetime.fromisoformat(moment))]


def run_round(queue, moment="2026-12-10 12:00"):
    """As huey's scheduler and worker do: puts in what is due, takes it out, does it."""
    for task in queue.read_periodic(datetime.fromisoformat(moment)):
        queue.enqueue(task)
    while task := queue.dequeue():
        queue.execute(task)


def test_the_queue_lies_beside_the_data(app, engine, queue):
    """In a file of its own with SQLite, in tables of its own with PostgreSQL."""
    assert type(queue).__name__ == {"sqlite": "SqliteHuey", "postgresql": "PostgresHuey"}[engine]
    assert (Path(app.instance_path) / "jobs.sqlite3").exists() == (engine == "sqlite")


@on_sqlite
def test_mails_go_every_minute_and_erasure_once_a_night(queue):
    start = datetime(2026, 12, 24)
    told = {minute: due(queue, str(start + timedelta(minutes=minute))) for minute in range(24 * 60)}
    assert {minute for minute, names in told.items() if "every_minute" in names} == set(range(24 * 60))
    assert [minute for minute, names in told.items() if "every_night" in names] == [3 * 60 + 10]


@on_sqlite
def test_a_minute_freezes_the_rules_once_the_contest_is_open_and_sends_mails(app, queue, accept, clock):
    def versions():
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(RulesVersion))

    clock.set("2026-12-09 23:59")
    run_round(queue)
    assert versions() == 0
    clock.set("2026-12-10 09:00")
    accept("anna@example.se")
    run_round(queue)
    run_round(queue)
    assert versions() == 1
    assert len(list((Path(app.instance_path) / "mail").iterdir())) == 1


@on_sqlite
def test_a_minute_counts_what_stands_out_among_many_entries(app, queue, accept, contest, clock, monkeypatch):
    monkeypatch.setattr(hints, "LIVE", 1)
    for name in ("anna", "bo"):
        accept(f"{name}@mailinator.com")
    run_round(queue)
    with app.app_context():
        found = hints.latest(contest.id, clock.now())
    assert (found.at, found.among, [hint.count for hint in found.found]) == (clock.now(), 2, [2])


@on_sqlite
def test_a_night_erases_what_has_had_its_time_and_says_so(app, clock, monkeypatch, caplog):
    asked = []
    monkeypatch.setattr(erasure, "erase_due", lambda now: asked.append(now) or ["Gallrat i mjk-2026."])
    with app.app_context():
        jobs.night()
    assert asked == [clock.now()]
    assert caplog.messages == ["Gallrat i mjk-2026."]


@pytest.mark.parametrize("trouble", [OperationalError("BEGIN", None, TimeoutError("locked")), ZeroDivisionError()])
@pytest.mark.parametrize(("module", "name"), [(rulebook, "freeze"), (delivery, "send_due")])
def test_a_round_that_fails_is_logged_and_the_next_one_works(
    app, queue, accept, clock, monkeypatch, caplog, module, name, trouble
):
    clock.set("2026-12-10 09:00")
    receipt = accept("anna@example.se")

    def fail(*_):
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(module, name, fail)
        run_round(queue)
    assert type(trouble).__name__ in caplog.text
    assert "anna@" not in caplog.text
    assert receipt.code not in caplog.text
    run_round(queue)
    assert len(list((Path(app.instance_path) / "mail").iterdir())) == 1


def stored(app, engine):
    """Every byte that huey has kept."""
    if engine == "sqlite":
        with contextlib.closing(sqlite3.connect(Path(app.instance_path) / "jobs.sqlite3")) as file:
            return "\n".join(file.iterdump()) + repr(file.execute("SELECT * FROM task").fetchall())
    with psycopg.connect(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")) as server:
        tables = ("huey_kv", "huey_task", "huey_schedule", "huey_counter")
        return repr([server.execute(f"SELECT * FROM {table}").fetchall() for table in tables])  # noqa: S608


def test_huey_keeps_nothing_about_people(app, engine, queue, accept, clock, monkeypatch):
    clock.set("2026-12-10 09:00")
    receipt = accept("anna@example.se")

    def fail(*_):
        raise RuntimeError(f"anna@example.se {receipt.code}")

    for task in queue.read_periodic(datetime(2026, 12, 10, 3, 10)):
        queue.enqueue(task)
    waiting = stored(app, engine)
    assert "every_minute" in waiting
    monkeypatch.setattr(delivery, "send_due", fail)
    run_round(queue)
    for secret in ("anna", receipt.code, receipt.ticket):
        assert secret not in waiting + stored(app, engine)


def test_the_models_are_as_the_migrations_make_them_with_hueys_tables_beside(app, queue):
    with app.app_context():
        flask_migrate.check(directory=str(ROOT / "migrations"))


@on_sqlite
def test_mails_can_be_sent_by_cron_as_well(app, accept, clock):
    clock.set("2026-12-10 09:00")
    accept("anna@example.se")
    run = app.test_cli_runner().invoke
    assert run(args=["outbox", "send"]).output == "1 mejl skickade, 0 väntar.\n"
    assert run(args=["outbox", "send"]).output == "0 mejl skickade, 0 väntar.\n"


@on_sqlite
def test_cron_is_told_in_a_sentence_when_the_database_does_not_answer(app, monkeypatch):
    def fail():
        raise OperationalError("BEGIN", None, TimeoutError("locked"))

    monkeypatch.setattr(delivery, "send_due", fail)
    result = app.test_cli_runner().invoke(args=["outbox", "send"])
    assert result.exit_code == 1
    assert result.output == "Error: Databasen svarar inte. Mejlen ligger kvar och skickas senare.\n"


# -- the process itself --


def environment(folder, database_url=""):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "MAKE", "MFLAGS"))}
    address = {"DATABASE_URL": database_url} if database_url else {}
    return clean | address | {"FLASK_INSTANCE_PATH": str(folder), "FLASK_SECRET_KEY": "test-" * 8}


def until(seen, process):
    """Waits until something is to be seen; fails when the process ends before, or when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert process.poll() is None, "the process ended before its time"
        assert time.monotonic() < deadline, "nothing came"
        threading.Event().wait(0.1)


def put_in_an_old_mail(app, accept):
    """A mail whose time has come by any clock."""
    accept("anna@example.se")
    with app.app_context():
        long_ago = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        db.session.execute(sa.update(OutboxMail).values(next_try_at=long_ago))
        db.session.commit()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "SIGTERM"])
def test_flask_jobs_sends_mails_and_ends_calmly(app, accept, tmp_path, database_url, end):
    put_in_an_old_mail(app, accept)
    process = subprocess.Popen(
        [BIN / "flask", "jobs"],
        cwd=ROOT,
        env=environment(tmp_path, database_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until(lambda: list(tmp_path.glob("mail/*.eml")), process)
        process.send_signal(end)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, output) == (0, "")
