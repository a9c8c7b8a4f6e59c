"""How far nginx's log has been counted.

Revision ID: 0006_machines
Revises: 0001_initial
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_machines"
down_revision = "0001_initial"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "log_position",
        sa.Column("first", sa.String(length=32), nullable=False),
        sa.Column("read_until", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_log_position")),
    )


def downgrade():
    op.drop_table("log_position")
