"""The form for one's own entry."""

from wtforms import BooleanField, EmailField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from app.contest.entries import canonical_email
from app.typed import address, trimmed
from app.web.form_token import TokenForm

SHOW, TAKE_ALONG, WITHDRAW = "visa", "hamta", "aterkalla"


class OwnEntryForm(TokenForm):
    """Receipt code and address, and what to do with the entry that they lead to."""

    code = StringField(
        "Kvittokod",
        filters=[trimmed],
        validators=[DataRequired("Skriv koden från mejlet du fick."), Length(max=60, message="Koden är för lång.")],
    )
    email = EmailField("E-postadress", filters=[trimmed, address])
    act = StringField(default=SHOW)
    sure = BooleanField("Ja, ta tillbaka mitt svar och radera mina uppgifter")
    canonical: str
    """The address as it is kept; there once the form is valid."""

    def validate_email(self, field: EmailField) -> None:
        try:
            self.canonical = canonical_email(field.data or "")
        except ValueError as refused:
            raise ValidationError(str(refused)) from None
