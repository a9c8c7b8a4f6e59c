"""Rehearsals: a contest of its own with invented entries, drawn from the rehearsal chain, that can touch no other."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.audit import records
from app.calendar.schema import REHEARSED, Contest
from app.contest import entries
from app.contest.models import Entry
from app.database import db, write
from app.draw.conduct import ActRefused
from app.draw.models import Rehearsal

MOST = 50
"""Rehearsals of an edition: what is written once is kept, so there is an end to it."""
INVENTED = 12
_OPEN_FOR = timedelta(days=10)
_CLOSED_FOR = timedelta(minutes=1)


def started(year: int) -> int:
    """How many rehearsals an edition has had; the latest has that number."""
    mine = Rehearsal.contest_id.startswith(f"{REHEARSED}{year}-", autoescape=True)
    return db.session.scalar(sa.select(sa.func.count()).select_from(Rehearsal).where(mine)) or 0


def find(contest: Contest, year: int, number: int) -> Contest | None:
    """Rehearsal `number` (1, 2, …) of an edition, with the contest's own question, prizes and rules."""
    found = db.session.get(Rehearsal, _id(year, number))
    return _rehearsed(contest, found) if found else None


def start(contest: Contest, year: int, number: int, now: datetime) -> None:
    """Starts rehearsal `number`, the next one. Raises ActRefused when someone was first, or there are too many."""
    write()
    if number <= started(year):
        raise ActRefused(f"Övning {number} är redan startad. Öppna sidan på nytt för att komma till den.")
    if number > MOST:
        raise ActRefused(f"Det finns redan {MOST} övningar, och fler får inte plats. Fortsätt i den senaste.")
    rehearsal = Rehearsal(contest_id=_id(year, number), started_at=now)
    db.session.add(rehearsal)
    for entry in _invented(_rehearsed(contest, rehearsal)):
        db.session.add(entry)
        records.append(rehearsal.contest_id, "bidrag", entry.received_at, lott=entry.ticket)
    db.session.commit()


def _id(year: int, number: int) -> str:
    return f"{REHEARSED}{year}-{number}"


def _rehearsed(contest: Contest, rehearsal: Rehearsal) -> Contest:
    """The contest as if it had just closed; one organiser is enough, for two are not always at hand."""
    closes = rehearsal.started_at - _CLOSED_FOR
    times = {"opens": closes - _OPEN_FOR, "closes": closes, "draw_at": rehearsal.started_at + _CLOSED_FOR}
    return contest.model_copy(update={"id": rehearsal.contest_id, "two_person": False, **times})


def _invented(contest: Contest) -> list[Entry]:
    """People who do not exist, at addresses that cannot exist; one of them twice, and one with a wrong answer."""
    wrong = next(option for option in contest.options if option != contest.answer)
    addresses = [f"person{number}@ovning.example" for number in range(1, INVENTED)]
    addresses.append("person1+igen@ovning.example")
    made = []
    for number, address in enumerate(addresses):
        code = entries.receipt_code(secrets.token_bytes(17))
        made.append(
            Entry(
                contest_id=contest.id,
                ticket=entries.ticket(contest.id, code, address),
                receipt_code=code,
                email=address,
                duplicate_key=entries.duplicate_key(address),
                answer=wrong if number == 3 else contest.answer,
                municipality=("1441", "1427", "1480")[number % 3],
                received_at=contest.opens + number * (contest.closes - contest.opens) / INVENTED,
            )
        )
    return made
