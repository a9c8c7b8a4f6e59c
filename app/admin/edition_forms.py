"""The editor's other forms: a picture, two hatches to swap, a new edition, an archive."""

from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.admin.sheet_form import SheetForm
from app.editing.words import LABELS
from app.web.form_token import TokenForm, trimmed


class WholeForm(SheetForm):
    """A form whose faults are sentences of their own, not words after a field's name."""

    def faults(self) -> list[tuple[str, str]]:
        return TokenForm.faults(self)


class PictureForm(WholeForm):
    picture = FileField("Bild")
    image_alt = TextAreaField(
        LABELS["image_alt"], filters=[trimmed], validators=[InputRequired("Beskriv bilden i en mening.")]
    )


class SwapForm(WholeForm):
    first = SelectField("Den ena luckan", coerce=int)
    second = SelectField("Den andra luckan", coerce=int)


class NewEditionForm(WholeForm):
    year = StringField("År", filters=[trimmed])
    source = SelectField("Börja med")


class ArchiveForm(WholeForm):
    archive = FileField("ZIP-fil")
