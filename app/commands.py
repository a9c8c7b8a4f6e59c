"""`flask prepare`: everything between a fresh clone and a server that can start."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import demo, migrations
from app.admin import access
from app.admin.commands import print_invitation
from app.operations import metrics


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrerar databasen, och skriver första gången ut en länk som skapar den första organisatören."""
    # What is in here is for the server's own user: entries, keys, invitations.
    Path(current_app.instance_path).chmod(0o700)
    metrics.forget(current_app)
    migrations.upgrade()
    click.echo("Databasen är i ordning.")
    for fault in current_app.extensions["library"].faults:
        click.echo(f"Fel i innehållet, den senaste hela versionen visas: {fault}")
    if current_app.config["DEMO"] and (count := demo.invent_entries()):
        click.echo(f"{count} påhittade bidrag är med, för övning.")
    if not access.has_organisers():
        print_invitation(None)
