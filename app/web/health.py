"""For monitoring: is the process up, and is what it needs in order."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app import database
from app.database import db, write_problem

# Bytes; an entry needs some pages of the database.
_PROBE = 64 * 1024
_OLDEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


def init_app(app: Flask) -> None:
    app.add_url_rule("/healthz", "health.up", up)
    app.add_url_rule("/readyz", "health.ready", ready)


def up() -> tuple[dict[str, str], dict[str, str]]:
    """Answer that the process is up; nothing else is asked."""
    return {"status": "ok"}, {"Cache-Control": "no-store"}


def ready() -> tuple[dict[str, str], int, dict[str, str]]:
    """Database, migrations, disk, content and clock, each "ok" or what is wrong. 503 when one of them is."""
    parts = {"database": _database(), "disk": _disk(), "content": _content(), "clock": _clock()}
    return parts, 200 if set(parts.values()) == {"ok"} else 503, {"Cache-Control": "no-store"}


def _database() -> str:
    try:
        with db.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            found = database.database_revision(connection)
        kept_from = write_problem()
    except SQLAlchemyError:
        return "does not answer"
    if found != database.known_revisions()[-1]:
        return "is not migrated: run flask db upgrade"
    return kept_from or "ok"


def _disk() -> str:
    """Try it: neither free space nor file modes tell about quotas, and about a file system that became read-only."""
    folders = {Path(current_app.instance_path)}
    if db.engine.dialect.name == "sqlite":
        folders.add(Path(db.engine.url.database or "").parent)
    try:
        for folder in folders:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(bytes(_PROBE))
    except OSError:
        return "cannot be written"
    return "ok"


def _content() -> str:
    faults = current_app.extensions["library"].faults
    return f"{len(faults)} faults: run flask content check" if faults else "ok"


def _clock() -> str:
    # A host that has lost its time starts in 1970 or at the date of its image.
    return "ok" if datetime.now(UTC) > _OLDEST_CLOCK else "is before 2026"
