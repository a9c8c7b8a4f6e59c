"""`flask organiser …`: accounts from the server's own shell, which always works."""

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app, url_for
from flask.cli import AppGroup

from app import clock
from app.admin import access
from app.admin.roles import ROLES

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
    """Makes an invitation and prints its link."""
    token = access.invite(email, clock.wall_now(), role)
    with current_app.test_request_context():
        path = url_for("admin.invitation", token=token)
    click.echo(f"Engångslänk för {email or 'den första organisatören'} (gäller i sju dagar):")
    click.echo(f"  {current_app.config['PUBLIC_URL']}{path}")
