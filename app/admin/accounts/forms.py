"""The organisers' forms."""

# Each is bound to the sign-in it was made for.

from collections.abc import Mapping
from itertools import starmap

from flask import g, request
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from app.admin.accounts import credentials as accounts_credentials
from app.admin.accounts.roles import ABOUT, MUNICIPAL, ROLES
from app.admin.accounts.sessions import Credentials
from app.contest.entries import STRIKE_REASONS, canonical_email
from app.errors import NotAllowed
from app.text import clean, clean_address
from app.web.forms import SelectChoice, TokenForm

CHOOSE = "Välj en av rollerna."
CHOOSE_MUNICIPALITY = "Välj den kommun som personen ska skriva för."
_CHOICES = [SelectChoice(role, f"{name[0].upper()}{name[1:]}: {ABOUT[role]}") for role, name in ROLES.items()]
# Fields that a page fills in itself.
UNSEEN = ("token", "place", "number")


class AdminForm(TokenForm):
    class Meta(TokenForm.Meta):
        def token_bound_to(self) -> str:
            sign_in = g.get("sign_in")
            return f"admin|{sign_in.name}" if sign_in else "admin"

    def refuse(self, sentence: str) -> None:
        """Add a sentence that came from an act, beside the form's first field that a person sees, if there is one."""
        first = next((field for field in self if field.name not in UNSEEN), self.token)
        first.errors = [*first.errors, sentence]


def one_line(text: str | None) -> str:
    """Return what was typed, without breaks and double spaces."""
    return " ".join(clean(text).split())


def validate_address(_form: AdminForm, field: EmailField) -> None:
    """Refuse an address that no mail can go to."""
    try:
        canonical_email(field.data or "")
    except NotAllowed as refused:
        raise ValidationError(str(refused)) from None


class SignInForm(AdminForm):
    email = EmailField(
        "E-postadress", filters=[clean, clean_address], validators=[InputRequired("Skriv din e-postadress.")]
    )
    password = PasswordField(
        "Lösenord",
        validators=[
            InputRequired("Skriv ditt lösenord."),
            Length(max=accounts_credentials.LONGEST, message="Lösenordet är för långt."),
        ],
    )
    code = StringField("Engångskod", validators=[Length(max=20, message="Koden är för lång.")])
    recovery = StringField("Reservkod", validators=[Length(max=60, message="Koden är för lång.")])
    kept = StringField()
    till = StringField()

    def validate_code(self, field: StringField) -> None:
        if not field.data and not self.recovery.data:
            raise ValidationError("Skriv de sex siffrorna ur din app.")

    def claim(self) -> Credentials:
        """Address, password and code as posted."""
        fields = (self.email, self.password, self.code, self.recovery)
        return Credentials(*(field.data or "" for field in fields))


class PasskeyForm(AdminForm):
    """What the browser answers for a passkey, and where to go on to."""

    credential = StringField()
    challenge = StringField()
    kept = StringField()
    till = StringField()


class InvitationForm(AdminForm):
    """Address and password, chosen for the first time, and a code or what the browser made for a passkey."""

    email = EmailField("E-postadress", filters=[clean, clean_address])
    password = PasswordField("Välj ett lösenord")
    code = StringField("Engångskod")
    credential = StringField()
    challenge = StringField()

    def validate_code(self, field: StringField) -> None:
        if not field.data and not self.credential.data:
            raise ValidationError("Skriv de sex siffrorna ur din app.")

    def validate_password(self, field: PasswordField) -> None:
        if fault := accounts_credentials.password_fault(field.data or "", self.email.data or ""):
            raise ValidationError(fault)

    validate_email = validate_address


class StrikeForm(AdminForm):
    reason = SelectField(
        "Skäl",
        choices=[SelectChoice("", "Välj"), *map(SelectChoice, STRIKE_REASONS)],
        validators=[InputRequired("Välj ett skäl. Personen får veta det.")],
    )


class PreviewForm(AdminForm):
    instant = DateTimeLocalField("Dag och tid", validators=[InputRequired("Välj dag och klockslag.")])

    def validate_instant(self, field: DateTimeLocalField) -> None:
        if field.data and not 2000 <= field.data.year < 2100:
            raise ValidationError("Välj ett år mellan 2000 och 2099.")


class EraseForm(AdminForm):
    sure = BooleanField(
        "Ja, gallra uppgifterna. Det går inte att ångra.",
        validators=[InputRequired("Kryssa i rutan om du vill gallra uppgifterna.")],
    )


class EmptyForm(AdminForm):
    """A button."""


def blank_form(form: type[AdminForm], **values: object) -> AdminForm:
    """Return a form to show, not read from the request."""
    return form(formdata=None, **values)


def posted_or_blank(form: type[AdminForm], **values: object) -> AdminForm:
    """Return a form as it was posted; when it is first shown, with these values."""
    return form() if request.method == "POST" else form(**values)


class PasswordForm(AdminForm):
    old_password = PasswordField("Nuvarande lösenord", validators=[InputRequired("Skriv ditt nuvarande lösenord.")])
    password = PasswordField("Nytt lösenord")

    def validate_password(self, field: PasswordField) -> None:
        if fault := accounts_credentials.password_fault(field.data or "", g.sign_in.organiser.email):
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
    email = EmailField("E-postadress", filters=[clean, clean_address])
    role = SelectField("Roll", choices=_CHOICES, validate_choice=False)
    municipality = SelectField("Kommun, för en kommunredaktör", validate_choice=False)
    offered: frozenset[str] = frozenset()

    def offer(self, municipalities: Mapping[str, str]) -> None:
        """Give the municipalities to choose among, by their names in addresses."""
        self.offered = frozenset(municipalities)
        self.municipality.choices = [SelectChoice("", "Välj kommun"), *starmap(SelectChoice, municipalities.items())]

    def validate_role(self, field: SelectField) -> None:
        if field.data not in ROLES:
            raise ValidationError(CHOOSE)

    def validate_municipality(self, field: SelectField) -> None:
        if self.role.data == MUNICIPAL and field.data not in self.offered:
            raise ValidationError(CHOOSE_MUNICIPALITY)

    validate_email = validate_address


class RoleForm(AdminForm):
    role = SelectField(
        "Roll", choices=[SelectChoice(role, name) for role, name in ROLES.items()], validate_choice=False
    )


class MailWishesForm(AdminForm):
    daily_report = BooleanField("En rapport varje morgon under säsongen")
    alerts = BooleanField("När något väntar på mig: nya meddelanden, något att göra, jobb som står stilla")
