"""The look of an edition: its colours, its logo, and those of its partners."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.forms import LookForm
from app.admin.editing.views import EditorPage, read_head, render_editor, save_form, show_page
from app.calendar.fields import COLOUR
from app.calendar.look import colours
from app.editing import form_mapping, hatch_file, images, store
from app.editing.store import ContentRef, Files
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded

PAGE = EditorPage("look", "utseende", "Utseendet", LookForm, form_mapping.look_shown, form_mapping.look_changes)
CHOOSE = "välj en bild"
CHOOSE_AGAIN = "välj bilden en gång till, när resten är rättat"
TOO_MANY = "det blev många bilder på en gång; vänta en stund och försök igen"


@blueprint.route("/redigera/utseende", methods=["GET", "POST"])
def edit_look() -> BaseResponse | tuple[str, int]:
    """Show the look or save it; every button of the form saves, so that no picture that was chosen is lost."""
    leaf = ContentRef(chosen_edition().year)
    if request.method != "POST":
        return show_page(PAGE, leaf)
    request.max_content_length = images.LARGEST_UPLOAD
    try:
        sent = LookForm()
    except RequestEntityTooLarge:
        form = blank_form(LookForm, **PAGE.shown(*read_head(leaf, editor.editor().read(leaf))))
        form.refuse(f"Bilderna är större än {images.LARGEST_UPLOAD // 1_000_000} MB. Förminska dem och försök igen.")
        return render_editor(PAGE, leaf, form, 422)
    values = form_mapping.compact_fields(act_on(sent.shown(), request.form.get("act", "")))
    logos = take_logos(
        {"logo": values} | {f"partners-{place}-logo": row for place, row in enumerate(values["partners"])}
    )
    shown = values | {"partners": form_mapping.with_empty_partner(values["partners"])}
    form = blank_form(LookForm, **shown, checksum=sent.checksum.data)
    form.tell_pictures(dict.fromkeys(logos.names, CHOOSE_AGAIN) | logos.faults)
    if not sent.validate():
        form.refuse(sent.faults()[0][1])
    elif not logos.faults:
        for row, name in logos.names.values():
            row["logo"] = name
        return save_form(PAGE, leaf, form, values, partial(with_logos, logos.files))
    return render_editor(PAGE, leaf, form, 422)


def act_on(values: form_mapping.Values, act: str) -> form_mapping.Values:
    """Return the values as a button of the form changes them."""
    if act == "logo-":
        return values | dict.fromkeys(("logo", "logo_now", "logo_alt"), "")
    return form_mapping.change_rows(values, act) if form_mapping.ROW.fullmatch(act) else values


class Logos(NamedTuple):
    """Logos that were sent: the files made of them, and by field the row and its logo's name, or what is wrong."""

    files: Files
    names: dict[str, tuple[form_mapping.Values, str]]
    faults: dict[str, str]


def take_logos(rows: Mapping[str, form_mapping.Values]) -> Logos:
    """Take what was sent for each field; a row keeps the name of the logo that it has now."""
    made = Logos({}, {}, {})
    for field, row in rows.items():
        body = editor.uploaded_bytes(row["logo"])
        row["logo"] = row.pop("logo_now")
        try:
            if body:
                editor.count_picture()
                name, files = images.logo_file(body)
                made.files.update(files)
                made.names[field] = (row, name)
            elif field != "logo" and not row["logo"]:
                made.faults[field] = CHOOSE
        except NotAllowed as unusable:
            made.faults[field] = str(unusable)
        except RateLimitExceeded:
            made.faults[field] = TOO_MANY
    return made


def with_logos(made: Files, before: Files, after: Files) -> Files:
    """Return the edition's files with the logos that its text names now, and without those that it did before."""
    named = logos_of(after)
    of_municipalities = {each.logo for each in chosen_edition().municipalities.values()}
    gone = logos_of(before) - named - of_municipalities
    kept = {name: body for name, body in after.items() if name not in gone}
    return kept | {name: body for name, body in made.items() if name in named}


def logos_of(files: Files) -> set[object]:
    try:
        file = hatch_file.parse_toml(store.text_of(files))
    except hatch_file.HatchFileError:
        return set()
    return {file.get("logo"), *(partner.get("logo") for partner in file.get("partners", []))}


@blueprint.get("/redigera/utseende/bild/<name>")
def logo_now(name: str) -> BaseResponse:
    """A logo as it stands on disk, for the editor: the public meets it when the edition is shown."""
    return editor.private_file(name, editor.editor().read(ContentRef(chosen_edition().year)))


class Shade(NamedTuple):
    """The accent in one of the two schemes, and what it is shown with."""

    scheme: str
    accent: str
    on_accent: str
    page: str


@blueprint.app_template_global()
def accent_shades(chosen: str | None) -> list[Shade]:
    """Return the accent as people will see it; nothing for what is no colour."""
    if not chosen or not COLOUR.fullmatch(chosen):
        return []
    day, night = colours.accents(chosen)
    return [
        Shade("ljust läge", day, "#ffffff", colours.UNDER_BY_DAY[0]),
        Shade("mörkt läge", night, colours.UNDER_BY_NIGHT[2], colours.UNDER_BY_NIGHT[0]),
    ]


@blueprint.app_template_global()
def accent_told(chosen: str) -> str:
    """Say in one sentence what was done to the colour so that its text can be read."""
    day, night = colours.accents(chosen)
    changed = [*["mörkare i ljust läge"] * (day != chosen), *["ljusare i mörkt läge"] * (night != chosen)]
    if not changed:
        return "Färgen visas som du valde den, för text i den går att läsa i både ljust och mörkt läge."
    return f"Färgen visas {' och '.join(changed)}, så att text i den går att läsa."
