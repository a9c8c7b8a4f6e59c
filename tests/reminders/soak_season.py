"""A December of reminders from two real `flask jobs` with clocks of their own, killed with kill -9 again and again.

`make soak` runs it, with 300 subscribers; it takes minutes. What a process has in hand when it is killed is lost, one
mail for each connection at most; nothing else is, nothing goes twice, and after 7 January nothing is left of it.
"""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from app.database import db
from app.reminders import erasure, sender
from tests import prepared
from tests.conftest import on_sqlite
from tests.load.test_real_server import BIN, ROOT
from tests.mail.conftest import HANG_UP
from tests.reminders.test_erasure import bytes_of
from tests.reminders.test_season import Household, number_in, people

__all__ = ["people"]
# The server hangs up on everyone that morning.
OUTAGE = 5
ALWAYS = 1_000_000
PATIENCE = 300


@pytest.fixture
def processes(app, serve, tmp_path):
    """Start two processes at a moment: processes("2026-12-01 07:00"); what they write is one log."""
    serve()
    running = []

    def start(moment):
        settings = {
            "FLASK_DEBUG": "1",
            "FLASK_NOW": moment.replace(" ", "T"),
            "FLASK_INSTANCE_PATH": str(tmp_path),
            "FLASK_CALENDAR_CONTENT": str(prepared.shared()),
            "FLASK_SECRET_KEY": "test-" * 8,
            "FLASK_MAIL_URL": app.config["MAIL_URL"],
            "FLASK_DRAW_RELAYS": "",
        }
        with (tmp_path / "jobs.log").open("a") as log:
            started = [
                subprocess.Popen([BIN / "flask", "jobs"], cwd=ROOT, env=os.environ | settings, stderr=log)
                for _ in range(2)
            ]
        running.extend(started)
        return started, settings

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def has_begun(process):
    """Check whether a process has its rounds in a thread: before that a signal ends it like any other program."""
    return len(list(Path(f"/proc/{process.pid}/task").iterdir())) > 1


def until(is_so):
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@on_sqlite
def test_season_survives_kill_9_and_leaves_nothing(people, processes, app, clock, postmaster, tmp_path):
    dice, by_address, got = random.Random(2026), {one.email: one for one in people}, []  # noqa: S311

    def is_done():
        with app.app_context():
            return not sender.is_due(clock.now())

    def spend(day, hour):
        """Let both work, kill one after so many mails, and see what has come when the other is done."""
        moment, before = f"2026-12-{day:02} {hour:02}:00", len(postmaster.arrived)
        clock.set(moment)
        (killed, survivor), _ = processes(moment)
        enough = before + dice.randrange(60)
        until(lambda: len(postmaster.arrived) >= enough or is_done())
        killed.kill()
        killed.wait()
        until(lambda: is_done() and has_begun(survivor))
        survivor.send_signal(signal.SIGTERM)
        assert survivor.wait(PATIENCE) == 0
        return [each for each in postmaster.arrived[before:] if each[1]["List-Unsubscribe"]]

    moments = sorted([(day, 20) for day in range(1, 25)] + [(OUTAGE, 7)])
    for day, hour in moments:
        is_away = (day, hour) == (OUTAGE, 7)
        postmaster.script = {"EHLO": [HANG_UP] * ALWAYS} if is_away else {}
        reminders = spend(day, hour)
        assert not (is_away and reminders)
        for (email,), mail in reminders:
            assert (number_in(mail), by_address[email].hour <= hour) == (day, True)
            got.append((email, day))
    wanted = {(one.email, day) for one in people for day in range(1, 25) if Household.wants(one, day)}
    assert len(got) == len(set(got))
    assert set(got) <= wanted
    assert len(wanted - set(got)) <= len(moments) * sender.CONNECTIONS
    assert_gone(people, processes, app, tmp_path)


def assert_gone(people, processes, app, tmp_path):
    """On 7 January, with one process killed over it, nothing is left in any file; a log of the system lies beside."""

    def is_erased():
        with app.app_context():
            found = erasure.erasure_of(2026)
            return found is not None and found.cleaned_at is not None

    (killed, survivor), settings = processes("2027-01-07 00:00")
    until(lambda: (tmp_path / "jobs.alive").stat().st_mtime > time.time() - 2)
    killed.kill()
    until(lambda: is_erased() and has_begun(survivor))
    survivor.send_signal(signal.SIGTERM)
    assert survivor.wait(PATIENCE) == 0
    with app.app_context():
        db.engine.dispose()
    contents = list(bytes_of(tmp_path))
    assert [one.email for one in people if any(one.email.encode() in content for content in contents)] == []
    command = [BIN / "flask", "reminder", "verify", "--log", tmp_path / "jobs.log"]
    proof = subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "Påminnelserna 2026: 300 adresser raderades 2027-01-" in proof.stdout
