"""Proving again who is signed in, in the middle of what one was doing: a one-time code, or a passkey."""

from datetime import datetime

from flask import request

from app.admin.accounts import credentials, passkeys, sessions, throttle
from app.admin.accounts.models import AdminSession
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded

_FIELDS = {"proof_code", "proof_credential", "proof_challenge"}


def carries_proof() -> bool:
    """Check whether the request carries a proof."""
    return request.method == "POST" and bool(_FIELDS & request.form.keys())


def other_fields() -> list[tuple[str, str]]:
    """Return what else the request carries, to be sent on together with the proof."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _FIELDS]


def verify_proof(sign_in: AdminSession, now: datetime) -> str:
    """Check the proof and return the new token of the sign-in. Raises NotAllowed."""
    try:
        throttle.hit_proof(sign_in.name)
    except RateLimitExceeded:
        raise NotAllowed("Det blev många försök. Vänta tio minuter och försök igen.") from None
    if credential := request.form.get("proof_credential"):
        whose = sign_in.organiser_id
        if passkeys.verify_passkey(credential, request.form.get("proof_challenge", ""), now).id != whose:
            raise NotAllowed("Passkeyn hör till ett annat konto.")
    elif not credentials.use_code(sign_in.organiser, request.form.get("proof_code", ""), now):
        raise NotAllowed("Koden stämmer inte, eller har redan använts. Vänta på nästa kod i appen.")
    return sessions.rotate_session(sign_in, now)
