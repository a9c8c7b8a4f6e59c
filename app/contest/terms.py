"""The terms of a contest: frozen once at its opening, and given from there to pages, mails and actions."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from flask import Flask, current_app, g
from pydantic import ConfigDict, ValidationInfo, field_validator
from sqlalchemy.exc import SQLAlchemyError

from app.audit import records
from app.calendar.hatches import Edition
from app.calendar.schema import REHEARSED, Contest, Organisation, Phase
from app.contest.models import ContestContact, FrozenTerms
from app.database import db
from app.spec import beacon
from app.spec.beacon import Chain
from app.spec.lines import checksum
from app.spec.log import RecordKind


class FrozenContest(Contest):
    """A contest as its terms were frozen; `opens` is the time of freezing if that came later."""

    # regler.txt and tavling.txt end with a line feed.
    model_config = ConfigDict(str_strip_whitespace=False)
    year: int
    hatch: int
    edition_title: str
    organisation: Organisation
    rules: str
    terms: str
    salt: str
    chain_hash: str
    round: int

    @field_validator("id")
    @classmethod
    def _is_no_rehearsal(cls, value: str) -> str:
        return value

    @field_validator("draw_at")
    @classmethod
    def _leaves_time(cls, value: datetime, info: ValidationInfo) -> datetime:
        # A rehearsal is over in minutes; of other contests it was demanded before they were frozen.
        return value

    @property
    def chain(self) -> Chain:
        """The chain whose round decides."""
        return next(chain for chain in beacon.CHAINS if chain.hash == self.chain_hash)

    @property
    def round_at(self) -> datetime:
        """`tidpunkt` of the terms."""
        return beacon.time_of(self.chain, self.round)

    @property
    def terms_sha256(self) -> str:
        return checksum([self.terms])

    @property
    def rules_sha256(self) -> str:
        return checksum([self.rules])

    @classmethod
    def read(cls, row: FrozenTerms) -> Self:
        names = ("year", "hatch", "rules", "terms", "salt", "chain_hash", "round")
        return cls(id=row.contest_id, **json.loads(row.definition), **{name: getattr(row, name) for name in names})


def frozen_contest(contest_id: str) -> FrozenContest | None:
    """Return the contest with this id; None when it has not opened."""
    return _cached(contest_id, FrozenTerms.contest_id == contest_id)


def frozen_in(year: int) -> FrozenContest | None:
    """Return the contest of an edition; None when it has not opened."""
    return _cached(year, FrozenTerms.year == year, ~FrozenTerms.contest_id.startswith(REHEARSED))


def all_frozen() -> list[FrozenContest]:
    """Return every contest that has opened, newest first, without rehearsals."""
    query = sa.select(FrozenTerms.contest_id).where(~FrozenTerms.contest_id.startswith(REHEARSED))
    found = db.session.scalars(query.order_by(FrozenTerms.year.desc())).all()
    return [contest for contest_id in found if (contest := frozen_contest(contest_id))]


def _cached(key: str | int, *where: Any) -> FrozenContest | None:
    # A demo can start over with other terms, in another process too.
    cache: dict[str | int, FrozenContest] = {} if current_app.config["DEMO"] else current_app.extensions["terms"]
    if key not in cache and (row := db.session.scalar(sa.select(FrozenTerms).where(*where))):
        cache[key] = FrozenContest.read(row)
    return cache.get(key)


def contest_of(edition: Edition) -> Contest | None:
    """Return the edition's contest: as frozen, or as the files have it while it has not opened."""
    return frozen_in(edition.year) or edition.file_contest


def hatch_of(edition: Edition) -> int | None:
    """Return the number of the hatch that the contest stands in."""
    frozen = frozen_in(edition.year)
    return frozen.hatch if frozen else edition.file_contest_number


def phase_of(edition: Edition, now: datetime) -> Phase | None:
    """Return the contest's phase; None without a contest. It does not open while a required field is empty."""
    if frozen := frozen_in(edition.year):
        return frozen.phase(now)
    phase = edition.file_contest.phase(now) if edition.file_contest else None
    if phase != "open":
        return phase
    return "waiting" if edition.gaps else "opening"


def contact_of(contest_id: str) -> ContestContact | None:
    """Return how to reach those who arrange a contest; None once that is erased."""
    return db.session.get(ContestContact, contest_id)


def is_cancelled(contest_id: str) -> bool:
    """Check whether a contest was cancelled."""
    return records.has(contest_id, RecordKind.CANCELLED)


def or_without_database(ask: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Make a page that can be shown while the database is away, but is not kept."""

    def answer(*values: Any) -> Any:
        try:
            return ask(*values)
        except SQLAlchemyError:
            db.session.rollback()
            g.without_database = True
            return otherwise(*values)

    return answer


def _phase_of_file(edition: Edition, now: datetime) -> Phase | None:
    return edition.file_contest.phase(now) if edition.file_contest else None


# The same as pages show it while the database is away: as last read, or as the files have it.
shown_contest = or_without_database(contest_of, lambda edition: edition.file_contest)
shown_hatch = or_without_database(hatch_of, lambda edition: edition.file_contest_number)
shown_phase = or_without_database(phase_of, _phase_of_file)
shown_as_cancelled = or_without_database(is_cancelled, lambda _: False)


def init_app(app: Flask) -> None:
    app.extensions["terms"] = {}
    app.add_template_global(shown_contest, "contest_of")
    app.add_template_global(shown_hatch, "hatch_of")
    app.add_template_global(shown_phase, "phase_of")
    app.add_template_global(shown_as_cancelled, "is_cancelled")
