"""What a person sends in: posted fields to answers, or to one clear sentence for each field that is to be mended. Pure.

The form only shows: what is decided here is decided before one is made, for most of what comes in a rush is right.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField

from app.calendar.edition import Contest
from app.contest import rules
from app.contest.entries import canonical_email
from app.errors import NotAllowed
from app.text import clean, clean_address
from app.web.forms import SelectChoice, TokenForm

_LINES = (Path(__file__).parent / "municipalities.txt").read_text("utf-8").splitlines()
# Code or word as stored, to the name as shown.
MUNICIPALITIES = dict(line.split("\t") for line in _LINES) | {
    "annan": "Annan kommun",
    "vill-inte-uppge": "Vill inte uppge",
}


LONGEST_MOTIVATION = 600
# Field to sentence.
Faults = dict[str, str]


@dataclass(frozen=True)
class EntryInput:
    """What a person sent in, checked. `nonce` is the form's: the same form sent twice is one entry."""

    email: str
    answer: str
    municipality: str
    motivation: str | None
    nonce: str


def validate_entry(
    posted: Mapping[str, str], contest: Contest, municipalities: Container[str], nonce: str
) -> EntryInput | Faults:
    """Return the answers, with the canonical address; or what to mend."""
    answer, municipality = posted.get("answer", ""), posted.get("municipality", "")
    motivation = clean(posted.get("motivation", "")) if contest.ask_motivation else ""
    faults = {}
    if answer not in contest.options:
        faults["answer"] = "Välj ett av svaren."
    email = _canonical(clean_address(posted.get("email", "")), faults)
    if municipality not in municipalities:
        faults["municipality"] = "Välj din kommun, eller ”Vill inte uppge”."
    if len(motivation) > LONGEST_MOTIVATION:
        faults["motivation"] = f"Korta texten till högst {LONGEST_MOTIVATION} tecken."
    if not _ticked(posted, "adult"):
        faults["adult"] = rules.missing_confirmation(contest.minimum_age)
    if not _ticked(posted, "rules"):
        faults["rules"] = "Kryssa i att du godkänner reglerna."
    if posted.get("website"):
        # No person sees this field until it was filled in, and then can empty it: so no entry is refused in silence.
        faults["website"] = "Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär."
    return faults or EntryInput(email, answer, municipality, motivation or None, nonce)


def _canonical(typed: str, faults: Faults) -> str:
    """Return the address as it is kept; one that is not right, or that no mail reaches, is never mended in silence."""
    try:
        if typed:
            return canonical_email(typed)
        faults["email"] = "Skriv din e-postadress. Vi behöver den för att nå dig om du vinner."
    except NotAllowed as refused:
        faults["email"] = str(refused)
    return ""


def _ticked(posted: Mapping[str, str], name: str) -> bool:
    return posted.get(name, "") not in ("", "false")


_CHOICES = [SelectChoice("", "Välj kommun"), *starmap(SelectChoice, MUNICIPALITIES.items())]


class EntryForm(TokenForm):
    answer = RadioField(validate_choice=False)
    email = EmailField("E-postadress")
    municipality = SelectField("Kommun", validate_choice=False)
    motivation = TextAreaField()
    adult = BooleanField()
    rules = BooleanField()
    website = StringField("Lämna tomt")

    def __init__(self, contest: Contest, **values: object) -> None:
        super().__init__(**values)
        self.answer.choices = [*map(SelectChoice, contest.options)]
        self.municipality.choices = _CHOICES
        self.answer.label.text = contest.question
        self.adult.label.text = rules.age_confirmation(contest.minimum_age)
        self.motivation.label.text = contest.motivation_question
        if not contest.minimum_age:
            del self.adult
        if not contest.ask_motivation:
            del self.motivation

    def show(self, faults: Mapping[str, str]) -> None:
        """Put each sentence beside its field."""
        for name, sentence in faults.items():
            self[name].errors = [sentence]
