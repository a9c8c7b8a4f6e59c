"""Organisers, their invitations, what they prove themselves with, and their sign-ins."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.admin.accounts.roles import ADMINISTRATOR
from app.database import Base, UTCDateTime


def _owner() -> Mapped[int]:
    return mapped_column(sa.ForeignKey("organiser.id", ondelete="CASCADE"), index=True)


class AdminUser(Base):
    """A user of the organisers' area. A number is never given twice: the log speaks of numbers."""

    __tablename__ = "organiser"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    role: Mapped[str] = mapped_column(sa.String(20), default=ADMINISTRATOR)
    municipality: Mapped[str | None] = mapped_column(sa.String(60), doc="whose page a kommunredaktör edits")
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    totp_secret: Mapped[str | None] = mapped_column(sa.String(300), doc="sealed; None without an app for codes")
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0, doc="the last code used; it works once")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Invitation(Base):
    """A one-time link. Without an address, its user gives one; without a role, an account keeps its own."""

    __tablename__ = "invitation"

    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(320))
    role: Mapped[str | None] = mapped_column(sa.String(20))
    municipality: Mapped[str | None] = mapped_column(sa.String(60))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AdminSession(Base):
    """One signed-in browser; the cookie holds the token, the database only its checksum."""

    __tablename__ = "sign_in"

    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    organiser_id: Mapped[int] = _owner()
    organiser: Mapped[AdminUser] = relationship(lazy="joined")
    # Stays the same when the token changes; forms are bound to it.
    name: Mapped[str] = mapped_column(sa.String(32), default=lambda: secrets.token_hex(16), unique=True)
    browser: Mapped[str] = mapped_column(sa.String(40), default="", doc="in words, nothing that tells people apart")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime, doc="the last proof after that of the sign-in")


class RecoveryCode(Base):
    """Takes the place of a one-time code, once; the row goes when it is used."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[int] = _owner()
    code_hmac: Mapped[str] = mapped_column(sa.String(64))


class Passkey(Base):
    """A public key whose other half never leaves a phone, a computer or a security key."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    organiser_id: Mapped[int] = _owner()
    name: Mapped[str] = mapped_column(sa.String(60))
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True, doc="base64url")
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary, doc="COSE")
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class UsedChallenge(Base):
    """A challenge that a passkey has answered; it is good for one answer."""

    __tablename__ = "used_challenge"

    challenge_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrganiserMail(Base):
    """Which mails an organiser wants; without a row, alerts and no report."""

    __tablename__ = "organiser_mail"

    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey("organiser.id", ondelete="CASCADE"), primary_key=True)
    daily_report: Mapped[bool] = mapped_column(default=False)
    alerts: Mapped[bool] = mapped_column(default=True)


class OrganiserMailSent(Base):
    """A mail that a process has taken on; the same name goes to an organiser once."""

    __tablename__ = "organiser_mail_sent"

    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey("organiser.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(UTCDateTime)
