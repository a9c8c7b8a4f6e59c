"""Accounts from before there were roles go on working, and their secrets are sealed where they lie."""

import pyotp
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade

from app.admin import passwords, sealing
from app.database import db
from tests.admin.conftest import EMAIL, PASSWORD
from tests.conftest import ROOT

MIGRATIONS = str(ROOT / "migrations")
OLD = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def before(app, clock):
    """The database as it was, with one organiser who is signed in."""
    with app.app_context():
        earlier = ScriptDirectory(MIGRATIONS).get_revision("0007").down_revision
        downgrade(directory=MIGRATIONS, revision=earlier)
        known = {"email": EMAIL, "hash": passwords.hashed(PASSWORD), "secret": OLD, "at": clock.now()}
        for statement in (
            """INSERT INTO organiser (id, email, password_hash, totp_secret, totp_last_step, created_at)
               VALUES (1, :email, :hash, :secret, 0, :at)""",
            "INSERT INTO sign_in (token_sha256, organiser_id, created_at, seen_at) VALUES ('abc', 1, :at, :at)",
        ):
            db.session.execute(sa.text(statement).bindparams(sa.bindparam("at", type_=sa.DateTime)), known)
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("SELECT setval('organiser_id_seq', 1)"))
        db.session.commit()


def test_who_could_do_everything_still_can(app, before, come_in):
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        kept, role = db.session.execute(sa.text("SELECT totp_secret, role FROM organiser")).one()
        assert role == "administrator"
        assert OLD not in kept
        assert sealing.opened(kept, "totp") == OLD
        assert db.session.scalar(sa.text("SELECT count(*) FROM sign_in")) == 1
    assert pyotp.TOTP(OLD)
    assert come_in(OLD).get("/admin/konton").status_code == 200


def test_the_way_back_opens_the_secrets_again(app, before):
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        downgrade(directory=MIGRATIONS, revision=ScriptDirectory(MIGRATIONS).get_revision("0007").down_revision)
        assert db.session.scalar(sa.text("SELECT totp_secret FROM organiser")) == OLD
