"""Accounts and invitations of those who edit the page of one municipality.

Revision ID: 0007_municipalities
Revises: 0006_entry_language
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_municipalities"
down_revision = "0006_entry_language"
branch_labels = None
depends_on = None

TABLES = ("organiser", "invitation")


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column("municipality", sa.String(length=60), nullable=True))


def downgrade():
    for table in TABLES:
        op.drop_column(table, "municipality")
