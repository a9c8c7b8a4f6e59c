"""The edition as a whole: what can be edited, two hatches that change places, a new year, an archive out and in."""

import io
import re

from flask import Response, redirect, render_template, request, send_file, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts.forms import AdminForm, EmptyForm, blank_form, posted_or_blank
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.forms import ArchiveForm, KeptArchiveForm, MoveContestForm, NewEditionForm, OrderForm, SwapForm
from app.calendar import schedule
from app.calendar.content import NUMBERS
from app.calendar.views import library
from app.editing import archive, editions, save, store
from app.editing.labels import tell_fault
from app.editing.store import ContentRef
from app.errors import NotAllowed
from app.web.forms import SelectChoice

# How an import stands in the list of versions.
IMPORTED = "läst in från ett arkiv"


@blueprint.get("/redigera")
def editing() -> str:
    edition, desk = chosen_edition(), editor.editor()
    context: dict[str, object] = {
        "edition": edition,
        "years": sorted(library().editions, reverse=True),
        "faults": [fault for fault in library().faults if fault.file.startswith(f"{edition.year}/")],
        "open_numbers": schedule.open_numbers(edition.year, clock.now()),
        "remarks": [tell_fault(remark) for remark in edition.remarks],
        "to_look_through": edition.unreviewed,
        "may_delete": editions.may_delete(desk, edition.year, clock.now()),
        "can_undo": editions.can_undo_import(desk, edition.year),
        "form": blank_form(EmptyForm),
        "done": request.args.get("klart"),
    }
    return render_template("admin/editing/edition.html", **context)


def render_form(name: str, form: AdminForm, status: int | None = None, **more: object) -> tuple[str, int]:
    """Return a page with its form; a form that was posted and is shown again has faults."""
    page = render_template(f"admin/editing/{name}.html", edition=chosen_edition(), form=form, **more)
    return page, status or (422 if request.method == "POST" else 200)


def require_valid(form: AdminForm) -> None:
    """Raise SaveRefused with the first fault of a form."""
    if not form.validate():
        raise save.SaveRefused(form.faults()[0][1])


def show_trouble(form: AdminForm, trouble: Exception) -> int:
    """Say on the form why nothing was done; the status to answer with."""
    for sentence in str(trouble).splitlines():
        form["token"].errors = [*form["token"].errors, sentence]
    return 503 if isinstance(trouble, store.ContentWriteError) else 422


def show_refusal(form: AdminForm, trouble: save.SaveRefused | store.ContentWriteError) -> int:
    """Say on the form why an edit was not taken, in the words of the editor's pages; the status to answer with."""
    if isinstance(trouble, save.SaveRefused):
        form["token"].errors = editor.refusal_told(trouble)
        return 422
    return show_trouble(form, trouble)


def back_to_editing(what: str, year: int) -> BaseResponse:
    editor.publish_change(f"{year}: {what}")
    return redirect(url_for("admin.editing", ar=year, klart=what), 303)


@blueprint.route("/redigera/byt-plats", methods=["GET", "POST"])
def swap() -> BaseResponse | tuple[str, int]:
    edition, form = chosen_edition(), posted_or_blank(SwapForm, first=1, second=2)
    choices = [SelectChoice(n, f"{n}. {hatch.file.title}") for n, hatch in edition.hatches.items()]
    form.first.choices = form.second.choices = choices
    if not form.validate_on_submit():
        return render_form("swap", form)
    first, second = form.first.data, form.second.data
    act = editor.change_now(f"lucka {first} och {second} bytte plats")
    try:
        editions.swap_hatches(editor.editor(), edition.year, first, second, act)
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("swap", form, show_refusal(form, trouble))
    return back_to_editing("bytt", edition.year)


@blueprint.route("/redigera/ordning", methods=["GET", "POST"])
def order() -> BaseResponse | tuple[str, int]:
    """Move a hatch one step in the form, or save the order that the form has."""
    form, year, step = OrderForm(), chosen_edition().year, request.form.get("act", "")
    numbers = form.numbers() or [*NUMBERS]
    if not form.validate_on_submit():
        return render_order(form, numbers)
    if found := re.fullmatch(r"(upp|ner)-([1-9]\d?)", step):
        place = numbers.index(int(found[2])) if int(found[2]) in NUMBERS else 0
        other = place + (1 if found[1] == "ner" else -1)
        if 0 <= other < len(numbers):
            numbers[place], numbers[other] = numbers[other], numbers[place]
        return render_order(form, numbers, 200)
    try:
        editions.reorder_hatches(editor.editor(), year, form.numbers(), editor.change_now("bytte ordning på luckorna"))
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        return render_order(form, numbers, show_refusal(form, trouble))
    return back_to_editing("ordnad", year)


def render_order(form: AdminForm, order: list[int], status: int | None = None) -> tuple[str, int]:
    begun = schedule.is_open(chosen_edition().year, 1, clock.now())
    return render_form("order", form, status, order=order, begun=begun)


@blueprint.route("/redigera/tavling/flytta", methods=["GET", "POST"])
def move_contest() -> BaseResponse | tuple[str, int]:
    form, year = offer_hatches(posted_or_blank(MoveContestForm, target=0)), chosen_edition().year
    if not form.validate_on_submit():
        return render_form("move_contest", form)
    target = form.target.data
    act = editor.change_now(f"flyttade tävlingen till lucka {target}")
    try:
        editions.move_contest(editor.editor(), year, target, act)
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("move_contest", form, show_refusal(form, trouble))
    editor.publish_change(f"{year}: tävlingen flyttad till lucka {target}")
    return redirect(url_for("admin.edit_contest", number=target, ar=year, klart="flyttad"), 303)


def offer_hatches(form: AdminForm) -> AdminForm:
    """Give the locked hatches to choose among."""
    edition, now = chosen_edition(), clock.now()
    locked = [n for n in NUMBERS if not schedule.is_open(edition.year, n, now) and n != edition.file_contest_number]
    form.target.choices = [
        SelectChoice(0, "Välj"),
        *(SelectChoice(n, f"{n}. {edition.hatches[n].file.title}") for n in locked),
    ]
    return form


@blueprint.post("/redigera/tavling/ta-bort")
def remove_contest() -> BaseResponse | tuple[str, int]:
    year = chosen_edition().year
    try:
        require_valid(EmptyForm())
        editions.remove_contest(editor.editor(), year, editor.change_now("tog bort tävlingen"))
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        form = offer_hatches(blank_form(MoveContestForm, target=0))
        return render_form("move_contest", form, show_refusal(form, trouble))
    editor.publish_change(f"{year}: tävlingen borttagen")
    return redirect(url_for("admin.overview", ar=year), 303)


@blueprint.route("/redigera/ta-bort", methods=["GET", "POST"])
def delete_edition() -> BaseResponse | tuple[str, int]:
    form, year = EmptyForm(), chosen_edition().year
    if not form.validate_on_submit():
        return render_form("delete_edition", form)
    try:
        editions.delete_edition(editor.editor(), year, editor.change_now("tog bort kalendern"))
        library().last_good.file(year).unlink(missing_ok=True)
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("delete_edition", form, show_trouble(form, trouble))
    library().editions.pop(year, None)
    editor.publish_change(f"{year}: kalendern borttagen")
    return redirect(url_for("admin.editing", ar=min(library().editions), klart="borttagen"), 303)


@blueprint.route("/redigera/ny", methods=["GET", "POST"])
def new() -> BaseResponse | tuple[str, int]:
    years, desk = sorted(library().editions, reverse=True), editor.editor()
    form = posted_or_blank(NewEditionForm, year=str(years[0] + 1))
    form.source.choices = [
        *(SelectChoice(str(year), f"En kopia av {year}") for year in years),
        SelectChoice("tom", "Tomma luckor att skriva i"),
    ]
    if not form.validate_on_submit():
        return render_form("new", form)
    year = int(form.year.data or 0)
    try:
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
    edition = chosen_edition()
    file = io.BytesIO()
    archive.pack_edition(editions.read_all(editor.editor(), edition.year), file)
    file.seek(0)
    # ASCII, so that every browser and disk takes it.
    name = secure_filename(f"{edition.plain_title}-{edition.year}.zip").lower()
    return send_file(file, "application/zip", as_attachment=True, download_name=name)


@blueprint.route("/redigera/las-in", methods=["GET", "POST"])
def take_in() -> BaseResponse | tuple[str, int]:
    if request.method != "POST":
        return render_form("archive", blank_form(ArchiveForm, year=str(chosen_edition().year)))
    request.max_content_length = archive.LARGEST_UPLOAD
    try:
        sent = ArchiveForm()
    except RequestEntityTooLarge:
        form = blank_form(ArchiveForm)
        return render_form("archive", form, show_trouble(form, NotAllowed("Filen är större än 32 MB.")))
    body, form = editor.uploaded_bytes(sent.archive.data), blank_form(ArchiveForm, year=sent.year.data)
    try:
        require_valid(sent)
        year = int(sent.year.data or 0)
        if year in library().editions:
            return ask(year, body)
        editions.import_edition(editor.editor(), year, body, editor.change_now(IMPORTED))
    except (NotAllowed, save.SaveRefused, store.ContentWriteError) as trouble:
        return render_form("archive", form, show_trouble(form, trouble))
    return back_to_editing("inlast", year)


def ask(year: int, body: bytes) -> tuple[str, int]:
    """Say what an archive would change in an edition that is there, and ask whether it shall."""
    differing = editions.import_changes(editor.editor(), year, editions.read_archive(year, body), clock.now())
    form = blank_form(KeptArchiveForm, year=str(year), kept=editor.keep_upload(body) if differing else "")
    parts = [
        (title_of(leaf), ["texten" if store.is_text(name) else f"bilden {name}" for name in files])
        for leaf, files in sorted(differing.items())
    ]
    return render_form("archive_changes", form, 200, year=year, parts=parts)


def title_of(leaf: ContentRef) -> str:
    if leaf.municipality:
        return f"Kommunens fil {leaf.text_name}"
    return f"Lucka {leaf.number}" if leaf.number else "Kalenderns texter"


@blueprint.post("/redigera/las-in/ja")
def confirm_archive() -> BaseResponse | tuple[str, int]:
    form = KeptArchiveForm()
    try:
        require_valid(form)
        year, kept = int(form.year.data or 0), str(form.kept.data)
        editions.import_edition(editor.editor(), year, editor.kept_upload(kept), editor.change_now(IMPORTED))
    except (NotAllowed, save.SaveRefused, store.ContentWriteError) as trouble:
        again = blank_form(ArchiveForm, year=form.year.data)
        return render_form("archive", again, show_trouble(again, trouble))
    editor.drop_upload(kept)
    return back_to_editing("inlast", year)


@blueprint.post("/redigera/las-in/ta-tillbaka")
def undo_archive() -> BaseResponse | tuple[str, int]:
    year = chosen_edition().year
    try:
        require_valid(EmptyForm())
        editions.undo_import(editor.editor(), year, editor.change_now("tog tillbaka inläsningen"))
    except (save.SaveRefused, store.ContentWriteError) as trouble:
        form = blank_form(ArchiveForm, year=str(year))
        return render_form("archive", form, show_trouble(form, trouble))
    return back_to_editing("tillbaka", year)
