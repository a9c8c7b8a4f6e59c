"""A hatch's pictures: the one in its window, made small, and the figure that it brings to the street."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import AdminForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.forms import FigureForm, PictureForm
from app.calendar.look import drawings
from app.editing import hatch_file, images, save, store, svg
from app.editing.form_mapping import SameField
from app.editing.store import ContentRef, Files
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded


@blueprint.get("/redigera/lucka/<hatch:number>/bild")
def edit_picture(number: int) -> tuple[str, int]:
    leaf = ContentRef(chosen_edition().year, number)
    return render_picture(leaf, picture_form(leaf))


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


@blueprint.post("/redigera/lucka/<hatch:number>/bild")
def save_picture(number: int) -> BaseResponse | tuple[str, int]:
    request.max_content_length = images.LARGEST_UPLOAD
    leaf = ContentRef(chosen_edition().year, number)
    try:
        form = PictureForm()
    except RequestEntityTooLarge:
        form = blank_form(PictureForm, checksum="")
        form.refuse(f"Filen är större än {images.LARGEST_UPLOAD // 1_000_000} MB. Förminska bilden och försök igen.")
        return render_picture(leaf, form, 422)
    body = editor.uploaded_bytes(form.picture.data)
    has_picture = bool(body or _head(editor.editor().read(leaf)).get("image"))
    if form.validate() and has_picture:
        return _saved(leaf, form, body)
    again = _again(form)
    for name in ("token", *_FIELDS):
        again[name].errors = form[name].errors
    again.picture.errors = [] if has_picture else ["Välj en bild."]
    return render_picture(leaf, again, 422)


_FIELDS = ("image_alt", "image_credit", "focus_x", "focus_y")


def _again(form: AdminForm) -> AdminForm:
    """Return the form as it was filled in, but for the file, which a browser does not send twice."""
    return blank_form(PictureForm, **{name: form[name].data for name in _FIELDS}, checksum=form.checksum.data)


def _saved(leaf: ContentRef, form: AdminForm, body: bytes) -> BaseResponse | tuple[str, int]:
    again = _again(form)
    focus = (int(form.focus_x.data), int(form.focus_y.data))
    head: dict[str, Any] = {"image_alt": form.image_alt.data, "image_credit": form.image_credit.data or None}
    head["image_focus"] = None if focus == images.MIDDLE else [*focus]
    made_files: Files = {}
    try:
        editor.count_picture()
        if body:
            head["image"], made_files = images.image_variants(body, focus)

        def revise(files: Files) -> Files:
            text = hatch_file.render_hatch(store.text_of(files), head).encode()
            stays = (lambda name: name == drawings.FIGURE or store.is_text(name)) if body else bool
            kept = {name: body for name, body in files.items() if stays(name)}
            return kept | {leaf.text_name: text} | made_files

        def merge(base: Files, theirs: Files) -> Files:
            if picture_of(base) != picture_of(theirs):
                raise SameField
            return revise(theirs)

        act = editor.change_now("bytte bild")
        save.save_change(editor.editor(), leaf, form.checksum.data or "", revise, act, merge)
    except NotAllowed as unusable:
        again.picture.errors = [str(unusable)]
    except RateLimitExceeded:
        again.refuse("Det blev många bilder på en gång. Vänta en stund och försök igen.")
    except save.EditConflict as conflict:
        again.checksum.data = store.checksum(conflict.theirs)
        return render_picture(leaf, again, 409, conflict=conflict)
    except save.SaveRefused as refused:
        for fault in refused.faults:
            again.tell(fault)
        if refused.sentence:
            again.refuse(refused.sentence)
    except hatch_file.HatchFileError:
        again.refuse("Filen på servern går inte att läsa. Gå tillbaka till en tidigare version först.")
    except store.ContentWriteError as trouble:
        return render_picture(leaf, again, 503, trouble=str(trouble))
    else:
        editor.publish_change(f"{leaf.year}/{leaf.name}: bild")
        return redirect(url_for("admin.edit_picture", number=leaf.number, ar=leaf.year, klart="sparat"), 303)
    return render_picture(leaf, again, 422)


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
    again = blank_form(FigureForm, words=form.words.data, checksum=form.checksum.data)
    removes = request.form.get("act") == "ta-bort"
    if not form.validate():
        again.token.errors, again.words.errors = form.token.errors, form.words.errors
        return render_picture(leaf, picture_form(leaf), 422, figure_form=again)

    def revise(files: Files) -> Files:
        return with_figure(files, b"" if removes else body or files.get(drawings.FIGURE, b""), form.words.data)

    def merge(base: Files, theirs: Files) -> Files:
        if base.get(drawings.FIGURE) != theirs.get(drawings.FIGURE):
            raise SameField
        return revise(theirs)

    try:
        refuse_no_figure(body)
        act = editor.change_now("bytte figur på gatan")
        save.save_change(editor.editor(), leaf, form.checksum.data or "", revise, act, merge)
    except NotAllowed as unusable:
        again.figure.errors = [str(unusable)]
        return render_picture(leaf, picture_form(leaf), 422, figure_form=again)
    except save.EditConflict as conflict:
        again.checksum.data = store.checksum(conflict.theirs)
        return render_picture(leaf, picture_form(leaf), 409, figure_form=again, conflict=conflict)
    except save.SaveRefused as refused:
        for sentence in editor.refusal_told(refused):
            again.refuse(sentence)
        return render_picture(leaf, picture_form(leaf), 422, figure_form=again)
    except store.ContentWriteError as trouble:
        return render_picture(leaf, picture_form(leaf), 503, figure_form=again, trouble=str(trouble))
    editor.publish_change(f"{leaf.year}/{leaf.name}: figur")
    return redirect(url_for("admin.edit_picture", number=leaf.number, ar=leaf.year, klart="figur"), 303)


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
    conflict = more.pop("conflict", None)
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
    if conflict:
        context |= editor.describe_conflict(conflict)
    return render_template("admin/editing/picture.html", **context | more), status


@blueprint.get("/redigera/lucka/<hatch:number>/bild/nu")
def picture_now(number: int) -> BaseResponse | tuple[str, int]:
    """The picture as it stands on disk, for the editor only: the public meets it when the hatch opens."""
    files = editor.editor().read(ContentRef(chosen_edition().year, number))
    return editor.private_file(str(_head(files).get("image", "")), files)
