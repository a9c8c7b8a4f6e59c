"""Where a contest stands: its state and the numbers that everyone may see."""

# Reads, never writes.

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

import sqlalchemy as sa
from flask import Flask, current_app

from app import audit
from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.calendar.feeds.news import Item
from app.clock import SWEDEN
from app.contest import store, terms
from app.contest.models import FrozenTerms
from app.contest.terms import FrozenContest
from app.database import db
from app.draw.models import Cancellation, DrawnValue, Letter, LockedList, Rank, Verdict, WinnerName
from app.outbox.models import OutboxMail
from app.spec.log import RecordKind
from app.spec.record import MailCounts
from app.text import swedish

# As far as the contest has come; `waiting` when it takes no entries because a required field is empty, `missed` when
# it was so until its closing.
State = Literal[
    "draft",
    "waiting",
    "missed",
    "opening",
    "open",
    "closed",
    "locked",
    "drawn",
    "contact",
    "finished",
    "cancelled",
]
LOCKED_BEFORE = STRIKES_END_BEFORE = timedelta(hours=12)
# The rules give whole days; a rehearsal does not wait for them.
REHEARSED_ANSWER_TIME = timedelta(minutes=1)


@dataclass(frozen=True)
class Outcome:
    """What became of one place in line; `skipped` is the reason, None for a winner."""

    place: int
    ticket: str
    skipped: str | None
    decided_at: datetime
    letter: Letter | None


def lock_due(contest: FrozenContest) -> datetime:
    """Return when the program locks the list; a rehearsal is locked by its button."""
    return contest.closes if contest.is_rehearsal else contest.round_at - LOCKED_BEFORE


def strikes_until(contest: FrozenContest) -> datetime:
    """Return when the organiser's right to strike ends."""
    return contest.round_at if contest.is_rehearsal else lock_due(contest) - STRIKES_END_BEFORE


def answer_by(contest: FrozenContest, left_at: datetime) -> datetime:
    """Return until when the one in line may answer: the end of the last answer day, in Sweden."""
    if contest.is_rehearsal:
        return left_at + REHEARSED_ANSWER_TIME
    day = left_at.astimezone(SWEDEN).date() + timedelta(days=(contest.answer_days or 0) + 1)
    return datetime(day.year, day.month, day.day, tzinfo=SWEDEN)


@dataclass(frozen=True)
class ContestStatus:
    """Counts are made when they are asked for."""

    contest: Contest
    state: State
    lock: LockedList | None = None
    drawn: DrawnValue | None = None
    cancelled: Cancellation | None = None
    outcomes: tuple[Outcome, ...] = ()

    @property
    def contest_id(self) -> str:
        return self.contest.id

    @cached_property
    def entries(self) -> int:
        """All entries; once locked, the lines of the list."""
        if self.lock:
            return self.lock.counted + self.lock.struck
        return store.count_entries(self.contest_id)

    @cached_property
    def struck(self) -> dict[str, int]:
        """Struck entries per reason."""
        return store.count_by("struck", self.contest_id)

    @cached_property
    def per_day(self) -> dict[date, int]:
        """Entries per Swedish day, until now."""
        return store.count_per_day(self.contest_id)

    @cached_property
    def erased(self) -> bool:
        """Whether the participants' data is gone; a list that was not locked by then never will be."""
        return audit.has_record(self.contest_id, RecordKind.ERASED)

    def is_late(self, now: datetime) -> bool:
        """Check whether the draw has not been made though its time has come: no value, or a list not even locked."""
        due = self.lock.draw_at if self.lock else self.contest.draw_at
        return self.state in ("closed", "locked") and not self.erased and now >= due

    @cached_property
    def restored(self) -> bool:
        """Whether a backup was put back during the contest."""
        return audit.has_record(self.contest_id, RecordKind.BACKUP_RESTORED)

    @property
    def counted(self) -> int:
        """Entries that are in the draw as things stand."""
        return self.lock.counted if self.lock else self.entries - sum(self.struck.values())

    @property
    def by_place(self) -> dict[int, Outcome]:
        return {outcome.place: outcome for outcome in self.outcomes}

    @property
    def winners(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.skipped is None]

    @property
    def skipped(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.skipped]

    @cached_property
    def mails(self) -> MailCounts:
        """Lock mails that left, in all and before the value, and witness addresses among them."""
        return mail_counts(self.lock) if self.lock else MailCounts(0, 0, 0)

    @cached_property
    def lock_mails(self) -> int:
        """All lock mails, those that wait too."""
        query = sa.select(sa.func.count()).where(OutboxMail.contest_id == self.contest_id, OutboxMail.kind == "last")
        return db.session.scalar(query) or 0


def mail_counts(lock: LockedList) -> MailCounts:
    """Count the lock mails of a contest."""
    gone = sa.func.count()
    before = gone.filter(OutboxMail.settled_at < lock.draw_at)
    witnesses = gone.filter(OutboxMail.ticket.startswith("vittne:"))
    its = (OutboxMail.contest_id == lock.contest_id, OutboxMail.kind == "last", OutboxMail.state == "sent")
    return MailCounts(*db.session.execute(sa.select(gone, before, witnesses).where(*its)).one())


def contest_status(contest: Contest, now: datetime, waits: bool = False) -> ContestStatus:
    """Return the contest's state at `now`, with its numbers. `waits` says that a required field is empty."""
    if not isinstance(contest, FrozenContest):
        phase = terms.phase_of_unopened(contest, now, waits)
        return ContestStatus(contest, "draft" if phase == "before" else phase)
    lock, drawn = db.session.get(LockedList, contest.id), db.session.get(DrawnValue, contest.id)
    cancelled = db.session.get(Cancellation, contest.id)
    outcomes = tuple(outcomes_of(contest.id))
    state: State
    if cancelled:
        state = "cancelled"
    elif drawn and not in_line(contest):
        state = "finished"
    elif drawn:
        state = "contact" if outcomes else "drawn"
    elif lock:
        state = "locked"
    else:
        frozen: dict[str, State] = {"before": "draft", "open": "open", "closed": "closed"}
        state = frozen[contest.phase(now)]
    return ContestStatus(contest, state, lock, drawn, cancelled, outcomes)


def outcomes_of(contest_id: str) -> list[Outcome]:
    """Return what became of the places in line so far, by place."""
    same_place = sa.and_(Rank.contest_id == Verdict.contest_id, Rank.place == Verdict.place)
    letter = sa.and_(Letter.contest_id == Verdict.contest_id, Letter.place == Verdict.place)
    rows = db.session.execute(
        sa.select(Verdict.place, Rank.ticket, Verdict.skipped, Verdict.decided_at, Letter)
        .join(Rank, same_place)
        .outerjoin(Letter, letter)
        .where(Verdict.contest_id == contest_id)
        .order_by(Verdict.place)
    )
    return [Outcome(*row) for row in rows]


def in_line(contest: FrozenContest) -> list[Rank]:
    """Return the places to decide on now: as many as there are prizes, and one more for each that was passed over."""
    found = db.session.scalars(sa.select(Verdict).where(Verdict.contest_id == contest.id))
    verdicts = {verdict.place: verdict.skipped for verdict in found}
    last = contest.prize_count + sum(reason is not None for reason in verdicts.values())
    query = sa.select(Rank).where(Rank.contest_id == contest.id, Rank.place <= last).order_by(Rank.place)
    return [rank for rank in db.session.scalars(query) if rank.place not in verdicts]


def prize_of(contest: FrozenContest, place: int) -> str:
    """Return the title of the prize that a place in line is for."""
    titles = [prize.title for prize in contest.prizes for _ in range(prize.count)]
    skipped = sorted(
        (outcome for outcome in outcomes_of(contest.id) if outcome.skipped),
        key=lambda outcome: (outcome.decided_at, outcome.place),
    )
    prizes = {number: number for number in range(1, len(titles) + 1)}
    # A vacated prize goes to the next place.
    for number, outcome in enumerate(skipped, len(titles) + 1):
        prizes[number] = prizes[outcome.place]
    return titles[prizes[place] - 1]


def news(edition: Edition) -> list[Item]:
    """Return what the feeds tell of the draw: that the list is locked, and its checksum."""
    frozen = terms.frozen_in(edition.year)
    lock = db.session.get(LockedList, frozen.id) if frozen else None
    if lock is None:
        return []
    summary = f"Slumptalet som avgör kommer {swedish(lock.draw_at)}. Listans kontrollsumma: {lock.proof_sha256}"
    return [
        Item(
            name="dragning",
            path=f"/{edition.year}/dragning",
            title="Listan inför dragningen är låst",
            summary=summary,
            html=f"<p>{summary}</p>",
            at=lock.locked_at,
        )
    ]


def publish_state() -> None:
    """Write how far contests have come where the page cache sees it, when that has changed."""
    tables = (FrozenTerms, LockedList, DrawnValue, Cancellation, Verdict, WinnerName)
    counts = (db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables)
    named = db.session.scalar(sa.select(sa.func.max(WinnerName.recorded_at)))
    state = " ".join(map(str, (*counts, named)))
    library = current_app.extensions["library"]
    if state != library.read_state():
        library.write_state(state)
    library.refresh(at_once=True)


def init_app(app: Flask) -> None:
    app.extensions["news"] = terms.or_without_database(news, lambda _: [])
