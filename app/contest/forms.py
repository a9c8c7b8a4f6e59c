"""What a person sends in: posted fields to answers, or to one clear sentence for each field that is to be mended. Pure.

The form only shows: what is decided here is decided before one is made, for most of what comes in a rush is right.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from itertools import starmap

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField

from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.contest import rules
from app.contest.entries import canonical_email
from app.contest.words import Words
from app.errors import NotAllowed
from app.languages import SWEDISH, current, gettext_noop, translate
from app.text import clean, clean_address
from app.web.forms import SelectChoice, TokenForm

UNNAMED = "vill-inte-uppge"
# What those choose whose municipality is not in the edition, or who do not say: as stored, to the words shown.
OTHERWISE = {
    "annan": gettext_noop("Annan kommun"),
    UNNAMED: gettext_noop("Vill inte uppge"),
}


LONGEST_MOTIVATION = 600
EMPTY_IT = gettext_noop("Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär.")
NO_ADDRESS = gettext_noop("Skriv din e-postadress. Vi behöver den för att nå dig om du vinner.")
# Field to sentence.
Faults = dict[str, str]


@dataclass(frozen=True)
class EntryInput:
    """What a person sent in, checked. `nonce` is the form's: the same form sent twice is one entry."""

    # `language` is that of the form, if it is not Swedish: the entry's mails are in it.

    email: str
    answer: str
    municipality: str
    motivation: str | None
    nonce: str
    language: str | None = None


def validate_entry(
    posted: Mapping[str, str], contest: Contest, municipalities: Container[str], nonce: str
) -> EntryInput | Faults:
    """Return the answers, with the canonical address; or what to mend."""
    answer, municipality = clean(posted.get("answer")), posted.get("municipality", "")
    motivation = clean(posted.get("motivation", "")) if contest.ask_motivation else ""
    faults = {}
    if answer not in contest.options:
        faults["answer"] = gettext_noop("Välj ett av svaren.")
    email = _canonical(clean_address(posted.get("email", "")), faults)
    if municipality not in municipalities:
        faults["municipality"] = gettext_noop("Välj din kommun, eller ”Vill inte uppge”.")
    if len(motivation) > LONGEST_MOTIVATION:
        faults["motivation"] = translate("Korta texten till högst {count} tecken.").format(count=LONGEST_MOTIVATION)
    if not _ticked(posted, "adult"):
        faults["adult"] = rules.missing_confirmation(contest.minimum_age)
    if not _ticked(posted, "rules"):
        faults["rules"] = gettext_noop("Kryssa i att du godkänner reglerna.")
    if posted.get("website"):
        # No person sees this field until it was filled in, and then can empty it: so no entry is refused in silence.
        faults["website"] = EMPTY_IT
    language = None if current() == SWEDISH else current()
    return faults or EntryInput(email, answer, municipality, motivation or None, nonce, language)


def _canonical(typed: str, faults: Faults) -> str:
    """Return the address as it is kept; one that is not right, or that no mail reaches, is never mended in silence."""
    try:
        if typed:
            return canonical_email(typed)
        faults["email"] = NO_ADDRESS
    except NotAllowed as refused:
        faults["email"] = str(refused)
    return ""


def _ticked(posted: Mapping[str, str], name: str) -> bool:
    return posted.get(name, "") not in ("", "false")


def municipality_choices(*editions: Edition) -> dict[str, str]:
    """Return the municipalities of editions, and the rest: code or word as stored, to the name as shown."""
    return {each.code: each.name for edition in editions for each in edition.municipalities.values()} | OTHERWISE


def offered_municipalities(contest: Contest, known: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the form offers of the known ones: the contest's own municipalities, or all."""
    if not contest.municipalities:
        return known
    codes = {name: code for code, name in known.items()}
    return {codes.get(name, name): name for name in contest.municipalities} | OTHERWISE


class EntryForm(TokenForm):
    answer = RadioField(validate_choice=False)
    email = EmailField(gettext_noop("E-postadress"))
    municipality = SelectField(gettext_noop("Kommun"), validate_choice=False)
    motivation = TextAreaField()
    adult = BooleanField()
    rules = BooleanField()
    website = StringField(gettext_noop("Lämna tomt"))

    def __init__(self, contest: Contest, words: Words, municipalities: Mapping[str, str], **values: object) -> None:
        super().__init__(**values)
        self.answer.choices = [*starmap(SelectChoice, words.options.items())]
        choices = ("", gettext_noop("Välj kommun")), *municipalities.items()
        self.municipality.choices = [*starmap(SelectChoice, choices)]
        self.answer.label.text = words.question
        self.adult.label.text = rules.age_confirmation(contest.minimum_age)
        self.motivation.label.text = words.motivation_question
        if not contest.minimum_age:
            del self.adult
        if not contest.ask_motivation:
            del self.motivation

    def show(self, faults: Mapping[str, str]) -> None:
        """Put each sentence beside its field."""
        for name, sentence in faults.items():
            self[name].errors = [sentence]
