"""The language of an entry's mails.

Revision ID: 0006_entry_language
Revises: 0005_reminders
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_entry_language"
down_revision = "0005_reminders"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("language", sa.String(length=2), nullable=True))


def downgrade():
    op.drop_column("entry", "language")
