"""anchors, contact attempts, winners' names, proposals, rehearsals

Revision ID: 0005
Revises: 0001


"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None

WRITTEN_ONCE = {
    "draw_anchor": "contest_id = NEW.contest_id AND number = NEW.number",
    "draw_contact": "contest_id = NEW.contest_id AND place = NEW.place AND number = NEW.number",
    "draw_rehearsal": "contest_id = NEW.contest_id",
    "draw_proposal": "contest_id = NEW.contest_id AND number = NEW.number",
}
"""Tables whose rows are written once, and when a new row would take the place of an old one."""


def upgrade():
    op.create_table(
        "draw_anchor",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_lock.contest_id"], name=op.f("fk_draw_anchor_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_draw_anchor")),
    )
    op.create_table(
        "draw_contact",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id", "place"],
            ["draw_rank.contest_id", "draw_rank.place"],
            name=op.f("fk_draw_contact_contest_id"),
        ),
        sa.PrimaryKeyConstraint("contest_id", "place", "number", name=op.f("pk_draw_contact")),
    )
    op.create_table(
        "draw_winner_name",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=False),
        sa.Column("municipality", sa.String(length=20), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id", "place"],
            ["draw_verdict.contest_id", "draw_verdict.place"],
            name=op.f("fk_draw_winner_name_contest_id"),
        ),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_winner_name")),
    )
    op.create_table(
        "draw_proposal",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_draw_proposal")),
    )
    op.create_table(
        "draw_rehearsal",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_rehearsal")),
    )
    for table in WRITTEN_ONCE:
        for statement in refusals(table):
            op.execute(statement)


def refusals(table: str) -> list[str]:
    """Triggers that make the database itself refuse to change or delete a row of `table`."""
    # A proposal gets its outcome later, once.
    decided = "WHEN (OLD.outcome IS NOT NULL)" if table == "draw_proposal" else ""
    if op.get_bind().dialect.name == "postgresql":
        act = "EXECUTE FUNCTION refuse_change()"
        return [
            f"CREATE TRIGGER written_once BEFORE UPDATE ON {table} FOR EACH ROW {decided} {act}",
            f"CREATE TRIGGER never_deleted BEFORE DELETE ON {table} FOR EACH ROW {act}",
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {act}",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, 'written once: {table}'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {decided} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # REPLACE INTO would delete without asking the trigger above.
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {WRITTEN_ONCE[table]}) {refuse}""",
    ]


def downgrade():
    op.drop_table("draw_rehearsal")
    op.drop_table("draw_proposal")
    op.drop_table("draw_winner_name")
    op.drop_table("draw_contact")
    op.drop_table("draw_anchor")
