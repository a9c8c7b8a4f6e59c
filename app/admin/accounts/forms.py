"""The forms of Mitt konto and Konton."""

from flask import g
from wtforms import EmailField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from app.admin.accounts import credentials
from app.admin.forms import AdminForm
from app.admin.roles import ABOUT, ROLES
from app.contest.entries import canonical_email
from app.errors import NotAllowed
from app.text import clean, clean_address
from app.web.forms import SelectChoice

CHOOSE = "Välj en av rollerna."
_CHOICES = [SelectChoice(role, f"{name[0].upper()}{name[1:]}: {ABOUT[role]}") for role, name in ROLES.items()]


class PasswordForm(AdminForm):
    """The old password, and a new one."""

    old_password = PasswordField("Nuvarande lösenord", validators=[InputRequired("Skriv ditt nuvarande lösenord.")])
    password = PasswordField("Nytt lösenord")

    def validate_password(self, field: PasswordField) -> None:
        if fault := credentials.password_fault(field.data or "", g.sign_in.organiser.email):
            raise ValidationError(fault)


class CodesForm(AdminForm):
    """The offered secret, sealed, and the first code of the app that has read it."""

    offer = StringField()
    code = StringField("Engångskod", validators=[InputRequired("Skriv de sex siffrorna ur din app.")])


class AddPasskeyForm(AdminForm):
    """What the browser made, and what its owner calls it."""

    name = StringField("Namn", filters=[clean], validators=[Length(max=60, message="Välj ett kortare namn.")])
    credential = StringField()
    challenge = StringField()


class InviteForm(AdminForm):
    """Whom to invite, and as what."""

    email = EmailField("E-postadress", filters=[clean, clean_address])
    role = SelectField("Roll", choices=_CHOICES, validate_choice=False)

    def validate_role(self, field: SelectField) -> None:
        if field.data not in ROLES:
            raise ValidationError(CHOOSE)

    def validate_email(self, field: EmailField) -> None:
        try:
            canonical_email(field.data or "")
        except NotAllowed as refused:
            raise ValidationError(str(refused)) from None


class RoleForm(AdminForm):
    role = SelectField(
        "Roll", choices=[SelectChoice(role, name) for role, name in ROLES.items()], validate_choice=False
    )
