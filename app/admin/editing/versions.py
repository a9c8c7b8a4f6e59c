"""Earlier versions of a hatch or of the edition's texts: the list, what each of them changed, and the way back."""

from typing import Any

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.forms import EmptyForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import editor
from app.admin.editing.views import SHEETS, page_address
from app.editing import save, store
from app.editing.history import Version, is_version_of
from app.editing.labels import describe_file, diff_lines
from app.editing.store import ContentRef
from app.web.headers import Page


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
def hatch_version(number: int, version: int) -> Page:
    return render_version(ContentRef(chosen_edition().year, number), version, blank_form(EmptyForm))


@blueprint.get("/redigera/texter/tidigare/<number:version>")
def text_version(version: int) -> Page:
    return render_version(ContentRef(chosen_edition().year), version, blank_form(EmptyForm))


def render_version(leaf: ContentRef, number: int, form: Any, status: int = 200, refused: tuple[str, ...] = ()) -> Page:
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
def hatch_restore(number: int, version: int) -> BaseResponse | Page:
    return restore_version(ContentRef(chosen_edition().year, number), version)


@blueprint.post("/redigera/texter/tidigare/<number:version>")
def text_restore(version: int) -> BaseResponse | Page:
    return restore_version(ContentRef(chosen_edition().year), version)


def restore_version(leaf: ContentRef, number: int) -> BaseResponse | Page:
    form = EmptyForm()
    if not form.validate():
        return render_version(leaf, number, blank_form(EmptyForm), 422, (form.faults()[0][1],))
    try:
        save.restore_version(editor.editor(), leaf, number, editor.change_now(f"gick tillbaka till version {number}"))
    except save.SaveRefused as refused:
        return render_version(leaf, number, blank_form(EmptyForm), 422, tuple(str(refused).splitlines()))
    except store.ContentWriteError as trouble:
        return render_version(leaf, number, blank_form(EmptyForm), 503, (str(trouble),))
    editor.publish_change(f"{leaf.year}/{leaf.name}: tillbaka till version {number}")
    return redirect(page_address(SHEETS[0 if leaf.number else 2], leaf, klart="aterstallt"), 303)
