"""How a request for accessible content was decided, and under which number.

Revision ID: 0010_requests_decided
Revises: 0009_consent_text
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_requests_decided"
down_revision = "0009_consent_text"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("feedback", sa.Column("register_number", sa.String(length=60), nullable=True))
    op.add_column("feedback", sa.Column("decision", sa.String(length=10), nullable=True))


def downgrade():
    op.drop_column("feedback", "decision")
    op.drop_column("feedback", "register_number")
