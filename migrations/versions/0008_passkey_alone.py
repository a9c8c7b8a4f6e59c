"""Organisers who sign in with a passkey and have no app for one-time codes.

Revision ID: 0008_passkey_alone
Revises: 0007_municipalities
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_passkey_alone"
down_revision = "0007_municipalities"
branch_labels = None
depends_on = None


def upgrade():
    let_be_empty(nullable=True)


def downgrade():
    op.execute("UPDATE organiser SET totp_secret = '' WHERE totp_secret IS NULL")
    let_be_empty(nullable=False)


def let_be_empty(nullable):
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    # SQLite rebuilds the table and would count on from the rows that are left: a number must never be given twice.
    last = "SELECT seq FROM sqlite_sequence WHERE name = 'organiser'"
    given = connection.scalar(sa.text(last)) if sqlite else None
    with op.batch_alter_table("organiser", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("totp_secret", existing_type=sa.String(length=300), nullable=nullable)
    if given:
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'organiser'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('organiser', {given})")
