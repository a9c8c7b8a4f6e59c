"""A hatch's pictures: the one in its window, made small, and the figure that it brings to the street."""

from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import AdminForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.forms import FigureForm, PictureForm
from app.calendar.look import drawings
from app.editing import hatch_file, images, store, svg
from app.editing.form_mapping import SameField
from app.editing.store import ContentRef, Files
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded


@blueprint.route("/redigera/lucka/<hatch:number>/bild", methods=["GET", "POST"])
def edit_picture(number: int) -> BaseResponse | tuple[str, int]:
    leaf = ContentRef(chosen_edition().year, number)
    if request.method != "POST":
        return render_picture(leaf, picture_form(leaf))
    request.max_content_length = images.LARGEST_UPLOAD
    try:
        form = PictureForm()
    except RequestEntityTooLarge:
        form = blank_form(PictureForm, checksum="")
        form.refuse(f"Filen är större än {images.LARGEST_UPLOAD // 1_000_000} MB. Förminska bilden och försök igen.")
        return render_picture(leaf, form, 422)
    body, is_valid = editor.uploaded_bytes(form.picture.data), form.validate()
    if not body and not _head(editor.editor().read(leaf)).get("image"):
        form.picture.errors = ["Välj en bild."]
    elif is_valid:
        return save_picture(leaf, form, body)
    return render_picture(leaf, form, 422)


def picture_form(leaf: ContentRef) -> AdminForm:
    files = editor.editor().read(leaf)
    head = _head(files)
    x, y = (str(round(place)) for place in head.get("image_focus", images.MIDDLE))
    shown = {"image_alt": head.get("image_alt"), "image_credit": head.get("image_credit"), "focus_x": x, "focus_y": y}
    return blank_form(PictureForm, **shown, checksum=store.checksum(files))


def _head(files: Files) -> dict[str, Any]:
    """Return what the hatch says of its picture, and all else; nothing when it cannot be read."""
    try:
        return hatch_file.parse_hatch(store.text_of(files))[0]
    except hatch_file.HatchFileError:
        return {}


def save_picture(leaf: ContentRef, form: AdminForm, body: bytes) -> BaseResponse | tuple[str, int]:
    focus = (int(form.focus_x.data), int(form.focus_y.data))
    head: dict[str, Any] = {"image_alt": form.image_alt.data, "image_credit": form.image_credit.data or None}
    head["image_focus"] = None if focus == images.MIDDLE else [*focus]
    made_files: Files = {}
    try:
        editor.count_picture()
        if body:
            head["image"], made_files = images.image_variants(body, focus)
    except NotAllowed as unusable:
        form.picture.errors = [str(unusable)]
        return render_picture(leaf, form, 422)
    except RateLimitExceeded:
        form.refuse("Det blev många bilder på en gång. Vänta en stund och försök igen.")
        return render_picture(leaf, form, 422)

    def revise(files: Files) -> Files:
        text = hatch_file.render_hatch(store.text_of(files), head).encode()
        stays = (lambda name: name == drawings.FIGURE or store.is_text(name)) if body else bool
        kept = {name: body for name, body in files.items() if stays(name)}
        return kept | {leaf.text_name: text} | made_files

    def merge(base: Files, theirs: Files) -> Files:
        if picture_of(base) != picture_of(theirs):
            raise SameField
        return revise(theirs)

    saved = editor.try_save(leaf, form, "bytte bild", revise, merge, partial(render_picture, leaf, form))
    return saved if isinstance(saved, tuple) else back_to_picture(leaf, "bild", "sparat")


def back_to_picture(leaf: ContentRef, what: str, told: str) -> BaseResponse:
    editor.publish_change(f"{leaf.year}/{leaf.name}: {what}")
    return redirect(url_for("admin.edit_picture", number=leaf.number, ar=leaf.year, klart=told), 303)


def picture_of(files: Files) -> tuple[dict[str, Any], Files]:
    """Return what the page of a picture may change of a hatch."""
    said = {name: value for name, value in _head(files).items() if name.startswith("image")}
    return said, {name: body for name, body in files.items() if name not in store.TEXTS}


NO_FIGURE = (
    "Filen är ingen figur till gatan. Den får bara ha enkla former i kalenderns färger: utgå från figur.svg i en annan "
    "lucka, ur kalenderns ZIP-fil."
)


@blueprint.post("/redigera/lucka/<hatch:number>/figur")
def save_figure(number: int) -> BaseResponse | tuple[str, int]:
    """Give the street another figure, other words for it, or none."""
    request.max_content_length = images.LARGEST_UPLOAD
    leaf = ContentRef(chosen_edition().year, number)
    try:
        form = FigureForm()
    except RequestEntityTooLarge:
        form = blank_form(FigureForm, words="", checksum="")
        form.figure.errors = [NO_FIGURE]
        return render_picture(leaf, picture_form(leaf), 422, figure_form=form)
    body = editor.uploaded_bytes(form.figure.data)
    removes = request.form.get("act") == "ta-bort"
    page = partial(render_picture, leaf, picture_form(leaf), figure_form=form)
    if not form.validate():
        return page(422)
    try:
        refuse_no_figure(body)
    except NotAllowed as unusable:
        form.figure.errors = [str(unusable)]
        return page(422)

    def revise(files: Files) -> Files:
        return with_figure(files, b"" if removes else body or files.get(drawings.FIGURE, b""), form.words.data)

    def merge(base: Files, theirs: Files) -> Files:
        if base.get(drawings.FIGURE) != theirs.get(drawings.FIGURE):
            raise SameField
        return revise(theirs)

    saved = editor.try_save(leaf, form, "bytte figur på gatan", revise, merge, page)
    return saved if isinstance(saved, tuple) else back_to_picture(leaf, "figur", "figur")


def refuse_no_figure(body: bytes) -> None:
    """Raise NotAllowed when what was sent is no figure."""
    if body:
        svg.sanitize_svg(body)
        if not drawings.figure(body):
            raise NotAllowed(NO_FIGURE)


def with_figure(files: Files, drawn: bytes, words: str | None) -> Files:
    """Return a hatch's files with a figure and what it is called, or with none."""
    kept = {name: body for name, body in files.items() if name != drawings.FIGURE}
    return kept | {drawings.FIGURE: drawings.with_words(drawn, words) if words else drawn} if drawn else kept


def figure_form(files: Files) -> AdminForm:
    figure = drawings.figure(files.get(drawings.FIGURE, b""))
    return blank_form(FigureForm, words=figure.words if figure else "", checksum=store.checksum(files))


def render_picture(leaf: ContentRef, form: AdminForm, status: int = 200, **more: Any) -> tuple[str, int]:
    files = editor.editor().read(leaf)
    context: dict[str, object] = {
        "edition": chosen_edition(),
        "leaf": leaf,
        "form": form,
        "figure_form": figure_form(files),
        "has_figure": drawings.FIGURE in files,
        "image": _head(files).get("image"),
        "weight": max(
            (len(body) for name, body in files.items() if not name.startswith(("hatch.", "delning-"))), default=0
        ),
        "address": url_for("admin.edit_picture", number=leaf.number, ar=leaf.year),
        "done": request.args.get("klart") if request.method == "GET" else None,
    }
    return render_template("admin/editing/picture.html", **context | more), status


@blueprint.get("/redigera/lucka/<hatch:number>/bild/nu")
def picture_now(number: int) -> BaseResponse | tuple[str, int]:
    """The picture as it stands on disk, for the editor only: the public meets it when the hatch opens."""
    files = editor.editor().read(ContentRef(chosen_edition().year, number))
    return editor.private_file(str(_head(files).get("image", "")), files)
