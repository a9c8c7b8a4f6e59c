"""The power goes at every step of every act: what is left is the state before or the state after, never between."""

import shutil
import sqlite3
import subprocess
import sys

import pytest

from app.database import db
from tests.conftest import ROOT, on_sqlite
from tests.draw.crash import ACTS

TABLES = """
    entry draw_lock draw_ticket draw_value draw_rank draw_verdict draw_anchor draw_contact draw_proposal
    draw_winner_name draw_rehearsal outbox_mail audit_record
""".split()  # noqa: SIM905 – to be read as lines


BEFORE = {
    "approve": ACTS["propose"],
    "reject": ACTS["propose"],
    "no name": ACTS["name"],
}
"""What has to have been done before an act can be."""


def contents(path):
    """Every row of every table, as the next process to open the database finds them."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = [sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES]  # noqa: S608
    connection.close()
    return found


@on_sqlite
@pytest.mark.parametrize(
    ("name", "state", "steps"),
    [
        ("lock", "closed", 25),
        ("propose", "closed", 8),
        ("reject", "closed", 8),
        ("approve", "closed", 25),
        ("anchor", "locked", 10),
        ("draw", "locked", 12),
        ("contact", "drawn", 12),
        ("confirm", "drawn", 10),
        ("skip", "drawn", 10),
        ("letter", "drawn", 12),
        ("name", "finished", 8),
        ("no name", "finished", 8),
        ("rehearse", "closed", 20),
    ],
)
def test_a_crash_leaves_the_state_before_or_after(app, accept, reach, contest, tmp_path, name, state, steps):
    for person in ("anna", "bo", "anna+igen"):
        accept(f"{person}@example.se")
    accept("david@example.se", answer="2040")
    reach(state)
    with app.app_context():
        if name in BEFORE:
            BEFORE[name](contest)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    before = tmp_path / "before.sqlite3"
    shutil.copyfile(tmp_path / "kalender.sqlite3", before)
    subprocess.run([sys.executable, "-m", "tests.draw.crash", before, name], cwd=ROOT, check=True)
    left = [path for path in tmp_path.glob("before.sqlite3.*") if path.suffix[1:].isdigit()]
    found = {int(path.suffix[1:]): contents(path) for path in left}
    unchanged, done = contents(before), found[max(found)]
    assert done != unchanged
    assert len(found) > steps
    assert [step for step, rows in found.items() if rows not in (unchanged, done)] == []
    assert found[1] == unchanged
