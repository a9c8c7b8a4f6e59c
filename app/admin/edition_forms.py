"""The editor's other forms: a picture, two hatches to swap, a new edition, an archive."""

from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.admin.sheet_form import SheetForm
from app.editing.words import LABELS
from app.web.form_token import trimmed


class PictureForm(SheetForm):
    picture = FileField("Bild")
    image_alt = TextAreaField(
        LABELS["image_alt"], filters=[trimmed], validators=[InputRequired("beskriv bilden i en mening")]
    )


class SwapForm(SheetForm):
    first = SelectField("Den ena luckan", coerce=int)
    second = SelectField("Den andra luckan", coerce=int)


class NewEditionForm(SheetForm):
    year = StringField("År", filters=[trimmed])
    source = SelectField("Börja med")


class ArchiveForm(SheetForm):
    archive = FileField("ZIP-fil")
