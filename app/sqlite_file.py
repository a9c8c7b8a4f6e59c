"""An SQLite engine keeps to the one file that it was given, and throws away connections that have gone bad."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_SPOILT = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
"""After these a connection is thrown away: one that was opened on a read-only folder would stay read-only for ever."""


def keep_to_the_file(engine: sa.Engine) -> None:
    """SQLite by itself goes on writing to a file that was moved away, and makes an empty one where there is none."""
    file = Path(engine.url.database or "")

    @sa.event.listens_for(engine, "do_connect")
    def _open(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> None:
        arguments[0] = f"{file.absolute().as_uri()}?mode=rw"
        options["uri"] = True

    @sa.event.listens_for(engine, "connect")
    def _note(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(file)

    @sa.event.listens_for(engine, "checkout")
    def _same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != _identity(file):
            raise sa.exc.DisconnectionError("the database file was exchanged")

    @sa.event.listens_for(engine, "handle_error")
    def _spoilt(context: sa.engine.ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF in _SPOILT:
            context.is_disconnect = True


def make(engine: sa.Engine) -> None:
    """Makes the file where there is none, when a calendar is set up; one whose file is away must not get another."""
    Path(engine.url.database or "").touch(mode=0o600)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
