"""Makes a backup while the calendar is served: database, content, the editor's versions and the key in one file."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from app import clock, database
from app.clock import SWEDEN
from app.database import db
from app.errors import NotAllowed
from app.operations import bundle
from app.operations.bundle import Manifest

# Tables whose rows no backup has: people who asked to be reminded were told so, and that all of it goes on 7 January.
LEFT_OUT = ("reminder",)


def database_revision() -> str:
    """Return the migration that the database has come to. Raises NotAllowed when there is none."""
    with db.engine.connect() as connection:
        found = database.database_revision(connection)
    if found is None:
        raise NotAllowed("Databasen är tom, så det finns inget att kopiera. Kör flask prepare först.")
    return found


def is_empty_database() -> bool:
    """Check whether the database has no table."""
    return not sa.inspect(db.engine).get_table_names()


def is_new() -> bool:
    """Check whether nothing has been set up yet."""
    file = Path(db.engine.url.database or "")
    return (db.engine.dialect.name == "sqlite" and not file.exists()) or is_empty_database()


def dump_database(target: Path) -> None:
    """Write the database as it is at one instant to a new file, without LEFT_OUT. Raises NotAllowed."""
    if db.engine.dialect.name == "postgresql":
        without = (f"--exclude-table-data={table}" for table in LEFT_OUT)
        return run_program("pg_dump", "--format=custom", "--no-owner", "--no-acl", *without, f"--file={target}")
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        known = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
        for table in known.intersection(LEFT_OUT):
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 – a name of our own
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise NotAllowed("Databasen är skadad: kopian klarade inte SQLites egen kontroll.")
    return None


def load_database(source: Path) -> None:
    """Fill the empty database from such a file, in one transaction. Raises NotAllowed."""
    if db.engine.dialect.name == "postgresql":
        return run_program(
            "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", str(source)
        )
    # Page by page through SQLite, not by moving the file: a server that waits on the empty database sees it filled.
    with closing(sqlite3.connect(source)) as copy, db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        copy.backup(driver)
    Path(db.engine.url.database or "").chmod(0o600)
    return None


def run_program(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on our database; its password is in no list of processes."""
    found = shutil.which(program)
    if found is None:
        raise NotAllowed(f"Programmet {program} saknas. Det följer med PostgreSQL (paketet postgresql-client).")
    url = db.engine.url
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    command = [found, f"--dbname={address.render_as_string()}", *arguments]
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["utan att säga varför"])[0]
        raise NotAllowed(f"{program} gick inte: {reason}")


# A file in the instance folder; its age says when the last backup was made.
DONE = "backup.done"
_NAME = "kalender-*.zip"


def make_backup(target: Path | None, now: datetime) -> tuple[Path, Manifest]:
    """Make a backup at `target`, or in the instance folder under a name with the time in it. Raises NotAllowed."""
    file = target or _folder() / f"kalender-{now.astimezone(SWEDEN):%Y-%m-%d-%H%M%S}.zip"
    refuse_place(file)
    engine = db.engine.dialect.name
    work = Path(tempfile.mkdtemp(prefix=".kopia-", dir=file.parent))
    try:
        revision = database_revision()
        copy = work / bundle.DATABASES[engine]
        dump_database(copy)
        members = {copy.name: copy} | dict(files_to_keep())
        manifest = bundle.pack_backup(file, members, now, engine, revision)
    finally:
        shutil.rmtree(work)
    with bundle.open_backup(file) as written:
        written.check()
    (instance_folder() / DONE).touch()
    return file, manifest


def instance_folder() -> Path:
    return Path(current_app.instance_path)


def _folder() -> Path:
    folder = instance_folder() / "backup"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def refuse_place(file: Path) -> None:
    """A place where others may write is no place for a backup: they could put another in its stead."""
    if file.exists():
        raise NotAllowed(f"Filen {file} finns redan. Välj ett annat namn, så att ingen kopia går förlorad.")
    if not file.parent.is_dir():
        raise NotAllowed(f"Mappen {file.parent} finns inte.")
    mode = file.parent.stat().st_mode
    if mode & 0o022 and not mode & 0o1000:
        raise NotAllowed(f"I mappen {file.parent} kan andra på servern byta ut filer. Välj en mapp som bara är din.")


def files_to_keep() -> Iterator[tuple[str, Path]]:
    """Give what is kept beside the database, by its name in the backup."""
    instance = instance_folder()
    if (key := instance / "secret_key").is_file():
        yield bundle.SECRET_KEY, key
    if current_app.extensions["library"].shared:
        return  # content and versions stand in the database
    for name, root in (("content", current_app.config["CALENDAR_CONTENT"]), ("instance/history", instance / "history")):
        for path in sorted(root.rglob("*")):
            within = path.relative_to(root)
            if path.is_file() and not path.is_symlink() and not any(part.startswith(".") for part in within.parts):
                yield f"{name}/{within.as_posix()}", path


def drop_old_backups(days: int, now: datetime) -> int:
    """Remove the backups in the instance folder that are older, and returns how many there were."""
    old = [file for file in kept() if now - _made(file) > timedelta(days=days)]
    for file in old:
        file.unlink()
    return len(old)


def kept() -> list[Path]:
    """Return the backups in the instance folder, newest first."""
    return sorted((instance_folder() / "backup").glob(_NAME), reverse=True)


def _made(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, SWEDEN)


def last_backup() -> datetime | None:
    """Return when the last backup was made, wherever it lies; None when none was."""
    return clock.written_at(instance_folder() / DONE)
