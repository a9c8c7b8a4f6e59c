"""Edit a hatch on a machine of its own, and die (kill -9) at a step: the nth file written, or the commit.

python -m tests.editing.killed_in_a_save <instance> <database> <step>
"""

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from app.database import db
from app.editing import save, store
from app.editing.store import ContentRef
from tests.conftest import StoppedClock

instance, database, step = sys.argv[1:]
clock = StoppedClock("2026-11-20 08:00")
settings = {"TESTING": True, "SECRET_KEY": "test-" * 8, "CLOCK": clock, "SHARED_CONTENT": True}
app = create_app(settings | {"INSTANCE_PATH": Path(instance), "DATABASE_URL": database})
left = int(step) if step.isdecimal() else 1000
synchronise = os.fsync


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def write_to_disk(file):
    global left
    left -= 1
    return die() if left < 0 else synchronise(file)


def halved(files):
    return {name: body + b"\nHalvsparat.\n" if name == "hatch.md" else body for name, body in files.items()}


with app.app_context():
    os.fsync = write_to_disk
    if step == "commit":
        sa.event.listen(db.engine, "commit", die)
    desk, leaf = save.open_editor(app.extensions["library"], Path(instance)), ContentRef(2026, 3)
    save.save_change(desk, leaf, store.checksum(desk.read(leaf)), halved, save.Change(1, "ändrade luckan", clock.now()))
