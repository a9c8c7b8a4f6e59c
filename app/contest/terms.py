"""The terms of a contest: frozen once at its opening, and given from there to pages, mails and actions."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Self

import sqlalchemy as sa
from flask import Flask, current_app, g
from pydantic import ConfigDict, ValidationInfo, field_validator
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app import audit
from app.calendar.content import Edition
from app.calendar.edition import REHEARSED, Contest, Organisation, Phase
from app.contest import rules
from app.contest.models import ContestContact, FrozenTerms
from app.database import begin_write, db
from app.errors import NotAllowed
from app.outbox import transport
from app.spec import beacon, files
from app.spec.beacon import Chain
from app.spec.lines import checksum, format_time
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
    return _cache().get(contest_id) or _read(contest_id, FrozenTerms.contest_id == contest_id)


def frozen_in(year: int) -> FrozenContest | None:
    """Return the contest of an edition; None when it has not opened."""
    return _cache().get(year) or _read(year, FrozenTerms.year == year, ~FrozenTerms.contest_id.startswith(REHEARSED))


def all_frozen() -> list[FrozenContest]:
    """Return every contest that has opened, newest first, without rehearsals."""
    query = sa.select(FrozenTerms.contest_id).where(~FrozenTerms.contest_id.startswith(REHEARSED))
    found = db.session.scalars(query.order_by(FrozenTerms.year.desc())).all()
    return [contest for contest_id in found if (contest := frozen_contest(contest_id))]


def _cache() -> dict[str | int, FrozenContest]:
    # A demo can start over with other terms, in another process too.
    cache: dict[str | int, FrozenContest] = {} if current_app.config["DEMO"] else current_app.extensions["terms"]
    return cache


def _read(key: str | int, *where: sa.ColumnElement[bool]) -> FrozenContest | None:
    row = db.session.scalar(sa.select(FrozenTerms).where(*where))
    if row is None:
        return None
    found = _cache()[key] = FrozenContest.read(row)
    return found


def contest_of(edition: Edition) -> Contest | None:
    """Return the edition's contest: as frozen, or as the files have it while it has not opened."""
    return frozen_in(edition.year) or edition.file_contest


def hatch_of(edition: Edition) -> int | None:
    """Return the number of the hatch that the contest stands in."""
    frozen = frozen_in(edition.year)
    return frozen.hatch if frozen else edition.file_contest_number


def phase_of(edition: Edition, now: datetime) -> Phase | None:
    """Return the contest's phase; None without a contest."""
    if frozen := frozen_in(edition.year):
        return frozen.phase(now)
    contest = edition.file_contest
    return phase_of_unopened(contest, now, bool(edition.gaps)) if contest else None


def phase_of_unopened(
    contest: Contest, now: datetime, waits: bool
) -> Literal["before", "waiting", "opening", "missed"]:
    """Return the phase of a contest that has not opened, as none does while a required field is empty: `waits`."""
    match contest.phase(now):
        case "before":
            return "before"
        case "closed":
            return "missed"
        case _:
            return "waiting" if waits else "opening"


def contact_of(contest_id: str) -> ContestContact | None:
    """Return the organiser's contact details; None once they are erased."""
    return db.session.get(ContestContact, contest_id)


def is_cancelled(contest_id: str) -> bool:
    """Check whether a contest was cancelled."""
    return audit.has_record(contest_id, RecordKind.CANCELLED)


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


def phase_of_file(edition: Edition, now: datetime) -> Phase | None:
    return edition.file_contest.phase(now) if edition.file_contest else None


# The same as pages show it while the database is away: as last read, or as the files have it.
shown_contest = or_without_database(contest_of, lambda edition: edition.file_contest)
shown_hatch = or_without_database(hatch_of, lambda edition: edition.file_contest_number)
shown_phase = or_without_database(phase_of, phase_of_file)
shown_as_cancelled = or_without_database(is_cancelled, lambda _: False)


def init_app(app: Flask) -> None:
    app.extensions["terms"] = {}
    app.add_template_global(shown_contest, "contest_of")
    app.add_template_global(shown_hatch, "hatch_of")
    app.add_template_global(shown_phase, "phase_of")
    app.add_template_global(shown_as_cancelled, "is_cancelled")


def freeze_terms(edition: Edition, now: datetime, chain: Chain) -> FrozenContest:
    """Freeze the terms of an edition's contest, once; return them. Raises NotAllowed."""
    contest, number = edition.file_contest, edition.file_contest_number
    if found := frozen_in(edition.year):
        return found
    if contest is None or number is None:
        raise NotAllowed("Kalendern har ingen tävling.")
    refuse_unready(edition, contest, now)
    opened = contest.model_copy(update={"opens": max(contest.opens, now.replace(microsecond=0))})
    begin_write()
    if frozen_in(edition.year) is None:
        if db.session.get(FrozenTerms, contest.id):
            raise NotAllowed(f"Id {contest.id} är redan använt av en annan tävling. Välj ett nytt.")
        title = edition.file.title
        add_terms(opened, edition.year, number, title, edition.file.organiser, chain, now)
        refresh_contact(contest.id, edition)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
    found = frozen_in(edition.year)
    if found is None:
        raise NotAllowed(f"Id {contest.id} är redan använt av en annan tävling. Välj ett nytt.")
    return found


def refuse_unready(edition: Edition, contest: Contest, now: datetime) -> None:
    if edition.gaps or contest.phase(now) != "open":
        raise NotAllowed("Tävlingen kan inte öppna nu: reglerna är inte klara, eller det är inte tid.")
    # Of this edition: another process has frozen it meanwhile.
    if (found := frozen_contest(contest.id)) and found.year != edition.year:
        raise NotAllowed(f"Id {contest.id} är redan använt av tävlingen {found.year}. Välj ett nytt.")
    config = current_app.config
    if config["MAIL_URL"] and not config["DEMO"]:
        db.session.rollback()
        try:
            transport.check_connection(config["MAIL_URL"], "localhost")
        except transport.TransportDown as trouble:
            raise NotAllowed(f"Mejlservern svarar inte ({trouble}), så inga kvitton skulle gå ut.") from None


def add_terms(
    contest: Contest, year: int, hatch: int, title: str, organisation: Organisation, chain: Chain, now: datetime
) -> None:
    """Write the terms of a contest, inside the caller's begin_write() transaction."""
    body = Organisation(**organisation.model_dump(include={*Organisation.model_fields}))
    text = rules.rules_text(contest, body, title)
    salt, number = secrets.token_hex(16), beacon.round_at(chain, contest.draw_at)
    terms = files.Terms(
        tavling=contest.id,
        oppnar=format_time(contest.opens),
        stanger=format_time(contest.closes),
        regler_sha256=checksum([text]),
        svar_sha256=files.answer_sum(contest.id, contest.answer, salt),
        vinster=contest.prize_count,
        kalla=chain.name,
        kedja=chain.hash,
        runda=number,
        tidpunkt=format_time(beacon.time_of(chain, number)),
    )
    told = contest.model_dump(mode="json", include={*Contest.model_fields} - {"id", "corrections"})
    definition = told | {"edition_title": title, "organisation": body.model_dump(mode="json")}
    db.session.add(
        FrozenTerms(
            contest_id=contest.id,
            year=year,
            hatch=hatch,
            frozen_at=now,
            definition=json.dumps(definition, sort_keys=True, ensure_ascii=False),
            rules=text,
            terms=files.terms_text(terms),
            salt=salt,
            chain_hash=chain.hash,
            round=number,
        )
    )
    db.session.flush()


def freeze_due_terms(now: datetime) -> list[str]:
    """Freeze the contests whose time to open has come; return what keeps the others from it, in Swedish."""
    told = []
    for edition in current_app.extensions["library"].editions.values():
        if phase_of(edition, now) == "opening":
            try:
                freeze_terms(edition, now, current_app.extensions["draw_chain"])
            except NotAllowed as reason:
                told.append(f"Tävlingen {edition.year} öppnar inte: {reason}")
    return told


def refresh_contacts() -> None:
    """Refresh the contact details of open contests from the files, while there are files."""
    for edition in current_app.extensions["library"].editions.values():
        if frozen := frozen_in(edition.year):
            stored = contact_of(frozen.id)
            if not stored or any(getattr(stored, name) != told for name, told in _contact_of(edition).items()):
                begin_write()
                refresh_contact(frozen.id, edition)
                db.session.commit()


def _contact_of(edition: Edition) -> dict[str, str]:
    organiser = edition.file.organiser
    decision = edition.file.privacy.erasure_decision
    return {"email": organiser.email, "witnesses": json.dumps(organiser.witnesses), "erasure_decision": decision}


def refresh_contact(contest_id: str, edition: Edition) -> None:
    db.session.merge(ContestContact(contest_id=contest_id, **_contact_of(edition)))
