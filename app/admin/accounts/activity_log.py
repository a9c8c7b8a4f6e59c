"""The organisers' log: who did what when."""

# Written once; never a participant's address or code.

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from flask import g, has_request_context
from sqlalchemy.orm import Mapped, mapped_column

from app.admin.accounts.models import AdminUser
from app.admin.accounts.roles import ROLES
from app.database import Base, UTCDateTime, begin_write, db

# What can be done, as the log's page says it.
KINDS = {
    "signed in": "loggade in",
    "failed": "misslyckades med att logga in",
    "signed out": "avslutade inloggningar",
    "invited": "bjöd in",
    "withdrawn": "drog tillbaka en inbjudan",
    "accepted": "skapade eller förnyade sitt konto",
    "removed": "tog bort ett konto",
    "role": "bytte en roll",
    "password": "bytte lösenord",
    "codes": "kopplade en app för engångskoder",
    "recovery": "skapade nya reservkoder",
    "passkey": "lade till en passkey",
    "passkey gone": "tog bort en passkey",
    "edited": "ändrade kalendern",
    "export": "hämtade uppgifter",
    "struck": "strök ett svar",
    "restored": "tog tillbaka en strykning",
    "locked": "låste listan",
    "drawn": "gjorde dragningen",
    "cancelled": "ställde in tävlingen",
    "confirmed": "bekräftade en vinnare",
    "skipped": "gick vidare från en plats",
    "named": "visade ett namn",
    "unnamed": "tog bort ett namn",
    "rehearsed": "började öva",
    "erased": "gallrade",
}


class OrganiserLog(Base):
    """One act. The number of a removed account stays, the address does not."""

    __tablename__ = "organiser_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    organiser_id: Mapped[int | None]
    role: Mapped[str | None] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20))
    about: Mapped[str] = mapped_column(sa.String(200))


def log_in_transaction(kind: str, about: str, now: datetime, by: AdminUser | None = None) -> None:
    """Add an act inside the caller's begin_write() transaction; by the signed-in user when none is named."""
    sign_in = g.get("sign_in") if has_request_context() else None
    who = by or (sign_in.organiser if sign_in else None)
    known = {"organiser_id": who.id, "role": who.role} if who else {}
    db.session.execute(sa.insert(OrganiserLog).values(at=now, kind=kind, about=about[:200], **known))


@contextmanager
def logged(kind: str, about: str, now: datetime, by: AdminUser | None = None) -> Iterator[None]:
    """Give a transaction that writes, and add an act to it at its end."""
    begin_write()
    yield
    log_in_transaction(kind, about, now, by)
    db.session.commit()


def log_action(kind: str, about: str, now: datetime, by: AdminUser | None = None) -> None:
    """Add an act in a transaction of its own, for an act that is done or about to be done."""
    with logged(kind, about, now, by):
        pass


def log_page(before: int | None, count: int) -> list[tuple[OrganiserLog, str]]:
    """Return up to `count` acts from below number `before`, newest first, each with who did it, in words."""
    query = (
        sa.select(OrganiserLog, AdminUser.email)
        .outerjoin(AdminUser, AdminUser.id == OrganiserLog.organiser_id)
        .order_by(OrganiserLog.id.desc())
        .limit(count)
    )
    if before is not None:
        query = query.where(OrganiserLog.id < before)
    return [(act, in_words(act, email)) for act, email in db.session.execute(query)]


def in_words(act: OrganiserLog, email: str | None) -> str:
    if act.organiser_id is None:
        return "någon utan konto" if act.kind == "failed" else "den som sköter servern"
    role = ROLES.get(act.role or "", "")
    return f"{email or f'borttaget konto nr {act.organiser_id}'}, {role}"
