"""The value: asked for by the program from its first second on, checked, and written once with the ranking."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from app.audit import records
from app.contest import terms
from app.contest.terms import FrozenContest
from app.database import db, write
from app.draw import actions, listing, page_state, relays, status, winners
from app.draw.actions import ActionNotAllowed
from app.draw.models import Cancellation, DrawnValue, LockedList
from app.spec import beacon, selection
from app.spec.log import RecordKind
from app.spec.practice_beacon import practice_answer

LONGEST_WAIT = timedelta(days=30)
NO_VALUE = "Slumptalet kom inte inom 30 dagar efter sin tid."


def draw(contest: FrozenContest, pasted: str, now: datetime) -> None:
    """Check the value of the round in the låsbevis and write the ranking, once and for good. Queue the letters."""
    lock = db.session.get(LockedList, contest.id)
    if lock is None:
        raise ActionNotAllowed("Listan är inte låst. Slumptalet får inte vara känt när listan låses.")
    if now < lock.draw_at:
        raise ActionNotAllowed("Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit.")
    try:
        value = beacon.verify(contest.chain, lock.round, pasted)
    except beacon.BeaconError as error:
        raise ActionNotAllowed(str(error)) from None
    entropy = selection.entropy_string(contest.chain.name, value.round, value.randomness)
    seed = selection.make_seed(lock.proof_sha256, entropy)
    write()
    if db.session.get(DrawnValue, contest.id):
        raise ActionNotAllowed("Dragningen är redan gjord. Den görs en gång.")
    if db.session.get(Cancellation, contest.id):
        raise ActionNotAllowed("Tävlingen är inställd.")
    db.session.add(
        DrawnValue(
            contest_id=contest.id,
            drawn_at=now,
            signature=value.signature,
            randomness=value.randomness,
            seed=seed.hex(),
        )
    )
    db.session.flush()
    listing.write_ranks(contest.id, seed)
    records.append(contest.id, RecordKind.DRAWN, now, runda=value.round, slumptal=value.randomness, fro=seed.hex())
    winners.advance(contest, now)
    db.session.commit()
    page_state.publish_state()


def fetch(contest: FrozenContest, now: datetime) -> None:
    """Draw with the value that a relay gives. Raises ActionNotAllowed."""
    lock = db.session.get(LockedList, contest.id)
    if lock is None or now < lock.draw_at:
        raise ActionNotAllowed("Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit.")
    number = lock.round
    db.session.rollback()
    if contest.chain.is_practice:
        draw(contest, practice_answer(number), now)
        return
    try:
        answer = relays.ask(current_app.config["DRAW_RELAYS"], contest.chain, number)
    except relays.NoAnswer:
        raise ActionNotAllowed(
            "Ingen av källorna gav slumptalet just nu. Kalendern frågar igen varje minut. Du kan också öppna en av "
            "länkarna, kopiera hela svaret och klistra in det här."
        ) from None
    draw(contest, answer, now)


def newest_shown(contest: FrozenContest, now: datetime) -> int:
    """Return the newest round that a relay shows; 0 when none answers. Of the practice chain our clock decides."""
    if contest.chain.is_practice:
        return beacon.round_at(contest.chain, now) - 1
    db.session.rollback()
    return relays.newest_round(current_app.config["DRAW_RELAYS"], contest.chain)


def lock_due(now: datetime) -> None:
    """Lock the lists whose time has come."""
    for contest in terms.all_frozen():
        if contest.phase(now) == "closed" and now >= status.lock_due(contest) and _is_unlocked(contest):
            actions.lock_list(contest, now, newest_shown(contest, now))


def _is_unlocked(contest: FrozenContest) -> bool:
    return (
        db.session.get(LockedList, contest.id) is None
        and not records.has(contest.id, RecordKind.CANCELLED)
        and (not records.has(contest.id, RecordKind.ERASED))
    )


def fetch_due(now: datetime) -> list[str]:
    """Draw what is locked and whose value has come; cancel what has waited too long. Return what went wrong."""
    told = []
    for contest in waiting(now):
        lock = db.session.get_one(LockedList, contest.id)
        try:
            if now >= lock.draw_at + LONGEST_WAIT:
                actions.cancel(contest, NO_VALUE, now, by_program=True)
            else:
                fetch(contest, now)
        except ActionNotAllowed as reason:
            told.append(f"{contest.id}: {reason}")
    return told


def waiting(now: datetime) -> list[FrozenContest]:
    """Return the contests, rehearsals too, whose list is locked and whose value has come but is not drawn."""
    drawn, cancelled = sa.select(DrawnValue.contest_id), sa.select(Cancellation.contest_id)
    locks = sa.select(LockedList.contest_id).where(
        LockedList.draw_at <= now, LockedList.contest_id.not_in(drawn), LockedList.contest_id.not_in(cancelled)
    )
    found = db.session.scalars(locks).all()
    return [contest for contest_id in found if (contest := terms.frozen_contest(contest_id))]
