"""What one proves oneself with beside the password: one-time codes from an app (RFC 6238) and recovery codes."""

import base64
import hmac
import secrets
from datetime import datetime

import pyotp
import sqlalchemy as sa

from app.admin import log, sealing
from app.admin.models import Organiser, RecoveryCode
from app.database import db, write

RECOVERY_CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other."""
_LENGTH = 24
"""118 bits: so many that a fast keyed checksum is enough to keep (OWASP ASVS 5.0, 6.5.2)."""


def new_secret() -> str:
    """A TOTP secret of 160 bits."""
    return pyotp.random_base32(32)


def step_of(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The 30-second step that a code belongs to, newer than `last`; one step early or late is fine."""
    totp = pyotp.TOTP(secret)
    digits = "".join(character for character in code if character in "0123456789")
    this = int(now.timestamp()) // 30
    steps = (step for step in (this, this - 1, this + 1) if step > last)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def use_code(organiser: Organiser, code: str, now: datetime) -> bool:
    """Uses up a one-time code; False when it is wrong, too old or used before."""
    try:
        step = step_of(sealing.opened(organiser.totp_secret, "totp"), code, organiser.totp_last_step, now)
    except sealing.Unreadable:
        return False
    if step is None:
        return False
    number = organiser.id
    write()
    used = sa.update(Organiser).where(Organiser.id == number, Organiser.totp_last_step < step)
    changed = db.session.execute(used.values(totp_last_step=step)).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return bool(changed == 1)


def renew(organiser: Organiser, secret: str, code: str, now: datetime) -> bool:
    """Puts a new app in the place of the old one, if the new one's code is right."""
    step = step_of(secret, code, 0, now)
    if step is None:
        return False
    number = organiser.id
    write()
    values = {"totp_secret": sealing.seal(secret, "totp", now), "totp_last_step": step}
    db.session.execute(sa.update(Organiser).where(Organiser.id == number).values(values))
    log.record("codes", "", now)
    db.session.commit()
    return True


def make_recovery_codes(organiser: Organiser, now: datetime) -> list[str]:
    """Ten new recovery codes, to be shown once; the earlier ones stop working."""
    made = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)]
    number, key = organiser.id, next(sealing.keys("recovery"))
    write()
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.organiser_id == number))
    db.session.add_all(RecoveryCode(organiser_id=number, code_hmac=_checksum(key, code)) for code in made)
    log.record("recovery", "", now, organiser)
    db.session.commit()
    return ["-".join(code[start : start + 4] for start in range(0, _LENGTH, 4)) for code in made]


def use_recovery_code(organiser: Organiser, typed: str) -> bool:
    """Uses up a recovery code, typed with any spaces, hyphens and capitals."""
    code = "".join(sign for sign in typed.lower() if sign in _SIGNS)
    known = [_checksum(key, code) for key in sealing.keys("recovery")]
    number = organiser.id
    write()
    used = sa.delete(RecoveryCode).where(RecoveryCode.organiser_id == number, RecoveryCode.code_hmac.in_(known))
    gone = db.session.execute(used).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return bool(gone)


def recovery_codes_left(organiser: Organiser) -> int:
    query = sa.select(sa.func.count(RecoveryCode.id)).where(RecoveryCode.organiser_id == organiser.id)
    return db.session.scalar(query) or 0


def offered_secret(token: str, key: str) -> str:
    """The secret that an invitation offers: the same each time its page is shown."""
    return base64.b32encode(hmac.digest(key.encode(), f"totp/v1|{token}".encode(), "sha1")).decode()


def _checksum(key: bytes, code: str) -> str:
    return hmac.digest(key, code.encode(), "sha256").hex()
