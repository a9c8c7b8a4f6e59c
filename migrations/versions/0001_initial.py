"""The tables as the models have them, and the triggers that hold what is written once.

Revision ID: 0001_initial
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

# Tables whose rows are written once, with their unique columns.
WRITTEN_ONCE = {
    "audit_record": [("contest_id", "number")],
    "contest_terms": [("contest_id",)],
    "draw_cancellation": [("contest_id",)],
    "draw_letter": [("contest_id", "place")],
    "draw_list": [("contest_id",)],
    "draw_rank": [("contest_id", "place"), ("contest_id", "ticket")],
    "draw_rehearsal": [("contest_id",)],
    "draw_ticket": [("contest_id", "ticket")],
    "draw_value": [("contest_id",)],
    "draw_verdict": [("contest_id", "place")],
    "erasure": [("contest_id",)],
    "organiser_log": [("id",)],
}


def upgrade():
    op.create_table(
        "audit_record",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        read_from_body("at", "tid", sa.String(length=20)),
        read_from_body("kvitto", "kvitto", sa.String(length=64)),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_audit_record")),
    )
    op.create_index("ix_audit_record_contest_id_kind", "audit_record", ["contest_id", "kind"])
    op.create_index("ix_audit_record_contest_id_kvitto_number", "audit_record", ["contest_id", "kvitto", "number"])

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message", sa.String(length=4000), nullable=False),
        sa.Column("reply_to", sa.String(length=320), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])

    op.create_table(
        "hatch_count",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "number", "day", name=op.f("pk_hatch_count")),
    )
    op.create_table(
        "invitation",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_invitation")),
    )
    op.create_table(
        "night_claim",
        sa.Column("night", sa.String(length=10), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_night_claim")),
    )
    op.create_table(
        "organiser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=300), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser")),
        sa.UniqueConstraint("email", name=op.f("uq_organiser_email")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "organiser_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organiser_log")),
    )

    op.create_table(
        "used_challenge",
        sa.Column("challenge_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_sha256", name=op.f("pk_used_challenge")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_passkey_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_organiser_id", "passkey", ["organiser_id"])

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("code_hmac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_recovery_code_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_organiser_id", "recovery_code", ["organiser_id"])

    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_sign_in_organiser_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("name", name=op.f("uq_sign_in_name")),
    )
    op.create_index("ix_sign_in_organiser_id", "sign_in", ["organiser_id"])

    op.create_table(
        "contest_terms",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("hatch", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_contest_terms")),
    )
    # One contest an edition, whatever its id; rehearsals are any number.
    no_rehearsal = sa.text("contest_id NOT LIKE 'ovning-%'")
    op.create_index(
        "uq_contest_terms_year",
        "contest_terms",
        ["year"],
        unique=True,
        sqlite_where=no_rehearsal,
        postgresql_where=no_rehearsal,
    )

    op.create_table(
        "contest_contact",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("witnesses", sa.Text(), nullable=False),
        sa.Column("erasure_decision", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_contest_contact")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("receipt_code", sa.String(length=26), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("duplicate_key", sa.String(length=320), nullable=True),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.Column("municipality", sa.String(length=20), nullable=False),
        sa.Column("motivation", sa.String(length=1000), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nr", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=40), nullable=True),
        sa.Column("struck", sa.String(length=40), nullable=True),
        sa.Column("stays", sa.String(length=64), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("contest_id", "ticket", name=op.f("uq_entry_contest_id_ticket")),
        sa.UniqueConstraint("contest_id", "email", "answer", name=op.f("uq_entry_contest_id_email_answer")),
        sa.UniqueConstraint("contest_id", "nr", name=op.f("uq_entry_contest_id_nr")),
        sa.UniqueConstraint("contest_id", "nonce", name=op.f("uq_entry_contest_id_nonce")),
    )
    op.create_index("ix_entry_contest_id_duplicate_key_nr", "entry", ["contest_id", "duplicate_key", "nr"])
    op.create_index("ix_entry_contest_id_id", "entry", ["contest_id", "id"])
    op.create_index("ix_entry_contest_id_municipality", "entry", ["contest_id", "municipality"])
    op.create_index("ix_entry_contest_id_received_at", "entry", ["contest_id", "received_at"])
    struck = sa.text("struck IS NOT NULL")
    op.create_index(
        "ix_entry_contest_id_struck", "entry", ["contest_id", "struck"], sqlite_where=struck, postgresql_where=struck
    )
    op.create_index("ix_entry_email", "entry", ["email"])

    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint(
            "contest_id", "kind", "ticket", "number", name=op.f("uq_outbox_mail_contest_id_kind_ticket_number")
        ),
    )
    op.create_index("ix_outbox_mail_state_priority_next_try_at", "outbox_mail", ["state", "priority", "next_try_at"])

    op.create_table(
        "erasure",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("feedback", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "erasure_note",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("decision", sa.String(length=1000), nullable=False),
        sa.Column("ordered_by", sa.String(length=40), nullable=False),
        sa.Column("cleaned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_erasure_note")),
    )
    op.create_table(
        "draw_rehearsal",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest_terms.contest_id"], name=op.f("fk_draw_rehearsal_contest_id")
        ),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_rehearsal")),
    )
    op.create_table(
        "draw_cancellation",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest_terms.contest_id"], name=op.f("fk_draw_cancellation_contest_id")
        ),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_cancellation")),
    )
    op.create_table(
        "draw_list",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("draw_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("struck", sa.Integer(), nullable=False),
        sa.Column("list_sha256", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest_terms.contest_id"], name=op.f("fk_draw_list_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_list")),
    )
    op.create_table(
        "draw_ticket",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_list.contest_id"], name=op.f("fk_draw_ticket_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "ticket", name=op.f("pk_draw_ticket")),
    )
    op.create_table(
        "draw_value",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signature", sa.String(length=96), nullable=False),
        sa.Column("randomness", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_list.contest_id"], name=op.f("fk_draw_value_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_draw_value")),
    )
    op.create_table(
        "draw_rank",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["draw_value.contest_id"], name=op.f("fk_draw_rank_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_rank")),
        sa.UniqueConstraint("contest_id", "ticket", name=op.f("uq_draw_rank_contest_id_ticket")),
    )
    op.create_table(
        "draw_letter",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id", "place"], ["draw_rank.contest_id", "draw_rank.place"], name=op.f("fk_draw_letter_contest_id")
        ),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_letter")),
    )
    op.create_table(
        "draw_verdict",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("skipped", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id", "place"],
            ["draw_rank.contest_id", "draw_rank.place"],
            name=op.f("fk_draw_verdict_contest_id"),
        ),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_verdict")),
    )
    op.create_table(
        "draw_winner_name",
        sa.Column("contest_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=False),
        sa.Column("municipality", sa.String(length=20), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id", "place"],
            ["draw_verdict.contest_id", "draw_verdict.place"],
            name=op.f("fk_draw_winner_name_contest_id"),
        ),
        sa.PrimaryKeyConstraint("contest_id", "place", name=op.f("pk_draw_winner_name")),
    )
    engine = op.get_bind().dialect.name
    for statement in refusing_function(engine):
        op.execute(statement)
    for table, keys in WRITTEN_ONCE.items():
        for statement in write_once_triggers(engine, table, *keys):
            op.execute(statement)


def write_once_triggers(engine: str, table: str, *keys: tuple[str, ...]) -> list[str]:
    """Return the statements for a table; `keys` are its unique columns, primary first."""
    if engine == "postgresql":
        refuse = "EXECUTE FUNCTION refuse_change()"
        return [
            f"CREATE TRIGGER written_once BEFORE UPDATE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER never_deleted BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, 'written once: {table}'); END"
    same = " OR ".join(f"({' AND '.join(f'{name} = NEW.{name}' for name in key)})" for key in keys)
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # REPLACE INTO would delete without asking the trigger above.
        f"""CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}""",
    ]


def refusing_function(engine: str) -> list[str]:
    """Return what the triggers of PostgreSQL call; SQLite needs none."""
    if engine != "postgresql":
        return []
    return [
        """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'written once: %', TG_TABLE_NAME; END $$"""
    ]


def read_from_body(column, name, kind):
    """A column that the database reads from a record's body, so that it can never say anything else."""
    if op.get_bind().dialect.name == "postgresql":
        return sa.Column(column, kind, sa.Computed(f"body::json ->> '{name}'", persisted=True))
    return sa.Column(column, kind, sa.Computed(f"json_extract(body, '$.{name}')", persisted=False))


def downgrade():
    raise NotImplementedError("the first version has none before it")
