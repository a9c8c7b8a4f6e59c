"""Reminders by mail: who has asked for them, the organisers' greetings, and the erasure of the list.

Revision ID: 0003_reminders
Revises: 0001_initial
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_reminders"
down_revision = "0001_initial"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekdays_only", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("confirm_mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent", sa.String(length=20), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("email", "asked_on", name=op.f("uq_reminder_email_asked_on")),
        sa.UniqueConstraint("token", name=op.f("uq_reminder_token")),
        # The number of an ended subscription is in the names of its mails: no other may get it.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reminder_number_hour", "reminder", ["number", "hour"])
    op.create_table(
        "reminder_greeting",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("year", "number", name=op.f("pk_reminder_greeting")),
    )
    op.create_table(
        "reminder_erasure",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addresses", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.Column("cleaned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_reminder_erasure")),
    )


def downgrade():
    for name in ("reminder_erasure", "reminder_greeting", "reminder"):
        op.drop_table(name)
