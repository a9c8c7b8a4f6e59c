"""Organisers, their invitations and their sign-ins."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, UTCDateTime


class Organiser(Base):
    """Someone who may enter the organisers' area. The TOTP secret is kept as it is, not encrypted."""

    __tablename__ = "organiser"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    totp_secret: Mapped[str] = mapped_column(sa.String(64))
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0, doc="the last code used; it works once")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Invitation(Base):
    """A one-time link. Without an address, whoever opens it says theirs: for the very first organiser."""

    __tablename__ = "invitation"

    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    email: Mapped[str | None] = mapped_column(sa.String(320))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignIn(Base):
    """One signed-in browser; the cookie holds the token, the database only its checksum."""

    __tablename__ = "sign_in"

    token_sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    organiser_id: Mapped[int] = mapped_column(sa.ForeignKey("organiser.id", ondelete="CASCADE"))
    organiser: Mapped[Organiser] = relationship(lazy="joined")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
