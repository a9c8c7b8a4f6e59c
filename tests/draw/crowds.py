"""Many entries at once, what a contest publishes, and the mails that its participants hold."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.contest import entries, store
from app.contest.forms import EntryInput
from app.contest.store import PendingEntry, SavedEntry
from app.contest.terms import FrozenContest
from app.database import db
from tests.draw import independent
from tests.draw.independent import Sent

FILES = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "logg.txt", "protokoll.json")
TYPED = (
    "person{0}@example.se",
    "Person{0}@Example.SE",
    "person{0}+jul@example.se",
    "p.er.son{0}@gmail.com",
    "person{0}@googlemail.com",
    "person{0}@RÄKSMÖRGÅS.se",
    "person{0}＠example.se",
    "+person{0}@example.org",
)


def invent(contest: FrozenContest, count: int, random: Random) -> list[tuple[str, PendingEntry]]:
    """Invent entries of fewer people than entries, some wrong: (the address as typed, the entry)."""
    span = (contest.closes - contest.opens - timedelta(minutes=1)) / max(count, 1)
    invented = []
    for number in range(count):
        typed = random.choice(TYPED).format(random.randrange(count))
        answer = contest.answer if random.random() < 0.7 else random.choice(contest.options)
        sent = EntryInput(entries.canonical_email(typed), answer, "1441", None, secrets.token_hex(20))
        chance = secrets.token_bytes(entries.CODE_CHANCE)
        invented.append((typed, PendingEntry(contest, sent, contest.opens + number * span, chance)))
    return invented


def enter(contest: FrozenContest, invented: list[tuple[str, PendingEntry]]) -> list[Sent]:
    """Take entries in, in batches as the server does; return those that are new as their senders know them."""
    sent: list[Sent] = []
    for start in range(0, len(invented), store.MAX_BATCH):
        batch = invented[start : start + store.MAX_BATCH]
        saved = store.save_entries([pending for _, pending in batch])
        for (typed, pending), one in zip(batch, saved, strict=True):
            assert isinstance(one, SavedEntry)
            if one.is_new:
                sent.append(Sent(one.code, typed, pending.answers.answer, stamp(one.received_at)))
    return sent


def enter_crowd(contest: FrozenContest, number: int) -> list[Sent]:
    """Take in invented people, the same every time."""
    return enter(contest, invent(contest, number, Random(number)))  # noqa: S311 – the same people every time


def published(client: FlaskClient, year: int = 2026) -> dict[str, bytes]:
    """The files that everyone may fetch, those that are there."""
    found = {name: client.get(f"/{year}/dragning/{name}") for name in FILES}
    return {name: answer.data for name, answer in found.items() if answer.status_code == 200}


def source(contest: FrozenContest) -> independent.Source:
    """The contest's chain, as the independent reading has it."""
    chain = contest.chain
    return independent.Source(chain.name, chain.hash, chain.key, chain.lead, chain.step)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def steps(app: Flask, act: Callable[[FlaskClient], object], client: FlaskClient | None = None) -> int:
    """How many steps SQLite's machine takes for what a person does for the second time."""
    taken: list[int] = []

    def count(connection: Any, *_: object) -> None:
        connection.set_progress_handler(lambda: taken.append(1), 1)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "checkout", count)
    client = client or app.test_client()
    assert act(client)
    taken.clear()
    assert act(client)
    sa.event.remove(engine, "checkout", count)
    engine.dispose()
    assert taken
    return len(taken)
