"""Where a contest stands: its state and the numbers that anyone may see. Reads, never writes."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

import sqlalchemy as sa

from app.audit import records
from app.calendar.schema import Contest
from app.contest import counts
from app.database import db
from app.draw import protocol
from app.draw.models import Drawn, Lock, Rank, Verdict
from app.draw.verdicts import next_in_line

State = Literal["draft", "waiting", "open", "closed", "locked", "drawn", "contact", "finished"]
"""As far as the contest has come; `waiting` when it takes no entries because a required field is empty."""


@dataclass(frozen=True)
class Outcome:
    """What became of one place in line; `skipped` is the reason, None for a winner."""

    place: int
    ticket: str
    skipped: str | None
    decided_at: datetime


@dataclass(frozen=True)
class Standing:
    """Counts are made when they are asked for."""

    contest_id: str
    state: State
    lock: Lock | None
    drawn: Drawn | None
    outcomes: list[Outcome]

    @cached_property
    def entries(self) -> int:
        """All entries; once locked, the lines of the list."""
        if self.lock:
            proof = protocol.proof_fields(self.lock.proof)
            return int(proof["antal-med"]) + int(proof["antal-strukna"])
        return counts.total(self.contest_id)

    @cached_property
    def struck(self) -> dict[str, int]:
        """Struck entries per reason."""
        return counts.by("struck", self.contest_id)

    @cached_property
    def per_day(self) -> dict[date, int]:
        """Entries per Swedish day, until now: for the organisers, the public sees midnights (`midnights`)."""
        return counts.per_day(self.contest_id)

    @cached_property
    def has_begun(self) -> bool:
        """Whether anything at all is on record: what waits after that has been open before."""
        return records.last(self.contest_id)[0] > 0

    @cached_property
    def erased(self) -> bool:
        """Whether the participants' data is gone; a list that was not locked by then never will be."""
        return records.has(self.contest_id, records.ERASED)

    @property
    def counted(self) -> int:
        """Entries that are in the draw as things stand."""
        if self.lock:
            return int(protocol.proof_fields(self.lock.proof)["antal-med"])
        return self.entries - sum(self.struck.values())

    @property
    def by_place(self) -> dict[int, Outcome]:
        return {outcome.place: outcome for outcome in self.outcomes}

    @property
    def winners(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.skipped is None]


def standing(contest: Contest, now: datetime, waits: bool = False) -> Standing:
    """The contest's state at `now`, with its numbers. `waits` says that a required field is empty."""
    lock = db.session.get(Lock, contest.id)
    drawn = db.session.get(Drawn, contest.id)
    outcomes = outcomes_of(contest.id)
    return Standing(
        contest_id=contest.id,
        state=_state(contest, now, waits, lock, drawn, outcomes),
        lock=lock,
        drawn=drawn,
        outcomes=outcomes,
    )


def outcomes_of(contest_id: str) -> list[Outcome]:
    """What became of the places in line so far, by place."""
    rows = db.session.execute(
        sa.select(Verdict.place, Rank.ticket, Verdict.skipped, Verdict.decided_at)
        .join(Rank, sa.and_(Rank.contest_id == Verdict.contest_id, Rank.place == Verdict.place))
        .where(Verdict.contest_id == contest_id)
        .order_by(Verdict.place)
    )
    return [Outcome(*row) for row in rows]


def _state(
    contest: Contest, now: datetime, waits: bool, lock: Lock | None, drawn: Drawn | None, outcomes: list[Outcome]
) -> State:
    if drawn:
        if next_in_line(contest.id) is None:
            return "finished"
        return "contact" if outcomes else "drawn"
    if lock:
        return "locked"
    by_clock: dict[str, State] = {"before": "draft", "open": "waiting" if waits else "open", "closed": "closed"}
    return by_clock[contest.phase(now)]
