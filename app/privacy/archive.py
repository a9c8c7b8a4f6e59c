"""The archive package of a contest: what is to be kept, in files that can be read and checked without the calendar.

It holds neither address nor code, so it is the same before and after the erasure but for the record of that.
"""

from collections.abc import Iterator
from datetime import datetime

from app.audit import records
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import public_files
from app.draw.models import DrawnValue, LockedList
from app.privacy import erasure, guide
from app.privacy.models import Erasure
from app.spec.lines import stamp
from app.web.zipped import File, zipped


def name(contest: FrozenContest) -> str:
    """Return what the package is called, and the folder in it."""
    return f"arkivpaket-{contest.id}"


def package(contest: FrozenContest) -> Iterator[bytes]:
    """Give the package as a ZIP in parts; the same content gives the same bytes."""
    number, _ = records.latest(contest.id)
    at: datetime = records.newest_time(contest.id) or contest.opens
    found = [*_draw(contest), *_log(contest.id, number), *_erasure(contest.id)]
    found.append(("verifiera.py", [public_files.verifier()]))
    text = guide.readme(contest.id, stamp(at), [path for path, _ in found], contest.is_rehearsal)
    return zipped(name(contest), [("README.txt", [text]), *found], at)


def _draw(contest: FrozenContest) -> Iterator[File]:
    yield "tavling.txt", [contest.terms]
    yield "regler.txt", [contest.rules]
    if lock := db.session.get(LockedList, contest.id):
        yield "lista.txt", public_files.locked_list(contest.id)
        yield "lasbevis.txt", [lock.proof]
    if db.session.get(DrawnValue, contest.id):
        yield "protokoll.json", public_files.protocol(contest)


def _log(contest_id: str, number: int) -> Iterator[File]:
    if number:
        yield "logg.txt", records.log_lines(contest_id, number)


def _erasure(contest_id: str) -> Iterator[File]:
    if record := db.session.get(Erasure, contest_id):
        note = erasure.note_of(contest_id)
        told = f"{erasure.in_words(record)}\nNär: {stamp(record.erased_at)}\n"
        yield "gallring.txt", [told + (f"Gjordes av: {note.ordered_by}\n" if note else "")]
