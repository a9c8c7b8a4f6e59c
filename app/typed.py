"""What people type, as it is taken."""

import unicodedata


def trimmed(value: str | None) -> str:
    """What was typed, without space around it and without characters that nobody can type (PostgreSQL refuses NUL)."""
    return "".join(sign for sign in value or "" if unicodedata.category(sign) != "Cc" or sign in "\n\r\t").strip()
