"""Carries out one act again and again, each time in a child process that kills itself (kill -9) one step later.

    python -m tests.draw.crash <database> <act>

A step is a statement that the database is about to carry out or has just carried out, or a commit. For each step it
writes to <database>.<step> what the child left behind; the last one is the act that was not disturbed.
"""

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from app.database import db
from app.draw import anchors, approval, conduct, rehearsal, rehearsing, verdicts, winners
from tests.conftest import DRAW_AT, VALUE, StoppedClock, swedish

CLOSED, DRAWN, LATER = (swedish(f"2026-12-{moment}") for moment in ("21 09:00", "22 12:01", "30 12:00"))
RULES = "Regler.\n"


def two(contest):
    """The contest as one for two organisers."""
    return contest.model_copy(update={"two_person": True})


def approved(contest):
    approval.approve(two(contest), 1, RULES, PRACTICE, 2, CLOSED)


NAME = winners.Named("Sigrid", "1441", DRAWN.date())

ACTS = {
    "propose": lambda contest: approval.propose_lock(two(contest), RULES, DRAW_AT, 1, CLOSED),
    "reject": lambda contest: approval.reject(two(contest), 1, 2, CLOSED),
    "lock": lambda contest: conduct.lock(contest, RULES, DRAW_AT, PRACTICE, CLOSED),
    "approve": approved,
    "anchor": lambda contest: anchors.add(contest, anchors.Sent("Registrator", CLOSED, "KS 1"), DRAWN),
    "draw": lambda contest: conduct.draw(contest, VALUE, PRACTICE, DRAWN),
    "contact": lambda contest: winners.try_to_reach(contest, 1, "e-post", DRAWN, 1, DRAWN),
    "confirm": lambda contest: verdicts.confirm(contest, 1, DRAWN),
    "letter": lambda contest: winners.write_to(contest, 1, 1, DRAWN),
    "name": lambda contest: winners.publish(contest, 2, NAME, LATER),
    "no name": lambda contest: winners.withdraw(contest, 2, LATER),
    "rehearse": lambda contest: rehearsing.start(contest, 2026, 1, CLOSED),
    "skip": lambda contest: verdicts.skip(contest, 1, "tackar nej", DRAWN),
}


def die_at(step: int, engine: sa.Engine) -> None:
    """Makes this process kill itself at its `step`th step, counted from 1."""
    steps = count(1)

    def one_more(*_args: object, **_values: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(engine, name, one_more)


def main(database: Path, name: str) -> None:
    work = database.with_name("work.sqlite3")
    settings = {"SECRET_KEY": "test-" * 8, "INSTANCE_PATH": database.parent, "DRAW_CHAIN": PRACTICE}
    app = create_app(settings | {"DATABASE_URL": f"sqlite:///{work}", "CLOCK": StoppedClock("2026-12-22 12:01")})
    for step in count(1):
        shutil.copyfile(database, work)
        if (child := os.fork()) == 0:
            with app.app_context():
                die_at(step, db.engine)
                ACTS[name](app.extensions["library"].editions[2026].file_contest)
            os._exit(0)
        done = os.waitpid(child, 0)[1] == 0
        work.rename(f"{database}.{step}")
        wal = work.with_name(f"{work.name}-wal")
        if wal.exists():
            wal.rename(f"{database}.{step}-wal")
        work.with_name(f"{work.name}-shm").unlink(missing_ok=True)
        if done:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
