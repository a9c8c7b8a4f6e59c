"""`flask draw verify`: whether database, public files and a recomputation say the same."""

import sys
from collections.abc import Callable, Iterable

import click
from flask import Response, current_app
from flask.cli import AppGroup
from werkzeug.test import EnvironBuilder

from app import clock
from app.calendar.hatches import current_year
from app.contest import terms
from app.draw.verify import Verification

draw = AppGroup("draw", help="Dragningen.")


@draw.command("verify")
@click.argument("year", type=int, required=False)
@click.option("--kontrollsumma", default="", help="Låsbevisets, ur ett mejl som kom före slumptalet.")
def verify(year: int | None, kontrollsumma: str) -> None:
    """Räknar om tävlingen ett år, från bidragen till protokollet. Slutkod 0, 1 eller 2 som verifiera.py."""
    editions = current_app.extensions["library"].editions
    year = year or current_year(editions, clock.now())
    contest = terms.frozen_in(year)
    if contest is None:
        raise click.ClickException(f"Ingen tävling har öppnat {year}.")
    config = current_app.config
    if contest.chain.is_practice and not (config["DEMO"] or config["TESTING"]):
        raise click.ClickException("Tävlingen avgörs av övningskällan. Det är ingen riktig dragning.")
    check = Verification(contest, _public_files(year), kontrollsumma.strip().lower())
    faults = [*check.run()]
    for sentence in (*check.facts, *faults):
        click.echo(sentence)
    if faults:
        raise click.ClickException(f"Det stämmer inte i tävlingen {contest.id}.")
    if check.unchecked:
        click.echo("Räkningen stämmer, men det här är inte kontrollerat:")
        for sentence in check.unchecked:
            click.echo(sentence)
        sys.exit(2)
    click.echo("Allt stämmer.")


def _public_files(year: int) -> Callable[[str], Iterable[bytes] | None]:
    """The files as everyone gets them, in parts, from the calendar itself."""
    site = current_app.config["PUBLIC_URL"]

    def parts(name: str) -> Iterable[bytes] | None:
        asked = EnvironBuilder(f"/{year}/dragning/{name}", site).get_environ()
        answer = Response.from_app(current_app.wsgi_app, asked)
        return answer.iter_encoded() if answer.status_code == 200 else None

    return parts
