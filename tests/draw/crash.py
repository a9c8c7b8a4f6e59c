"""Carries out one action again and again, each time in a child process that kills itself (kill -9) one step later.

    python -m tests.draw.crash <database> <action>

A step is a statement that the database is about to carry out or has just carried out, or a commit. For each step it
writes to <database>.<step> what the child left behind; the last one is the action that was not disturbed.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from app.contest import store, terms
from app.contest.forms import EntryInput
from app.contest.models import Entry
from app.database import db
from app.draw import actions, delivery, value, winners
from app.draw.models import Rank
from app.spec.beacon import PRACTICE
from tests import prepared
from tests.conftest import LOCK_AT, VALUE, StoppedClock, swedish

OPEN, LOCKED, DRAWN, LATER = (
    swedish(moment) for moment in ("2026-12-11 09:00", LOCK_AT, "2026-12-22 12:01", "2027-01-30 12:00")
)
NAME = winners.Named("Sigrid", "1441", DRAWN.date())


def ticket(place):
    return db.session.scalars(sa.select(Rank.ticket).where(Rank.place == place)).one()


def own(email):
    return db.session.scalars(sa.select(Entry).where(Entry.email == email)).first()


ACTIONS = {
    "freeze": lambda app, contest: terms.freeze_terms(app.extensions["library"].editions[2026], OPEN, PRACTICE),
    "save": lambda app, contest: store.save_entry(
        contest, EntryInput("ny@example.se", "2030", "1441", None, "n"), OPEN
    ),
    "strike": lambda app, contest: actions.strike_entry(contest, own("bo@example.se").id, "anställd", OPEN),
    "restore": lambda app, contest: actions.restore_entry(contest, own("bo@example.se").id, OPEN),
    "withdraw": lambda app, contest: winners.withdraw_entry(contest, own("bo@example.se").ticket, OPEN),
    "lock": lambda app, contest: actions.lock_list(contest, LOCKED),
    "draw": lambda app, contest: value.draw_winners(contest, VALUE, DRAWN),
    "letter": lambda app, contest: delivery.send_due(),
    "confirm": lambda app, contest: winners.confirm_winner(contest, 1, DRAWN),
    "skip": lambda app, contest: winners.skip_place(contest, 1, "svarar inte", LATER),
    "decline": lambda app, contest: winners.decline_prize(contest, 1, ticket(1), DRAWN),
    "withdraw late": lambda app, contest: winners.withdraw_entry(contest, ticket(1), DRAWN),
    "cancel": lambda app, contest: actions.cancel_contest(contest, "Vi har ångrat oss alla.", OPEN),
    "name": lambda app, contest: winners.publish_name(contest, 2, NAME, LATER),
    "no name": lambda app, contest: winners.withdraw_name(contest, 2),
}


def die_at(step: int, engine: sa.Engine) -> None:
    """Make this process kill itself at its `step`th step, counted from 1."""
    steps = count(1)

    def one_more(*_args: object, **_values: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(engine, name, one_more)


def main(database: Path, name: str) -> None:
    work = database.with_name("work.sqlite3")
    settings = {"SECRET_KEY": "test-" * 8, "INSTANCE_PATH": database.parent, "DRAW_CHAIN": PRACTICE, "TESTING": True}
    settings["CALENDAR_CONTENT"] = prepared.shared()
    app = create_app(settings | {"DATABASE_URL": f"sqlite:///{work}", "CLOCK": StoppedClock("2026-12-22 12:01")})
    for step in count(1):
        shutil.copyfile(database, work)
        if (child := os.fork()) == 0:
            with suppress(BaseException), app.app_context():
                contest = terms.frozen_in(2026)
                die_at(step, db.engine)
                ACTIONS[name](app, contest)
                os._exit(0)
            os._exit(1)
        status = os.waitpid(child, 0)[1]
        done = status == 0
        assert done or os.WTERMSIG(status) == signal.SIGKILL, "the action failed by itself"
        work.rename(f"{database}.{step}")
        wal = work.with_name(f"{work.name}-wal")
        if wal.exists():
            wal.rename(f"{database}.{step}-wal")
        work.with_name(f"{work.name}-shm").unlink(missing_ok=True)
        if done:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
