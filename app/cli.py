"""`flask prepare`: everything between a fresh clone and a server that can start."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from email_validator import EmailNotValidError, validate_email
from flask import Response, current_app, url_for
from flask.cli import AppGroup, with_appcontext
from werkzeug.test import EnvironBuilder

from app import clock, database
from app.admin import demo
from app.admin.accounts import sessions
from app.admin.accounts.roles import ROLES
from app.calendar.faults import ContentError, Fault, line_numbers
from app.calendar.gaps import advice
from app.calendar.library import Library
from app.calendar.schedule import current_year
from app.contest import terms
from app.draw.verify import Verification
from app.errors import NotAllowed
from app.operations import metrics
from app.privacy import erasure


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrerar databasen, och skriver första gången ut en länk som skapar den första organisatören."""
    # What is in here is for the server's own user: entries, keys, invitations.
    Path(current_app.instance_path).chmod(0o700)
    metrics.forget_process(current_app)
    database.upgrade()
    click.echo("Databasen är i ordning.")
    for fault in current_app.extensions["library"].faults:
        click.echo(f"Fel i innehållet, den senaste hela versionen visas: {fault}")
    if current_app.config["DEMO"] and (count := demo.invent_entries()):
        click.echo(f"{count} påhittade bidrag är med, för övning.")
    if not sessions.has_organisers():
        print_invitation(None)


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
    check = Verification(contest, public_files(year), kontrollsumma.strip().lower())
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


def public_files(year: int) -> Callable[[str], Iterable[bytes] | None]:
    """Return the files as everyone gets them, in parts, from the calendar itself."""
    site = current_app.config["PUBLIC_URL"]

    def parts(name: str) -> Iterable[bytes] | None:
        asked = EnvironBuilder(f"/{year}/dragning/{name}", site).get_environ()
        answer = Response.from_app(current_app.wsgi_app, asked)
        return answer.iter_encoded() if answer.status_code == 200 else None

    return parts


@click.command("erase")
@click.argument("year", type=int)
@with_appcontext
def erase(year: int) -> None:
    """Gallrar personuppgifterna i ett års tävling, när tiden har kommit."""
    contest = terms.frozen_in(year)
    if contest is None:
        raise click.ClickException(f"Ingen tävling har öppnat {year}.")
    try:
        record = erasure.erase_contest(contest, "flask erase", clock.now())
    except NotAllowed as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(erasure.describe_erasure(record))


organiser = AppGroup("organiser", help="Konton för organisatörer.")


@organiser.command("invite")
@click.argument("email", required=False)
@click.option(
    "--role", "roll", type=click.Choice(list(ROLES.values())), help="Utan roll: administratör, eller som förut."
)
def invite(email: str | None, roll: str | None) -> None:
    """Skriver ut en engångslänk som skapar kontot EMAIL, eller låter den som tappat allt börja om."""
    try:
        email = email and validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise click.ClickException(f"{email} är ingen e-postadress.") from None
    print_invitation(email, next((role for role, name in ROLES.items() if name == roll), None))


def print_invitation(email: str | None, role: str | None = None) -> None:
    """Make an invitation and prints its link."""
    token = sessions.create_invitation(email, clock.session_now(), role)
    with current_app.test_request_context():
        path = url_for("admin.invitation", token=token)
    click.echo(f"Engångslänk för {email or 'den första organisatören'} (gäller i sju dagar):")
    click.echo(f"  {current_app.config['PUBLIC_URL']}{path}")
