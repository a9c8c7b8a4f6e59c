"""Where a contest stands: its state and the numbers that anyone may see. Reads, never writes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa

from app.calendar.schema import Contest
from app.clock import SWEDEN
from app.contest.models import Entry
from app.database import db
from app.draw.models import Drawn, ListedTicket, Lock, Rank, Verdict
from app.draw.verdicts import next_in_line

State = Literal["draft", "open", "closed", "locked", "drawn", "contact", "finished"]


@dataclass(frozen=True)
class Outcome:
    """What became of one place in line; `skipped` is the reason, None for a winner."""

    place: int
    ticket: str
    skipped: str | None
    decided_at: datetime


@dataclass(frozen=True)
class Standing:
    state: State
    entries: int
    struck: dict[str, int]
    per_day: dict[date, int]
    lock: Lock | None
    drawn: Drawn | None
    outcomes: list[Outcome]

    @property
    def counted(self) -> int:
        """Entries that are in the draw as things stand."""
        return self.entries - sum(self.struck.values())

    @property
    def by_place(self) -> dict[int, Outcome]:
        return {outcome.place: outcome for outcome in self.outcomes}

    @property
    def winners(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.skipped is None]


def standing(contest: Contest, now: datetime) -> Standing:
    """The contest's state at `now`, with its numbers."""
    lock = db.session.get(Lock, contest.id)
    drawn = db.session.get(Drawn, contest.id)
    outcomes = outcomes_of(contest.id)
    reasons = db.session.execute(
        sa.select(Entry.struck, sa.func.count()).where(Entry.contest_id == contest.id).group_by(Entry.struck)
    ).all()
    return Standing(
        state=_state(contest, now, lock, drawn, outcomes),
        entries=sum(count for _, count in reasons),
        struck={reason: count for reason, count in reasons if reason},
        per_day=_per_day(contest.id),
        lock=lock,
        drawn=drawn,
        outcomes=outcomes,
    )


def listed(contest_id: str, now: datetime) -> list[tuple[str, bool]]:
    """The public list as (ticket, counts), sorted: once locked the one for good, before that up to last midnight.

    One new list a day, so that nobody can tell from the list who sent in an entry just now.
    """
    if db.session.get(Lock, contest_id):
        query = sa.select(ListedTicket.ticket, ListedTicket.counts).where(ListedTicket.contest_id == contest_id)
        query = query.order_by(ListedTicket.ticket)
    else:
        midnight = now.astimezone(SWEDEN).replace(hour=0, minute=0, second=0, microsecond=0)
        query = sa.select(Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id)
        query = query.where(Entry.received_at < midnight).order_by(Entry.ticket)
    return [(ticket, bool(counts)) for ticket, counts in db.session.execute(query)]


def ranked(contest_id: str, limit: int | None = None) -> list[Rank]:
    """The ranking from place 1 on."""
    query = sa.select(Rank).where(Rank.contest_id == contest_id).order_by(Rank.place).limit(limit)
    return list(db.session.scalars(query))


def outcomes_of(contest_id: str) -> list[Outcome]:
    """What became of the places in line so far, by place."""
    rows = db.session.execute(
        sa.select(Verdict.place, Rank.ticket, Verdict.skipped, Verdict.decided_at)
        .join(Rank, sa.and_(Rank.contest_id == Verdict.contest_id, Rank.place == Verdict.place))
        .where(Verdict.contest_id == contest_id)
        .order_by(Verdict.place)
    )
    return [Outcome(*row) for row in rows]


def _state(contest: Contest, now: datetime, lock: Lock | None, drawn: Drawn | None, outcomes: list[Outcome]) -> State:
    if drawn:
        if next_in_line(contest.id) is None:
            return "finished"
        return "contact" if outcomes else "drawn"
    if lock:
        return "locked"
    by_clock: dict[str, State] = {"before": "draft", "open": "open", "closed": "closed"}
    return by_clock[contest.phase(now)]


def _per_day(contest_id: str) -> dict[date, int]:
    moments = db.session.scalars(sa.select(Entry.received_at).where(Entry.contest_id == contest_id))
    return dict(sorted(Counter(moment.astimezone(SWEDEN).date() for moment in moments).items()))
