"""The feedback form: anonymous unless one wants an answer."""

from email_validator import EmailNotValidError, validate_email
from wtforms import EmailField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs are older
from wtforms.validators import DataRequired, Length

from app.feedback.models import KINDS
from app.typed import address, trimmed
from app.web.form_token import QUICKEST, TokenForm


class FeedbackForm(TokenForm):
    class Meta(TokenForm.Meta):
        token_quickest = QUICKEST

    kind = RadioField("Vad gäller det?", choices=[SelectChoice(*kind) for kind in KINDS.items()], validate_choice=False)
    message = TextAreaField(
        "Berätta",
        filters=[trimmed],
        validators=[
            DataRequired("Skriv vad det gäller, gärna vilken sida."),
            Length(max=4000, message="Korta texten till högst 4 000 tecken."),
        ],
    )
    reply_to = EmailField(
        "E-postadress, om du vill ha svar",
        filters=[trimmed, address],
        validators=[Length(max=254, message="Adressen är för lång.")],
    )
    website = StringField("Lämna tomt")

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in KINDS:
            raise ValidationError("Välj vad det gäller.")

    def validate_reply_to(self, field: EmailField) -> None:
        if not field.data:
            return
        try:
            validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError("Skriv e-postadressen så här: namn@exempel.se, eller lämna fältet tomt.") from None

    def validate_website(self, field: StringField) -> None:
        if field.data:
            raise ValidationError("Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär.")
