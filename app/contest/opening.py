"""The opening of a contest: its terms are frozen, once, by the jobs loop or by the first entry."""

import json
import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import IntegrityError

from app.calendar.hatches import Edition
from app.calendar.schema import Contest, Organisation
from app.contest import rules
from app.contest.models import ContestContact, FrozenTerms
from app.contest.terms import FrozenContest, contact_of, frozen_contest, frozen_in, phase_of
from app.database import db, write
from app.mail import post
from app.spec import beacon, files
from app.spec.beacon import Chain
from app.spec.lines import checksum, stamp

_CONTACT = ("email", "witnesses", "erasure_decision")


class NotReady(Exception):
    """The contest cannot open. The text is a Swedish sentence for the organiser."""


def freeze(edition: Edition, now: datetime, chain: Chain) -> FrozenContest:
    """Freeze the terms of an edition's contest, once; return them. Raises NotReady."""
    contest, number = edition.file_contest, edition.file_contest_number
    if found := frozen_in(edition.year):
        return found
    if contest is None or number is None:
        raise NotReady("Kalendern har ingen tävling.")
    _refuse_unready(edition, contest, now)
    opened = contest.model_copy(update={"opens": max(contest.opens, now.replace(microsecond=0))})
    write()
    if frozen_in(edition.year) is None:
        if db.session.get(FrozenTerms, contest.id):
            raise NotReady(f"Id {contest.id} är redan använt av en annan tävling. Välj ett nytt.")
        title = edition.file.title
        add_terms(opened, edition.year, number, title, edition.file.organiser, chain, now)
        _refresh_contact(contest.id, edition)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
    found = frozen_in(edition.year)
    if found is None:
        raise NotReady(f"Id {contest.id} är redan använt av en annan tävling. Välj ett nytt.")
    return found


def _refuse_unready(edition: Edition, contest: Contest, now: datetime) -> None:
    if edition.gaps or contest.phase(now) != "open":
        raise NotReady("Tävlingen kan inte öppna nu: reglerna är inte klara, eller det är inte tid.")
    if found := frozen_contest(contest.id):
        raise NotReady(f"Id {contest.id} är redan använt av tävlingen {found.year}. Välj ett nytt.")
    config = current_app.config
    if config["MAIL_URL"] and not config["DEMO"]:
        db.session.rollback()
        try:
            post.greet(config["MAIL_URL"], "localhost")
        except post.Closed as trouble:
            raise NotReady(f"Mejlservern svarar inte ({trouble}), så inga kvitton skulle gå ut.") from None


def add_terms(
    contest: Contest, year: int, hatch: int, title: str, organisation: Organisation, chain: Chain, now: datetime
) -> None:
    """Write the terms of a contest, inside the caller's write() transaction."""
    body = Organisation(**organisation.model_dump(include={*Organisation.model_fields}))
    text = rules.text(contest, body, title)
    salt, number = secrets.token_hex(16), beacon.round_at(chain, contest.draw_at)
    terms = files.Terms(
        tavling=contest.id,
        oppnar=stamp(contest.opens),
        stanger=stamp(contest.closes),
        regler_sha256=checksum([text]),
        svar_sha256=files.answer_sum(contest.id, contest.answer, salt),
        vinster=contest.prize_count,
        kalla=chain.name,
        kedja=chain.hash,
        runda=number,
        tidpunkt=stamp(beacon.time_of(chain, number)),
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


def freeze_due(now: datetime) -> list[str]:
    """Freeze the contests whose time to open has come; return what keeps the others from it, in Swedish."""
    told = []
    for edition in current_app.extensions["library"].editions.values():
        if phase_of(edition, now) == "opening":
            try:
                freeze(edition, now, current_app.extensions["draw_chain"])
            except NotReady as reason:
                told.append(f"Tävlingen {edition.year} öppnar inte: {reason}")
    return told


def refresh_contacts() -> None:
    """Keep how to reach those who arrange an open contest as the files have it, while there are files."""
    for edition in current_app.extensions["library"].editions.values():
        if (frozen := frozen_in(edition.year)) and _contact_of(edition) != _stored(frozen.id):
            write()
            _refresh_contact(frozen.id, edition)
            db.session.commit()


def _contact_of(edition: Edition) -> dict[str, str]:
    organiser = edition.file.organiser
    decision = edition.file.privacy.erasure_decision
    return {"email": organiser.email, "witnesses": json.dumps(organiser.witnesses), "erasure_decision": decision}


def _stored(contest_id: str) -> dict[str, str] | None:
    found = contact_of(contest_id)
    return {name: getattr(found, name) for name in _CONTACT} if found else None


def _refresh_contact(contest_id: str, edition: Edition) -> None:
    db.session.merge(ContestContact(contest_id=contest_id, **_contact_of(edition)))
