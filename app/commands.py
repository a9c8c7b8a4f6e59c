"""`flask prepare`: everything between a fresh clone and a server that can start."""

from datetime import timedelta
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from app import clock, migrations
from app.admin import access
from app.admin.commands import print_invitation
from app.calendar.hatches import current_year
from app.contest import acceptance
from app.contest.answers import Answers
from app.contest.models import Entry
from app.database import db
from app.operations import metrics

INVENTED = 40
"""Entries in a demo, so that there is something to see and to draw among."""


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrerar databasen, och skriver första gången ut en länk som skapar den första organisatören."""
    # What is in here is for the server's own user: entries, keys, invitations.
    Path(current_app.instance_path).chmod(0o700)
    metrics.forget(current_app)
    migrations.upgrade()
    click.echo("Databasen är i ordning.")
    if current_app.config["DEMO"]:
        _invent_entries()
    if not access.has_organisers():
        print_invitation(None)


def _invent_entries() -> None:
    """A rehearsed contest: people who do not exist, at addresses that cannot exist, some of them wrong or twice."""
    editions = current_app.extensions["library"].editions
    contest = editions[current_year(editions, clock.now())].contest
    if contest is None or clock.now() < contest.opens or db.session.scalar(sa.select(sa.func.count(Entry.id))):
        return
    wrong = next(option for option in contest.options if option != contest.answer)
    span = min(clock.now(), contest.closes) - contest.opens
    for number in range(INVENTED):
        answers = Answers(
            email=f"person{number // 2 if number % 10 == 1 else number}@example.org",
            answer=wrong if number % 7 == 3 else contest.answer,
            municipality=("1441", "1480", "1427", "1490", "annan")[number % 5],
            motivation=None,
            nonce=f"demo-{number}",
        )
        moment = contest.opens + span * number / INVENTED + timedelta(seconds=number)
        acceptance.save_entry(contest, answers, current_app.config["SECRET_KEY"], moment)
    click.echo(f"{INVENTED} påhittade bidrag är med, för övning.")
