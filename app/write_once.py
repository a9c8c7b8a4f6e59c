"""Triggers by which the database itself refuses to change what is written once. For migrations."""


def written_once(engine: str, table: str, *keys: tuple[str, ...]) -> list[str]:
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
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}""",  # noqa: S608 – names of our own
    ]


def refusing_function(engine: str) -> list[str]:
    """What the triggers of PostgreSQL call; SQLite needs none."""
    if engine != "postgresql":
        return []
    return [
        """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'written once: %', TG_TABLE_NAME; END $$"""
    ]
