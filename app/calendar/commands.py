"""`flask content check`: every fault in the content, with file, field and line."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.calendar.faults import ContentError
from app.calendar.library import Library

content = AppGroup("content", help="Kalenderns innehåll.")


@content.command("check")
def check() -> None:
    """Läser alla kalendrar och räknar upp alla fel."""
    library = Library(current_app.config["CALENDAR_CONTENT"])
    try:
        library.check()
    except ContentError as error:
        raise click.ClickException(f"{len(error.faults)} fel i innehållet:\n{error}") from None
    years = ", ".join(str(year) for year in library.editions)
    click.echo(f"Innehållet är utan fel: {years}, 24 luckor i varje kalender.")
