"""The operator's commands: `flask backup`, `flask restore`, `flask doctor`, `flask metrics`."""

import signal
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app import clock
from app.clock import SWEDEN
from app.errors import NotAllowed
from app.operations import backup, bundle, doctor, metrics
from app.operations import restore as operations_restore
from app.web.headers import this_app

_FILE = click.Path(dir_okay=False, path_type=Path)
LEFT_OUT = (
    "Inte med: räknare för antal försök, mejl som lagts som filer, och listan över dem som har bett om påminnelser. "
    "Den som har bett om påminnelser har fått veta att adressen inte sparas i någon kopia."
)


@click.command("backup")
@click.option("--to", type=_FILE, help="Filen som skrivs; annars en ny i instansmappen, under backup/.")
@click.option(
    "--keep", type=click.IntRange(min=1), help="Ta bort kopior i instansmappen som är äldre än så många dygn."
)
@with_appcontext
def make(to: Path | None, keep: int | None) -> None:
    """Gör en säkerhetskopia i en enda fil, medan kalendern är i gång."""
    before = backup.last_backup()
    try:
        file, manifest = backup.make_backup(to, clock.wall_clock_now())
    except (NotAllowed, OSError) as trouble:
        raise click.ClickException(f"Ingen säkerhetskopia gjordes. {trouble}") from None
    count, size = len(manifest.members), file.stat().st_size / 1_000_000
    click.echo(f"Säkerhetskopian är klar: {file}")
    click.echo(f"Den har {count} filer, {size:.1f} MB, och databasen är i version {manifest.revision}.")
    if bundle.SECRET_KEY not in manifest.members:
        click.echo(
            "Den hemliga nyckeln är inte med, för den står i FLASK_SECRET_KEY. Spara den på ett annat säkert ställe."
        )
    click.echo(LEFT_OUT)
    click.echo(f"Den förra gjordes {_ago(before)}." if before else "Det är den första.")
    if keep and (dropped := backup.drop_old_backups(keep, clock.wall_clock_now())):
        click.echo(f"{dropped} äldre än {keep} dygn är borttagna.")


@click.command("restore")
@click.argument("file", type=_FILE)
@with_appcontext
def restore(file: Path) -> None:
    """Återställer en säkerhetskopia till en tom kalender."""
    try:
        manifest = operations_restore.restore_backup(file)
    except (NotAllowed, OSError) as trouble:
        raise click.ClickException(f"Inget återställdes. {trouble}") from None
    click.echo(f"Säkerhetskopian från {manifest.made_at.astimezone(SWEDEN):%Y-%m-%d %H:%M} är återställd.")
    click.echo(f"Den gjordes {_ago(manifest.made_at)}. Det som hände därefter är inte med.")
    click.echo(f"{len(manifest.members)} filer stämmer med sina kontrollsummor, och databasen är i ordning.")
    if file.stat().st_mode & 0o077:
        click.echo(f"Andra på servern kan läsa filen. Ändra det med: chmod 600 {file}")
    click.echo("Kontrollera dragningen med: flask draw verify")


@click.command("doctor")
@with_appcontext
def examine() -> None:
    """Undersöker servern och säger på en rad var hur allt står till."""
    found = []
    for line in doctor.doctor_lines():
        found.append(line.mark)
        click.echo(f"{line.mark}  {line.sentence}")
    if faults := found.count("fel"):
        raise click.ClickException(f"{faults} fel att rätta till.")


@click.command("metrics")
@with_appcontext
def measure() -> None:
    """Lämnar mätvärden till Prometheus på http://127.0.0.1:FLASK_METRICS_PORT/metrics. Avsluta med Ctrl+C."""
    if not (port := current_app.config["METRICS_PORT"]):
        raise click.ClickException("Sätt FLASK_METRICS_PORT, för servern och för det här kommandot.")
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    metrics.serve_metrics(this_app(), port)
    signal.sigwait(ends)


class _RestoreOnly(AppGroup):
    """What a calendar that cannot start can do; any other command is told the reason."""

    def __init__(self, reason: Exception) -> None:
        super().__init__()
        self._reason = reason
        self.add_command(restore)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if found := super().get_command(ctx, cmd_name):
            return found
        raise SystemExit(f"Kalendern startar inte.\n{self._reason}")


def waiting_app(reason: Exception, overrides: Mapping[str, object] | None = None) -> Flask:
    """Make the app of a calendar that cannot start for `reason`. Raises ConfigurationError."""
    app = operations_restore.bare_app(overrides)
    app.cli = _RestoreOnly(reason)

    @app.before_request
    def tell_the_reason() -> tuple[str, int, dict[str, str]]:
        return f"Kalendern startar inte.\n{reason}\n", 503, {"Content-Type": "text/plain; charset=utf-8"}

    return app


def _ago(moment: datetime) -> str:
    age = clock.wall_clock_now() - moment
    if age < timedelta(hours=1):
        return f"för {max(age.seconds // 60, 0)} minuter sedan" if age > timedelta(minutes=2) else "nyss"
    hours = int(age.total_seconds() // 3600)
    return f"för {hours} timmar sedan" if hours < 48 else f"för {hours // 24} dygn sedan"
