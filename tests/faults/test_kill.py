"""kill -9 at random instants while entries come in, again and again: whoever was thanked is in, and nobody is twice.

Each round starts the real server on what the last one left behind, as after a power cut, and sends first what was
never answered. `make soak` goes a hundred rounds on SQLite, and some on PostgreSQL.
"""

import http.client
import os
import random
import signal
import threading
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.audit import AuditRecord
from app.contest.models import Entry
from app.spec import log as log_spec
from tests.load.test_real_server import enter, granian, new_token, port, serving

__all__ = ["port"]
SOAK = int(os.environ.get("SOAK", "0"))
ROUNDS = {"sqlite": 2 + 38 * SOAK, "postgresql": 2 + 8 * SOAK}
SENDERS = 4


class Crowd:
    """Sends entries until the server is gone. `thanked` is ticket by address, `unanswered` what nobody answered."""

    def __init__(self) -> None:
        self.thanked: dict[str, str] = {}
        self.unanswered: list[str] = []
        self.thanks = threading.Event()
        self._numbers = count(1)

    def send_until_it_dies(self, port: int) -> None:
        waiting, self.unanswered = self.unanswered, []
        senders = [threading.Thread(target=self._send, args=(port, waiting[n::SENDERS])) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def _send(self, port: int, first: list[str]) -> None:
        mine = iter([*first])
        while True:
            address = next(mine, None) or f"person{next(self._numbers)}@example.se"
            try:
                self.thanked[address] = enter(port, new_token(), address)
                self.thanks.set()
            except (OSError, http.client.HTTPException):
                self.unanswered += [address, *mine]
                return


def kill(process: int, thanks: threading.Event | None) -> None:
    """At once; with `thanks`, not before somebody has been thanked, however slow the machine is."""
    if thanks:
        thanks.wait(60)
    os.killpg(process, signal.SIGKILL)


def assert_whole(database_url: str, thanked: dict[str, str]) -> None:
    # What a server was at when it was killed, PostgreSQL may finish a moment later: all is read as of one instant.
    engine = sa.create_engine(database_url, isolation_level="SERIALIZABLE")
    with engine.connect() as connection:
        kept = Counter(connection.execute(sa.select(Entry.email, Entry.ticket)).all())
        codes = connection.scalars(sa.select(Entry.receipt_code)).all()
        log = connection.execute(
            sa.select(AuditRecord.number, AuditRecord.head, AuditRecord.body, AuditRecord.kvitto).order_by(
                AuditRecord.number
            )
        ).all()
    engine.dispose()
    assert {entry for entry in thanked.items() if entry not in kept} == set()
    assert len({email for email, _ in kept}) == kept.total()
    head = log_spec.START
    for at, record in enumerate(log, 1):
        head = log_spec.next_head(head, record.body)
        assert (record.number, record.head) == (at, head)
    assert Counter(record.kvitto for record in log if record.kvitto) == Counter(map(log_spec.receipt_sum, codes))


@pytest.mark.parametrize("share", range(1, 3 if SOAK else 2))
def test_nobody_who_was_thanked_is_lost_and_nobody_is_twice(share, engine, port, database_url, instance: Path):
    rounds = ROUNDS[engine]
    chance, crowd = random.Random(share), Crowd()  # noqa: S311 – to be repeated
    for number in range(1, rounds + 1):
        now = {"TEST_NOW": f"2026-12-10T{8 + number // 60:02}:{number % 60:02}:00"}
        with serving(granian(port), port, database_url, instance, **now) as server:
            end = threading.Timer(chance.uniform(0.02, 0.7), kill, (server.pid, crowd.thanks if number % 2 else None))
            crowd.thanks.clear()
            end.start()
            crowd.send_until_it_dies(port)
            end.join()
        assert_whole(database_url, crowd.thanked)
    assert len(crowd.thanked) >= rounds // 2
    with serving(granian(port), port, database_url, instance, TEST_NOW="2026-12-10T20:00:00"):
        for address in crowd.unanswered:
            crowd.thanked[address] = enter(port, new_token(), address)
    assert_whole(database_url, crowd.thanked)
