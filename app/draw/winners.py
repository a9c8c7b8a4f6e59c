"""What is done about the one who is next in line, and about winners: attempts to reach them, and their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.audit import records
from app.audit.chain import stamp
from app.calendar.schema import Contest
from app.clock import SWEDEN
from app.contest.municipalities import MUNICIPALITIES
from app.database import db, write
from app.draw import contacts
from app.draw.conduct import ActRefused
from app.draw.models import Contact, Drawn, Verdict, WinnerName
from app.draw.verdicts import refuse_unless_next
from app.mail import outbox

LONGEST_NAME = 60
UNNAMED = "vill-inte-uppge"


@dataclass(frozen=True)
class Named:
    """What a winner agreed to have published, and the day they said so."""

    first_name: str
    municipality: str
    consented_on: date


def try_to_reach(contest: Contest, place: int, how: str, tried_at: datetime, by: int, now: datetime) -> None:
    """Records that organiser number `by` tried to reach the next in line. Raises ActRefused."""
    if how not in contacts.WAYS:
        raise ActRefused("Välj ett av sätten i listan.")
    write()
    _attempt(contest, place, how, tried_at, by, now)
    db.session.commit()


def write_to(contest: Contest, place: int, by: int, now: datetime) -> None:
    """Sends the winner's letter to the next in line, and records it as an attempt. Raises ActRefused."""
    write()
    rank = refuse_unless_next(contest, place)
    if _day(now) in contacts.days_tried(contest.id, place):
        raise ActRefused("Ett försök är redan antecknat i dag. Vänta till i morgon med nästa brev.")
    _attempt(contest, place, "e-post", now, by, now)
    outbox.put("vinst", contest.id, rank.ticket, now)
    db.session.commit()


def _attempt(contest: Contest, place: int, how: str, tried_at: datetime, by: int, now: datetime) -> None:
    refuse_unless_next(contest, place)
    if not _drawn_at(contest).replace(second=0, microsecond=0) <= tried_at <= now:
        raise ActRefused("Tiden ska ligga efter dragningen, och inte i framtiden.")
    found = [attempt for attempt in contacts.attempts(contest.id) if attempt.place == place]
    if any((attempt.how, attempt.tried_at) == (how, tried_at) for attempt in found):
        raise ActRefused("Försöket är redan antecknat.")
    number = len(found) + 1
    attempt = {"place": place, "number": number, "tried_at": tried_at, "how": how}
    db.session.add(Contact(contest_id=contest.id, recorded_at=now, recorded_by=by, **attempt))
    records.append(contest.id, "kontakt", now, plats=place, forsok=number, satt=how, forsokt=stamp(tried_at))


def publish(contest: Contest, place: int, named: Named, now: datetime) -> None:
    """Publishes a confirmed winner's first name and municipality. Raises ActRefused."""
    if not named.first_name or len(named.first_name) > LONGEST_NAME:
        raise ActRefused(f"Skriv vinnarens förnamn, med högst {LONGEST_NAME} tecken.")
    if named.municipality not in MUNICIPALITIES or named.municipality == UNNAMED:
        raise ActRefused("Välj en kommun i listan.")
    write()
    _refuse_unless_winner(contest, place)
    if not _day(_drawn_at(contest)) <= named.consented_on <= _day(now):
        raise ActRefused("Dagen ska ligga efter dragningen, och inte i framtiden.")
    if db.session.get(WinnerName, (contest.id, place)):
        raise ActRefused("Namnet är redan publicerat. Ta bort det först om det är fel.")
    db.session.add(WinnerName(contest_id=contest.id, place=place, recorded_at=now, **vars(named)))
    records.append(contest.id, "namn-visat", now, plats=place, ja=named.consented_on.isoformat())
    db.session.commit()


def withdraw(contest: Contest, place: int, now: datetime) -> None:
    """Takes a published name away. Raises ActRefused when there is none."""
    write()
    named = db.session.get(WinnerName, (contest.id, place))
    if named is None:
        raise ActRefused("Det finns inget publicerat namn att ta bort.")
    db.session.delete(named)
    records.append(contest.id, "namn-borttaget", now, plats=place)
    db.session.commit()


def forget(contest_id: str) -> int:
    """Erases the published names of a contest, inside the caller's write() transaction; how many there were."""
    gone = db.session.execute(sa.delete(WinnerName).where(WinnerName.contest_id == contest_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def names(contest_id: str) -> Mapping[int, WinnerName]:
    """The published names, by place."""
    found = db.session.scalars(sa.select(WinnerName).where(WinnerName.contest_id == contest_id))
    return {named.place: named for named in found}


def _refuse_unless_winner(contest: Contest, place: int) -> None:
    verdict = db.session.get(Verdict, (contest.id, place))
    if verdict is None or verdict.skipped:
        raise ActRefused("Bara den som är bekräftad som vinnare kan få sitt namn publicerat.")


def _drawn_at(contest: Contest) -> datetime:
    return db.session.execute(sa.select(Drawn.drawn_at).where(Drawn.contest_id == contest.id)).scalar_one()


def _day(moment: datetime) -> date:
    return moment.astimezone(SWEDEN).date()
