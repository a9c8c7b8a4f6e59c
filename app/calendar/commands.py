"""`flask content check`: every fault in the content, with file, field and line."""

from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import AppGroup

from app import clock
from app.calendar.advice import advice
from app.calendar.faults import ContentError, Fault, line_numbers
from app.calendar.library import Library

NOT_YET = "är ett datum som inte har varit"
content = AppGroup("content", help="Kalenderns innehåll.")


@content.command("check")
def check() -> None:
    """Läser alla kalendrar och räknar upp alla fel."""
    running = current_app.extensions["library"]
    library = Library(current_app.config["CALENDAR_CONTENT"], running.last_good, demo=running.demo)
    try:
        library.check()
    except ContentError as error:
        raise click.ClickException(f"{len(error.faults)} fel i innehållet:\n{error}") from None
    gaps = [*_future(library), *(gap for e in library.editions.values() for gap in e.gaps)]
    if gaps:
        raise click.ClickException("Kalendern kan visas, men det här behöver åtgärdas:\n" + "\n".join(map(str, gaps)))
    for edition in library.editions.values():
        for sentence in advice(edition.file_contest) if edition.file_contest else ():
            click.echo(f"Tänk på, {edition.year}: {sentence}")
    years = ", ".join(str(year) for year in library.editions)
    click.echo(f"Innehållet är utan fel: {years}, 24 luckor i varje kalender.")


def _future(library: Library) -> Iterator[Fault]:
    """Dates of the accessibility statement and of corrections that have not been yet."""
    for year, edition in library.editions.items():
        statement = edition.file.accessibility
        lines = line_numbers((library.root / str(year) / "edition.toml").read_text("utf-8-sig"))
        for name, day in (("assessed", statement.assessed), ("updated", statement.updated)):
            if day > clock.host_date():
                field = f"accessibility.{name}"
                yield Fault(f"{year}/edition.toml", lines.get(field, 0), field, NOT_YET)
        contest = edition.file_contest
        for place, correction in enumerate(contest.corrections if contest else (), 1):
            if correction.date > clock.host_date():
                file = f"{year}/{edition.file_contest_number:02}/hatch.md"
                lines = line_numbers((library.root / file).read_text("utf-8-sig"))
                line = lines.get(f"contest.corrections.{place - 1}.date", 0)
                yield Fault(file, line, f"contest.corrections[{place}].date", NOT_YET)
