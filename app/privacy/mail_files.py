"""Mails that lie as files: each holds an address and a code, and goes when its entry's own go."""

import re
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from app.contest.models import Entry
from app.database import db
from app.draw import delivery

# Digits of the ticket that the name of a mail's file carries.
_START = 16


def remove_files(ticket: str) -> None:
    """Remove the mails about one entry; what cannot be removed now goes with the nightly sweep."""
    for file in _files():
        if ticket[:_START] in file.name:
            with suppress(OSError):
                file.unlink()


def sweep_files() -> None:
    """Remove every mail whose entry has no address any more."""
    for file in orphaned_files():
        file.unlink(missing_ok=True)


def orphaned_files() -> list[Path]:
    """Return the mails whose entry has no address any more."""
    # The files first: an entry is stored before its mail is written, so none that comes now is taken for orphaned.
    files = _files()
    start = sa.func.substr(Entry.ticket, 1, _START)
    living = set(db.session.scalars(sa.select(start).where(Entry.email.is_not(None)))) if files else set()
    return [file for file in files if not living & set(re.findall(rf"[0-9a-f]{{{_START}}}", file.name))]


def _files() -> list[Path]:
    with suppress(OSError):
        return list(delivery.folder().iterdir())
    return []
