"""The editor's forms."""

# Their fields take whatever is typed: the site's own reader judges it when it is saved.

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Regexp

from app.admin.accounts.forms import AdminForm
from app.calendar.edition import LANGUAGES
from app.calendar.faults import Fault
from app.editing.form_mapping import OPTIONS
from app.editing.labels import LABELS, field_label
from app.text import clean
from app.web.forms import SelectChoice


class EditorForm(AdminForm):
    """A form for a part of a file; `checksum` stands for the leaf as it was when the form was shown."""

    # The table of the file that the whole form is about.
    TABLE: ClassVar[str] = ""
    checksum = HiddenField()

    def shown(self) -> dict[str, object]:
        """Return what was typed, for app.editing.form_mapping."""
        return {name: value for name, value in self.data.items() if name not in ("token", "checksum")}

    def faults(self) -> list[tuple[str, str]]:
        return [
            (name, str(sentence) if name == "token" else f"{self._called(name)}: {sentence}")
            for name, field in self._fields_by_id().items()
            for sentence in (field.errors if name == "token" else field.errors[:1])
        ]

    def tell(self, fault: Fault) -> None:
        """Put a fault beside its field, or first of all when the form has no such field."""
        fields, message = self._fields_by_id(), fault.message
        path = fault.field.removeprefix(f"{self.TABLE}.") if fault.field else "tip" * ("tipset" in message)
        name = re.sub(r"\[(\d+)\]", lambda place: f"-{int(place[1]) - 1}", path).replace(".", "-")
        row = re.fullmatch(r"([\w.]+)\[(\d+)\]", path)
        if name not in fields and row and (whole := row[1].replace(".", "-")) in fields:
            name, message = whole, f"rad {row[2]} {message}"
        if name in fields:
            fields[name].errors = [*fields[name].errors, message]
        else:
            self.refuse(str(fault))

    def refuse(self, sentence: str) -> None:
        """A sentence about the whole form."""
        self["token"].errors = [*self["token"].errors, sentence]

    def _called(self, name: str) -> str:
        path = re.sub(r"-(\d+)", lambda place: f"[{int(place[1]) + 1}]", name).replace("-", ".")
        return field_label(f"{self.TABLE}.{path}" if self.TABLE else path)

    def _fields_by_id(self) -> dict[str, Field]:
        return {field.id: field for field in _leaves(self)}


def _leaves(fields: Any) -> Iterator[Field]:
    for field in fields:
        if isinstance(field, FormField):
            yield from _leaves(field.form)
        elif isinstance(field, FieldList):
            yield from _leaves(field)
        else:
            yield field


LETTERS = "ABCDEF"
# More rows than any list may have; the reader says how many are too many.
MOST_ROWS = 20


def _line(path: str) -> StringField:
    return StringField(LABELS[path], filters=[clean])


def _prose(path: str) -> TextAreaField:
    return TextAreaField(LABELS[path], filters=[clean])


def _letters(path: str) -> RadioField:
    choices = [SelectChoice(str(place), letter) for place, letter in enumerate(LETTERS)]
    return RadioField(LABELS[path], choices=[*choices], validate_choice=False)


class FactForm(Form):
    text = _prose("facts.text")
    source = _line("facts.source")
    url = _line("facts.url")
    language = SelectField(
        LABELS["facts.language"],
        choices=[SelectChoice("", "svenska"), *(SelectChoice(code, name) for code, name in LANGUAGES.items())],
        default="",
        validate_choice=False,
    )
    year = _line("facts.year")
    read = _line("facts.read")


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


class HatchForm(EditorForm):
    title = _line("title")
    summary = _prose("summary")
    tip = _prose("tip")
    steps = _prose("steps")
    facts = FieldList(FormField(FactForm), min_entries=1, max_entries=MOST_ROWS)
    question = FormField(QuestionForm)
    image_alt = _prose("image_alt")


class ContestForm(EditorForm):
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


class TextsForm(EditorForm):
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


class OrganiserForm(EditorForm):
    organiser = FormField(OrganiserPart)
    privacy = FormField(PrivacyPart)


class AccessibilityForm(EditorForm):
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


class WholeForm(EditorForm):
    """A form whose faults are sentences of their own, not words after a field's name."""

    def faults(self) -> list[tuple[str, str]]:
        return [(name, str(sentence)) for name, found in self.errors.items() if name for sentence in found]


class PictureForm(WholeForm):
    picture = FileField("Bild")
    image_alt = TextAreaField(
        LABELS["image_alt"], filters=[clean], validators=[InputRequired("Beskriv bilden i en mening.")]
    )


class SwapForm(WholeForm):
    first = SelectField("Den ena luckan", coerce=int)
    second = SelectField("Den andra luckan", coerce=int)


def _year() -> StringField:
    wrong = Regexp(r"20[0-9]{2}$", message="Skriv ett årtal med fyra siffror, som 2027.")
    return StringField("År", filters=[clean], validators=[wrong])


class NewEditionForm(WholeForm):
    year = _year()
    source = SelectField("Börja med")


class ArchiveForm(WholeForm):
    year = _year()
    archive = FileField("ZIP-fil")
