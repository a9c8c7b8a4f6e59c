"""Limits on signing in: guessing has to stop, the organiser never."""

# No count here can be used up by a stranger for everyone. A browser that has signed in to the account before has a
# count of its own; so has every address, and every address with every account; passkeys, which cannot be guessed, have
# theirs. Who already knows the password and guesses at one-time codes spends the one count that an account has, and
# that does not stop a known browser or a passkey.

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from flask import current_app, request
from werkzeug.wrappers import Response

from app.admin.accounts import crypto
from app.web.rate_limit import RateLimitExceeded, check_and_hit, hit_limit, is_exhausted

DEVICE_COOKIE = "__Host-organisator-enhet"
DEVICE_LASTS = timedelta(days=180)
# Guessing has a limit (OWASP ASVS 5.0, 6.3.1) that a person who mistypes does not come near.
ONE_ADDRESS = "60 per 10 minutes"
WRONG_CODES = "20 per hour"
PASSKEYS = "60 per 10 minutes"
PROOFS = "10 per 10 minutes"
LOGGED = "30 per hour"


def checksum(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def account_key(email: str) -> str:
    """Return the account that is tried, whether it exists or not, without its address."""
    return checksum(email.strip().lower())


def known_device(email: str, now: datetime) -> str | None:
    """Return what names this browser if it has signed in to the account before."""
    lasts = int(DEVICE_LASTS.total_seconds())
    try:
        told = crypto.decrypt_recent(request.cookies.get(DEVICE_COOKIE, ""), "device", lasts, now)
    except crypto.InvalidSeal:
        return None
    account, _, device = told.partition("|")
    return device if account == account_key(email) else None


def remember_device(response: Response, email: str, now: datetime) -> None:
    """Give a browser that has just signed in the cookie that it is known by."""
    # It does not sign in.
    sealed = crypto.encrypt(f"{account_key(email)}|{secrets.token_hex(8)}", "device", now)
    response.set_cookie(
        *(DEVICE_COOKIE, sealed),
        max_age=DEVICE_LASTS,
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def hit_sign_in(email: str, device: str | None) -> None:
    """Count one try with password and code. Raises RateLimitExceeded."""
    if device:
        hit_limit(current_app.config["SIGN_IN_LIMIT"], "inloggning, känd", device)
        return
    check_and_hit("inloggning", each=ONE_ADDRESS)
    check_and_hit("inloggning", each=current_app.config["SIGN_IN_LIMIT"], account=account_key(email))


def codes_exhausted(email: str) -> bool:
    """Check whether so many wrong codes have followed the right password that strangers are not let in at present."""
    return is_exhausted(WRONG_CODES, "fel kod", account_key(email))


def hit_wrong_code(email: str) -> None:
    with suppress(RateLimitExceeded):
        hit_limit(WRONG_CODES, "fel kod", account_key(email))


def hit_passkey() -> None:
    """Count one try with a passkey. Raises RateLimitExceeded."""
    check_and_hit("passkey", each=PASSKEYS)


def hit_proof(sign_in: str) -> None:
    """Count one try to prove again who is signed in. Raises RateLimitExceeded."""
    hit_limit(PROOFS, "bekräfta", sign_in)


def should_log_failure(email: str) -> bool:
    """Check whether the log takes one more failed sign-in to an account, which may not exist; it takes no flood."""
    try:
        hit_limit(LOGGED, "logg", account_key(email))
        hit_limit("300 per hour", "logg")
    except RateLimitExceeded:
        return False
    return True
