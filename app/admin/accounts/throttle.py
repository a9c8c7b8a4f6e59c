"""How often somebody may try to sign in: guessing has to stop, the organiser never.

Nothing here is one count that anybody can spend for everybody. A browser that has signed in to the account before has
a count of its own; so has every address, and every address with every account; passkeys, which cannot be guessed, have
theirs. Who already knows the password and guesses at one-time codes spends the one count that an account has, and that
does not stop a known browser or a passkey.
"""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from flask import current_app, request
from werkzeug.wrappers import Response

from app.admin.accounts import crypto
from app.web.rate_limit import TooMany, count, is_spent, spend

DEVICE_COOKIE = "__Host-organisator-enhet"
DEVICE_LASTS = timedelta(days=180)
ONE_ADDRESS = "60 per 10 minutes"
WRONG_CODES = "20 per hour"
PASSKEYS = "60 per 10 minutes"
PROOFS = "10 per 10 minutes"
LOGGED = "30 per hour"


def checksum(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def account_of(email: str) -> str:
    """The account that is tried, whether it exists or not, without its address."""
    return checksum(email.strip().lower())


def known_device(email: str, now: datetime) -> str | None:
    """What names this browser if it has signed in to the account before."""
    lasts = int(DEVICE_LASTS.total_seconds())
    try:
        told = crypto.opened_young(request.cookies.get(DEVICE_COOKIE, ""), "device", lasts, now)
    except crypto.Unreadable:
        return None
    account, _, device = told.partition("|")
    return device if account == account_of(email) else None


def remember_device(response: Response, email: str, now: datetime) -> None:
    """Gives a browser that has just signed in the cookie that it is known by. It lets nobody in."""
    sealed = crypto.seal(f"{account_of(email)}|{secrets.token_hex(8)}", "device", now)
    response.set_cookie(
        *(DEVICE_COOKIE, sealed),
        max_age=DEVICE_LASTS,
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def count_sign_in(email: str, device: str | None) -> None:
    """Counts one try with password and code. Raises TooMany."""
    if device:
        count(current_app.config["SIGN_IN_LIMIT"], "inloggning, känd", device)
        return
    spend("inloggning", each=ONE_ADDRESS)
    spend("inloggning", each=current_app.config["SIGN_IN_LIMIT"], account=account_of(email))


def codes_are_spent(email: str) -> bool:
    """Whether so many wrong codes have followed the right password that strangers are not let in at present."""
    return is_spent(WRONG_CODES, "fel kod", account_of(email))


def count_wrong_code(email: str) -> None:
    with suppress(TooMany):
        count(WRONG_CODES, "fel kod", account_of(email))


def count_passkey() -> None:
    """Counts one try with a passkey. Raises TooMany."""
    spend("passkey", each=PASSKEYS)


def count_proof(sign_in: str) -> None:
    """Counts one try to prove again who is signed in. Raises TooMany."""
    count(PROOFS, "bekräfta", sign_in)


def worth_a_line(email: str) -> bool:
    """Whether the log takes one more failed sign-in to an account, which may not exist; it takes no flood."""
    try:
        count(LOGGED, "logg", account_of(email))
        count("300 per hour", "logg")
    except TooMany:
        return False
    return True
