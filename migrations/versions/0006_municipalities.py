"""Accounts and invitations of those who edit the page of one municipality.

Revision ID: 0006_municipalities
Revises: 0005_reminders
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_municipalities"
down_revision = "0005_reminders"
branch_labels = None
depends_on = None

TABLES = ("organiser", "invitation")


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column("municipality", sa.String(length=60), nullable=True))


def downgrade():
    for table in TABLES:
        op.drop_column(table, "municipality")
