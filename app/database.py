"""Engine tuning, the declarative base, the UTC type and write()."""

# Knows no table.

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from app.config import ConfigurationError
from app.settings import ROOT

# After these a connection is thrown away: one that was opened on a read-only folder would stay read-only for ever.
_SPOILT = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}


def keep_to_the_file(engine: sa.Engine) -> None:
    """SQLite by itself goes on writing to a file that was moved away, and makes an empty one where there is none."""
    file = Path(engine.url.database or "")

    @sa.event.listens_for(engine, "do_connect")
    def _open(_dialect: object, _record: object, arguments: list[Any], options: dict[str, object]) -> None:
        arguments[0] = f"{file.absolute().as_uri()}?mode=rw"
        options["uri"] = True

    @sa.event.listens_for(engine, "connect")
    def _note(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(file)

    @sa.event.listens_for(engine, "checkout")
    def _same_file(_connection: object, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        if record.info.get("file") != _identity(file):
            raise sa.exc.DisconnectionError("the database file was exchanged")

    @sa.event.listens_for(engine, "handle_error")
    def _spoilt(context: sa.engine.ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF in _SPOILT:
            context.is_disconnect = True


def create_private_file(engine: sa.Engine) -> None:
    """Make the file where there is none, when a calendar is set up; one whose file is away must not get another."""
    Path(engine.url.database or "").touch(mode=0o600)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class Base(DeclarativeBase):
    # Constraints need names: SQLite's batch migrations cannot drop an unnamed one.
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
# Seconds that a writer waits for its turn before it gives up.
WRITER_WAITS = 10
# Milliseconds that SQLite waits for a writer in another process.
SQLITE_WAITS = 5000
# Rows that are read or written at a time where there may be a million.
BATCH = 5000
# PostgreSQL waits without end for a server that is away; a visitor does not.
_IMPATIENT = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "options": "-c lock_timeout=10s"}
AnySelect = sa.Select[*tuple[Any, ...]]
AnyRows = Sequence[sa.Row[*tuple[Any, ...]]]


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite forgets the offset, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def init_app(app: Flask, address: str) -> None:
    """Give an app its database, whether it is there yet or not."""
    app.config.update(SQLALCHEMY_DATABASE_URI=address, SQLALCHEMY_ENGINE_OPTIONS=engine_options(address))
    db.init_app(app)
    with app.app_context():
        _tune(db.engine)


def engine_options(url: str) -> dict[str, object]:
    """Options for the engine; `hide_parameters` because an address in an error message is personal data."""
    # More connections than threads that may hold one (app/web/bulkhead.py), so that none waits for the pool.
    options: dict[str, object] = {"hide_parameters": True, "pool_size": 32, "max_overflow": 8, "pool_timeout": 10}
    if url.startswith("postgresql"):
        options |= {"pool_pre_ping": True, "pool_size": 16, "connect_args": _IMPATIENT}
    return options


def _tune(engine: sa.Engine) -> None:
    """SQLite: write-ahead log, commits that survive a power cut, and BEGIN sent by us, not by the driver."""
    if engine.dialect.name != "sqlite":
        return
    keep_to_the_file(engine)

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={SQLITE_WAITS}",
            # Readers go on while one writes; a receipt survives a power cut only with FULL (sqlite.org/wal.html).
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is erased is to be gone from the file: deleted rows become zeros (sqlite.org/pragma.html).
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    # SQLite lets waiting writers sleep and try again, in no order: under load one of them can wait for ever. So the
    # writers of a process queue here, and SQLite's own waiting is left for other processes.
    turn = threading.Lock()
    kept_out = threading.Event()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode == "IMMEDIATE" and not connection.info.get("has_turn"):
            if not turn.acquire(timeout=WRITER_WAITS):
                raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, TimeoutError("too many writers"))
            connection.info["has_turn"] = True
            begin_to_write(connection, kept_out)
        else:
            connection.exec_driver_sql(f"BEGIN {mode}")

    @sa.event.listens_for(engine, "checkin")
    @sa.event.listens_for(engine, "invalidate")
    def _checkin(_connection: object, record: sa.pool.ConnectionPoolEntry, _error: object = None) -> None:
        if record.info.pop("has_turn", False):
            turn.release()


def begin_to_write(connection: sa.Connection, kept_out: threading.Event) -> None:
    """Once another process has kept one writer out, the next hardly wait: others stand in line behind them."""
    driver: Any = connection.connection.dbapi_connection
    impatient = kept_out.is_set()
    if impatient:
        driver.execute(f"PRAGMA busy_timeout={min(SQLITE_WAITS, 50)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except sa.exc.OperationalError:
        kept_out.set()
        raise
    else:
        kept_out.clear()
    finally:
        if impatient:
            driver.execute(f"PRAGMA busy_timeout={SQLITE_WAITS}")


def write_problem() -> str:
    """Return what keeps the database from being written to at this moment, in English; empty when nothing does."""
    # Waits for a second at most. Raises SQLAlchemyError when the database does not answer at all.
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return "is read-only" if connection.scalar(sa.text("SHOW transaction_read_only")) == "on" else ""
        connection.rollback()
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute(f"PRAGMA busy_timeout={min(SQLITE_WAITS, 1000)}")
            driver.execute("BEGIN IMMEDIATE")
            driver.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            connection.invalidate(error)
            return "is locked" if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else "cannot be written"
        driver.execute(f"PRAGMA busy_timeout={SQLITE_WAITS}")
    return ""


def begin_write() -> None:
    """Begin a transaction that will write, one at a time: call it before the first read that a write depends on."""
    db.session.rollback()
    connection = db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    # PostgreSQL has no BEGIN IMMEDIATE: a lock of ours, which ends with the transaction, lets one write at a time.
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(20261201)"))


def vacuum() -> bool:
    """Rewrite an SQLite file without what was deleted, and empties the log beside it; other engines do it themselves.

    Return whether nothing of it is left: False when a reader or writer held the log at that moment.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    db.session.remove()
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute("VACUUM")
            held, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
    return not held


def rows_changed(result: sa.Result[Any]) -> int:
    """Return how many rows an UPDATE or DELETE has changed."""
    return int(cast("sa.CursorResult[Any]", result).rowcount)


def add_to_counts(table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add each row's `count` to the stored row with the same primary key; several processes may add to one row."""
    key = [column.name for column in sa.inspect(table).primary_key]
    insert = dialects_insert()(table)
    added = {"count": table.__table__.c.count + insert.excluded.count}
    db.session.execute(insert.on_conflict_do_update(index_elements=key, set_=added), rows)


def dialects_insert() -> Any:
    """Return the INSERT that may add to a row; only the dialect in use is imported."""
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert
    return sqlite.insert


def in_batches(query: AnySelect, key: sa.SQLColumnExpression[Any], after: object) -> Iterator[AnyRows]:
    """Give the rows of `query` beyond `after`, BATCH at a time, in the order of `key`: its first column, and unique."""
    # Each batch is a query of its own: memory stays flat, and no cursor is open while the caller takes its time.
    ordered = query.order_by(key).limit(BATCH)
    # The connection's own rows: the session would look for objects among a million of them.
    while rows := db.session.connection().execute(ordered.where(key > after)).all():
        yield rows
        after = rows[-1][0]


FOLDER = ROOT / "migrations"


def init_migrations(app: Flask) -> None:
    """Give the app Flask-Migrate, and with it `flask db`."""
    # Alembic takes 11 MB, and no server migrates: commands load it (bench/start.py).
    from flask_migrate import Migrate

    # Alembic keeps the folder in an ini file, where % begins something.
    Migrate(app, db, directory=str(FOLDER).replace("%", "%%"))


def upgrade() -> None:
    """Bring the database to the version of the program."""
    import flask_migrate

    init_migrations(current_app)
    flask_migrate.upgrade()


def check_revision(db: SQLAlchemy) -> None:
    """Refuse a database that no migration here leads from. Raises ConfigurationError."""
    try:
        with db.engine.connect() as connection:
            revision = database_revision(connection)
    except SQLAlchemyError:
        return  # none yet, or away for the moment: what needs it says so
    finally:
        # A server may fork after this; no process may use a connection of another.
        db.engine.dispose()
    if revision and revision not in known_revisions():
        raise ConfigurationError(
            f"Databasen är gjord av en annan utgåva av programmet (version {revision}). "
            "Kör den utgåvan, eller börja med en tom databas."
        )


def database_revision(connection: sa.Connection) -> str | None:
    """Return the version of the database; None when it has no tables yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


def known_revisions() -> list[str]:
    """Return the versions that this program's migrations lead to, the newest last: their files are named after them."""
    return sorted(file.stem for file in (FOLDER / "versions").glob("[0-9]*.py"))
