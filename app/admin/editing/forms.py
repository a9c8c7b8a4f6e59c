"""The editor's forms."""

# Their fields take whatever is typed: the site's own reader judges it when it is saved.

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, get_args

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
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Regexp

from app.admin.accounts.forms import AdminForm
from app.calendar.content import NUMBERS
from app.calendar.edition import EffectUnit
from app.calendar.fields import LANGUAGES
from app.calendar.files.faults import Fault
from app.editing.form_mapping import OPTIONS, two_digits
from app.editing.labels import LABELS, field_label, tell_fault
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
        fields, message = self._fields_by_id(), fault.in_form or fault.message
        path = fault.field.removeprefix(f"{self.TABLE}.") if fault.field else "tip" * ("tipset" in fault.message)
        name = re.sub(r"\[(\d+)\]", lambda place: f"-{int(place[1]) - 1}", path).replace(".", "-")
        row = re.fullmatch(r"([\w.]+)\[(\d+)\]", path)
        if name not in fields and row and (whole := row[1].replace(".", "-")) in fields:
            name, message = whole, f"rad {row[2]} {message}"
        if name in fields:
            fields[name].errors = [*fields[name].errors, message]
        elif fault.field and (path == self.TABLE or any(each.startswith(f"{name}-") for each in fields)):
            self.refuse(f"{field_label(fault.field)}: {message}")
        else:
            self.refuse(tell_fault(fault))

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
    effect_unit = SelectField(
        LABELS["facts.effect_unit"],
        choices=[SelectChoice("", "ingen effekt"), *(SelectChoice(unit, unit) for unit in get_args(EffectUnit))],
        default="",
        validate_choice=False,
    )
    effect_least = _line("facts.effect_least")
    effect_most = _line("facts.effect_most")
    effect_assumes = _prose("facts.effect_assumes")


class QuestionForm(Form):
    text = _line("question.text")
    options = FieldList(_line("question.options"), min_entries=OPTIONS, max_entries=MOST_ROWS)
    answer = _letters("question.answer")
    explanation = _prose("question.explanation")


class PrizeForm(Form):
    title = _line("contest.prizes.title")
    value = _line("contest.prizes.value")
    count = _line("contest.prizes.count")
    sponsor = _line("contest.prizes.sponsor")


class CorrectionForm(Form):
    date = _line("contest.corrections.date")
    text = _prose("contest.corrections.text")


class ShortcomingForm(Form):
    what = _prose("accessibility.shortcomings.what")
    why = _prose("accessibility.shortcomings.why")
    instead = _prose("accessibility.shortcomings.instead")


class CorrectedFactForm(Form):
    date = _line("corrections.date")
    wrong = _prose("corrections.wrong")
    right = _prose("corrections.right")


class HatchForm(EditorForm):
    title = _line("title")
    summary = _prose("summary")
    tip = _prose("tip")
    steps = _prose("steps")
    facts = FieldList(FormField(FactForm), min_entries=1, max_entries=MOST_ROWS)
    question = FormField(QuestionForm)
    corrections = FieldList(FormField(CorrectedFactForm), min_entries=0, max_entries=MOST_ROWS)
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
    handover = _prose("contest.handover")
    who_may_enter = _prose("contest.who_may_enter")
    municipalities = _prose("contest.municipalities")
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
    made = _prose("made")
    tradition = _prose("tradition")
    bingo = _prose("bingo")
    school_title = _line("school_title")
    school_columns = _prose("school_columns")


class PartnerForm(Form):
    logo = FileField(LABELS["partners.logo"])
    logo_now = HiddenField()
    name = _line("partners.name")
    website = _line("partners.website")


class LookForm(EditorForm):
    """How the calendar looks; `logo` is a file that is sent, `logo_now` the name of the one that there is."""

    wall = _line("wall")
    accent = _line("accent")
    logo = FileField(LABELS["logo"])
    logo_now = HiddenField()
    logo_alt = _line("logo_alt")
    partners = FieldList(FormField(PartnerForm), min_entries=1, max_entries=MOST_ROWS)

    def tell_pictures(self, faults: Mapping[str, str]) -> None:
        """Put sentences beside the pictures that they are about, by the ids of their fields."""
        fields = self._fields_by_id()
        for name, sentence in faults.items():
            fields[name].errors = [sentence]


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
    joint = _prose("privacy.joint")
    officer = _prose("privacy.officer")
    recipients = _prose("privacy.recipients")
    transfers = _prose("privacy.transfers")
    winner_kept = _prose("privacy.winner_kept")
    erasure_decision = _line("privacy.erasure_decision")


class OrganiserForm(EditorForm):
    organiser = FormField(OrganiserPart)
    privacy = FormField(PrivacyPart)


class AccessibilityForm(EditorForm):
    TABLE = "accessibility"
    conformance = RadioField(
        LABELS["accessibility.conformance"],
        choices=[
            SelectChoice("", "Inte bedömt än"),
            SelectChoice("helt", "Helt"),
            SelectChoice("delvis", "Delvis"),
            SelectChoice("inte", "Inte"),
        ],
        validate_choice=False,
    )
    method = _prose("accessibility.method")
    report = _line("accessibility.report")
    assessed = _line("accessibility.assessed")
    updated = _line("accessibility.updated")
    supervisor = _line("accessibility.supervisor")
    complaint = _line("accessibility.complaint")
    shortcomings = FieldList(FormField(ShortcomingForm), min_entries=0, max_entries=MOST_ROWS)
    burdensome = _prose("accessibility.burdensome")
    outside = _prose("accessibility.outside")


class LinksPart(Form):
    narttrafik = _line("links.narttrafik")
    cykelkarta = _line("links.cykelkarta")
    pendelparkering = _line("links.pendelparkering")
    tomgang = _line("links.tomgang")
    radgivning = _line("links.radgivning")


class LocalLineForm(Form):
    number = _line("lines.number")
    text = _prose("lines.text")
    source = _line("lines.source")


class MunicipalityForm(EditorForm):
    greeting = _prose("greeting")
    website = _line("website")
    contact = _line("contact")
    links = FormField(LinksPart)
    lines = FieldList(FormField(LocalLineForm), min_entries=0, max_entries=len(NUMBERS))

    def faults(self) -> list[tuple[str, str]]:
        return [("token", each) for each in self.lines.errors if isinstance(each, str)] + super().faults()

    def validate_lines(self, field: Any) -> None:
        numbers = [two_digits(row.form.number.data) for row in field if row.form.number.data]
        for number in sorted({number for number in numbers if numbers.count(number) > 1}):
            raise ValidationError(f"Två rader är för lucka {number.lstrip('0')}. Skriv ihop dem till en.")

    def tell(self, fault: Fault) -> None:
        """Put a fault of a line beside it: the file has the lines by number, the form by row."""
        wrong = re.match(r"”(.*)” är ingen lucka", fault.message)
        alone = re.match(r"lucka (\d\d)", fault.message)
        table, _, number = fault.field.partition(".")
        if found := wrong or alone:
            table, number = "hatches", found[1]
        row = next((row.form for row in self.lines if two_digits(row.form.number.data or "") == number), None)
        if row is None or table not in ("hatches", "sources"):
            super().tell(fault)
        elif wrong:
            told = f"”{number}” är ingen lucka" if number else "saknas"
            row.number.errors = [f"{told}; skriv ett tal från 1 till 24"]
        elif alone:
            empty = row.source if row.text.data else row.text
            empty.errors = ["saknas"]
        else:
            field = row.text if table == "hatches" else row.source
            field.errors = [fault.message]


class WholeForm(EditorForm):
    """A form whose faults are sentences of their own, not words after a field's name."""

    def faults(self) -> list[tuple[str, str]]:
        return [(name, str(sentence)) for name, found in self.errors.items() if name for sentence in found]


def _percent(name: str) -> StringField:
    inside = Regexp(r"(?:100|[0-9]{1,2})$", message="Skriv ett tal från 0 till 100.")
    return StringField(name, filters=[clean], validators=[inside])


class PictureForm(WholeForm):
    picture = FileField("Bild")
    image_credit = StringField(LABELS["image_credit"], filters=[clean])
    focus_x = _percent("Från vänster, i procent")
    focus_y = _percent("Uppifrån, i procent")
    image_alt = TextAreaField(
        LABELS["image_alt"], filters=[clean], validators=[InputRequired("Beskriv bilden i en mening.")]
    )


class FigureForm(WholeForm):
    figure = FileField("Ny figur")
    words = StringField(
        "Vem eller vad som kommer",
        filters=[clean],
        validators=[Regexp(r"[^<>&]{0,200}$", message="Skriv högst 200 tecken, utan <, > och &.")],
    )


class SwapForm(WholeForm):
    first = SelectField("Den ena luckan", coerce=int)
    second = SelectField("Den andra luckan", coerce=int)


class MoveContestForm(WholeForm):
    target = SelectField("Flytta till", coerce=int, validators=[DataRequired("Välj en lucka.")])


class OrderForm(WholeForm):
    """The hatches' numbers in the order that they are to have."""

    order = StringField(filters=[clean])

    def numbers(self) -> list[int]:
        """Return what was sent as numbers; none when it is not the 24."""
        found = [int(part) for part in (self.order.data or "").split(",") if part.isdecimal() and len(part) < 3]
        return found if sorted(found) == [*NUMBERS] else []


def _year() -> StringField:
    wrong = Regexp(r"20[0-9]{2}$", message="Skriv ett årtal med fyra siffror, som 2027.")
    return StringField("År", filters=[clean], validators=[wrong])


class NewEditionForm(WholeForm):
    year = _year()
    source = SelectField("Börja med")


class ArchiveForm(WholeForm):
    year = _year()
    archive = FileField("ZIP-fil")


class KeptArchiveForm(WholeForm):
    """The answer to what an archive would change; `kept` names the archive that was sent."""

    year = _year()
    kept = HiddenField(validators=[Regexp(r"[0-9a-f]{64}$", message="Skicka filen en gång till.")])
