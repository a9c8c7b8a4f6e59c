"""Earlier versions of a hatch or of the edition's texts: the list, what each of them changed, and the way back."""

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import AdminForm, EmptyForm, blank_form
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
def hatch_versions(number: int) -> str:
    return list_versions(ContentRef(chosen_edition().year, number))


@blueprint.get("/redigera/texter/tidigare")
def text_versions() -> str:
    return list_versions(ContentRef(chosen_edition().year))


def list_versions(leaf: ContentRef) -> str:
    desk = editor.editor()
    versions = desk.history.versions(leaf)
    return render_template(
        "admin/editing/versions.html",
        edition=chosen_edition(),
        leaf=leaf,
        versions=versions,
        in_force=bool(versions) and is_version_of(versions[0], desk.read(leaf)),
        who=editor.author_name,
        back=page_address(SHEETS[0 if leaf.number else 2], leaf),
        link=version_address,
    )


def version_address(leaf: ContentRef, version: Version, endpoint: str = "version") -> str:
    kind = f"admin.hatch_{endpoint}" if leaf.number else f"admin.text_{endpoint}"
    return url_for(kind, number=leaf.number or None, version=version.number, ar=leaf.year)


@blueprint.get("/redigera/lucka/<hatch:number>/tidigare/<number:version>")
def hatch_version(number: int, version: int) -> tuple[str, int]:
    return render_version(ContentRef(chosen_edition().year, number), version, blank_form(EmptyForm))


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
        refused = ("Versionen går inte att visa som sida, för kalendern har andra krav nu.",)
        return render_version(leaf, version, blank_form(EmptyForm), 422, refused)
    page = preview.render_hatch(edition, hatch, "admin/editing/as_page.html", what=what)
    # The picture of then, not the one that has its address now.
    now = preview.morning_address(leaf.year, number).partition("?")[0] + "/bild/"
    then = url_for("admin.version_picture", number=number, version=version, year=leaf.year, name="x")
    return page.replace(now, then.partition("?")[0].removesuffix("x")), 200


@blueprint.get("/redigera/lucka/<hatch:number>/tidigare/<number:version>/bild/<number:year>/<name>")
def version_picture(year: int, number: int, version: int, name: str) -> BaseResponse:
    """A picture of an earlier version; the year stands in the path, for the page's own addresses have no ?ar=."""
    leaf = ContentRef(year, number)
    files = editor.editor().history.files(leaf, find_version(leaf, version))
    return editor.private_file(name, {each: body for each, body in files.items() if each not in store.TEXTS})


def find_version(leaf: ContentRef, number: int) -> Version:
    versions = editor.editor().history.versions(leaf)
    return next((each for each in versions if each.number == number), None) or abort(404)


@blueprint.get("/redigera/texter/tidigare/<number:version>")
def text_version(version: int) -> tuple[str, int]:
    return render_version(ContentRef(chosen_edition().year), version, blank_form(EmptyForm))


def render_version(
    leaf: ContentRef, number: int, form: AdminForm, status: int = 200, refused: tuple[str, ...] = ()
) -> tuple[str, int]:
    desk = editor.editor()
    versions = desk.history.versions(leaf)
    place = next((place for place, each in enumerate(versions) if each.number == number), None)
    if place is None:
        abort(404)
    version, older = versions[place], versions[place + 1] if place + 1 < len(versions) else None
    text, files = version_text(leaf, version), desk.read(leaf)
    in_force = is_version_of(version, files)
    context: dict[str, object] = {
        "edition": chosen_edition(),
        "leaf": leaf,
        "version": version,
        "older": older,
        "in_force": in_force,
        "who": editor.author_name(version),
        "changed": diff_lines(version_text(leaf, older), text) if older else None,
        "pictures_changed": bool(older) and version_pictures(version) != version_pictures(older),
        "since": None if in_force else diff_lines(text, describe_file(store.text_of(files))),
        "form": form,
        "refused": refused,
        "send_to": version_address(leaf, version, "restore"),
        "back": url_for("admin.hatch_versions", number=leaf.number, ar=leaf.year)
        if leaf.number
        else url_for("admin.text_versions", ar=leaf.year),
    }
    return render_template("admin/editing/version.html", **context), status


def version_text(leaf: ContentRef, version: Version) -> str:
    return describe_file(store.text_of(editor.editor().history.files(leaf, version)))


def version_pictures(version: Version | None) -> dict[str, str]:
    return {name: digest for name, digest in version.files.items() if name not in store.TEXTS} if version else {}


@blueprint.post("/redigera/lucka/<hatch:number>/tidigare/<number:version>")
def hatch_restore(number: int, version: int) -> BaseResponse | tuple[str, int]:
    return _restore(ContentRef(chosen_edition().year, number), version)


@blueprint.post("/redigera/texter/tidigare/<number:version>")
def text_restore(version: int) -> BaseResponse | tuple[str, int]:
    return _restore(ContentRef(chosen_edition().year), version)


def _restore(leaf: ContentRef, number: int) -> BaseResponse | tuple[str, int]:
    form = EmptyForm()
    if not form.validate():
        return render_version(leaf, number, blank_form(EmptyForm), 422, (form.faults()[0][1],))
    try:
        save.restore_version(editor.editor(), leaf, number, editor.change_now(f"gick tillbaka till version {number}"))
    except save.SaveRefused as refused:
        return render_version(leaf, number, blank_form(EmptyForm), 422, tuple(editor.refusal_told(refused)))
    except store.ContentWriteError as trouble:
        return render_version(leaf, number, blank_form(EmptyForm), 503, (str(trouble),))
    editor.publish_change(f"{leaf.year}/{leaf.name}: tillbaka till version {number}")
    return redirect(page_address(SHEETS[0 if leaf.number else 2], leaf, klart="aterstallt"), 303)
