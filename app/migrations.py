"""Which version the tables of the database have, and which they should have: Flask-Migrate, as it is documented."""

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import SQLAlchemyError

from app.settings import ROOT

FOLDER = ROOT / "migrations"
__all__ = ["upgrade"]


class UnknownRevision(Exception):
    """The database is of another program than this. The text is a Swedish sentence."""


def init_app(app: Flask, db: SQLAlchemy) -> None:
    # Alembic keeps the folder in an ini file, where % begins something.
    Migrate(app, db, directory=str(FOLDER).replace("%", "%%"))


def check(db: SQLAlchemy) -> None:
    """Refuse a database that no migration here leads from. Raises UnknownRevision."""
    try:
        with db.engine.connect() as connection:
            revision = found(connection)
    except SQLAlchemyError:
        return  # none yet, or away for the moment: what needs it says so
    finally:
        # A server may fork after this; no process may use a connection of another.
        db.engine.dispose()
    if revision and revision not in known():
        raise UnknownRevision(
            f"Databasen är gjord av en annan utgåva av programmet (version {revision}). "
            "Kör den utgåvan, eller börja med en tom databas."
        )


def found(connection: sa.Connection) -> str | None:
    """The version of the database; None when it has no tables yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def known() -> list[str]:
    """The versions that this program's migrations lead to, the newest last: their files are named after them."""
    return sorted(file.stem for file in (FOLDER / "versions").glob("[0-9]*.py"))
