"""Reminders that lie as files, where there is no mail server: each holds an address, and goes with its subscription."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.database import db
from app.reminders.models import Reminder


def folder() -> Path:
    return Path(current_app.instance_path) / "reminders"


def mail_files() -> list[Path]:
    """Return every mail in the folder; their names are <kind>.<number of the request>.…"""
    with suppress(OSError):
        return list(folder().iterdir())
    return []


def remove_files(requests: Iterable[int]) -> None:
    """Remove the mails about these requests; what cannot be removed now goes with the nightly sweep."""
    gone = {str(number) for number in requests}
    for file in mail_files():
        if _request_of(file) in gone:
            with suppress(OSError):
                file.unlink()


def sweep_files() -> None:
    """Remove every mail whose request is gone. Raises OSError."""
    # The files first: a request is stored before its mail is written.
    files = mail_files()
    living = {str(number) for number in db.session.scalars(sa.select(Reminder.id))} if files else set()
    for file in files:
        if _request_of(file) not in living:
            file.unlink(missing_ok=True)


def _request_of(file: Path) -> str:
    return file.name.lstrip(".").partition(".")[2].partition(".")[0]
