"""entries, draw, organisers

Revision ID: 0001
Revises:


"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WRITTEN_ONCE = {
    "draw_lock": "contest_id = NEW.contest_id",
    "draw_ticket": "contest_id = NEW.contest_id AND ticket = NEW.ticket",
    "draw_value": "contest_id = NEW.contest_id",
    "draw_rank": "contest_id = NEW.contest_id AND (place = NEW.place OR ticket = NEW.ticket)",
    "draw_verdict": "contest_id = NEW.contest_id AND place = NEW.place",
    "audit_record": "contest_id = NEW.contest_id AND number = NEW.number",
}
"""Tables whose rows are written once, and when a new row would take the place of an old one."""


def upgrade():
    op.create_table(
        "audit_record",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_audit_record")),
    )
    op.create_table(
        "draw_lock",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draw_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("prizes", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_lock")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("receipt_code", sa.String(length=26), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("duplicate_key", sa.String(length=320), nullable=True),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.Column("municipality", sa.String(length=20), nullable=False),
        sa.Column("motivation", sa.String(length=1000), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("contest_id", "ticket", name=op.f("uq_entry_contest_id_ticket")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_contest_id_duplicate_key", ["contest_id", "duplicate_key"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_invitation")),
    )
    op.create_table(
        "organiser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser")),
        sa.UniqueConstraint("email", name=op.f("uq_organiser_email")),
    )
    op.create_table(
        "draw_ticket",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_lock.contest_id"], name=op.f("fk_draw_ticket_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "ticket", name=op.f("pk_draw_ticket")),
    )
    op.create_table(
        "draw_value",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.String(length=96), nullable=False),
        sa.Column("randomness", sa.String(length=64), nullable=False),
        sa.Column("entropy", sa.String(length=200), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_lock.contest_id"], name=op.f("fk_draw_value_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_value")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_sign_in_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in")),
    )
    op.create_table(
        "draw_rank",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_value.contest_id"], name=op.f("fk_draw_rank_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_rank")),
        sa.UniqueConstraint("contest_id", "ticket", name=op.f("uq_draw_rank_contest_id_ticket")),
    )
    op.create_table(
        "draw_verdict",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("skipped", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id", "place"],
            ["draw_rank.contest_id", "draw_rank.place"],
            name=op.f("fk_draw_verdict_contest_id"),
        ),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_verdict")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'written once: %', TG_TABLE_NAME; END $$"""
        )
    for table in WRITTEN_ONCE:
        for statement in refusals(table):
            op.execute(statement)


def refusals(table: str) -> list[str]:
    """Triggers that make the database itself refuse to change or delete a row of `table`."""
    if op.get_bind().dialect.name == "postgresql":
        act = "EXECUTE FUNCTION refuse_change()"
        return [
            f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {act}",
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {act}",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, 'written once: {table}'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # REPLACE INTO would delete without asking the trigger above.
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {WRITTEN_ONCE[table]}) {refuse}""",
    ]


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change() CASCADE")
    op.drop_table("draw_verdict")
    op.drop_table("draw_rank")
    op.drop_table("sign_in")
    op.drop_table("draw_value")
    op.drop_table("draw_ticket")
    op.drop_table("organiser")
    op.drop_table("invitation")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_contest_id_duplicate_key")

    op.drop_table("entry")
    op.drop_table("draw_lock")
    op.drop_table("audit_record")
