"""`flask draw verify`: whether database, public files and a recomputation say the same."""

from collections.abc import Callable, Iterable
from itertools import islice
from time import monotonic

import click
from flask import Response, current_app
from flask.cli import AppGroup
from werkzeug.test import EnvironBuilder

from app import clock
from app.calendar.hatches import current_year
from app.clock import SWEDEN
from app.draw.midnights import PUBLISHED_AFTER
from app.draw.verification import Verification

MOST_SHOWN = 50
draw = AppGroup("draw", help="Dragningen.")


@draw.command("verify")
@click.argument("year", type=int, required=False)
def verify(year: int | None) -> None:
    """Jämför databasen med loggen, de öppna filerna och en ny uträkning, för tävlingen ett år."""
    editions = current_app.extensions["library"].editions
    year = year or current_year(editions, clock.now())
    contest = year in editions and editions[year].contest
    if not contest:
        raise click.ClickException(f"Det finns ingen tävling {year}.")
    public = clock.now() - PUBLISHED_AFTER
    midnight = public.astimezone(SWEDEN).replace(hour=0, minute=0, second=0, microsecond=0)
    check = Verification(contest.id, _public_files(year), _once_a_second(), midnight)
    found = list(islice(check.differences(), MOST_SHOWN + 1))
    for sentence in found[:MOST_SHOWN]:
        click.echo(sentence)
    if len(found) > MOST_SHOWN:
        raise click.ClickException(f"Det finns fler skillnader än de {MOST_SHOWN} som visas.")
    if found:
        raise click.ClickException(f"{len(found)} skillnader i tävlingen {contest.id}.")
    click.echo(f"Allt stämmer i tävlingen {contest.id}: {check.entries} bidrag, {check.records} poster i loggen.")


def _public_files(year: int) -> Callable[[str], Iterable[bytes] | None]:
    """The files as anyone gets them, in parts, from the calendar itself."""
    site = current_app.config["PUBLIC_URL"]

    def parts(name: str) -> Iterable[bytes] | None:
        asked = EnvironBuilder(f"/{year}/dragning/{name}", site).get_environ()
        answer = Response.from_app(current_app.wsgi_app, asked)
        return answer.iter_encoded() if answer.status_code == 200 else None

    return parts


def _once_a_second() -> Callable[[str], None]:
    """Tells how far it has come, when that takes more than a second."""
    told = monotonic()

    def tick(what: str) -> None:
        nonlocal told
        if monotonic() > told + 1:
            told = monotonic()
            click.echo(f"… {what}", err=True)

    return tick
