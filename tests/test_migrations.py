"""The migrations and the models describe the same database, and what is written once stays so."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade

from app import database
from app.admin.accounts.models import AdminUser, RecoveryCode
from app.audit import AuditRecord
from app.config import ConfigurationError
from app.contest.models import FrozenTerms
from app.database import Base, db
from app.draw import practice
from app.draw.models import DrawnValue, Letter, ListedTicket, LockedList, Rank, Rehearsal, Verdict
from app.spec.log import receipt_sum

KEPT = (FrozenTerms, LockedList, ListedTicket, DrawnValue, Rank, Letter, Verdict, Rehearsal, AuditRecord)


def test_migrated_database_matches_the_models(inside):
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.fixture
def acts(accept, reach, inside, contest, clock):
    """Each of the actions after locking, once."""
    for name in ("anna", "bo"):
        accept(f"{name}@example.se")
    reach("contact")
    practice.start_rehearsal(contest, 2026, 10, "Kalendern", contest.organisation, 1, clock.now())


def test_accounts_and_their_numbers_outlive_upgrade(app, clock):
    """SQLite rebuilds the table: neither may what belongs to an account go, nor a number be given twice."""
    with app.app_context():
        for email in ("olga@example.se", "eva@example.se"):
            db.session.add(AdminUser(email=email, password_hash="x", totp_secret="x", created_at=clock.now()))
        db.session.add(RecoveryCode(organiser_id=1, code_hmac="x"))
        db.session.commit()
        db.session.execute(sa.delete(AdminUser).where(AdminUser.id == 2))
        db.session.commit()
        database.init_migrations(app)
        downgrade(revision="0007_municipalities")
        database.upgrade()
        assert db.session.scalars(sa.select(RecoveryCode.organiser_id)).all() == [1]
        new = AdminUser(email="bo@example.se", password_hash="x", totp_secret=None, created_at=clock.now())
        db.session.add(new)
        db.session.commit()
        assert new.id == 3


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
def test_database_refuses_to_change_records(acts, engine, table):
    before = db.session.execute(sa.select(table.__table__)).all()
    assert before
    written = [column.name for column in table.__table__.columns if not column.server_default]
    for statement in WAYS[engine]:
        with pytest.raises(sa.exc.DBAPIError, match=f"written once: {table.__tablename__}"):
            db.session.execute(sa.text(statement.format(table.__tablename__, ", ".join(written))))
        db.session.rollback()
    assert db.session.execute(sa.select(table.__table__)).all() == before


@pytest.mark.parametrize("revision", ["0001", "0009"])
def test_database_of_another_edition_stops_the_start(app, make_app, revision):
    with app.app_context():
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        db.session.commit()
    with pytest.raises(ConfigurationError) as refused:
        make_app()
    assert str(refused.value) == (
        f"Databasen är gjord av en annan utgåva av programmet (version {revision}). "
        "Kör den utgåvan, eller börja med en tom databas."
    )


def test_what_database_reads_from_record_is_what_stands_in_it(accept, inside, contest):
    saved = accept("anna@example.se")
    record = db.session.scalars(sa.select(AuditRecord)).one()
    assert (record.kvitto, record.at) == (receipt_sum(saved.code), "2026-12-10T08:00:00Z")


def test_written_once_tables_say_so(inside, engine):
    """Of all that a contest leaves behind, only these may change: people's data, accounts, mails, counters."""
    found = {table.name for table in Base.metadata.sorted_tables}
    triggers = "SELECT tbl_name FROM sqlite_master WHERE name LIKE '%_no_delete'"
    if engine == "postgresql":
        triggers = "SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'never_deleted'"
    kept = set(db.session.scalars(sa.text(triggers)))
    assert found - kept == {
        *("contest_contact", "entry", "erasure_note", "outbox_mail", "feedback", "hatch_count", "night_claim"),
        *("log_position", "content_file", "content_body", "content_revision"),
        "reply_count",
        *("reminder", "reminder_greeting", "reminder_erasure"),
        *("draw_winner_name", "organiser", "invitation", "sign_in", "passkey", "used_challenge", "recovery_code"),
        *("organiser_mail", "organiser_mail_sent"),
    }
