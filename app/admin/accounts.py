"""The organisers' accounts: roles, removal, and the rule that somebody can always invite."""

from datetime import datetime

import sqlalchemy as sa

from app.admin import log, passwords
from app.admin.models import Invitation, Organiser, SignIn
from app.admin.roles import ADMINISTRATOR, ROLES
from app.database import db, write

LAST = "Det måste finnas minst en administratör. Gör någon annan till administratör först."


class AccountRefused(Exception):
    """Nothing was changed. The text is a Swedish sentence that says why."""


def everybody() -> list[Organiser]:
    return list(db.session.scalars(sa.select(Organiser).order_by(Organiser.email)))


def open_invitations(now: datetime) -> list[Invitation]:
    """Invitations that can still be accepted, but for that of the very first organiser."""
    query = sa.select(Invitation).where(Invitation.expires_at > now, Invitation.email.is_not(None))
    return list(db.session.scalars(query.order_by(Invitation.expires_at)))


def refuse_known(email: str) -> None:
    """Raises AccountRefused for an address that has an account: a link would give somebody else its password."""
    if db.session.scalar(sa.select(Organiser.id).where(Organiser.email == email.strip().lower())) is not None:
        raise AccountRefused(
            "Adressen har redan ett konto. Har personen tappat allt gör den som sköter servern en ny länk."
        )


def withdraw(checksum: str, now: datetime) -> None:
    """Makes an invitation's link useless; nothing when it already is."""
    write()
    db.session.execute(sa.delete(Invitation).where(Invitation.token_sha256 == checksum))
    log.record("withdrawn", "", now)
    db.session.commit()


def change_role(number: int, role: str, now: datetime) -> None:
    """Gives an account another role, from the next click on. Raises AccountRefused."""
    if role not in ROLES:
        raise AccountRefused("Välj en av rollerna.")
    write()
    organiser = _found(number)
    if organiser.role == ADMINISTRATOR and role != ADMINISTRATOR:
        _refuse_when_last()
    organiser.role = role
    log.record("role", f"konto nr {number} är nu {ROLES[role]}", now)
    db.session.commit()


def remove(number: int, now: datetime) -> None:
    """Removes an account with all that belongs to it; its sign-ins end at once. Raises AccountRefused."""
    write()
    organiser = _found(number)
    if organiser.role == ADMINISTRATOR:
        _refuse_when_last()
    db.session.execute(sa.delete(Invitation).where(Invitation.email == organiser.email))
    log.record("removed", f"konto nr {number}, {ROLES[organiser.role]}", now)
    db.session.execute(sa.delete(Organiser).where(Organiser.id == number))
    db.session.commit()


def _found(number: int) -> Organiser:
    found = db.session.get(Organiser, number)
    if found is None:
        raise AccountRefused("Kontot finns inte längre.")
    return found


def _refuse_when_last() -> None:
    if db.session.scalar(sa.select(sa.func.count()).where(Organiser.role == ADMINISTRATOR)) == 1:
        raise AccountRefused(LAST)


def change_password(sign_in: SignIn, password: str, now: datetime) -> None:
    """Sets a new password and ends every other sign-in of the account."""
    number, name, new = sign_in.organiser_id, sign_in.name, passwords.hashed(password)
    write()
    db.session.execute(sa.update(Organiser).where(Organiser.id == number).values(password_hash=new))
    _end(number, SignIn.name != name)
    log.record("password", "", now)
    db.session.commit()


def sign_ins(organiser_id: int, since: datetime) -> list[SignIn]:
    """An account's sign-ins that were seen after `since`, the latest first."""
    query = sa.select(SignIn).where(SignIn.organiser_id == organiser_id, SignIn.seen_at > since)
    return list(db.session.scalars(query.order_by(SignIn.seen_at.desc())))


def end_sign_in(organiser_id: int, name: str, now: datetime) -> None:
    """Ends one of the account's sign-ins."""
    write()
    log.record("signed out", "en annan webbläsare", now)
    _end(organiser_id, SignIn.name == name)
    db.session.commit()


def end_all_sign_ins(organiser_id: int, now: datetime) -> None:
    """Ends every sign-in of the account, the present one too."""
    write()
    # First the log: afterwards nobody is signed in who could have done it.
    log.record("signed out", "alla webbläsare", now)
    _end(organiser_id, sa.true())
    db.session.commit()


def _end(organiser_id: int, which: sa.ColumnElement[bool]) -> None:
    gone = sa.delete(SignIn).where(SignIn.organiser_id == organiser_id, which)
    db.session.execute(gone, execution_options={"synchronize_session": False})
