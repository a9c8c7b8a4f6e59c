"""The forms of the draw, one for each action."""

# None takes a time or a round: those are fixed at the opening.

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.admin.accounts.forms import AdminForm, one_line
from app.calendar.edition import Contest
from app.contest.forms import UNNAMED, offered_municipalities
from app.contest.lookup import municipality_names
from app.draw.actions import LONGEST_REASON, SHORTEST_REASON
from app.draw.winners import LONGEST_NAME, SKIP_REASONS
from app.web.forms import SelectChoice

_LATE = "Sidan har ändrats sedan du öppnade den. Titta igenom den och försök igen."


class _Day(DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Välj dag.") from None


def _number() -> IntegerField:
    """Return a number that the page filled in itself; small enough for any database."""
    return IntegerField(validators=[InputRequired(_LATE), NumberRange(1, 2**31 - 1, _LATE)])


class PasteForm(AdminForm):
    value = TextAreaField("Slumptalet")


class PlaceForm(AdminForm):
    """A button about one place in line."""

    place = _number()


class SkipForm(AdminForm):
    place = _number()
    reason = SelectField(
        "Varför?", validate_choice=False, choices=[SelectChoice("", "Välj"), *map(SelectChoice, SKIP_REASONS)]
    )


class CancelForm(AdminForm):
    reason = TextAreaField(
        "Varför?",
        validators=[
            DataRequired("Skriv varför. Alla ser det."),
            Length(SHORTEST_REASON, LONGEST_REASON, f"Skriv {SHORTEST_REASON} till {LONGEST_REASON} tecken."),
        ],
    )
    sure = BooleanField(
        "Ja, ställ in tävlingen. Det går inte att ångra.",
        validators=[InputRequired("Kryssa i rutan om du vill ställa in tävlingen.")],
    )


class NameForm(AdminForm):
    place = _number()
    first_name = StringField(
        "Förnamn", filters=[one_line], validators=[Length(1, LONGEST_NAME, "Skriv vinnarens förnamn.")]
    )
    municipality = SelectField("Kommun", validate_choice=False)
    consented_on = _Day("Vilken dag sade vinnaren ja?", validators=[InputRequired("Välj dag.")])
    agreed = BooleanField(
        "Vinnaren har sagt ja till att förnamn och kommun visas",
        validators=[InputRequired("Kryssa i att vinnaren har sagt ja. Annars får namnet inte visas.")],
    )

    def offer(self, contest: Contest) -> None:
        """Give the municipalities to choose among."""
        offered = offered_municipalities(contest, municipality_names()).items()
        named = (SelectChoice(*each) for each in offered if each[0] != UNNAMED)
        self.municipality.choices = [SelectChoice("", "Välj"), *named]


class RehearsalForm(AdminForm):
    """A button that starts the rehearsal with this number."""

    number = _number()
