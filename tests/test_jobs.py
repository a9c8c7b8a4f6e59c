"""What is done beside the server: the right rounds at the right times, one failure costs one round, a calm end."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.contest import terms
from app.contest.models import FrozenTerms
from app.database import db
from app.draw import delivery
from app.operations import jobs
from app.outbox.models import OutboxMail
from app.privacy import erasure
from tests.conftest import ROOT, fill_in, on_sqlite, swedish, until

BIN = Path(sys.executable).parent
# Seconds after which a test that waits for another process gives up.
PATIENCE = 120


@pytest.fixture
def run_round(app):
    def run():
        with app.app_context():
            jobs.run_round()

    return run


@on_sqlite
def test_round_freezes_terms_once_contest_is_open_and_sends_mails(make_app, clock):
    app = make_app(opened=False)

    def run_round():
        with app.app_context():
            jobs.run_round()

    def frozen():
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(FrozenTerms))

    clock.set("2026-12-09 23:59")
    run_round()
    assert frozen() == 0
    clock.set("2026-12-10 09:00")
    run_round()
    assert fill_in(app.test_client(), clock).status_code == 200
    run_round()
    assert frozen() == 1
    assert len(list((Path(app.instance_path) / "mail").iterdir())) == 1


@pytest.fixture
def nights(monkeypatch):
    """When it was erased, by the calendar's clock."""
    asked = []
    monkeypatch.setattr(erasure, "erase_due", lambda now: asked.append(now) or ["Gallrat i mjk-2026."])
    return asked


def test_night_erases_once_though_several_processes_run_and_says_so(make_app, clock, nights, caplog):
    machines = [make_app(), make_app()]
    erased = []
    for moment in ("2026-12-24 04:09", "2026-12-24 04:10", "2026-12-24 12:00", "2026-12-25 04:09", "2026-12-25 04:10"):
        clock.set(moment)
        for machine in machines:
            with machine.app_context():
                jobs.run_round()
        erased.append(len(nights))
    assert erased == [1, 2, 2, 2, 3]
    assert caplog.messages == ["Gallrat i mjk-2026."] * 3


def test_missed_night_is_made_up_for(run_round, clock, nights):
    clock.set("2026-12-24 05:00")
    run_round()
    clock.set("2026-12-26 15:00")
    run_round()
    assert len(nights) == 2


def test_of_processes_that_come_at_once_one_has_the_night(make_app, clock):
    machines = [make_app() for _ in range(2)]

    def claim(number):
        with machines[number % 2].app_context():
            return jobs.claim_night("2026-12-24", clock.now())

    with ThreadPoolExecutor(8) as crowd:
        assert sorted(crowd.map(claim, range(8))) == [False] * 7 + [True]


@on_sqlite
@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-12-05 12:00:00", "2026-12-05 12:01:00"),
        ("2026-12-09 23:59:30", "2026-12-10 00:00:00"),
        ("2026-12-05 04:09:45", "2026-12-05 04:10:00"),
        ("2026-12-20 23:59:50", "2026-12-21 00:00:00"),
    ],
    ids=["nothing", "a hatch and the contest open", "the night", "the contest closes"],
)
def test_it_sleeps_until_there_is_something_to_do_or_minute(inside, clock, now, due):
    clock.set(now)
    assert jobs.next_due(clock.now()) == swedish(due)


@on_sqlite
def test_it_wakes_up_for_mail_to_be_tried_again(app, accept, inside, clock):
    clock.set("2026-12-11 09:00")
    accept("anna@example.se")
    db.session.execute(sa.update(OutboxMail).values(next_try_at=swedish("2026-12-11 09:00:20")))
    db.session.commit()
    assert jobs.next_due(clock.now()) == swedish("2026-12-11 09:00:20")


@pytest.mark.parametrize("trouble", [OperationalError("BEGIN", None, TimeoutError("locked")), ZeroDivisionError()])
@pytest.mark.parametrize(("module", "name"), [(terms, "freeze_due_terms"), (delivery, "send_due")])
def test_part_that_fails_is_logged_and_next_round_works(
    app, run_round, accept, clock, monkeypatch, caplog, module, name, trouble
):
    clock.set("2026-12-10 09:00")
    receipt = accept("anna@example.se")

    def fail(*_):
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(module, name, fail)
        run_round()
    assert type(trouble).__name__ in caplog.text
    assert "anna@" not in caplog.text
    assert receipt.code not in caplog.text
    run_round()
    assert len(list((Path(app.instance_path) / "mail").iterdir())) == 1


@on_sqlite
def test_cron_can_send_mails_too(app, accept, clock):
    clock.set("2026-12-10 09:00")
    accept("anna@example.se")
    run = app.test_cli_runner().invoke
    assert run(args=["outbox", "send"]).output == "1 mejl skickade, 0 väntar.\n"
    assert run(args=["outbox", "send"]).output == "0 mejl skickade, 0 väntar.\n"


@on_sqlite
def test_cron_is_told_in_sentence_when_database_does_not_answer(app, monkeypatch):
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


def put_in_an_old_mail(app, accept):
    """A mail whose time has come by any clock."""
    accept("anna@example.se")
    with app.app_context():
        long_ago = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        db.session.execute(sa.update(OutboxMail).values(next_try_at=long_ago))
        db.session.commit()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "SIGTERM"])
def test_jobs_send_mails_and_end_calmly(app, accept, tmp_path, database_url, end):
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
