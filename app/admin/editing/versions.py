"""Earlier versions of a hatch or of the edition's texts: the list, what each of them changed, and the way back."""

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import EmptyForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor, preview
from app.admin.editing.views import SHEETS, page_address
from app.calendar.files.faults import ContentError
from app.editing import save, store, validation
from app.editing.history import Version, is_version_of
from app.editing.labels import describe_file, diff_lines
from app.editing.store import ContentRef
from app.text import swedish_time


@blueprint.get("/redigera/lucka/<hatch:number>/tidigare")
@blueprint.get("/redigera/texter/tidigare")
def versions(number: int = 0) -> str:
    leaf, desk = ContentRef(chosen_edition().year, number), editor.editor()
    kept = desk.history.versions(leaf)
    return render_template(
        "admin/editing/versions.html",
        edition=chosen_edition(),
        leaf=leaf,
        versions=kept,
        in_force=bool(kept) and is_version_of(kept[0], desk.read(leaf)),
        who=editor.author_name,
        back=page_address(SHEETS[0 if number else 2], leaf),
    )


@blueprint.get("/redigera/lucka/<hatch:number>/tidigare/<number:version>/sida")
def version_page(number: int, version: int) -> tuple[str, int]:
    """An earlier version of a hatch as the page that it was, or would have been."""
    edition = chosen_edition()
    leaf = ContentRef(edition.year, number)
    found = find_version(leaf, version)
    what = f"Så såg lucka {number} ut i version {version}, {swedish_time(found.at)}."
    try:
        hatch = validation.read_hatch_as(leaf, editor.editor().history.files(leaf, found))
    except ContentError:
        refused = "Versionen går inte att visa som sida, för kalendern har andra krav nu."
        return render_version(leaf, version, [refused])
    page = preview.render_hatch(edition, hatch, what)
    # The picture of then, not the one that has its address now.
    now = preview.morning_address(leaf.year, number).partition("?")[0] + "/bild/"
    then = url_for("admin.version_picture", number=number, version=version, year=leaf.year, name="x")
    return page.replace(now, then.partition("?")[0].removesuffix("x")), 200


@blueprint.get("/redigera/lucka/<hatch:number>/tidigare/<number:version>/bild/<number:year>/<name>")
def version_picture(year: int, number: int, version: int, name: str) -> BaseResponse:
    """A picture of an earlier version; the year stands in the path, for the page's own addresses have no ?ar=."""
    leaf = ContentRef(year, number)
    return editor.private_file(name, editor.editor().history.files(leaf, find_version(leaf, version)))


def find_version(leaf: ContentRef, number: int) -> Version:
    versions = editor.editor().history.versions(leaf)
    return next((each for each in versions if each.number == number), None) or abort(404)


@blueprint.route("/redigera/lucka/<hatch:number>/tidigare/<number:version>", methods=["GET", "POST"])
@blueprint.route("/redigera/texter/tidigare/<number:version>", methods=["GET", "POST"])
def version(version: int, number: int = 0) -> BaseResponse | tuple[str, int]:
    """Show what a version says, and go back to it when asked."""
    leaf, form = ContentRef(chosen_edition().year, number), EmptyForm()
    if not form.validate_on_submit():
        return render_version(leaf, version, [sentence for _, sentence in form.faults()])
    try:
        save.restore_version(editor.editor(), leaf, version, editor.change_now(f"gick tillbaka till version {version}"))
    except save.SaveRefused as refused:
        return render_version(leaf, version, editor.refusal_told(refused))
    except store.ContentWriteError as trouble:
        return render_version(leaf, version, [str(trouble)], 503)
    editor.publish_change(f"{leaf.year}/{leaf.name}: tillbaka till version {version}")
    return redirect(page_address(SHEETS[0 if number else 2], leaf, klart="aterstallt"), 303)


def render_version(leaf: ContentRef, number: int, refused: list[str], status: int = 422) -> tuple[str, int]:
    desk, version = editor.editor(), find_version(leaf, number)
    older = next((each for each in desk.history.versions(leaf) if each.number < number), None)
    text, files = version_text(leaf, version), desk.read(leaf)
    in_force = is_version_of(version, files)
    context: dict[str, object] = {
        "edition": chosen_edition(),
        "leaf": leaf,
        "version": version,
        "in_force": in_force,
        "who": editor.author_name(version),
        "changed": diff_lines(version_text(leaf, older), text) if older else None,
        "pictures_changed": older and version_pictures(version) != version_pictures(older),
        "since": None if in_force else diff_lines(text, describe_file(store.text_of(files))),
        "form": blank_form(EmptyForm),
        "refused": refused,
    }
    return render_template("admin/editing/version.html", **context), status if refused else 200


def version_text(leaf: ContentRef, version: Version) -> str:
    return describe_file(store.text_of(editor.editor().history.files(leaf, version)))


def version_pictures(version: Version) -> dict[str, str]:
    return {name: digest for name, digest in version.files.items() if name not in store.TEXTS}
