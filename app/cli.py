"""`flask prepare`: everything between a fresh clone and a server that can start."""

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, Response, current_app, url_for
from flask.cli import AppGroup, with_appcontext
from werkzeug.test import EnvironBuilder

from app import clock, config, database
from app.admin import demo
from app.admin.accounts import sessions
from app.admin.accounts.roles import MUNICIPAL, ROLES
from app.calendar.content import Edition
from app.calendar.files.faults import ContentError, Fault, line_numbers
from app.calendar.gaps import advice
from app.calendar.library import LastGood, Library
from app.calendar.schedule import current_year
from app.contest import terms
from app.draw.verify import Verification
from app.editing import editions, save, store
from app.errors import NotAllowed
from app.operations import backup, metrics
from app.privacy import erasure
from app.statistics import access_log


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrerar databasen, och skriver första gången ut en länk som skapar det första kontot."""
    # What is in here is for the server's own user: entries, keys, invitations.
    Path(current_app.instance_path).chmod(0o700)
    metrics.forget_process(current_app)
    database.upgrade()
    click.echo("Databasen är i ordning.")
    if current_app.config["ACCESS_LOG"]:
        access_log.begin()
    if shared := current_app.extensions["library"].shared:
        shared.start(current_app.config["CALENDAR_CONTENT"])
    for fault in current_app.extensions["library"].faults:
        click.echo(f"Fel i innehållet, den senaste hela versionen visas: {fault}")
    if current_app.config["DEMO"] and (count := demo.invent_entries()):
        click.echo(f"{count} påhittade svar är med, för övning.")
    if not sessions.has_organisers():
        print_invitation(None)


def first_prepare(create_app: Callable[..., Flask]) -> click.Command:
    """Return the command of a calendar that has no secret key yet; `create_app` makes the app once it has one."""

    @click.command("prepare")
    @click.pass_context
    @with_appcontext
    def command(context: click.Context) -> None:
        """Skapar den hemliga nyckeln, och gör sedan som flask prepare."""
        if not backup.is_new():
            # What an earlier key sealed would be lost.
            raise click.ClickException("Databasen finns, men inte nyckeln. Sätt FLASK_SECRET_KEY till den som gällde.")
        config.make_key(Path(current_app.instance_path))
        click.echo(
            "En hemlig nyckel är skapad i instansmappen. Fler servrar ska ha samma: sätt FLASK_SECRET_KEY på dem."
        )
        with create_app(checked=False).app_context():
            context.invoke(prepare)

    return command


NOT_YET = "är ett datum som ligger framåt i tiden"
content = AppGroup("content", help="Kalenderns innehåll.")


@content.command("check")
def check() -> None:
    """Läser alla kalendrar och räknar upp alla fel."""
    running = current_app.extensions["library"]
    with tempfile.TemporaryDirectory() as folder:
        # What is not published must not be shown at the next start either.
        last_good = LastGood(Path(folder)) if running.shared else running.last_good
        library = Library(current_app.config["CALENDAR_CONTENT"], last_good, demo=running.demo)
    try:
        library.check()
    except ContentError as error:
        raise click.ClickException(f"{len(error.faults)} fel i innehållet:\n{error}") from None
    gaps = [*_future(library), *(gap for e in library.editions.values() for gap in (*e.remarks, *e.gaps))]
    if gaps:
        raise click.ClickException("Kalendern kan visas, men det här behöver åtgärdas:\n" + "\n".join(map(str, gaps)))
    for edition in library.editions.values():
        for sentence in advice(edition.file_contest) if edition.file_contest else ():
            click.echo(f"Tänk på, {edition.year}: {sentence}")
    years = ", ".join(str(year) for year in library.editions)
    click.echo(f"Innehållet är utan fel: {years}, 24 luckor i varje kalender.")


@content.command("push")
@click.option("--over", is_flag=True, help="Också det som redaktionen har ändrat; deras text blir en tidigare version.")
def push(over: bool) -> None:
    """Publicerar det som har ändrats i filerna, på alla servrar."""
    shelf, files = current_app.extensions["library"], current_app.config["CALENDAR_CONTENT"]
    if shelf.shared is None:
        raise click.ClickException("Kalendern läser filerna själv, så det som ändras i dem visas genast.")
    desk = save.open_editor(shelf, Path(current_app.instance_path))
    for folder in sorted(files.glob("20[0-9][0-9]")):
        try:
            act = save.Change(None, save.AT_THE_SERVER, clock.now())
            count = editions.publish_files(desk, files, int(folder.name), over, act)
        except (save.SaveRefused, store.ContentWriteError) as trouble:
            raise click.ClickException(f"{folder.name} är inte publicerad.\n{trouble}") from None
        parts = {0: "inget är ändrat", 1: "1 del publicerad"}.get(count, f"{count} delar publicerade")
        click.echo(f"{folder.name}: {parts}.")
    shelf.refresh(at_once=True)


def _future(library: Library) -> Iterator[Fault]:
    """Name the dates in the content that have not been yet."""
    for edition in library.editions.values():
        for file, field, day in _dates(edition):
            if day > clock.host_date():
                lines = line_numbers((library.root / file).read_text("utf-8-sig"))
                path = re.sub(r"\[(\d+)\]", lambda place: f".{int(place[1]) - 1}", field)
                yield Fault(file, lines.get(path, 0), field, NOT_YET)


def _dates(edition: Edition) -> Iterator[tuple[str, str, date]]:
    """Return the days of the accessibility statement and of corrections, each with its file and field."""
    statement, file = edition.file.accessibility, f"{edition.year}/edition.toml"
    for name, day in (("assessed", statement.assessed), ("updated", statement.updated)):
        if day:
            yield file, f"accessibility.{name}", day
    for number, hatch in edition.hatches.items():
        file, contest = f"{edition.year}/{number:02}/hatch.md", hatch.file.contest
        for place, changed in enumerate(hatch.file.corrections, 1):
            yield file, f"corrections[{place}].date", changed.date
        for place, correction in enumerate(contest.corrections if contest else (), 1):
            yield file, f"contest.corrections[{place}].date", correction.date


draw = AppGroup("draw", help="Dragningen.")


@draw.command("verify")
@click.argument("year", type=int, required=False)
@click.option("--kontrollsumma", default="", help="Låsbevisets, ur ett mejl som kom före slumptalet.")
def verify(year: int | None, kontrollsumma: str) -> None:
    """Räknar om tävlingen ett år, från svaren till protokollet. Slutkod 0, 1 eller 2 som verifiera.py."""
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


# A kommunredaktör is invited in the browser, where their municipality is chosen.
_ROLES = [name for role, name in ROLES.items() if role != MUNICIPAL]
organiser = AppGroup("organiser", help="Konton i redaktionen.")


@organiser.command("invite")
@click.argument("email", required=False)
@click.option("--role", "roll", type=click.Choice(_ROLES), help="Utan roll: administratör, eller som förut.")
def invite(email: str | None, roll: str | None) -> None:
    """Skriver ut en engångslänk som skapar kontot EMAIL, eller låter den som blivit av med allt börja om."""
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
    click.echo(f"Engångslänk för {email or 'det första kontot'} (gäller i sju dagar):")
    click.echo(f"  {current_app.config['PUBLIC_URL']}{path}")
