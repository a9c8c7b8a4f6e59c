"""Who answered a message, which mails an organiser wants, and which of them have gone.

Revision ID: 0003_organisers
Revises: 0002_reply_counts
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_organisers"
down_revision = "0002_reply_counts"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("feedback", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("feedback", sa.Column("answered_by", sa.Integer(), nullable=True))
    op.create_table(
        "organiser_mail",
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("daily_report", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_organiser_mail_organiser_id_organiser"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organiser_id", name=op.f("pk_organiser_mail")),
    )
    op.create_table(
        "organiser_mail_sent",
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"],
            ["organiser.id"],
            name=op.f("fk_organiser_mail_sent_organiser_id_organiser"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organiser_id", "name", name=op.f("pk_organiser_mail_sent")),
    )
