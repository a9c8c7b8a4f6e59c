"""The forms of the draw, one for each thing that an organiser does on its page."""

from datetime import datetime

from wtforms import BooleanField, DateField, DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs are older
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.admin.forms import AdminForm
from app.clock import SWEDEN
from app.contest.municipalities import MUNICIPALITIES
from app.contest.rules import SKIP_REASONS
from app.draw.anchors import LONGEST
from app.draw.contacts import WAYS
from app.draw.winners import LONGEST_NAME, UNNAMED
from app.typed import trimmed

_LATE = "Sidan har ändrats sedan du öppnade den. Titta igenom den och försök igen."


def _line(value: str | None) -> str:
    return " ".join(trimmed(value).split())


class _Time(DateTimeLocalField):
    """A day and a clock time in Sweden."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Välj dag och klockslag.") from None

    @property
    def instant(self) -> datetime:
        """The time that was chosen, once the form is valid."""
        return (self.data or datetime.min).replace(tzinfo=SWEDEN)


class _Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Välj dag.") from None


def _number() -> IntegerField:
    """A number that the page filled in itself; small enough for any database."""
    return IntegerField(validators=[InputRequired(_LATE), NumberRange(1, 2**31 - 1, _LATE)])


class LockForm(AdminForm):
    draw_at = _Time("Tid för dragningen", validators=[InputRequired("Välj dag och klockslag.")])


class AnchorForm(AdminForm):
    recipient = StringField(
        "Vem har kontrollsumman?",
        filters=[_line],
        validators=[DataRequired("Skriv vem som har fått den."), Length(max=LONGEST, message="Korta texten.")],
    )
    sent_at = _Time("När skickades den?", validators=[InputRequired("Välj dag och klockslag.")])
    reference = StringField(
        "Diarienummer eller annan beteckning",
        filters=[_line],
        validators=[DataRequired("Skriv var den går att hitta."), Length(max=LONGEST, message="Korta texten.")],
    )


class ValueForm(AdminForm):
    value = TextAreaField("Slumptalet")


class ContactForm(AdminForm):
    place = _number()
    how = SelectField("Hur?", validate_choice=False, choices=[*map(SelectChoice, WAYS)])
    tried_at = _Time("När?", validators=[InputRequired("Välj dag och klockslag.")])


class VerdictForm(AdminForm):
    """`verdict` is a reason to go on to the next, or "vinnare" from the button that confirms."""

    place = _number()
    verdict = SelectField("Varför?", validate_choice=False, choices=[*map(SelectChoice, ("", *SKIP_REASONS))])


class NameForm(AdminForm):
    place = _number()
    first_name = StringField(
        "Förnamn", filters=[_line], validators=[Length(1, LONGEST_NAME, "Skriv vinnarens förnamn.")]
    )
    municipality = SelectField(
        "Kommun",
        validate_choice=False,
        choices=[SelectChoice(*each) for each in MUNICIPALITIES.items() if each[0] != UNNAMED],
    )
    consented_on = _Day("Vilken dag sade vinnaren ja?", validators=[InputRequired("Välj dag.")])
    agreed = BooleanField(
        "Vinnaren har sagt ja till att förnamn och kommun visas",
        validators=[InputRequired("Kryssa i att vinnaren har sagt ja. Annars får namnet inte visas.")],
    )


class PlaceForm(AdminForm):
    """A button for one place in line."""

    place = _number()


class ProposalForm(AdminForm):
    """Two buttons for one proposal."""

    number = _number()
    answer = StringField()


class RehearsalForm(AdminForm):
    """A button that starts the rehearsal with this number."""

    number = _number()
