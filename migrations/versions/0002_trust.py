"""rules versions, outbox, feedback, erasure

Revision ID: 0002
Revises: 0001


"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WRITTEN_ONCE = {
    "rules_version": "contest_id = NEW.contest_id AND number = NEW.number",
    "erasure": "contest_id = NEW.contest_id",
}
"""Tables whose rows are written once, and when a new row would take the place of an old one."""


def upgrade():
    op.create_table(
        "rules_version",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_rules_version")),
    )
    op.create_table(
        "erasure",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.Column("ordered_by", sa.String(length=40), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("feedback", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message", sa.String(length=4000), nullable=False),
        sa.Column("reply_to", sa.String(length=320), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    op.create_index("ix_outbox_mail_state_next_try_at", "outbox_mail", ["state", "next_try_at"])
    for table in WRITTEN_ONCE:
        for statement in refusals(table):
            op.execute(statement)


def refusals(table: str) -> list[str]:
    """Triggers that make the database itself refuse to change or delete a row of `table`, as in 0001."""
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
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {WRITTEN_ONCE[table]}) {refuse}""",
    ]


def downgrade():
    op.drop_index("ix_outbox_mail_state_next_try_at", "outbox_mail")
    op.drop_table("outbox_mail")
    op.drop_index("ix_feedback_received_at", "feedback")
    op.drop_table("feedback")
    op.drop_table("erasure")
    op.drop_table("rules_version")
