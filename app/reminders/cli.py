"""`flask reminder verify`: proves that the list of reminders is erased."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.reminders import erasure

reminder = AppGroup("reminder", help="Påminnelserna med mejl.")


@reminder.command("verify")
@click.option(
    "--log",
    "logs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="En loggfil till.",
)
def verify(logs: tuple[Path, ...]) -> None:
    """Letar i databasen, i varje fil och i loggarna efter något som finns kvar av listan med påminnelser."""
    proof = erasure.verify(list(logs))
    for heading, sentences in (("Genomsökt", proof.searched), ("Inte genomsökt", proof.unchecked + proof.unread)):
        for sentence in sentences:
            click.echo(f"{heading}: {sentence}")
    for sentence in proof.found:
        click.echo(sentence)
    if proof.found:
        raise click.ClickException("Det finns uppgifter kvar om den som har bett om påminnelser.")
    if proof.unread:
        raise click.ClickException("Allt gick inte att läsa. Packa upp filerna till vanlig text, eller ta bort dem.")
    click.echo("Inget finns kvar av listan i det som är genomsökt.")
