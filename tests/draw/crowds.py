"""Many entries at once, and the files that a draw among them leaves."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.audit import records
from app.calendar.schema import Contest
from app.contest import entries
from app.contest.models import Entry
from app.database import db, write
from tests.draw import independent

Listed = list[tuple[str, bool]]


def enter_crowd(contest: Contest, number: int) -> Listed:
    """Takes in invented people, all in one transaction; gives (ticket, counts) as an independent program has it."""
    write()
    rows, listed = [], []
    invented = independent.people(number, Random(number))  # noqa: S311 – the same people every time
    for at, (code, typed, counts) in enumerate(invented):
        address = entries.canonical_email(typed)
        rows.append(
            {
                "contest_id": contest.id,
                "ticket": entries.ticket(contest.id, code, address),
                "receipt_code": code,
                "email": address,
                "duplicate_key": entries.duplicate_key(address),
                "answer": contest.answer if counts else "2040",
                "municipality": "1441",
                "received_at": contest.opens + timedelta(seconds=at),
            }
        )
        records.append(contest.id, "bidrag", rows[-1]["received_at"], lott=rows[-1]["ticket"])
        listed.append((independent.ticket(contest.id, code, typed), counts))
    if rows:
        db.session.execute(sa.insert(Entry), rows)
    db.session.commit()
    return listed


def published(client: FlaskClient, year: int = 2026) -> dict[str, bytes]:
    """The four files that anyone may fetch."""
    return {name: client.get(f"/{year}/dragning/{name}").data for name in independent.NAMES}


def steps(app: Flask, act: Callable[[FlaskClient], object], client: FlaskClient | None = None) -> int:
    """How many steps SQLite's machine takes for what somebody does for the second time."""
    taken: list[int] = []
    with app.app_context():
        sa.event.listen(
            db.engine, "checkout", lambda connection, *_: connection.set_progress_handler(lambda: taken.append(1), 1)
        )
    client = client or app.test_client()
    assert act(client)
    taken.clear()
    assert act(client)
    assert taken
    return len(taken)
