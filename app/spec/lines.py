"""What all public text files share: UTF-8, lines that end with LF, hex in lower case, times in UTC. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

HEX64 = "[0-9a-f]{64}"
TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"


class SpecError(Exception):
    """A file, or a value, is not as Öppen dragning has it. The text is a Swedish sentence that names what is wrong."""


def format_time(moment: datetime) -> str:
    """Return an instant as the files write it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_time(text: str) -> bool:
    """Check that a text is an instant as the files write it."""
    if not re.fullmatch(TIME, text):
        return False
    try:
        read_time(text)
    except ValueError:
        return False
    return True


def read_time(text: str) -> datetime:
    """Return the instant that a stamp names. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def checksum(parts: Iterable[str]) -> str:
    """Return SHA-256, in hex, of the parts one after the other as UTF-8."""
    digest = sha256()
    for part in parts:
        digest.update(part.encode())
    return digest.hexdigest()


def split_lines(name: str, data: bytes) -> list[str]:
    """Return the lines of a file, without their LF. Raises SpecError when the last one is cut off."""
    try:
        *whole, rest = data.decode().split("\n")
    except UnicodeDecodeError:
        raise SpecError(f"{name}: filen är inte text i UTF-8.") from None
    if rest:
        raise SpecError(f"{name}: sista raden är inte hel, den ska sluta med en radbrytning.")
    return whole
