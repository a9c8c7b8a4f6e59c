"""The contest form as it is shown. What is right and what is to be mended, `answers` decides."""

from collections.abc import Mapping
from itertools import starmap
from typing import Any

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs are older

from app.calendar.schema import Contest
from app.contest import ages
from app.contest.municipalities import MUNICIPALITIES
from app.web.form_token import TokenForm

_CHOICES = [SelectChoice("", "Välj kommun"), *starmap(SelectChoice, MUNICIPALITIES.items())]


class EntryForm(TokenForm):
    answer = RadioField(validate_choice=False)
    email = EmailField("E-postadress")
    municipality = SelectField("Kommun", validate_choice=False)
    motivation = TextAreaField()
    adult = BooleanField()
    rules = BooleanField()
    website = StringField("Lämna tomt")

    def __init__(self, contest: Contest, **values: Any) -> None:
        super().__init__(**values)
        self.answer.choices = [*map(SelectChoice, contest.options)]
        self.municipality.choices = _CHOICES
        self.answer.label.text = contest.question
        self.adult.label.text = ages.confirmation(contest.minimum_age)
        self.motivation.label.text = contest.motivation_question
        if not contest.minimum_age:
            del self.adult
        if not contest.ask_motivation:
            del self.motivation

    def show(self, faults: Mapping[str, str]) -> None:
        """Puts each sentence beside its field."""
        for name, sentence in faults.items():
            self[name].errors = [sentence]
