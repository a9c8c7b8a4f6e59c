"""The real server over real HTTP: many at once, and once under gunicorn."""

import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeSerializer

from app.contest.models import Entry
from tests import oracles, prepared
from tests.conftest import free_port, on_postgresql, on_sqlite, swedish

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATH = "/2026/lucka/10/tavla"
KEY = "belastning" * 4


def new_token(key: str = KEY) -> str:
    """Of a form that was opened half an hour before the servers here start, by the key that they sign with."""
    made = int(swedish("2026-12-10 07:30").timestamp())
    return str(URLSafeSerializer(key, salt="form-token/v1").dumps(["public", made, secrets.token_hex(20)]))


# Four addresses of the same person, which give one duplicate key.
DISGUISES = [
    lambda n: f"person{n}@example.se",
    lambda n: f"  PERSON{n}@Example.SE ",
    lambda n: f"person{n}+jul@example.se",
    lambda n: f"Person{n}+x+y@EXAMPLE.se",
]


def gmail(n: int) -> list[str]:
    return [f"per.son{n}@gmail.com", f"person{n}@googlemail.com", f"PERSON{n}+a@gmail.com", f"p.e.r.son{n}@gmail.com"]


def idn(n: int) -> list[str]:
    return [
        f"person{n}@räksmörgås.se",
        f"person{n}@RÄKSMÖRGÅS.SE",
        f"person{n}@xn--rksmrgs-5wao1o.se",
        f"PERSON{n}+b@Räksmörgås.se",
    ]


def granian(port: int, workers: int = 1, target: str = "tests.served:app") -> list[str]:
    command = [f"{BIN}/granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", f"{port}"]
    return [*command, "--workers", f"{workers}", "--blocking-threads", "80", "--no-ws", "--log-level", "error", target]


def gunicorn(port: int) -> list[str]:
    command = [f"{BIN}/gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "8"]
    return [*command, "--bind", f"127.0.0.1:{port}", "--log-level", "critical", "tests.served:app"]


def ask(port: int, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, urllib.parse.urlencode(fields) if fields else None, headers)
        with connection.getresponse() as answer:
            return answer.status, answer.read().decode()


@contextmanager
def serving(
    command: list[str], port: int, database_url: str, instance: Path, **settings: str
) -> Iterator[subprocess.Popen]:
    environment = {
        "TEST_NOW": "2026-12-10T08:00:00",
        "TEST_STARTED": str(time.time()),
        "FLASK_INSTANCE_PATH": str(instance),
        "FLASK_CALENDAR_CONTENT": str(prepared.shared()),
        "FLASK_SECRET_KEY": KEY,
        "FLASK_ENTRY_LIMIT": "100000 per hour",
        "FLASK_ENTRY_LIMIT_ALL": "100000 per hour",
        "DATABASE_URL": database_url,
        **settings,
    }
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True)
    try:
        wait_until_up(port)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wait_until_up(port: int) -> None:
    for _ in range(600):
        try:
            if ask(port, "GET", "/healthz")[0] == 200:
                return
        except OSError:
            socket.socket().close()
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def enter(port: int, token: str, email: str) -> str:
    """Send one entry; the ticket on the receipt."""
    fields = {"token": token, "email": email, "answer": "2030", "municipality": "1441", "adult": "ja", "rules": "ja"}
    status, page = ask(port, "POST", PATH, fields)
    assert status == 200, f"{email}: {status}"
    return re.search(r"\b[0-9a-f]{64}\b", page)[0]


def stored(database_url: str) -> list[sa.Row]:
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(Entry.id, Entry.ticket, Entry.duplicate_key, Entry.answer)).all()
    engine.dispose()
    return list(rows)


@pytest.fixture
def port() -> int:
    return free_port()


@on_sqlite
def test_two_hundred_at_once_are_stored_and_right_ones_count(port, database_url, instance):
    plain = [disguise(n) for n in range(40) for disguise in DISGUISES]
    addresses = plain + [a for n in range(40, 45) for a in gmail(n)] + [a for n in range(45, 50) for a in idn(n)]
    with serving(granian(port), port, database_url, instance):
        tokens = [new_token() for _ in addresses]
        with ThreadPoolExecutor(64) as crowd:
            tickets = list(crowd.map(enter, [port] * len(addresses), tokens, addresses))
    rows = stored(database_url)
    candidates = [oracles.Candidate(row.id, row.duplicate_key, row.answer, None) for row in rows]
    struck = dict(oracles.settle(candidates, "2030"))
    assert set(tickets) == {row.ticket for row in rows}
    assert len(rows) == 150
    first = {row.duplicate_key: row.id for row in sorted(rows, reverse=True)}
    assert {row.id for row in rows} - set(struck) == set(first.values())
    assert len(first) == 50
    assert set(struck.values()) == {"dubblett"}


@on_postgresql
def test_sixty_four_who_write_to_two_processes_are_all_stored(port, database_url, instance):
    with serving(granian(port, workers=2), port, database_url, instance) as server:
        with ThreadPoolExecutor(64) as crowd:
            tickets = list(crowd.map(lambda number: enter(port, new_token(), f"person{number}@example.se"), range(600)))
        assert len(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()) >= 2
    assert sorted(tickets) == sorted(row.ticket for row in stored(database_url))
    assert len(set(tickets)) == 600


@on_sqlite
def test_gunicorn_serves_it_too(port, database_url, instance):
    with serving(gunicorn(port), port, database_url, instance):
        assert "10 av 24 luckor är öppna" in ask(port, "GET", "/")[1]
        ticket = enter(port, new_token(), "anna@example.se")
    assert [row.ticket for row in stored(database_url)] == [ticket]
