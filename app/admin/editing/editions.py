"""The edition as a whole: what can be edited, two hatches that change places, a new year, an archive out and in."""

import io

from flask import Response, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts.forms import AdminForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.forms import ArchiveForm, NewEditionForm, SwapForm
from app.calendar import schedule
from app.calendar.schedule import NUMBERS
from app.calendar.views import library
from app.editing import archive, editions, save, store
from app.editing.store import ContentRef
from app.errors import NotAllowed
from app.web.forms import SelectChoice
from app.web.headers import Page


@blueprint.get("/redigera")
def editing() -> str:
    edition, desk = chosen_edition(), editor.editor()
    context: dict[str, object] = {
        "edition": edition,
        "years": sorted(library().editions, reverse=True),
        "faults": [fault for fault in library().faults if fault.file.startswith(f"{edition.year}/")],
        "open_numbers": schedule.open_numbers(edition.year, clock.now()),
        "to_look_through": {
            number: version.what
            for number in (0, *NUMBERS)
            if (version := desk.history.latest(ContentRef(edition.year, number))) and save.needs_review(version)
        },
        "done": request.args.get("klart"),
    }
    return render_template("admin/editing/edition.html", **context)


def render_form(name: str, form: AdminForm, status: int = 200) -> Page:
    return render_template(f"admin/editing/{name}.html", edition=chosen_edition(), form=form), status


def show_trouble(form: AdminForm, trouble: Exception) -> int:
    """Say on the form why nothing was done; the status to answer with."""
    for sentence in str(trouble).splitlines():
        form["token"].errors = [*form["token"].errors, sentence]
    return 503 if isinstance(trouble, store.ContentWriteError) else 422


def back_to_editing(what: str, year: int) -> BaseResponse:
    editor.publish_change(f"{year}: {what}")
    return redirect(url_for("admin.editing", ar=year, klart=what), 303)


def swap_form(**values: object) -> AdminForm:
    form = blank_form(SwapForm, **values) if values else SwapForm()
    choices = [SelectChoice(n, f"{n}. {hatch.file.title}") for n, hatch in chosen_edition().hatches.items()]
    form.first.choices = form.second.choices = choices
    return form


@blueprint.get("/redigera/byt-plats")
def swap_page() -> Page:
    return render_form("swap", swap_form(first=1, second=2))


@blueprint.post("/redigera/byt-plats")
def swap() -> BaseResponse | Page:
    edition, form = chosen_edition(), swap_form()
    if not form.validate():
        return render_form("swap", form, 422)
    first, second = form.first.data, form.second.data
    act = editor.change_now(f"lucka {first} och {second} bytte plats")
    try:
        editions.swap_hatches(editor.editor(), edition.year, first, second, act)
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("swap", form, show_trouble(form, trouble))
    return back_to_editing("bytt", edition.year)


def new_form(**values: object) -> AdminForm:
    form = blank_form(NewEditionForm, **values) if values else NewEditionForm()
    years = sorted(library().editions, reverse=True)
    form.source.choices = [
        *(SelectChoice(str(year), f"En kopia av {year}") for year in years),
        SelectChoice("tom", "Tomma luckor att skriva i"),
    ]
    return form


@blueprint.get("/redigera/ny")
def new_page() -> Page:
    return render_form("new", new_form(year=str(max(library().editions) + 1)))


@blueprint.post("/redigera/ny")
def new() -> BaseResponse | Page:
    form, desk = new_form(), editor.editor()
    if not form.validate():
        return render_form("new", form, 422)
    try:
        year = int(form.year.data or 0)
        editions.require_future_year(year, clock.now())
        if form.source.data == "tom":
            editions.blank_edition(desk, chosen_edition().year, year, editor.change_now(""))
        else:
            editions.copy_edition(desk, int(form.source.data), year, editor.change_now(""))
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("new", form, show_trouble(form, trouble))
    return back_to_editing("skapad", year)


@blueprint.get("/redigera/kalender.zip")
def export() -> Response:
    year = chosen_edition().year
    file = io.BytesIO()
    archive.pack_edition(editions.read_all(editor.editor(), year), file)
    file.seek(0)
    return send_file(file, "application/zip", as_attachment=True, download_name=f"miljojulkalendern-{year}.zip")


@blueprint.get("/redigera/las-in")
def archive_page() -> Page:
    return render_form("archive", blank_form(ArchiveForm, year=str(chosen_edition().year)))


@blueprint.post("/redigera/las-in")
def take_in() -> BaseResponse | Page:
    request.max_content_length = archive.LARGEST_UPLOAD
    try:
        sent = ArchiveForm()
    except RequestEntityTooLarge:
        form = blank_form(ArchiveForm)
        return render_form("archive", form, show_trouble(form, NotAllowed("Filen är större än 32 MB.")))
    body, form = editor.uploaded_bytes(sent.archive.data), blank_form(ArchiveForm, year=sent.year.data)
    if not sent.validate():
        return render_form("archive", form, show_trouble(form, NotAllowed(sent.faults()[0][1])))
    year = int(sent.year.data or 0)
    try:
        editions.import_edition(editor.editor(), year, body, editor.change_now("läst in från ett arkiv"))
    except (NotAllowed, save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("archive", form, show_trouble(form, trouble))
    return back_to_editing("inlast", year)
