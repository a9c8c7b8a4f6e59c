"""Who wins, place by place: letters, confirm, skip, decline, and the names that winners let us show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app import audit
from app.clock import SWEDEN
from app.contest import entries
from app.contest.forms import UNNAMED, offered_municipalities
from app.contest.lookup import municipality_names
from app.contest.models import entry_of
from app.contest.terms import FrozenContest
from app.database import begin_write, db
from app.draw import status
from app.draw.mails import CONSENT_ASKED
from app.draw.models import DrawnValue, Letter, LockedList, Rank, Verdict, WinnerName
from app.draw.status import ContestStatus
from app.errors import NotAllowed
from app.outbox import queue
from app.spec.log import RecordKind, receipt_sum
from app.text import swedish

LONGEST_NAME = 60
NO_ANSWER, DECLINED, NOT_ELIGIBLE = "svarar inte", "tackar nej", "inte behörig"
# In the organiser's hand; the others are the winner's own.
SKIP_REASONS = (NO_ANSWER, NOT_ELIGIBLE)


@dataclass(frozen=True)
class Named:
    """What a winner agreed to have published, and the day they said so."""

    first_name: str
    municipality: str
    consented_on: date


def advance_line(contest: FrozenContest, now: datetime) -> None:
    """Pass over withdrawn entries and queue letters to those in line, inside the caller's begin_write() transaction."""
    while any(advance_one(contest, rank, now) for rank in status.in_line(contest)):
        pass


def advance_one(contest: FrozenContest, rank: Rank, now: datetime) -> bool:
    """Pass over the place when its entry is withdrawn; else see that its letter is queued."""
    entry = entry_of(contest.id, rank.ticket)
    if entry and entry.blocked_at:
        decide_place(contest, rank, entries.WITHDRAWN, now)
        return True
    if contest.is_rehearsal and db.session.get(Letter, (contest.id, rank.place)) is None:
        note_letter(contest.id, rank.place, now, refused=False)
    elif not contest.is_rehearsal:
        queue.queue_mail("vinst", contest.id, rank.ticket, now, rank.place)
    return False


def note_letter(contest_id: str, place: int, now: datetime, refused: bool) -> None:
    """Note that the letter to a place left, once, inside the caller's begin_write() transaction."""
    # A letter that the mail server refuses for good has left too: else the place could never be passed over.
    if db.session.get(Letter, (contest_id, place)) is None:
        db.session.add(Letter(contest_id=contest_id, place=place, left_at=now, refused=refused))
        audit.append_record(contest_id, RecordKind.LETTER, now, plats=place)
        db.session.flush()


def confirm_winner(contest: FrozenContest, place: int, now: datetime) -> None:
    """Confirm one in line as a winner."""
    begin_write()
    rank = _in_line(contest, place)
    winner_letter(contest, place)
    decide_place(contest, rank, None, now)
    db.session.commit()


def skip_place(contest: FrozenContest, place: int, reason: str, now: datetime) -> None:
    """Pass over one in line whose answer days are over, and tell them."""
    if reason not in SKIP_REASONS:
        raise NotAllowed("Välj ett av skälen i listan.")
    begin_write()
    rank = _in_line(contest, place)
    until = status.answer_by(contest, winner_letter(contest, place).left_at)
    if now < until:
        raise NotAllowed(f"Du kan gå vidare tidigast {swedish(until)}. Till dess har personen tid att svara.")
    decide_place(contest, rank, reason, now)
    if not contest.is_rehearsal:
        queue.queue_mail("forbigangen", contest.id, rank.ticket, now, place)
    advance_line(contest, now)
    db.session.commit()


def decline_prize(contest: FrozenContest, place: int, ticket: str, now: datetime) -> None:
    """Take the winner's own no, at once."""
    begin_write()
    rank = _in_line(contest, place)
    if rank.ticket != ticket:
        raise NotAllowed("Länken gäller inte.")
    winner_letter(contest, place)
    decide_place(contest, rank, DECLINED, now)
    advance_line(contest, now)
    db.session.commit()


def _in_line(contest: FrozenContest, place: int) -> Rank:
    found = next((rank for rank in status.in_line(contest) if rank.place == place), None)
    if found is None:
        raise NotAllowed(f"Plats {place} står inte på tur, eller är redan avgjord.")
    return found


def winner_letter(contest: FrozenContest, place: int) -> Letter:
    found = db.session.get(Letter, (contest.id, place))
    if found is None:
        raise NotAllowed("Mejlet till personen har inte gått i väg ännu. Vänta tills det har gjort det.")
    return found


def decide_place(contest: FrozenContest, rank: Rank, skipped: str | None, now: datetime) -> None:
    db.session.add(Verdict(contest_id=contest.id, place=rank.place, skipped=skipped, decided_at=now))
    if skipped:
        queue.drop_waiting(contest.id, rank.ticket)
        audit.append_record(contest.id, RecordKind.SKIPPED, now, plats=rank.place, skal=skipped)
    else:
        audit.append_record(contest.id, RecordKind.WON, now, plats=rank.place)
    db.session.flush()


def publish_name(contest: FrozenContest, place: int, named: Named, now: datetime) -> None:
    """Publish a confirmed winner's first name and municipality."""
    if not named.first_name or len(named.first_name) > LONGEST_NAME:
        raise NotAllowed(f"Skriv vinnarens förnamn, med högst {LONGEST_NAME} tecken.")
    offered = offered_municipalities(contest, municipality_names())
    if named.municipality not in offered or named.municipality == UNNAMED:
        raise NotAllowed("Välj en kommun i listan.")
    begin_write()
    verdict, drawn = db.session.get(Verdict, (contest.id, place)), db.session.get(DrawnValue, contest.id)
    if verdict is None or verdict.skipped or drawn is None:
        raise NotAllowed("Bara den som är bekräftad som vinnare kan få sitt namn publicerat.")
    if not _day(drawn.drawn_at) <= named.consented_on <= _day(now):
        raise NotAllowed("Dagen ska ligga efter dragningen, och inte i framtiden.")
    if db.session.get(WinnerName, (contest.id, place)):
        raise NotAllowed("Namnet är redan publicerat. Ta bort det först om det är fel.")
    name = WinnerName(contest_id=contest.id, place=place, recorded_at=now, asked=CONSENT_ASKED, **vars(named))
    db.session.add(name)
    db.session.commit()
    status.publish_state()


def withdraw_name(contest: FrozenContest, place: int) -> None:
    """Take a published name away."""
    begin_write()
    named = db.session.get(WinnerName, (contest.id, place))
    if named is None:
        raise NotAllowed("Det finns inget publicerat namn att ta bort.")
    db.session.delete(named)
    db.session.commit()
    status.publish_state()


def forget_names(contest_id: str) -> None:
    """Erase the published names of a contest, inside the caller's begin_write() transaction."""
    db.session.execute(sa.delete(WinnerName).where(WinnerName.contest_id == contest_id))


def winner_names(contest_id: str) -> Mapping[int, WinnerName]:
    """Return the published names, by place."""
    found = db.session.scalars(sa.select(WinnerName).where(WinnerName.contest_id == contest_id))
    return {named.place: named for named in found}


def named_winners(standing: ContestStatus) -> list[str]:
    """Return the winners who let us show their names: ["Maja i Lerum"]."""
    names = winner_names(standing.contest_id)
    shown = [names[winner.place] for winner in standing.winners if winner.place in names]
    places = municipality_names()
    return [f"{name.first_name} i {places.get(name.municipality, name.municipality)}" for name in shown]


def _day(moment: datetime) -> date:
    return moment.astimezone(SWEDEN).date()


def withdraw_entry(contest: FrozenContest, ticket: str, now: datetime) -> bool | None:
    """Withdraw an entry and erase what it says about a person; return whether the list was locked."""
    # None when it is withdrawn already, or erased.
    begin_write()
    entry = entry_of(contest.id, ticket)
    if entry is None or entry.blocked_at or not entry.receipt_code:
        db.session.rollback()
        return None
    locked = db.session.get(LockedList, contest.id) is not None
    if not locked:
        entry.struck = entries.WITHDRAWN
    entry.blocked_at = now
    audit.append_record(contest.id, RecordKind.WITHDRAWN, now, kvitto=receipt_sum(entry.receipt_code))
    entry.email = entry.receipt_code = entry.duplicate_key = entry.motivation = entry.nonce = entry.nr = None
    entry.language = None
    queue.drop_waiting(contest.id, ticket)
    db.session.flush()
    if db.session.get(DrawnValue, contest.id):
        advance_line(contest, now)
    db.session.commit()
    return locked
