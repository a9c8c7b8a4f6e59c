"""Which version the tables of the database have, and which they should have.

Flask-Migrate and Alembic take 25 MiB and a quarter of a second, and only commands migrate: they are imported when a
command asks for them, and the server knows the versions without them.
"""

from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from app.settings import ROOT

FOLDER = ROOT / "migrations"


class _Migrations:
    """What Flask-Migrate's functions look for among an app's extensions."""

    directory = str(FOLDER)

    def __init__(self, db: SQLAlchemy) -> None:
        self.db = db

    @property
    def migrate(self) -> Any:
        from flask_migrate import Migrate

        return Migrate(db=self.db, directory=self.directory)


def init_app(app: Flask, db: SQLAlchemy) -> None:
    app.extensions["migrate"] = _Migrations(db)
    app.cli.add_command(versions)


@click.command("db", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def versions(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Databasens versioner, med Flask-Migrates kommandon."""
    from flask_migrate.cli import db as commands

    commands.main(arguments, prog_name="flask db", obj=context.obj)


def upgrade() -> None:
    """Brings the database to the newest version."""
    from flask_migrate import upgrade

    upgrade()


def found(connection: sa.Connection) -> str | None:
    """The version of the database; None when it has no tables yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def known() -> list[str]:
    """The versions that this program's migrations lead to, the newest last: their files' names begin with them."""
    return sorted(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py"))
