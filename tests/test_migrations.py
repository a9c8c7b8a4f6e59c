"""The migrations and the models describe the same database, and what is written once stays so."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from app.admin import sealing
from app.audit.records import AuditRecord
from app.database import Base, db
from app.draw import anchors, rehearsing
from app.draw.anchors import Sent
from app.draw.models import Anchor, Contact, Rehearsal
from tests.conftest import ROOT, signed_in, swedish

KEPT = (Anchor, Contact, Rehearsal, AuditRecord)


def test_the_migrated_database_is_the_one_that_the_models_describe(inside):
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.fixture
def acts(accept, reach, inside, contest, clock):
    """Each of the acts after locking, once."""
    for name in ("anna", "bo"):
        accept(f"{name}@example.se")
    reach("contact")
    anchors.add(contest, Sent("Registrator", swedish("2026-12-21 10:00"), "KS 1"), clock.now())
    rehearsing.start(contest, 2026, 1, clock.now())


REPLACE = "REPLACE INTO {0} ({1}) SELECT {1} FROM {0}"
WAYS = {
    "sqlite": (
        "UPDATE {0} SET contest_id = contest_id",
        "DELETE FROM {0}",
        REPLACE,
    ),
    "postgresql": ("UPDATE {0} SET contest_id = contest_id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
}


@pytest.mark.parametrize("table", KEPT, ids=lambda table: table.__tablename__)
def test_the_database_itself_refuses_to_change_what_was_noted(acts, engine, table):
    before = db.session.execute(sa.select(table.__table__)).all()
    assert before
    written = [column.name for column in table.__table__.columns if not column.server_default]
    for statement in WAYS[engine]:
        with pytest.raises(sa.exc.DBAPIError, match=f"written once: {table.__tablename__}"):
            db.session.execute(sa.text(statement.format(table.__tablename__, ", ".join(written))))
        db.session.rollback()
    assert db.session.execute(sa.select(table.__table__)).all() == before


# -- from every earlier version, with what had happened by then --

MIGRATIONS = str(ROOT / "migrations")
REVISIONS = [script.revision for script in reversed([*ScriptDirectory(MIGRATIONS).walk_revisions()])]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEEDS_CONTACTS = "0005"
"""The version since which attempts to reach a winner are noted, and the log is held against them."""


@pytest.fixture
def kept(app, accept, enter, reach, clock):
    """Every row of a calendar where a contest has been held, by table: kept(revision)."""

    def rows(revision):
        signed_in(app, "olle@example.se")
        clock.set("2026-12-10 12:00")
        assert enter(email="anna@example.se").status_code == 200
        for name in ("bo", "cilla", "disa"):
            accept(f"{name}@example.se", at="2026-12-11 09:00")
        reach("drawn" if revision < NEEDS_CONTACTS else "finished")
        with app.app_context():
            return {t.name: db.session.execute(sa.select(t)).mappings().all() for t in Base.metadata.sorted_tables}

    return rows


def put_back(rows, revision):
    """Writes rows into the tables and columns that there were then; sealed secrets lay open before 0007."""
    then = sa.MetaData()
    then.reflect(db.engine)
    for table in then.sorted_tables:
        if table.name == "entry_count":
            continue  # the database has counted the entries as they were put back
        columns = [column.name for column in table.columns if not column.computed]
        for row in rows.get(table.name, []):
            values = {name: row[name] for name in columns if name in row}
            if table.name == "organiser":
                values["totp_secret"] = (
                    SECRET if revision < "0007" else sealing.seal(SECRET, "totp", swedish("2026-12-01"))
                )
            db.session.execute(sa.insert(table).values(values))
    db.session.commit()


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_calendar_of_every_earlier_version_goes_on_with_all_it_had(make_app, kept, empty_url, revision):
    rows = kept(revision)
    later = make_app(DATABASE_URL=empty_url)
    with later.app_context():
        upgrade(directory=MIGRATIONS, revision=revision)
        put_back(rows, revision)
        upgrade(directory=MIGRATIONS)
        for name in ("entry", "audit_record", "draw_rank", "draw_verdict", "organiser"):
            assert len(db.session.execute(sa.select(Base.metadata.tables[name])).all()) == len(rows[name]), name
        assert sealing.opened(db.session.scalar(sa.text("SELECT totp_secret FROM organiser")), "totp") == SECRET
    verified = later.test_cli_runner().invoke(args=["draw", "verify"]).output
    assert verified.startswith("Allt stämmer i tävlingen mjk-2026: 4 bidrag"), verified
    visitor = later.test_client()
    assert [visitor.get(path).status_code for path in ("/", "/2026/dragning", "/readyz")] == [200, 200, 200]


def test_the_upgraded_database_refuses_changes_as_a_new_one_does(make_app, kept, empty_url, engine):
    rows = kept("0001")
    with make_app(DATABASE_URL=empty_url).app_context():
        upgrade(directory=MIGRATIONS, revision="0001")
        put_back(rows, "0001")
        upgrade(directory=MIGRATIONS)
        for statement in WAYS[engine][:2]:
            with pytest.raises(sa.exc.DBAPIError, match="written once: draw_rank"):
                db.session.execute(sa.text(statement.format("draw_rank")))
            db.session.rollback()
