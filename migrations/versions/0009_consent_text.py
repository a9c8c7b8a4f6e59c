"""What a winner said yes to, beside the name that is published.

Revision ID: 0009_consent_text
Revises: 0008_passkey_alone
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_consent_text"
down_revision = "0008_passkey_alone"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("draw_winner_name", sa.Column("asked", sa.String(length=400), nullable=True))


def downgrade():
    op.drop_column("draw_winner_name", "asked")
