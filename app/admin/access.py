"""Who may enter the organisers' area: invitation, password and one-time code, and the sign-ins that follow."""

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from app.admin.models import Invitation, Organiser, SignIn
from app.database import db, write

INVITATION_LASTS = timedelta(days=7)
IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
SHORTEST_PASSWORD = 12
_hasher = PasswordHasher()


class AccessRefused(Exception):
    """The text is a Swedish sentence for the person at the form."""


def checksum(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def has_organisers() -> bool:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Organiser)) > 0  # type: ignore[operator]


def invite(email: str | None, now: datetime) -> str:
    """A new invitation's token. For someone who has an account, accepting it sets a new password and code."""
    token = secrets.token_urlsafe(24)
    write()
    db.session.execute(sa.delete(Invitation).where(Invitation.expires_at < now))
    address = email.strip().lower() if email else None
    db.session.add(Invitation(token_sha256=checksum(token), email=address, expires_at=now + INVITATION_LASTS))
    db.session.commit()
    return token


def find_invitation(token: str, now: datetime) -> Invitation | None:
    found = db.session.get(Invitation, checksum(token))
    return found if found and found.expires_at > now else None


def totp_secret(token: str, key: str) -> str:
    """The one-time-code secret that an invitation offers: the same each time its page is shown."""
    return base64.b32encode(hmac.digest(key.encode(), f"totp/v1|{token}".encode(), "sha1")).decode()


def accept(token: str, email: str, password: str, code: str, key: str, now: datetime) -> None:
    """Creates the organiser (or renews one) and uses the invitation up. Raises AccessRefused."""
    secret = totp_secret(token, key)
    step = _step(secret, code, 0, now)
    if step is None:
        raise AccessRefused("Koden stämmer inte. Vänta på nästa kod i appen och skriv den.")
    password_hash = _hasher.hash(password)
    write()
    invitation = find_invitation(token, now)
    if invitation is None:
        raise AccessRefused("Länken har redan använts eller är för gammal. Be om en ny.")
    address = invitation.email or email.strip().lower()
    organiser = db.session.scalar(sa.select(Organiser).where(Organiser.email == address))
    if organiser is None:
        organiser = Organiser(email=address, created_at=now)
        db.session.add(organiser)
    else:
        db.session.execute(sa.delete(SignIn).where(SignIn.organiser_id == organiser.id))
    organiser.password_hash, organiser.totp_secret, organiser.totp_last_step = password_hash, secret, step
    db.session.delete(invitation)
    db.session.commit()


def sign_in(email: str, password: str, code: str, now: datetime) -> str:
    """The token of a new sign-in. Raises AccessRefused, with the same words and work whatever was wrong."""
    organiser = db.session.scalar(sa.select(Organiser).where(Organiser.email == email.strip().lower()))
    right_password = _verify(organiser.password_hash if organiser else _nobodys_hash(), password)
    step = _step(organiser.totp_secret, code, organiser.totp_last_step, now) if organiser else None
    if organiser is None or not right_password or step is None:
        raise AccessRefused("E-postadress, lösenord och kod hör inte ihop. Försök igen med en ny kod ur appen.")
    token = secrets.token_urlsafe(32)
    write()
    used = sa.update(Organiser).where(Organiser.id == organiser.id, Organiser.totp_last_step < step)
    if db.session.execute(used.values(totp_last_step=step)).rowcount != 1:  # type: ignore[attr-defined]
        db.session.rollback()
        raise AccessRefused("Koden har redan använts. Vänta på nästa kod i appen och försök igen.")
    db.session.execute(sa.delete(SignIn).where(SignIn.created_at < now - ABSOLUTE))
    db.session.add(SignIn(token_sha256=checksum(token), organiser_id=organiser.id, created_at=now, seen_at=now))
    db.session.commit()
    return token


def find_sign_in(token: str, now: datetime) -> SignIn | None:
    """The sign-in that a cookie's token stands for, marked as seen; None when unknown or too old."""
    found = db.session.get(SignIn, checksum(token))
    if found is None or now > found.created_at + ABSOLUTE or now > found.seen_at + IDLE:
        return None
    if now > found.seen_at + timedelta(minutes=1):
        write()
        db.session.execute(sa.update(SignIn).where(SignIn.token_sha256 == checksum(token)).values(seen_at=now))
        db.session.commit()
    return found


def sign_out(token: str) -> None:
    write()
    db.session.execute(sa.delete(SignIn).where(SignIn.token_sha256 == checksum(token)))
    db.session.commit()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except Argon2Error:
        return False


@cache
def _nobodys_hash() -> str:
    """Something to compare with when the account does not exist, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


def _step(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The 30-second step (RFC 6238) that a code belongs to, newer than `last`; one step early or late is fine."""
    totp = pyotp.TOTP(secret)
    digits = "".join(character for character in code if character.isdigit())
    this = int(now.timestamp()) // 30
    steps = (step for step in (this, this - 1, this + 1) if step > last)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)
