"""What the tests of the draw share: the server's own check, and whoever owns the database."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db
from tests.draw.checkers import draw_verify


@pytest.fixture
def verify(app: Flask) -> Callable[..., tuple[int, list[str]]]:
    """`flask draw verify`: its exit code and the lines that it printed."""
    return draw_verify(app)


@pytest.fixture
def tamper(app: Flask, engine: str) -> Callable[..., None]:
    """Do behind the program's back what whoever owns the database can do: tamper("DELETE FROM entry")."""

    def change(statement: str, **values: object) -> None:
        with app.app_context(), db.engine.begin() as connection:
            if engine == "postgresql":
                connection.execute(sa.text("SET session_replication_role = replica"))
            else:
                connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
                for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.execute(sa.text(f"DROP TRIGGER {name}"))
            done = connection.execute(sa.text(statement), values)
            assert done.rowcount > 0
            if engine == "postgresql":
                connection.execute(sa.text("SET session_replication_role = DEFAULT"))

    return change
