"""Who wins, place by place: confirm, or skip for a reason of the rules. Each act is one transaction."""

from datetime import datetime

import sqlalchemy as sa

from app.audit import records
from app.calendar.schema import Contest
from app.contest.rules import SKIP_REASONS, UNREACHED
from app.database import db, write
from app.draw import contacts
from app.draw.conduct import ActRefused, Consent, agreed
from app.draw.models import Lock, Rank, Verdict


def confirm(contest: Contest, place: int, now: datetime) -> None:
    """Confirms the next in line as a winner."""
    write()
    rank = refuse_unless_next(contest, place)
    _save(contest, rank, None, now)


def skip(contest: Contest, place: int, reason: str, now: datetime, consent: Consent | None = None) -> None:
    """Passes over the next in line for a reason of the rules' closed list."""
    refuse_reason(reason)
    write()
    rank = refuse_unless_next(contest, place)
    refuse_too_early(contest, place, reason, now)
    _save(contest, rank, reason, now, **agreed(contest, consent))


def refuse_reason(reason: str) -> None:
    """Raises ActRefused for a reason that the rules do not name."""
    if reason not in SKIP_REASONS:
        raise ActRefused("Välj ett av skälen i listan.")


def refuse_unless_next(contest: Contest, place: int) -> Rank:
    """The next in line, inside the caller's transaction. Raises ActRefused when that is another place, or nobody."""
    rank = next_in_line(contest.id)
    if rank is None:
        raise ActRefused("Det finns ingen mer att ta ställning till: vinsterna är utdelade eller listan är slut.")
    if rank.place != place:
        raise ActRefused(f"Plats {place} är redan avgjord. Nu gäller det plats {rank.place}.")
    return rank


def refuse_too_early(contest: Contest, place: int, reason: str, now: datetime) -> None:
    """Raises ActRefused when someone is to be skipped as unreached, but has not had the time that the rules give."""
    days = contacts.days_tried(contest.id, place)
    if reason == UNREACHED and (sentence := contacts.too_early(days, contest.answer_days or 0, now)):
        raise ActRefused(sentence)


def _save(contest: Contest, rank: Rank, skipped: str | None, now: datetime, **approval: object) -> None:
    db.session.add(Verdict(contest_id=contest.id, place=rank.place, skipped=skipped, decided_at=now))
    kind, reason = ("forbigangen", {"skal": skipped}) if skipped else ("vinnare", {})
    records.append(contest.id, kind, now, lott=rank.ticket, plats=rank.place, **reason, **approval)
    db.session.commit()


def next_in_line(contest_id: str) -> Rank | None:
    """The place to decide on now; None when not drawn, when every prize has its winner, or when nobody is left."""
    locked = db.session.get(Lock, contest_id)
    verdicts = db.session.scalars(sa.select(Verdict.skipped).where(Verdict.contest_id == contest_id)).all()
    if locked is None or verdicts.count(None) >= locked.prizes:
        return None
    return db.session.get(Rank, (contest_id, len(verdicts) + 1))
