"""Counts of answers, pledges and what is kept in January.

Revision ID: 0002_reply_counts
Revises: 0001_initial
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_reply_counts"
down_revision = "0001_initial"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reply_count",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "kind", "number", "choice", name=op.f("pk_reply_count")),
    )


def downgrade():
    op.drop_table("reply_count")
