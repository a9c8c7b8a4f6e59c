"""The editor's forms. Their fields take whatever is typed: the site's own reader judges it when it is saved."""

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs are older

from app.admin.sheet_form import SheetForm
from app.editing.sheets import OPTIONS
from app.editing.words import LABELS
from app.typed import trimmed

LETTERS = "ABCDEF"
MOST_ROWS = 20
"""More rows than any list may have; the reader says how many are too many."""


def _line(path: str) -> StringField:
    return StringField(LABELS[path], filters=[trimmed])


def _prose(path: str) -> TextAreaField:
    return TextAreaField(LABELS[path], filters=[trimmed])


def _letters(path: str) -> RadioField:
    choices = [SelectChoice(str(place), letter) for place, letter in enumerate(LETTERS)]
    return RadioField(LABELS[path], choices=[*choices], validate_choice=False)


class FactForm(Form):
    text = _prose("facts.text")
    source = _line("facts.source")
    url = _line("facts.url")
    year = _line("facts.year")


class QuestionForm(Form):
    text = _line("question.text")
    options = FieldList(_line("question.options"), min_entries=OPTIONS, max_entries=MOST_ROWS)
    answer = _letters("question.answer")
    explanation = _prose("question.explanation")


class PrizeForm(Form):
    title = _line("contest.prizes.title")
    value = _line("contest.prizes.value")
    count = _line("contest.prizes.count")


class CorrectionForm(Form):
    date = _line("contest.corrections.date")
    text = _prose("contest.corrections.text")


class ShortcomingForm(Form):
    what = _prose("accessibility.shortcomings.what")
    why = _prose("accessibility.shortcomings.why")
    instead = _prose("accessibility.shortcomings.instead")


class HatchForm(SheetForm):
    title = _line("title")
    summary = _prose("summary")
    tip = _prose("tip")
    steps = _prose("steps")
    facts = FieldList(FormField(FactForm), min_entries=1, max_entries=MOST_ROWS)
    question = FormField(QuestionForm)
    image_alt = _prose("image_alt")


class ContestForm(SheetForm):
    TABLE = "contest"
    id = _line("contest.id")
    question = _line("contest.question")
    options = FieldList(_line("contest.options"), min_entries=OPTIONS, max_entries=MOST_ROWS)
    answer = _letters("contest.answer")
    opens = _line("contest.opens")
    closes = _line("contest.closes")
    draw_at = _line("contest.draw_at")
    prizes = FieldList(FormField(PrizeForm), min_entries=1, max_entries=MOST_ROWS)
    who_may_enter = _prose("contest.who_may_enter")
    exclusions = _prose("contest.exclusions")
    minimum_age = _line("contest.minimum_age")
    ask_motivation = BooleanField(LABELS["contest.ask_motivation"])
    motivation_question = _line("contest.motivation_question")
    answer_days = _line("contest.answer_days")
    tax = _prose("contest.tax")
    keep_days = _line("contest.keep_days")
    corrections = FieldList(FormField(CorrectionForm), min_entries=0, max_entries=MOST_ROWS)


class TextsForm(SheetForm):
    title = _line("title")
    theme = _line("theme")
    tagline = _line("tagline")
    before = _prose("before")
    after = _prose("after")
    about = _prose("about")


class OrganiserPart(Form):
    name = _line("organiser.name")
    kind = SelectField(
        LABELS["organiser.kind"],
        choices=[
            SelectChoice("", "Välj"),
            SelectChoice("myndighet", "Myndighet"),
            SelectChoice("förening", "Förening"),
        ],
        validate_choice=False,
    )
    organisation_number = _line("organiser.organisation_number")
    address = _line("organiser.address")
    email = _line("organiser.email")
    witnesses = _prose("organiser.witnesses")


class PrivacyPart(Form):
    legal_basis = _prose("privacy.legal_basis")
    officer = _prose("privacy.officer")
    recipients = _prose("privacy.recipients")
    erasure_decision = _line("privacy.erasure_decision")


class OrganiserForm(SheetForm):
    organiser = FormField(OrganiserPart)
    privacy = FormField(PrivacyPart)


class AccessibilityForm(SheetForm):
    TABLE = "accessibility"
    conformance = RadioField(
        LABELS["accessibility.conformance"],
        choices=[SelectChoice("helt", "Helt"), SelectChoice("delvis", "Delvis"), SelectChoice("inte", "Inte")],
        validate_choice=False,
    )
    method = _prose("accessibility.method")
    report = _line("accessibility.report")
    assessed = _line("accessibility.assessed")
    updated = _line("accessibility.updated")
    shortcomings = FieldList(FormField(ShortcomingForm), min_entries=0, max_entries=MOST_ROWS)
    burdensome = _prose("accessibility.burdensome")
    outside = _prose("accessibility.outside")
