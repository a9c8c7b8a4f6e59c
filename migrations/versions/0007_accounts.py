"""roles, sealed one-time-code secrets, recovery codes, passkeys, the organisers' log

Revision ID: 0007
Revises: 0006


"""

import sqlalchemy as sa
from alembic import op

from app import clock
from app.admin import sealing

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ORGANISER = sa.table("organiser", sa.column("id"), sa.column("totp_secret"))


def upgrade():
    with op.batch_alter_table("organiser") as organiser:
        # Whoever had an account could do everything, and still can.
        organiser.add_column(sa.Column("role", sa.String(length=20), nullable=False, server_default="administrator"))
        organiser.alter_column("totp_secret", type_=sa.String(length=300), existing_nullable=False)
    # AUTOINCREMENT on SQLite: a removed account's number must not come back in the log.
    with op.batch_alter_table("organiser", table_kwargs={"sqlite_autoincrement": True}) as organiser:
        organiser.alter_column("role", server_default=None, existing_type=sa.String(length=20))
    rewrite_secrets(lambda secret: sealing.seal(secret, "totp", clock.now()))
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("role", sa.String(length=20), nullable=True))
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("name", sa.String(length=32), nullable=True))
        sign_in.add_column(sa.Column("browser", sa.String(length=40), nullable=False, server_default=""))
        sign_in.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        sign_in.create_index("ix_sign_in_organiser_id", ["organiser_id"])
    op.execute("UPDATE sign_in SET name = substr(token_sha256, 1, 32)")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.alter_column("name", nullable=False, existing_type=sa.String(length=32))
        sign_in.create_unique_constraint(op.f("uq_sign_in_name"), ["name"])
        sign_in.alter_column("browser", server_default=None, existing_type=sa.String(length=40))
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("code_hmac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        owner("recovery_code"),
    )
    op.create_index("ix_recovery_code_organiser_id", "recovery_code", ["organiser_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        owner("passkey"),
    )
    op.create_index("ix_passkey_organiser_id", "passkey", ["organiser_id"])
    op.create_table(
        "used_challenge",
        sa.Column("challenge_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_sha256", name=op.f("pk_used_challenge")),
    )
    op.create_table(
        "organiser_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser_log")),
    )
    for statement in refusals():
        op.execute(statement)


def owner(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_organiser_id")
    return sa.ForeignKeyConstraint(["organiser_id"], ["organiser.id"], name=name, ondelete="CASCADE")


def rewrite_secrets(change):
    connection = op.get_bind()
    for number, secret in connection.execute(sa.select(ORGANISER.c.id, ORGANISER.c.totp_secret)).all():
        connection.execute(sa.update(ORGANISER).where(ORGANISER.c.id == number).values(totp_secret=change(secret)))


def refusals() -> list[str]:
    """Triggers that make the database itself refuse to change or delete a line of the log, as in 0001."""
    if op.get_bind().dialect.name == "postgresql":
        act = "EXECUTE FUNCTION refuse_change()"
        return [
            f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON organiser_log FOR EACH ROW {act}",
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON organiser_log FOR EACH STATEMENT {act}",
        ]
    refuse = "BEGIN SELECT RAISE(ABORT, 'written once: organiser_log'); END"
    return [
        f"CREATE TRIGGER organiser_log_no_update BEFORE UPDATE ON organiser_log {refuse}",
        f"CREATE TRIGGER organiser_log_no_delete BEFORE DELETE ON organiser_log {refuse}",
        f"""CREATE TRIGGER organiser_log_no_replace BEFORE INSERT ON organiser_log
            WHEN EXISTS (SELECT 1 FROM organiser_log WHERE id = NEW.id) {refuse}""",
    ]


def downgrade():
    for table in ("organiser_log", "used_challenge", "passkey", "recovery_code"):
        op.drop_table(table)
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.drop_index("ix_sign_in_organiser_id")
        sign_in.drop_column("proved_at")
        sign_in.drop_column("browser")
        sign_in.drop_constraint(op.f("uq_sign_in_name"), type_="unique")
        sign_in.drop_column("name")
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_column("role")
    rewrite_secrets(lambda sealed: sealing.opened(sealed, "totp"))
    with op.batch_alter_table("organiser") as organiser:
        organiser.drop_column("role")
        organiser.alter_column("totp_secret", type_=sa.String(length=64), existing_nullable=False)
