"""The archive package of a contest: what is to be kept, in files that can be read and checked without the calendar.

It holds neither address nor code, so it is the same before and after the erasure but for the record of that.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from app.audit import records
from app.audit.chain import stamp
from app.audit.records import AuditRecord
from app.calendar.schema import Contest
from app.contest import rulebook
from app.database import db
from app.draw import midnights as days
from app.draw import protocol, public_files
from app.draw.anchors import anchors
from app.draw.midnights import Midnight
from app.draw.models import Anchor, Lock
from app.draw.snapshots import midnights
from app.privacy import erasure, guide
from app.privacy.models import Erasure
from app.web.zipped import File, zipped

MOST_LINES = 1_000_000
"""Lines of earlier lists that a package takes with it; beyond that they are made anew from its log."""


def name(contest: Contest) -> str:
    """What the package is called, and the folder in it."""
    return f"arkivpaket-{contest.id}"


def package(contest: Contest, now: datetime) -> Iterator[bytes]:
    """The package at `now` as a ZIP in parts; the same content gives the same bytes."""
    number, _ = records.last(contest.id)
    at = _time_of(contest.id, number) or contest.opens
    found = [*_rules(contest.id), *_draw(contest, now), *_log(contest.id, number), *_erasure(contest.id)]
    found.append(("verifiera.py", [public_files.verifier()]))
    text = guide.readme(contest.id, stamp(at), [path for path, _ in found], contest.is_rehearsal)
    return zipped(name(contest), [("README.txt", [text]), *found], at)


def _time_of(contest_id: str, number: int) -> datetime | None:
    query = sa.select(AuditRecord.at).where(AuditRecord.contest_id == contest_id, AuditRecord.number == number)
    found = db.session.scalar(query)
    return datetime.fromisoformat(found) if found else None


def _rules(contest_id: str) -> Iterator[File]:
    for version in rulebook.versions(contest_id):
        yield f"regler/version-{version.number}.txt", [version.text]


def _draw(contest: Contest, now: datetime) -> Iterator[File]:
    lock, found = db.session.get(Lock, contest.id), midnights(contest, now)
    if lock:
        yield "regler.txt", [lock.rules]
        yield "lista.txt", public_files.locked_list(contest.id)
        yield "lasbevis.txt", [lock.proof]
        yield "protokoll.json", public_files.protocol_of(lock)
    elif found:
        yield "lista.txt", public_files.list_of(contest.id, found[-1])
    if noted := anchors(contest.id):
        yield "forankringar.txt", ["\n".join(map(_in_lines, noted))]
    if found:
        yield "dagar.txt", [days.days_text(contest.id, found)]
        newest = protocol.proof_fields(lock.proof)["lista-sha256"] if lock else found[-1].list_sha256
        for each in _others(found, newest):
            yield f"listor/{each.day}.txt", public_files.list_of(contest.id, each)


def _others(found: list[Midnight], newest: str) -> list[Midnight]:
    """The midnights with a list of their own, the first one of each, unless they are too long together."""
    firsts = {each.list_sha256: each for each in reversed(found) if each.list_sha256 != newest}
    chosen = sorted(firsts.values(), key=lambda each: each.at)
    return chosen if sum(each.entries for each in chosen) <= MOST_LINES else []


def _in_lines(anchor: Anchor) -> str:
    told = {"Mottagare": anchor.recipient, "Skickad": stamp(anchor.sent_at), "Beteckning": anchor.reference}
    return "".join(f"{key}: {value}\n" for key, value in (told | {"Antecknad": stamp(anchor.recorded_at)}).items())


def _log(contest_id: str, number: int) -> Iterator[File]:
    if number:
        yield "logg.txt", (f"{head} {body}\n" for head, body in records.whole(contest_id, number))


def _erasure(contest_id: str) -> Iterator[File]:
    if record := db.session.get(Erasure, contest_id):
        told = f"{erasure.in_words(record)}\nNär: {stamp(record.erased_at)}\nGjordes av: {record.ordered_by}\n"
        yield "gallring.txt", [told]
