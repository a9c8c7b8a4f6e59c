"""The rules as they have been in force: each version is written once, when the contest opens or the text changes."""

from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa
from flask import current_app

from app.audit import records
from app.calendar.hatches import Edition
from app.calendar.schema import Contest, Organiser
from app.contest import rules
from app.contest.models import RulesVersion
from app.database import db, write


@lru_cache(maxsize=64)
def _current(contest: Contest, organiser: Organiser) -> tuple[str, str]:
    """The rules as the content has them now, and their checksum."""
    text = rules.text(contest, organiser)
    return text, sha256(text.encode()).hexdigest()


SETTLING = timedelta(seconds=10)
"""After a change, other processes may for a moment still read the old files: no version follows another sooner."""


A_MOMENT = timedelta(seconds=1)
"""For so long the rules that were found in force are taken to be so."""


def freeze(contest: Contest, organiser: Organiser, now: datetime) -> RulesVersion:
    """The version in force at `now`, written first when the text is new. A transaction of its own.

    Once the list is locked the rules are those of its låsbevis: no version comes after them.
    Whoever takes back a change makes one more version: each was in force for a time.
    """
    text, checksum = _current(contest, organiser)
    latest = _latest(contest.id)
    if latest and records.has(contest.id, "last"):
        return latest
    if latest is None or latest.sha256 != checksum:
        write()
        latest = _latest(contest.id)
        if latest is None or (latest.sha256 != checksum and now - latest.in_force_at >= SETTLING):
            number = latest.number + 1 if latest else 1
            latest = RulesVersion(contest_id=contest.id, number=number, text=text, sha256=checksum, in_force_at=now)
            db.session.add(latest)
            records.append(contest.id, "regler", now, regler=checksum, version=number)
        db.session.commit()
    return latest


def hold(contest: Contest, organiser: Organiser, now: datetime) -> None:
    """As freeze, for whoever does not read the rules: every entry asks, and once a second the database."""
    checksum = _current(contest, organiser)[1]
    held: dict[str, tuple[str, datetime]] = current_app.extensions.setdefault("rules_held", {})
    known, since = held.get(contest.id, ("", now))
    if known == checksum and timedelta(0) <= now - since < A_MOMENT:
        return
    newest = sa.select(RulesVersion.sha256).where(RulesVersion.contest_id == contest.id)
    if db.session.scalar(newest.order_by(RulesVersion.number.desc()).limit(1)) == checksum:
        held[contest.id] = checksum, now
    else:
        freeze(contest, organiser, now)


def keep_up(edition: Edition, now: datetime) -> None:
    """Freezes the rules once their contest has opened, and every change after that, as long as they are complete."""
    if (contest := edition.contest) is None or edition.gaps:
        return
    phase = contest.phase(now)
    if phase == "open" or (phase == "closed" and _latest(contest.id)):
        hold(contest, edition.file.organiser, now)


def versions(contest_id: str) -> list[RulesVersion]:
    """Every version, the first one first."""
    query = sa.select(RulesVersion).where(RulesVersion.contest_id == contest_id).order_by(RulesVersion.number)
    return list(db.session.scalars(query))


def _latest(contest_id: str) -> RulesVersion | None:
    query = sa.select(RulesVersion).where(RulesVersion.contest_id == contest_id)
    return db.session.scalar(query.order_by(RulesVersion.number.desc()).limit(1))
