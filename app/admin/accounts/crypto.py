"""Secrets at rest: sealed with a key derived from SECRET_KEY, opened with it or with an older one of the fallbacks."""

import base64
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class InvalidSeal(Exception):
    """Sealed with a key that is gone, altered, or too old."""


def keys(purpose: str) -> Iterator[bytes]:
    """Give one 32-byte key of its own for each purpose, from the present SECRET_KEY and then from the older ones."""
    config = current_app.config
    # A key for each purpose: what was sealed for one cannot be read as if it were for another.
    for secret in (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"]):
        yield hmac.digest(secret.encode(), f"sealing/v1|{purpose}".encode(), "sha256")


def _box(purpose: str) -> "MultiFernet":
    """Seal with the present key, and opens with any."""
    # It takes 8 MiB, and no page of the public's has a secret to seal.
    from cryptography.fernet import Fernet, MultiFernet

    # MultiFernet seals with the first key and reads with any, so that SECRET_KEY can be exchanged.
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys(purpose)])


def encrypt(text: str, purpose: str, now: datetime) -> str:
    """Return the text, encrypted and signed."""
    return _box(purpose).encrypt_at_time(text.encode(), int(now.timestamp())).decode()


@contextmanager
def _readable(purpose: str) -> Iterator[None]:
    from cryptography.fernet import InvalidToken

    try:
        yield
    except (InvalidToken, ValueError):
        raise InvalidSeal(purpose) from None


def decrypt(sealed: str, purpose: str) -> str:
    """Return what was sealed for the same purpose. Raises InvalidSeal."""
    with _readable(purpose):
        return _box(purpose).decrypt(sealed.encode()).decode()


def decrypt_recent(sealed: str, purpose: str, seconds: int, now: datetime) -> str:
    """Return the same, no older than `seconds`. Raises InvalidSeal."""
    with _readable(purpose):
        return _box(purpose).decrypt_at_time(sealed.encode(), seconds, int(now.timestamp())).decode()
