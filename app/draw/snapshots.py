"""Works out the midnights of a contest from its audit chain, at any time and always the same. Reads, never writes."""

import threading
from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa
from flask import current_app

from app.audit import records
from app.audit.records import AuditRecord
from app.calendar.schema import Contest
from app.database import db, in_batches
from app.draw import listing, protocol
from app.draw.midnights import PUBLISHED_AFTER, Midnight, midnight_after


def midnights(contest: Contest, now: datetime) -> list[Midnight]:
    """What is public at `now`: every midnight until the contest has closed, then those after a day with an act.

    The first is that of the day of the first act: a contest that opens late, for its rules were not ready, has no
    days before that.
    """
    moments = [*_moments(contest, now)]
    ends = [records.last(contest.id, before=moment) for moment in moments]
    locked = _locked_by(contest.id)
    sums = _summed(contest.id, [(min(record, locked or record), head) for record, head in ends])
    found: list[Midnight] = []
    for moment, (record, head), summed in zip(moments, ends, sums, strict=True):
        entries = summed.counted + summed.struck
        came = entries - (found[-1].entries if found else 0)
        found.append(Midnight(moment, min(record, locked or record), entries, came, summed.sha256, head))
    return found


def midnight_of(contest: Contest, now: datetime, day: date) -> Midnight | None:
    """The midnight that ended a day, when it is public."""
    return next((each for each in midnights(contest, now) if each.day == day), None)


def _moments(contest: Contest, now: datetime) -> Iterator[datetime]:
    closed = midnight_after(contest.closes)
    if (began := records.first_since(contest.id, contest.opens)) is None:
        return
    moment = midnight_after(began)
    while moment <= now - PUBLISHED_AFTER:
        yield moment
        next_act = moment if moment < closed else records.first_since(contest.id, moment)
        if next_act is None:
            return
        moment = midnight_after(next_act)


def _locked_by(contest_id: str) -> int | None:
    """The number of the record that locked the list; what is struck or erased after it changes no list."""
    query = sa.select(AuditRecord.number).where(AuditRecord.contest_id == contest_id, AuditRecord.kind == "last")
    return db.session.scalar(query.order_by(AuditRecord.at).limit(1))


class _Sums:
    """The sums of lists already gone through, by contest, record and head of the chain."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, int, str], protocol.ListSum] = {}
        self.lock = threading.Lock()


def _summed(contest_id: str, ends: list[tuple[int, str]]) -> list[protocol.ListSum]:
    """The sums of the lists that end with these records of the chain, in one pass for those not known yet.

    A head vouches for every record before it, so what was once computed from them holds for good.
    """
    sums: _Sums = current_app.extensions.setdefault("draw_list_sums", _Sums())
    keys = [(contest_id, record, head) for record, head in ends]
    with sums.lock:
        tallies = {key: protocol.Tally(contest_id) for key in keys if key not in sums.known}
        if tallies:
            until = max(record for _, record, _ in tallies)
            for batch in in_batches(listing.history(contest_id, until), AuditRecord.ticket, after=""):
                for (_, record, _), tally in tallies.items():
                    tally.add(listing.at(batch, record))
            sums.known |= {key: tally.sum() for key, tally in tallies.items()}
        return [sums.known[key] for key in keys]
