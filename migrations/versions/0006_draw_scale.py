"""the audit chain by ticket and by time, so that a midnight's list is read from it at any size

Revision ID: 0006
Revises: 0001

"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

READ_FROM_BODY = {"ticket": ("lott", 64), "at": ("tid", 20)}
"""Columns that the database itself reads from a record's body, so that they can never say anything else."""
INDEXES = (("ticket", "number", "kind"), ("at", "number"), ("kind", "at"))


def upgrade():
    for column, (name, length) in READ_FROM_BODY.items():
        value, kept = f"json_extract(body, '$.{name}')", "VIRTUAL"
        if op.get_bind().dialect.name == "postgresql":
            value, kept = f"body::json ->> '{name}'", "STORED"
        op.execute(
            f"ALTER TABLE audit_record ADD COLUMN {column} VARCHAR({length}) GENERATED ALWAYS AS ({value}) {kept}"
        )
    for columns in INDEXES:
        op.create_index(
            f"ix_audit_record_contest_id_{'_'.join(columns)}", "audit_record", ["contest_id", *columns], unique=False
        )
    struck = sa.text("struck IS NOT NULL")
    op.create_index(
        "ix_entry_contest_id_struck",
        "entry",
        ["contest_id", "struck"],
        unique=False,
        sqlite_where=struck,
        postgresql_where=struck,
    )


def downgrade():
    op.drop_index("ix_entry_contest_id_struck", "entry")
    for columns in INDEXES:
        op.drop_index(f"ix_audit_record_contest_id_{'_'.join(columns)}", "audit_record")
    for column in READ_FROM_BODY:
        op.drop_column("audit_record", column)
