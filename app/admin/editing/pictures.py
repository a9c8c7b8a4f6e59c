"""A hatch's picture: uploaded, made small, and put in place of the one before."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.forms import PictureForm
from app.editing import hatch_file, images, save, store
from app.editing.store import ContentRef, Files
from app.errors import NotAllowed
from app.web.headers import Page
from app.web.rate_limit import RateLimitExceeded, check_and_hit


@blueprint.get("/redigera/lucka/<hatch:number>/bild")
def edit_picture(number: int) -> Page:
    leaf = ContentRef(chosen_edition().year, number)
    files = editor.editor().read(leaf)
    return render_picture(
        leaf, blank_form(PictureForm, image_alt=pictures_by_name(files)[1], checksum=store.checksum(files))
    )


def pictures_by_name(files: Files) -> tuple[str, str]:
    """Return the picture that the hatch names now, and its description."""
    try:
        head, _ = hatch_file.parse_hatch(store.text_of(files))
    except hatch_file.HatchFileError:
        return "", ""
    return str(head.get("image", "")), str(head.get("image_alt", ""))


@blueprint.post("/redigera/lucka/<hatch:number>/bild")
def save_picture(number: int) -> BaseResponse | Page:
    request.max_content_length = images.LARGEST_UPLOAD
    leaf = ContentRef(chosen_edition().year, number)
    try:
        form = PictureForm()
    except RequestEntityTooLarge:
        form = blank_form(PictureForm, checksum="")
        form.refuse(f"Filen är större än {images.LARGEST_UPLOAD // 1_000_000} MB. Förminska bilden och försök igen.")
        return render_picture(leaf, form, 422)
    body = editor.uploaded_bytes(form.picture.data)
    if form.validate() and body:
        return _saved(leaf, form, body)
    again = blank_form(PictureForm, image_alt=form.image_alt.data, checksum=form.checksum.data)
    for name in ("token", "image_alt"):
        again[name].errors = form[name].errors
    again.picture.errors = [] if body else ["Välj en bild."]
    return render_picture(leaf, again, 422)


def _saved(leaf: ContentRef, form: Any, body: bytes) -> BaseResponse | Page:
    again = blank_form(PictureForm, image_alt=form.image_alt.data, checksum=form.checksum.data)
    try:
        # Making a picture small keeps a processor busy for seconds.
        check_and_hit("bild", each="60 per hour", together="300 per hour")
        name, made_files = images.image_variants(body)
        head = {"image": name, "image_alt": form.image_alt.data}

        def revise(files: Files) -> Files:
            text = hatch_file.render_hatch(store.text_of(files), head)
            return {leaf.text_name: text.encode()} | made_files

        save.save_change(editor.editor(), leaf, form.checksum.data or "", revise, editor.change_now("bytte bild"))
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


def render_picture(leaf: ContentRef, form: Any, status: int = 200, **more: Any) -> Page:
    conflict = more.pop("conflict", None)
    files = editor.editor().read(leaf)
    context: dict[str, object] = {
        "edition": chosen_edition(),
        "leaf": leaf,
        "form": form,
        "image": pictures_by_name(files)[0],
        "weight": max(
            (len(body) for name, body in files.items() if not name.startswith(("hatch.", "delning."))), default=0
        ),
        "address": url_for("admin.edit_picture", number=leaf.number, ar=leaf.year),
        "done": request.args.get("klart") if request.method == "GET" else None,
    }
    if conflict:
        context |= editor.describe_conflict(conflict)
    return render_template("admin/editing/picture.html", **context, **more), status


@blueprint.get("/redigera/lucka/<hatch:number>/bild/nu")
def picture_now(number: int) -> BaseResponse | Page:
    """The picture as it stands on disk, for the editor only: the public meets it when the hatch opens."""
    files = editor.editor().read(ContentRef(chosen_edition().year, number))
    image, _ = pictures_by_name(files)
    return editor.private_file(image, files)
