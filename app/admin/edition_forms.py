"""The editor's other forms: a picture, two hatches to swap, a new edition, an archive."""

from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from app.admin.sheet_form import SheetForm
from app.editing.words import LABELS
from app.typed import trimmed


class WholeForm(SheetForm):
    """A form whose faults are sentences of their own, not words after a field's name."""

    def faults(self) -> list[tuple[str, str]]:
        return [(name, str(sentence)) for name, found in self.errors.items() if name for sentence in found]


class PictureForm(WholeForm):
    picture = FileField("Bild")
    image_alt = TextAreaField(
        LABELS["image_alt"], filters=[trimmed], validators=[InputRequired("Beskriv bilden i en mening.")]
    )


class SwapForm(WholeForm):
    first = SelectField("Den ena luckan", coerce=int)
    second = SelectField("Den andra luckan", coerce=int)


def _year() -> StringField:
    wrong = Regexp(r"20[0-9]{2}$", message="Skriv ett årtal med fyra siffror, som 2027.")
    return StringField("År", filters=[trimmed], validators=[wrong])


class NewEditionForm(WholeForm):
    year = _year()
    source = SelectField("Börja med")


class ArchiveForm(WholeForm):
    year = _year()
    archive = FileField("ZIP-fil")
