"""One's own entry, found with receipt code and address: to see, to take along, to take back."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from wtforms import BooleanField, EmailField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from app.contest import entries, terms
from app.contest.entries import canonical_email
from app.contest.lookup import municipality_names
from app.contest.models import Entry, entry_of
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import winners
from app.draw.models import LockedList, Rank, Verdict
from app.errors import NotAllowed
from app.languages import SWEDISH
from app.privacy import mail_files
from app.spec.lines import format_time
from app.text import clean, clean_address
from app.web.forms import TokenForm


@dataclass(frozen=True)
class OwnEntry:
    """An entry as its sender sees it; `place` is its place in the draw, once there is one, `won` once confirmed."""

    contest: FrozenContest
    entry: Entry
    locked: bool
    place: int | None
    won: bool

    @property
    def status(self) -> str:
        """What became of the entry so far, as a Swedish sentence."""
        if self.entry.blocked_at:
            return "Du har tagit tillbaka svaret."
        if self.entry.struck:
            return f"Svaret är struket och inte med i dragningen. Skäl: {self.entry.struck}."
        if self.won:
            return f"Svaret fick plats {self.place} i dragningen och har vunnit."
        if self.place:
            return f"Svaret var med i dragningen och fick plats {self.place}."
        if self.locked:
            return "Svaret är med i dragningen. Listan är låst."
        return "Svaret är mottaget. Om det är med i dragningen avgörs när listan låses."


def find_own_entry(code: str, email: str) -> OwnEntry | None:
    """Return the entry that code and canonical address make up together; the same work when there is none."""
    query = sa.select(Entry).where(Entry.email == email, Entry.receipt_code == entries.plain_code(code))
    entry = db.session.scalar(query)
    contest = terms.frozen_contest(entry.contest_id) if entry else None
    return _own(contest, entry) if contest and entry and not contest.is_rehearsal else None


def find_by_ticket(contest_id: str, ticket: str) -> OwnEntry | None:
    """Return the entry that a link in a mail is about."""
    contest, entry = terms.frozen_contest(contest_id), entry_of(contest_id, ticket)
    return _own(contest, entry) if contest and entry else None


def _own(contest: FrozenContest, entry: Entry) -> OwnEntry:
    place = db.session.scalar(sa.select(Rank.place).where(Rank.contest_id == contest.id, Rank.ticket == entry.ticket))
    verdict = db.session.get(Verdict, (contest.id, place)) if place else None
    won = verdict is not None and verdict.skipped is None
    return OwnEntry(contest, entry, db.session.get(LockedList, contest.id) is not None, place, won)


def export_entry(own: OwnEntry) -> dict[str, object]:
    """Return everything that is kept of the entry, for the person to take along (GDPR article 20)."""
    entry = own.entry
    return {
        "tavling": own.contest.id,
        "kalender": own.contest.edition_title,
        "kvittokod": entries.group_code(entry.receipt_code) if entry.receipt_code else None,
        "lott": entry.ticket,
        "e_post": entry.email,
        "svar": entry.answer,
        "kommun": municipality_names().get(entry.municipality, entry.municipality),
        "motivering": entry.motivation,
        "mejlens_sprak": entry.language or SWEDISH,
        "mottaget": format_time(entry.received_at),
        "struket": entry.struck,
        "plats_i_dragningen": own.place,
    }


def withdraw_own_entry(own: OwnEntry, now: datetime) -> bool | None:
    """Withdraw the entry and remove its mails; return whether the list was locked, None when it was done before."""
    # Erasure on request (GDPR, article 17). In a locked list the ticket stays, for it says nothing about the person.
    locked = winners.withdraw_entry(own.contest, own.entry.ticket, now)
    mail_files.remove_files(own.entry.ticket)
    return locked


SHOW, TAKE_ALONG, WITHDRAW = "visa", "hamta", "aterkalla"


class OwnEntryForm(TokenForm):
    """Receipt code and address, and what to do with the entry that they lead to."""

    code = StringField(
        "Kvittokod",
        filters=[clean],
        validators=[DataRequired("Skriv koden från mejlet du fick."), Length(max=60, message="Koden är för lång.")],
    )
    email = EmailField("E-postadress", filters=[clean, clean_address])
    act = StringField(default=SHOW)
    sure = BooleanField("Ja, ta tillbaka mitt svar och radera mina uppgifter")
    # The address as it is kept; there once the form is valid.
    canonical: str

    def validate_email(self, field: EmailField) -> None:
        try:
            self.canonical = canonical_email(field.data or "")
        except NotAllowed as refused:
            raise ValidationError(str(refused)) from None
