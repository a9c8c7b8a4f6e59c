"""Passwords: argon2id, a few at a time, and which ones are too easy to guess."""

# Sources: OWASP ASVS 5.0, 6.2; NIST SP 800-63B-4, 3.1.1. What counts is length and being hard to guess, never which
# kinds of signs it has.

import base64
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import pyotp
import sqlalchemy as sa
from werkzeug.utils import secure_filename

from app.admin.accounts import activity_log, crypto
from app.admin.accounts.models import AdminUser, RecoveryCode
from app.calendar.views import current_edition
from app.database import begin_write, db, rows_changed
from app.web.rate_limit import RateLimitExceeded

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# OWASP ASVS 5.0 asks for 8 signs at least (6.2.1) and that 64 are allowed (6.2.9). A bound keeps hashing short.
SHORTEST, LONGEST = 12, 128
# Of zxcvbn's 0 to 4: more than a hundred million guesses.
HARD_ENOUGH = 3
CONTEXT = ("julkalender", "kalender", "tomten", "adventskalender", "lucka")
# What zxcvbn's lists, which are English, do not know.
SWEDISH = ("lösenord", "losenord", "sommar", "vinter", "höst", "vår", "hejsan", "välkommen", "sverige", "kommun")
TOO_EASY = "Lösenordet är för lätt att gissa. Välj en längre mening som bara du kommer på."
# Seconds that a request waits for its turn.
WAITS = 5

# 64 MiB and a third of a second each: a flood of guesses must not eat the machine, nor the turn of someone we know.
_turns, _turns_of_known = BoundedSemaphore(2), BoundedSemaphore(1)


@cache
def hasher() -> "PasswordHasher":
    # Read here, as below: a process that serves the public has no use for it.
    from argon2 import PasswordHasher

    # Its defaults are the second profile of RFC 9106, 4: 64 MiB, three passes, four lanes.
    return PasswordHasher()


def hash_password(password: str) -> str:
    return hasher().hash(password)


def verify_password(password_hash: str | None, password: str, known: bool = False) -> bool:
    """Check whether the password is right; as much work when there is no account. Raises RateLimitExceeded."""
    from argon2.exceptions import Argon2Error

    with take_turn(_turns_of_known if known else _turns):
        try:
            return hasher().verify(password_hash or hash_of_no_account(), password)
        except Argon2Error:
            return False


@contextmanager
def take_turn(turns: BoundedSemaphore) -> Iterator[None]:
    if not turns.acquire(timeout=WAITS):
        raise RateLimitExceeded
    try:
        yield
    finally:
        turns.release()


@cache
def hash_of_no_account() -> str:
    """Return something to compare with when the account does not exist, so that the answer takes as long."""
    return hasher().hash(secrets.token_urlsafe(16))


def password_fault(password: str, email: str) -> str | None:
    """Return what is wrong with a new password, as a Swedish sentence."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Välj ett lösenord på minst {SHORTEST} tecken" + (
            f" och högst {LONGEST}." if len(password) > LONGEST else "."
        )
    title = current_edition().plain_title.lower()
    named = [*title.split(), *secure_filename(title).split("_")]
    own = [part for part in email.lower().replace("@", ".").split(".") if len(part) > 2]
    # Read here: its lists take 12 MiB, and few processes ever choose a password.
    from zxcvbn import zxcvbn

    # zxcvbn takes long over long passwords, and 72 signs say enough.
    easy = zxcvbn(password[:72], user_inputs=[*CONTEXT, *SWEDISH, email.lower(), *own, *named])["score"] < HARD_ENOUGH
    return TOO_EASY if easy else None


RECOVERY_CODES = 10
# Without those that are mistaken for each other.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
# 118 bits: so many that a fast keyed checksum is enough to keep (OWASP ASVS 5.0, 6.5.2).
_LENGTH = 24


def new_secret() -> str:
    """Return a TOTP secret of 160 bits."""
    # As RFC 4226, 4 (R6) recommends.
    return pyotp.random_base32(32)


def step_of(secret: str, code: str, last: int, now: datetime) -> int | None:
    """Return the 30-second step that a code belongs to, newer than `last`; one step early or late is fine."""
    # RFC 6238, 5.2: one step for clocks that differ, and no code twice.
    totp = pyotp.TOTP(secret)
    digits = "".join(character for character in code if character in "0123456789")
    this = int(now.timestamp()) // 30
    steps = (step for step in (this, this - 1, this + 1) if step > last)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def use_code(organiser: AdminUser, code: str, now: datetime) -> bool:
    """Use up a one-time code; False when it is wrong, too old or used before, or there is no app for it."""
    if organiser.totp_secret is None:
        return False
    try:
        step = step_of(crypto.decrypt(organiser.totp_secret, "totp"), code, organiser.totp_last_step, now)
    except crypto.InvalidSeal:
        return False
    if step is None:
        return False
    number = organiser.id
    begin_write()
    used = sa.update(AdminUser).where(AdminUser.id == number, AdminUser.totp_last_step < step)
    changed = rows_changed(db.session.execute(used.values(totp_last_step=step)))
    db.session.commit()
    return bool(changed == 1)


def replace_app(organiser: AdminUser, secret: str, code: str, now: datetime) -> bool:
    """Put a new app in the place of the old one, if the new one's code is right."""
    step = step_of(secret, code, 0, now)
    if step is None:
        return False
    number, values = organiser.id, {"totp_secret": crypto.encrypt(secret, "totp", now), "totp_last_step": step}
    with activity_log.logged("codes", "", now):
        db.session.execute(sa.update(AdminUser).where(AdminUser.id == number).values(values))
    return True


def make_recovery_codes(organiser: AdminUser, now: datetime) -> list[str]:
    """Ten new recovery codes, to be shown once; the earlier ones stop working."""
    made = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    number, key = organiser.id, next(crypto.keys("recovery"))
    with activity_log.logged("recovery", "", now, organiser):
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.organiser_id == number))
        db.session.add_all(RecoveryCode(organiser_id=number, code_hmac=code_checksum(key, code)) for code in made)
    return ["-".join(code[start : start + 4] for start in range(0, _LENGTH, 4)) for code in made]


def use_recovery_code(organiser: AdminUser, typed: str) -> bool:
    """Use up a recovery code, typed with any spaces, hyphens and capitals."""
    code = "".join(sign for sign in typed.lower() if sign in _SIGNS)
    known = [code_checksum(key, code) for key in crypto.keys("recovery")]
    number = organiser.id
    begin_write()
    used = sa.delete(RecoveryCode).where(RecoveryCode.organiser_id == number, RecoveryCode.code_hmac.in_(known))
    gone = rows_changed(db.session.execute(used))
    db.session.commit()
    return bool(gone)


def recovery_codes_left(organiser: AdminUser) -> int:
    query = sa.select(sa.func.count(RecoveryCode.id)).where(RecoveryCode.organiser_id == organiser.id)
    return db.session.scalar(query) or 0


def offered_secret(token: str, key: str) -> str:
    """Return the secret that an invitation offers: the same each time its page is shown."""
    return base64.b32encode(hmac.digest(key.encode(), f"totp/v1|{token}".encode(), "sha1")).decode()


def code_checksum(key: bytes, code: str) -> str:
    return hmac.digest(key, code.encode(), "sha256").hex()
