"""The value: asked for by the program from its first second on, checked, and written once with the ranking."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.request import HTTPRedirectHandler, Request, build_opener

import sqlalchemy as sa
from flask import current_app

from app import audit
from app.contest import terms
from app.contest.terms import FrozenContest
from app.database import begin_write, db
from app.draw import actions, files, status, winners
from app.draw.models import Cancellation, DrawnValue, LockedList
from app.errors import NotAllowed
from app.spec import beacon, selection
from app.spec.beacon import Chain
from app.spec.lines import SpecError
from app.spec.log import RecordKind
from app.spec.practice_beacon import practice_answer

# Seconds that one relay gets.
PATIENCE = 3.0


class _NoRedirects(HTTPRedirectHandler):
    """A relay answers itself or not at all."""

    def redirect_request(self, *_args: object, **_values: object) -> None:
        return None


_opener = build_opener(_NoRedirects)


def relay_addresses(relays: Iterable[str], chain: Chain, number: int | str) -> list[str]:
    """Return where a round can be read, at each relay."""
    return [f"{relay}/{chain.hash}/public/{number}" for relay in relays]


def ask_relays(relays: Iterable[str], chain: Chain, number: int, patience: float = PATIENCE) -> str:
    """Return the first genuine answer for a round of the chain, as the relay wrote it. Raises SpecError."""
    for answer in relay_answers(relay_addresses(relays, chain, number), patience):
        try:
            beacon.verify(chain, number, answer)
        except SpecError:
            continue
        return answer
    raise SpecError


def newest_round(relays: Iterable[str], chain: Chain, patience: float = PATIENCE) -> int:
    """Return the newest round that a relay shows with a genuine signature; 0 when none does."""
    # A lying relay could otherwise have a draw cancelled.
    newest = 0
    for answer in relay_answers(relay_addresses(relays, chain, "latest"), patience):
        try:
            newest = max(newest, beacon.verify_any(chain, answer).round)
        except SpecError:
            continue
    return newest


def relay_answers(asked: Iterable[str], patience: float) -> Iterator[str]:
    """Give what each relay answers, those that do."""
    for address in asked:
        try:
            yield read_relay(address, patience)
        except (OSError, HTTPException, ValueError):
            continue


def read_relay(address: str, patience: float) -> str:
    """Return the body of an answer, no longer than a value can be. Raises OSError, HTTPException or ValueError."""
    end = time.monotonic() + patience
    body = b""
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 – the setting allows https only
    with _opener.open(request, timeout=patience) as response:
        while part := response.read1(beacon.LARGEST_PASTE):
            body += part
            if len(body) > beacon.LARGEST_PASTE or time.monotonic() > end:
                raise ValueError("too long an answer, or too slow a relay")
    return body.decode()


LONGEST_WAIT = timedelta(days=30)
NO_VALUE = "Slumptalet kom inte inom 30 dagar efter sin tid."


def draw_winners(contest: FrozenContest, pasted: str, now: datetime) -> None:
    """Check the value of the round in the låsbevis and write the ranking, once and for good. Queue the letters."""
    lock = db.session.get(LockedList, contest.id)
    if lock is None:
        raise NotAllowed("Listan är inte låst. Slumptalet får inte vara känt när listan låses.")
    if now < lock.draw_at:
        raise NotAllowed("Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit.")
    try:
        value = beacon.verify(contest.chain, lock.round, pasted)
    except SpecError as error:
        raise NotAllowed(str(error)) from None
    entropy = selection.entropy_string(contest.chain.name, value.round, value.randomness)
    seed = selection.make_seed(lock.proof_sha256, entropy)
    begin_write()
    if db.session.get(DrawnValue, contest.id):
        raise NotAllowed("Dragningen är redan gjord. Den görs en gång.")
    if db.session.get(Cancellation, contest.id):
        raise NotAllowed("Tävlingen är inställd.")
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
    files.write_ranks(contest.id, seed)
    audit.append_record(contest.id, RecordKind.DRAWN, now, runda=value.round, slumptal=value.randomness, fro=seed.hex())
    winners.advance_line(contest, now)
    db.session.commit()
    status.publish_state()


def fetch_value(contest: FrozenContest, now: datetime) -> None:
    """Draw with the value that a relay gives. Raises NotAllowed."""
    lock = db.session.get(LockedList, contest.id)
    if lock is None or now < lock.draw_at:
        raise NotAllowed("Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit.")
    number = lock.round
    db.session.rollback()
    if contest.chain.is_practice:
        draw_winners(contest, practice_answer(number), now)
        return
    try:
        answer = ask_relays(current_app.config["DRAW_RELAYS"], contest.chain, number)
    except SpecError:
        raise NotAllowed(
            "Ingen av källorna gav slumptalet just nu. Kalendern frågar igen varje minut. Du kan också öppna en av "
            "länkarna, kopiera hela svaret och klistra in det här."
        ) from None
    draw_winners(contest, answer, now)


def newest_shown(contest: FrozenContest, now: datetime) -> int:
    """Return the newest round that a relay shows; 0 when none answers."""
    # Of the practice chain our clock decides.
    if contest.chain.is_practice:
        return beacon.round_at(contest.chain, now) - 1
    db.session.rollback()
    return newest_round(current_app.config["DRAW_RELAYS"], contest.chain)


def lock_due(now: datetime) -> None:
    """Lock the lists whose time has come."""
    settled = (RecordKind.LOCKED, RecordKind.CANCELLED, RecordKind.ERASED)
    for contest in terms.all_frozen():
        is_due = contest.phase(now) == "closed" and now >= status.lock_due(contest)
        if is_due and not audit.has_record(contest.id, *settled):
            actions.lock_list(contest, now, newest_shown(contest, now))


def fetch_due_values(now: datetime) -> list[str]:
    """Draw what is locked and whose value has come; cancel what has waited too long. Return what went wrong."""
    told = []
    for contest in awaits_value(now):
        lock = db.session.get_one(LockedList, contest.id)
        try:
            if now >= lock.draw_at + LONGEST_WAIT:
                actions.cancel_contest(contest, NO_VALUE, now, by_program=True)
            else:
                fetch_value(contest, now)
        except NotAllowed as reason:
            told.append(f"{contest.id}: {reason}")
    return told


def awaits_value(now: datetime) -> list[FrozenContest]:
    """Return the contests, rehearsals too, whose list is locked and whose value has come but is not drawn."""
    drawn, cancelled = sa.select(DrawnValue.contest_id), sa.select(Cancellation.contest_id)
    locks = sa.select(LockedList.contest_id).where(
        LockedList.draw_at <= now, LockedList.contest_id.not_in(drawn), LockedList.contest_id.not_in(cancelled)
    )
    found = db.session.scalars(locks).all()
    return [contest for contest_id in found if (contest := terms.frozen_contest(contest_id))]
