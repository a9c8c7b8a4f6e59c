"""`flask erase`: erases what has had its time, for whoever does not run the nightly round."""

import click
from flask.cli import with_appcontext

from app import clock
from app.calendar.lookup import library
from app.privacy import erasure


@click.command("erase")
@click.argument("year", type=int)
@with_appcontext
def erase(year: int) -> None:
    """Gallrar personuppgifterna i ett års tävling, när tiden har kommit."""
    edition = library().editions.get(year)
    if edition is None or edition.contest is None:
        raise click.ClickException(f"Det finns ingen tävling {year}.")
    try:
        record = erasure.erase(edition, edition.contest, "flask erase", clock.now())
    except erasure.ErasureRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(erasure.in_words(record))
