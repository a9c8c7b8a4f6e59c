"""`flask erase`: erases what has had its time, for whoever does not run the nightly round."""

import click
from flask.cli import with_appcontext

from app import clock
from app.contest import terms
from app.privacy import erasure


@click.command("erase")
@click.argument("year", type=int)
@with_appcontext
def erase(year: int) -> None:
    """Gallrar personuppgifterna i ett års tävling, när tiden har kommit."""
    contest = terms.frozen_in(year)
    if contest is None:
        raise click.ClickException(f"Ingen tävling har öppnat {year}.")
    try:
        record = erasure.erase(contest, "flask erase", clock.now())
    except erasure.ErasureRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(erasure.in_words(record))
