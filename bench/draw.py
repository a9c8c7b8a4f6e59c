"""The draw at size: seconds and peak memory of each step, beside the bare hashing of the same bytes in one process.

Each step is a process of its own, on one SQLite database of invented entries: a fifth of them wrong, a twentieth from
someone who had entered before. `make bench`, or `BENCH_ENTRIES=1000000 PYTHONPATH=. .venv/bin/python bench/draw.py`.
"""

import hmac
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from results import keep, say

from app import audit, create_app, database
from app.audit import AuditRecord
from app.clock import SWEDEN, Clock
from app.contest import entries, terms
from app.contest.models import Entry
from app.database import begin_write, db
from app.draw import actions, files, value
from app.draw.models import DrawnValue
from app.spec import log
from app.spec.beacon import PRACTICE
from app.spec.log import RecordKind
from app.spec.practice_beacon import practice_answer
from tests import prepared

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "300000"))
PAGE = "/2026/dragning"
LOCKED_AT = datetime(2026, 12, 22, 0, 0, 1, tzinfo=SWEDEN)
DRAW_AT = datetime(2026, 12, 22, 12, 0, 3, tzinfo=SWEDEN)


class Stopped(Clock):
    def now(self) -> datetime:
        return DRAW_AT

    def timestamp(self) -> float:
        return DRAW_AT.timestamp()


def started(folder: Path) -> tuple[Flask, Any]:
    """The app on the folder's database, and its contest."""
    settings = {
        "SECRET_KEY": "mätning" * 8,
        "INSTANCE_PATH": folder,
        "CLOCK": Stopped(),
        "DRAW_CHAIN": PRACTICE,
        "TESTING": True,
    }
    app = create_app(settings | {"CALENDAR_CONTENT": prepared.content_in(folder / "content")})
    with app.app_context():
        database.upgrade()
        edition = app.extensions["library"].editions[2026]
        return app, terms.frozen_in(2026) or terms.freeze_terms(edition, edition.file_contest.opens, PRACTICE)


def fill(app: Flask, contest: Any) -> None:
    """Entries from nobody, evenly over the days of the contest, on record as when they are sent in, many at a time."""
    begin_write()
    waiting = iter(range(ENTRIES))
    span = (contest.closes - contest.opens) / ENTRIES
    while numbers := [*islice(waiting, 10_000)]:
        at = contest.opens + span * numbers[0]
        rows = [row(contest, number, at) for number in numbers]
        told = [(at, {"kvitto": log.receipt_sum(each["receipt_code"])}) for each in rows]
        for each, (number, _) in zip(rows, audit.append_records(contest.id, RecordKind.ENTERED, told), strict=True):
            each["nr"] = number
        db.session.execute(sa.insert(Entry.__table__), rows)
    db.session.commit()


def row(contest: Any, number: int, at: datetime) -> dict[str, Any]:
    person = number - 7 if number % 20 == 19 else number
    email = f"person{person}@example.org"
    code = entries.receipt_code(sha256(b"%d" % number).digest()[: entries.CODE_CHANCE])
    answer = contest.options[0] if number % 5 == 2 else contest.answer
    return {
        "contest_id": contest.id,
        "ticket": entries.make_ticket(contest.id, code, email, answer),
        "receipt_code": code,
        "email": email,
        "duplicate_key": email,
        "answer": answer,
        "municipality": "1441",
        "received_at": at,
    }


def lock(app: Flask, contest: Any) -> None:
    """Lock the list, and queue a mail to everyone."""
    actions.lock_list(contest, LOCKED_AT)


def draw(app: Flask, contest: Any) -> None:
    value.draw_winners(contest, practice_answer(contest.round), DRAW_AT)


def verify(app: Flask, _contest: Any) -> None:
    said = app.test_cli_runner().invoke(args=["draw", "verify", "2026"])
    if said.exit_code != 2:  # two: nobody gave the checksum of a mail
        raise RuntimeError(said.output)


def got(address: str) -> Callable[[Flask, Any], None]:
    """Ask for an address as a visitor does, and takes in the answer as it comes."""

    def ask(app: Flask, _contest: Any) -> None:
        for part in app.test_client().get(address).iter_encoded():
            del part

    return ask


def hashed(parts: Iterable[str]) -> None:
    digest = sha256()
    for part in parts:
        digest.update(part.encode())


def bare_list(contest: Any) -> Callable[[], None]:
    lines = [f"{ticket} {'med' if counts else 'struken'}\n" for ticket, counts in files.locked_tickets(contest.id)]
    return lambda: hashed(lines)


def bare_ranking(contest: Any) -> Callable[[], None]:
    seed = bytes.fromhex(db.session.get_one(DrawnValue, contest.id).seed)
    tickets = [bytes.fromhex(ticket) for ticket in files.ordered_tickets(contest.id)]

    def bare() -> None:
        for ticket in tickets:
            hmac.digest(seed, ticket, "sha256")

    return bare


def bare_protocol(contest: Any) -> Callable[[], None]:
    lines = [f'"{ticket}",\n' for ticket in files.ordered_tickets(contest.id)]
    return lambda: hashed(lines)


def bare_log(contest: Any) -> Callable[[], None]:
    query = sa.select(AuditRecord.body).where(AuditRecord.contest_id == contest.id).order_by(AuditRecord.number)
    bodies = db.session.scalars(query).all()

    def bare() -> None:
        head = log.START
        for body in bodies:
            head = log.next_head(head, body)

    return bare


STEPS: dict[str, tuple[str, Callable[[Flask, Any], None], Callable[[Any], Callable[[], None]] | None]] = {
    "start": ("inget, bara start", lambda app, contest: None, None),
    "lock": ("lås, och ett mejl till var och en i kö", lock, bare_list),
    "draw": ("ordningen", draw, bare_ranking),
    "log": ("logg.txt", got(f"{PAGE}/logg.txt"), bare_log),
    "list": ("lista.txt", got(f"{PAGE}/lista.txt"), bare_list),
    "protocol": ("protokoll.json", got(f"{PAGE}/protokoll.json"), bare_protocol),
    "verify": ("flask draw verify, allt", verify, bare_log),
    "page": ("den öppna sidan", got(PAGE), None),
}


def measured(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def step(name: str, folder: Path) -> None:
    """Do one step and prints its seconds, those of the bare hashing, and the process's peak in MiB before that."""
    app, contest = started(folder)
    with app.app_context():
        if name == "fill":
            fill(app, contest)
            return
        _, act, bare = STEPS[name]
        seconds = measured(lambda: act(app, contest))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([seconds, measured(bare(contest)) if bare else None, peak]))


def in_a_process(name: str, folder: Path) -> list[Any]:
    command = [sys.executable, __file__, name, str(folder)]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(report) if report else []


def table(folder: Path) -> Iterator[str]:
    yield f"{f'dragning, {ENTRIES} bidrag':32} sekunder  bara hash  gånger  MiB som mest"
    for name, (label, _, _) in STEPS.items():
        seconds, bare, peak = in_a_process(name, folder)
        beside = f"{bare:9.2f}  {seconds / bare:6.1f}" if bare else f"{'–':>9}  {'–':>6}"
        yield f"{label:32} {seconds:8.2f}  {beside}  {peak:12.0f}"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        in_a_process("fill", Path(folder))
        for line in table(Path(folder)):
            say(line)
    keep("The draw", f"BENCH_ENTRIES={ENTRIES} PYTHONPATH=. .venv/bin/python bench/draw.py")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        step(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
