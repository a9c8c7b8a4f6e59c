"""The contest form: posted fields to values, or to one clear sentence each."""

from itertools import starmap
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs are older
from wtforms.validators import InputRequired, Length

from app.calendar.schema import Contest
from app.contest.entries import canonical_email
from app.contest.municipalities import MUNICIPALITIES
from app.web.form_token import QUICKEST, TokenForm, trimmed

_CHOICES = [SelectChoice("", "Välj kommun"), *starmap(SelectChoice, MUNICIPALITIES.items())]


def _spaceless(value: str | None) -> str:
    """An address is never mended in silence, but for the space around it."""
    return (value or "").strip()


class EntryForm(TokenForm):
    class Meta(TokenForm.Meta):
        token_quickest = QUICKEST

    answer = RadioField("Ditt svar", validate_choice=False)
    email = EmailField(
        "E-postadress", filters=[_spaceless], validators=[Length(max=254, message="Adressen är för lång.")]
    )
    municipality = SelectField("Kommun", validate_choice=False)
    motivation = TextAreaField(
        filters=[trimmed], validators=[Length(max=600, message="Korta texten till högst 600 tecken.")]
    )
    adult = BooleanField()
    rules = BooleanField(
        "Jag har läst och godkänner tävlingsreglerna", validators=[InputRequired("Kryssa i att du godkänner reglerna.")]
    )
    website = StringField("Lämna tomt")
    canonical: str
    """The address as it is kept; there once the form is valid."""

    def __init__(self, contest: Contest, **values: Any) -> None:
        super().__init__(**values)
        self.options = contest.options
        self.minimum_age = contest.minimum_age
        self.answer.choices = [*map(SelectChoice, contest.options)]
        self.municipality.choices = _CHOICES
        self.answer.label.text = contest.question
        self.adult.label.text = f"Jag har fyllt {contest.minimum_age} år"
        self.motivation.label.text = contest.motivation_question
        if not contest.ask_motivation:
            del self.motivation

    def validate_answer(self, field: RadioField) -> None:
        if field.data not in self.options:
            raise ValidationError("Välj ett av svaren.")

    def validate_email(self, field: EmailField) -> None:
        if not field.data:
            raise ValidationError("Skriv din e-postadress. Vi behöver den för att nå dig om du vinner.")
        try:
            self.canonical = canonical_email(validate_email(field.data, check_deliverability=False).normalized)
        except (EmailNotValidError, ValueError):
            raise ValidationError("Skriv e-postadressen så här: namn@exempel.se") from None

    def validate_website(self, field: StringField) -> None:
        """No person sees this field until it was filled in, and then can empty it: nobody is refused in silence."""
        if field.data:
            raise ValidationError("Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär.")

    def validate_adult(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(f"Kryssa i att du har fyllt {self.minimum_age} år. Det krävs för att delta.")

    def validate_municipality(self, field: SelectField) -> None:
        if field.data not in MUNICIPALITIES:
            raise ValidationError("Välj din kommun, eller ”Vill inte uppge”.")
