"""How Alembic runs here, on SQLite and PostgreSQL alike.

Differs from Flask-Migrate's template: foreign keys are off while SQLite rebuilds a table (else ON DELETE CASCADE
empties the children), the whole upgrade is one transaction, and tables that are not ours are left alone.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app import database

db = current_app.extensions["migrate"].db


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    return type_ != "table" or name in db.metadata.tables


def render_item(type_: str, item: Any, _context: Any) -> str | bool:
    """Keeps the app's own types out of the migrations."""
    if type_ == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    engine = db.engine
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        database.create_private_file(engine)
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_name=include_name,
            render_item=render_item,
            render_as_batch=sqlite,
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            connection.rollback()
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"foreign_key_check: {broken}")


run()
