"""The form with which one asks to be reminded."""

from wtforms import EmailField, RadioField, SelectField, StringField, ValidationError

from app.contest.entries import AddressRefused, canonical_email
from app.reminders.rules import HOURS, USUAL_HOUR, days_in_words
from app.text import clean, clean_address
from app.web.forms import QUICKEST, SelectChoice, TokenForm

_HOURS = [SelectChoice(str(hour), f"kl. {hour:02}") for hour in HOURS]
WEEKDAYS, EVERY_DAY = "vardagar", "alla"


class ReminderForm(TokenForm):
    class Meta(TokenForm.Meta):
        token_quickest = QUICKEST

    email = EmailField("E-postadress", filters=[clean, clean_address])
    hour = SelectField("Klockslag", choices=_HOURS, default=str(USUAL_HOUR), validate_choice=False)
    days = RadioField(
        "Dagar",
        choices=[
            SelectChoice(EVERY_DAY, days_in_words(False).capitalize()),
            SelectChoice(WEEKDAYS, days_in_words(True).capitalize()),
        ],
        default=EVERY_DAY,
        validate_choice=False,
    )
    website = StringField("Lämna tomt")
    # The address as it is kept; there once the form is valid.
    canonical: str

    def validate_email(self, field: EmailField) -> None:
        if not field.data:
            raise ValidationError("Skriv din e-postadress, så här: namn@exempel.se")
        try:
            self.canonical = canonical_email(field.data)
        except AddressRefused as refused:
            raise ValidationError(str(refused)) from None

    def validate_hour(self, field: SelectField) -> None:
        if field.data not in map(str, HOURS):
            raise ValidationError(f"Välj ett klockslag mellan {HOURS[0]:02} och {HOURS[-1]}.")

    def validate_days(self, field: RadioField) -> None:
        if field.data not in (EVERY_DAY, WEEKDAYS):
            raise ValidationError("Välj varje dag, eller måndag till fredag.")

    def validate_website(self, field: StringField) -> None:
        if field.data:
            raise ValidationError("Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär.")
