"""Passwords: argon2id, a few at a time, and which ones are too easy to guess.

Sources: OWASP ASVS 5.0, 6.2; NIST SP 800-63B-4, 3.1.1. What counts is length and that nobody guesses it, never
which kinds of signs it has.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 128
HARD_ENOUGH = 3
"""Of zxcvbn's 0 to 4: more than a hundred million guesses."""
CONTEXT = ("miljojulkalendern", "miljöjulkalendern", "julkalender", "kalender", "tomten", "adventskalender", "lucka")
SWEDISH = ("lösenord", "losenord", "sommar", "vinter", "höst", "vår", "hejsan", "välkommen", "sverige", "kommun")
"""What zxcvbn's lists, which are English, do not know."""
TOO_EASY = "Lösenordet är för lätt att gissa. Välj en längre mening som bara du kommer på."
WAITS = 5
"""Seconds that somebody at the form waits for a turn."""

# 64 MiB and a third of a second each: a flood of guesses must not eat the machine, nor the turn of someone we know.
_turns, _turns_of_known = BoundedSemaphore(2), BoundedSemaphore(1)


class Busy(Exception):
    """No turn came; it passes by itself."""


@cache
def hasher() -> "PasswordHasher":
    # Read here, as below: a process that serves the public has no use for it.
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str) -> str:
    return hasher().hash(password)


def verified(password_hash: str | None, password: str, known: bool = False) -> bool:
    """Whether the password is right; as much work when there is no account. Raises Busy."""
    from argon2.exceptions import Argon2Error

    with _turn(_turns_of_known if known else _turns):
        try:
            return hasher().verify(password_hash or _nobodys(), password)
        except Argon2Error:
            return False


def outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than those in force."""
    return hasher().check_needs_rehash(password_hash)


@contextmanager
def _turn(turns: BoundedSemaphore) -> Iterator[None]:
    if not turns.acquire(timeout=WAITS):
        raise Busy
    try:
        yield
    finally:
        turns.release()


@cache
def _nobodys() -> str:
    """Something to compare with when the account does not exist, so that the answer takes as long."""
    return hasher().hash(secrets.token_urlsafe(16))


def fault(password: str, email: str) -> str | None:
    """What is wrong with a new password, as a Swedish sentence."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Välj ett lösenord på minst {SHORTEST} tecken" + (
            f" och högst {LONGEST}." if len(password) > LONGEST else "."
        )
    own = [part for part in email.lower().replace("@", ".").split(".") if len(part) > 2]
    # Read here: its lists take 12 MiB, and few processes ever choose a password.
    from zxcvbn import zxcvbn

    # zxcvbn takes long over long passwords, and 72 signs say enough.
    easy = zxcvbn(password[:72], user_inputs=[*CONTEXT, *SWEDISH, email.lower(), *own])["score"] < HARD_ENOUGH
    return TOO_EASY if easy else None
