"""`flask doctor`: looks at everything that the calendar stands on, and says in a line each how it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.calendar.feeds.security_txt import security_fault
from app.calendar.feeds.views import security_text
from app.editing import editions, save
from app.operations import backup, server_checks
from app.outbox import messages, transport
from app.statistics import access_log
from app.web import health, rate_limit

# The parts of /readyz: what to say of each when it is fine, and what it is called.
_PARTS = {
    "database": ("Databasen svarar och är i ordning.", "Databasen"),
    "disk": ("Det går att skriva på disken.", "Disken"),
    "content": ("Innehållet har inga fel.", "Innehållet"),
    "clock": ("Klockan är ställd.", "Klockan"),
}


# What /readyz, which programs read, says in English.
_SWEDISH = {
    "does not answer": "svarar inte",
    "is not migrated: run": "är inte migrerad: kör",
    "is locked": "är låst av ett annat program",
    "is read-only": "går bara att läsa",
    "cannot be written": "går inte att skriva till",
    "faults: run": "fel: kör",
    "is before": "står före",
}


@dataclass(frozen=True)
class Line:
    """How one thing is: "bra", "obs" (look at it) or "fel" (mend it), and a Swedish sentence."""

    mark: str
    sentence: str


def doctor_lines() -> Iterator[Line]:
    """Everything, one thing at a time."""
    # What cannot be looked at is a fault, and the rest goes on.
    yield Line("bra", "Inställningarna går att läsa.")
    checks: tuple[Callable[[], Iterator[Line]], ...] = (
        *(_parts, _server, _permissions, _mail, _counters, _proxies),
        *(_shown, _unpublished, security_txt),
    )
    for check in checks:
        try:
            yield from check()
        except (OSError, SQLAlchemyError) as trouble:
            yield Line("fel", f"Det gick inte att undersöka allt: {type(trouble).__name__}.")


def _parts() -> Iterator[Line]:
    """Give what /readyz says, in Swedish."""
    parts, _, _ = health.ready()
    for name, state in parts.items():
        fine, what = _PARTS[name]
        yield Line("bra", fine) if state == "ok" else Line("fel", f"{what}: {in_swedish(state)}.")


def in_swedish(state: str) -> str:
    for english, swedish in _SWEDISH.items():
        state = state.replace(english, swedish)
    return state


def _server() -> Iterator[Line]:
    """Give what the readiness page says of the server."""
    found = server_checks.check_server(server_checks.read_server())
    yield from (Line("fel" if finding.severity == "must" else "obs", finding.sentence) for finding in found)
    if not found:
        yield Line("bra", "Server, jobb, disk och säkerhetskopia är som de ska.")


def _permissions() -> Iterator[Line]:
    instance = Path(current_app.instance_path)
    if not instance.stat().st_mode & 0o077:
        yield Line("bra", "Bara serverns användare kommer åt instansmappen.")
        return
    inside = (instance / "secret_key", *instance.glob("kalender.sqlite3*"), *backup.kept())
    exposed = [path.relative_to(instance) for path in inside if path.exists() and path.stat().st_mode & 0o077]
    if exposed:
        names = ", ".join(map(str, exposed))
        yield Line("fel", f"Andra på servern kan läsa {names}. Ändra det med: chmod 700 {instance}")
    else:
        yield Line("obs", f"Andra på servern kan se vad instansmappen heter. Ändra det med: chmod 700 {instance}")


def _mail() -> Iterator[Line]:
    if not (server := transport.mail_server()):
        return
    try:
        transport.check_connection(server, messages.helo_name(current_app.config["PUBLIC_URL"]))
    except transport.TransportDown as trouble:
        yield Line("fel", f"E-postservern nekar oss ({trouble}). Mejlen väntar tills den gör det.")
    else:
        yield Line("bra", "E-postservern tar emot oss.")


def _counters() -> Iterator[Line]:
    """Give where the rate limits are counted: Redis, or a file."""
    name = "Redis" if current_app.config["REDIS_URL"] else "Filen med antal försök"
    try:
        answers = rate_limit.storage().check()
    except rate_limit.storage().base_exceptions:
        answers = False
    silent = Line("fel", f"{name} svarar inte. Gränserna för antal försök gäller inte.")
    yield Line("bra", f"{name} svarar.") if answers else silent


def _proxies() -> Iterator[Line]:
    proxies, address = current_app.config["TRUSTED_PROXIES"], current_app.config["PUBLIC_URL"]
    if address.startswith("https://") and not proxies:
        yield Line(
            "obs",
            "FLASK_TRUSTED_PROXIES är 0. Står en egen proxy framför ser alla besökare ut att komma från den, "
            "och delar på gränserna.",
        )
    elif proxies and not address.startswith("https://"):
        yield Line(
            "obs",
            f"FLASK_TRUSTED_PROXIES är {proxies}. Står det inte så många proxyer framför "
            "kan vem som helst hitta på varifrån de kommer.",
        )
    else:
        yield Line("bra", f"Antalet egna proxyer är satt till {proxies}.")


def _shown() -> Iterator[Line]:
    """Give where the pages shown are counted."""
    log = current_app.config["ACCESS_LOG"]
    if log and (sentence := access_log.problem(log)):
        yield Line("fel", sentence)
    elif not log and current_app.config["TRUSTED_PROXIES"]:
        yield Line("obs", "Visningar ur en proxys minne räknas inte. Med nginx: sätt FLASK_ACCESS_LOG till dess logg.")
    else:
        yield Line("bra", "Visningarna räknas.")


def _unpublished() -> Iterator[Line]:
    """Give what has been edited in files that the machines do not share yet."""
    shelf, files = current_app.extensions["library"], current_app.config["CALENDAR_CONTENT"]
    if shelf.shared is None:
        return
    desk, years = save.open_editor(shelf, Path(current_app.instance_path)), sorted(files.glob("20[0-9][0-9]"))
    waiting = [
        f"{leaf.year}/{leaf.name}"
        for year in (int(folder.name) for folder in years)
        for leaf in editions.find_unpublished(desk, files, year).changed
    ]
    if waiting:
        yield Line("obs", f"Ändrat i filerna men inte publicerat: {', '.join(waiting)}. Kör flask content push.")


def security_txt() -> Iterator[Line]:
    if not (fault := security_fault(security_text(), clock.wall_clock_now())):
        yield Line("bra", "security.txt gäller.")
    else:
        yield Line("obs" if "går ut om" in fault else "fel", fault)
