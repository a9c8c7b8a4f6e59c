"""What several machines share: content, and how far each nginx's log has been counted.

Revision ID: 0004_machines
Revises: 0003_organisers
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_machines"
down_revision = "0003_organisers"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "content_body",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_content_body")),
    )
    op.create_table(
        "content_file",
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_content_file")),
    )
    op.create_table(
        "content_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_revision")),
    )
    op.create_table(
        "log_position",
        sa.Column("first", sa.String(length=32), nullable=False),
        sa.Column("read_until", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_log_position")),
    )


def downgrade():
    for name in ("log_position", "content_revision", "content_file", "content_body"):
        op.drop_table(name)
