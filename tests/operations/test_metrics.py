"""Figures for Prometheus: of all processes together, on a port of their own, and nothing in them about people."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from app.operations import jobs, metrics
from tests.conftest import ENTRY_URL, ROOT, free_port, on_sqlite

pytestmark = on_sqlite
BIN = Path(sys.executable).parent


@contextmanager
def running(command, environment):
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def ask(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read().decode()


def until_up(port, path):
    for _ in range(600):
        try:
            return ask(port, path)
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody answers on {path}")


def figures(text):
    """{'kalender_entries{contest="mjk-2026"}': 3.0, …}"""
    return {name: float(value) for name, value in re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text, re.M)}


def test_all_processes_are_counted_together(app, tmp_path, database_url):
    port, own = free_port(), free_port()
    environment = {
        "FLASK_INSTANCE_PATH": str(tmp_path),
        "FLASK_SECRET_KEY": "mätning-" * 5,
        "FLASK_METRICS_PORT": str(own),
        "DATABASE_URL": database_url,
    }
    workers = ["--workers", "2", "--worker-class", "gthread", "--threads", "2", "--no-control-socket"]
    server = [f"{BIN}/gunicorn", *workers, "--bind", f"127.0.0.1:{port}", "--log-level", "critical", "wsgi:app"]
    with running(server, environment), running([f"{BIN}/flask", "metrics"], environment):
        until_up(port, "/healthz")
        until_up(own, "/metrics")
        for _ in range(40):
            ask(port, "/readyz")
        found = figures(ask(own, "/metrics"))
        assert found['kalender_requests_total{method="GET",rule="/readyz",status="200"}'] == 40
        with pytest.raises(OSError, match="404"):
            ask(port, "/metrics")


@pytest.fixture
def text(app, monkeypatch, tmp_path):
    """What `flask metrics` answers."""
    (tmp_path / "metrics").mkdir()
    monkeypatch.setenv(metrics.FOLDER_VARIABLE, str(tmp_path / "metrics"))
    return lambda: generate_latest(metrics.registry(app)).decode()


def test_entries_mails_and_ages_are_there(text, accept, client, app, tmp_path, clock):
    clock.set("2026-12-10 12:00")
    for name in ("anna", "bo", "cilla"):
        accept(f"{name}@example.se")
    for name, age in ((jobs.HEARTBEAT, 90), ("backup.done", 7200)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    client.get("/")
    app.extensions["tally"].flush()
    found = figures(text())
    assert found['kalender_entries{contest="mjk-2026"}'] == 3
    assert found["kalender_mails_waiting"] == 3
    assert found['kalender_pages_shown_total{year="2026"}'] == 1
    assert 90 <= found["kalender_jobs_age_seconds"] < 900
    assert 7200 <= found["kalender_backup_age_seconds"] < 9000


def test_what_never_happened_has_no_age(text):
    assert "age_seconds" not in text()


def test_nothing_about_people_is_in_them(text, accept, enter, clock):
    clock.set("2026-12-10 12:00")
    receipt = accept("bo@example.se")
    enter(email="anna@example.se")
    found = text()
    for secret in ("anna", "bo@", "example.se", "@", receipt.code, receipt.ticket, ENTRY_URL):
        assert secret not in found


def test_the_public_site_has_no_figures(client):
    assert client.get("/metrics").status_code == 404


def test_command_says_which_setting_is_missing(app):
    result = app.test_cli_runner().invoke(args=["metrics"])
    assert (result.exit_code, result.output) == (
        1,
        "Error: Sätt FLASK_METRICS_PORT, för servern och för det här kommandot.\n",
    )


def test_what_ended_processes_counted_is_forgotten_before_the_next_start(app, tmp_path):
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_7.db").touch()
    app.test_cli_runner().invoke(args=["prepare"])
    assert list((tmp_path / "metrics").iterdir()) == []
