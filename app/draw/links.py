"""Signed links in mails: who has the mailbox may withdraw an entry or decline a prize."""

from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

WITHDRAW, DECLINE = "withdraw/v2", "decline/v2"


def sign(purpose: str, *values: str | int) -> str:
    """Return a token for an address."""
    return str(_serializer(purpose).dumps(values))


def read(purpose: str, token: str) -> list[Any] | None:
    """Return the values of a token; None when it is not one of ours for this purpose."""
    try:
        found = _serializer(purpose).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return found if isinstance(found, list) else None


def _serializer(purpose: str) -> URLSafeSerializer:
    config = current_app.config
    return URLSafeSerializer((*reversed(config["SECRET_KEY_FALLBACKS"]), config["SECRET_KEY"]), salt=purpose)
