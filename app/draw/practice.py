"""Rehearsals: a contest of its own with invented entries, drawn from the practice chain, that can touch no other."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.calendar.edition import REHEARSED, Contest, Organisation
from app.contest import entries, store, terms
from app.contest.forms import EntryInput
from app.contest.store import PendingEntry
from app.contest.terms import FrozenContest
from app.database import begin_write, db
from app.draw.models import Rehearsal
from app.errors import NotAllowed
from app.spec.beacon import PRACTICE

# Rehearsals of an edition: what is written once is kept, so there is an end to it.
MOST = 50
INVENTED = 12
_OPEN_FOR = timedelta(days=10)
_CLOSED_FOR = timedelta(minutes=1)
_UNTIL_VALUE = timedelta(minutes=3)


def count_rehearsals(year: int) -> int:
    """Return how many rehearsals an edition has had; the latest has that number."""
    mine = Rehearsal.contest_id.startswith(f"{REHEARSED}{year}-", autoescape=True)
    return db.session.scalar(sa.select(sa.func.count()).select_from(Rehearsal).where(mine)) or 0


def find_rehearsal(year: int, number: int) -> FrozenContest | None:
    """Return rehearsal `number` (1, 2, …) of an edition."""
    return terms.frozen_contest(rehearsal_id(year, number))


def start_rehearsal(
    contest: Contest, year: int, hatch: int, title: str, organisation: Organisation, number: int, now: datetime
) -> None:
    """Start rehearsal `number`, the next one, as if its contest had just closed. Raises NotAllowed."""
    begin_write()
    if number <= count_rehearsals(year):
        raise NotAllowed(f"Övning {number} är redan startad. Öppna sidan på nytt för att komma till den.")
    if number > MOST:
        raise NotAllowed(f"Det finns redan {MOST} övningar, och fler får inte plats. Fortsätt i den senaste.")
    now = now.replace(microsecond=0)
    closes = now - _CLOSED_FOR
    times = {"opens": closes - _OPEN_FOR, "closes": closes, "draw_at": now + _UNTIL_VALUE}
    values = {name: getattr(contest, name) for name in Contest.model_fields}
    rehearsed = Contest.model_construct(**values | times | {"id": rehearsal_id(year, number)})
    terms.add_terms(rehearsed, year, hatch, title, organisation, PRACTICE, now)
    db.session.add(Rehearsal(contest_id=rehearsed.id, started_at=now))
    db.session.commit()
    if frozen := find_rehearsal(year, number):
        store.save_entries(invent_entries(frozen))


def rehearsal_id(year: int, number: int) -> str:
    return f"{REHEARSED}{year}-{number}"


def invent_entries(contest: FrozenContest) -> list[PendingEntry]:
    """People who do not exist, at addresses that cannot exist; one of them twice, and one with a wrong answer."""
    wrong = next(option for option in contest.options if option != contest.answer)
    addresses = [f"person{number}@ovning.example" for number in range(1, INVENTED)]
    addresses.append("person1+igen@ovning.example")
    span = contest.closes - contest.opens
    return [
        PendingEntry(
            contest,
            EntryInput(
                email=address,
                answer=wrong if number == 3 else contest.answer,
                municipality=("1441", "1427", "1480")[number % 3],
                motivation=None,
                nonce=secrets.token_hex(20),
            ),
            contest.opens + number * span / INVENTED,
            secrets.token_bytes(entries.CODE_CHANCE),
        )
        for number, address in enumerate(addresses)
    ]
