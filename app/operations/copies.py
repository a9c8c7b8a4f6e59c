"""The whole database to a file and back, while others use it: SQLite's own copy, or pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import migrations
from app.database import db
from app.operations.bundle import Unusable


def revision() -> str:
    """The migration that the database has come to. Raises Unusable when there is none."""
    with db.engine.connect() as connection:
        found = migrations.found(connection)
    if found is None:
        raise Unusable("Databasen är tom, så det finns inget att kopiera. Kör flask prepare först.")
    return found


def is_empty() -> bool:
    """Whether the database has no table."""
    return not sa.inspect(db.engine).get_table_names()


def dump(target: Path) -> None:
    """Writes the database as it is at one instant to a new file. Raises Unusable."""
    if db.engine.dialect.name == "postgresql":
        return _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={target}")
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as copy:
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Unusable("Databasen är skadad: kopian klarade inte SQLites egen kontroll.")
    return None


def load(source: Path) -> None:
    """Fills the empty database from such a file, in one transaction. Raises Unusable."""
    if db.engine.dialect.name == "postgresql":
        return _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", str(source))
    # Page by page through SQLite, not by moving the file: a server that waits on the empty database sees it filled.
    with closing(sqlite3.connect(source)) as copy, db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        copy.backup(driver)
    Path(db.engine.url.database or "").chmod(0o600)
    return None


def _run(program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL on our database; its password is in no list of processes."""
    found = shutil.which(program)
    if found is None:
        raise Unusable(f"Programmet {program} saknas. Det följer med PostgreSQL (paketet postgresql-client).")
    url = db.engine.url
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    command = [found, f"--dbname={address.render_as_string()}", *arguments]
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["utan att säga varför"])[0]
        raise Unusable(f"{program} gick inte: {reason}")
