"""entries counted by the database as they come, and indexes for the organisers' lists; what stands out among many

Revision ID: 0009
Revises: 0008


"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LISTS = ("contest_id", "id"), ("contest_id", "municipality", "id"), ("contest_id", "answer", "id")
TRIGGERS = ("entry_inserted", "entry_updated", "entry_deleted")


def upgrade():
    op.create_table(
        "entry_count",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "kind", "value", name=op.f("pk_entry_count")),
    )
    op.create_table(
        "entry_hint",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_entry_hint")),
    )
    for kind in kinds():
        op.execute(added(kind, "entry", 1))
    for statement in postgresql_triggers() if is_postgresql() else sqlite_triggers():
        op.execute(statement)
    for columns in LISTS:
        op.create_index(f"ix_entry_{'_'.join(columns)}", "entry", [*columns])
    struck = sa.text("struck IS NOT NULL")
    op.drop_index("ix_entry_contest_id_struck", "entry")
    op.create_index(
        "ix_entry_contest_id_id_struck", "entry", ["contest_id", "id"], sqlite_where=struck, postgresql_where=struck
    )
    if is_postgresql():
        by_beginning({"duplicate_key": "varchar_pattern_ops"})


def by_beginning(operators):
    """The keys' index; with pattern operators it finds beginnings as well, in whatever order the language has."""
    op.drop_index("ix_entry_contest_id_duplicate_key", "entry")
    columns = ["contest_id", "duplicate_key"]
    op.create_index("ix_entry_contest_id_duplicate_key", "entry", columns, postgresql_ops=operators)


def is_postgresql():
    return op.get_bind().dialect.name == "postgresql"


def kinds():
    """What entries are counted by, and how it is read from one; nothing that anybody could be found by."""
    hour = "substr(received_at, 1, 13)"
    if is_postgresql():
        hour = "to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
    return {"hour": hour, "municipality": "municipality", "answer": "answer", "struck": "struck"}


def added(kind, rows, sign):
    """The statement that adds some rows to the counts of a kind, or takes them away."""
    value = kinds()[kind]
    return f"""INSERT INTO entry_count (contest_id, kind, value, count)
        SELECT contest_id, '{kind}', {value}, {sign} * count(*) FROM {rows} WHERE {value} IS NOT NULL
        GROUP BY contest_id, {value}
        ON CONFLICT (contest_id, kind, value) DO UPDATE SET count = entry_count.count + excluded.count"""


def sqlite_triggers():
    """Once a row, and with no more words than needed: each entry waits for them."""
    again = "ON CONFLICT (contest_id, kind, value) DO UPDATE SET count = count + excluded.count"

    def all_of(row, sign):
        values = {"hour": f"substr({row}.received_at, 1, 13)"} | {n: f"{row}.{n}" for n in ("municipality", "answer")}
        rows = ", ".join(f"({row}.contest_id, '{kind}', {value}, {sign})" for kind, value in values.items())
        return f"INSERT INTO entry_count (contest_id, kind, value, count) VALUES {rows} {again};"

    def struck_of(row, sign):
        return f"""INSERT INTO entry_count (contest_id, kind, value, count)
            SELECT {row}.contest_id, 'struck', {row}.struck, {sign} WHERE {row}.struck IS NOT NULL {again};"""

    changed = "UPDATE OF struck ON entry WHEN NEW.struck IS NOT OLD.struck"
    return [
        f"CREATE TRIGGER entry_inserted AFTER INSERT ON entry BEGIN {all_of('NEW', 1)} {struck_of('NEW', 1)} END",
        f"CREATE TRIGGER entry_updated AFTER {changed} BEGIN {struck_of('OLD', -1)} {struck_of('NEW', 1)} END",
        f"CREATE TRIGGER entry_deleted AFTER DELETE ON entry BEGIN {all_of('OLD', -1)} {struck_of('OLD', -1)} END",
    ]


def postgresql_triggers():
    """Once a statement, not once a row: thousands of changes of one count in a transaction would be slow."""
    both = "SELECT contest_id, struck, 1 AS sign FROM new_rows UNION ALL SELECT contest_id, struck, -1 FROM old_rows"
    changed = f"""INSERT INTO entry_count (contest_id, kind, value, count)
        SELECT contest_id, 'struck', struck, sum(sign) FROM ({both}) AS both_rows WHERE struck IS NOT NULL
        GROUP BY contest_id, struck HAVING sum(sign) <> 0
        ON CONFLICT (contest_id, kind, value) DO UPDATE SET count = entry_count.count + excluded.count"""
    acts = {
        "entry_inserted": ("INSERT", "NEW TABLE AS new_rows", [added(kind, "new_rows", 1) for kind in kinds()]),
        "entry_updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", [changed]),
        "entry_deleted": ("DELETE", "OLD TABLE AS old_rows", [added(kind, "old_rows", -1) for kind in kinds()]),
    }
    for name, (event, tables, statements) in acts.items():
        body = f"BEGIN {'; '.join(statements)}; RETURN NULL; END"
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        yield f"""CREATE TRIGGER {name} AFTER {event} ON entry REFERENCING {tables}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


def downgrade():
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON entry" if is_postgresql() else f"DROP TRIGGER {name}")
        if is_postgresql():
            op.execute(f"DROP FUNCTION {name}()")
    if is_postgresql():
        by_beginning({})
    op.drop_index("ix_entry_contest_id_id_struck", "entry")
    struck = sa.text("struck IS NOT NULL")
    op.create_index(
        "ix_entry_contest_id_struck",
        "entry",
        ["contest_id", "struck"],
        sqlite_where=struck,
        postgresql_where=struck,
    )
    for columns in LISTS:
        op.drop_index(f"ix_entry_{'_'.join(columns)}", "entry")
    op.drop_table("entry_hint")
    op.drop_table("entry_count")
