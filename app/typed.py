"""What people type, as it is taken."""

import unicodedata


def trimmed(value: str | None) -> str:
    """What was typed, without space around it and without characters that nobody can type (PostgreSQL refuses NUL)."""
    return "".join(sign for sign in value or "" if unicodedata.category(sign) != "Cc" or sign in "\n\r\t").strip()


def address(value: str | None) -> str:
    """Take away what comes along unseen when an address is pasted: zero width, soft hyphens, NBSP."""
    return "".join(sign for sign in value or "" if not _is_unseen(sign)).strip()


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f"
