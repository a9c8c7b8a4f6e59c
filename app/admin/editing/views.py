"""The editor: each page shows a part of a file as a form, and saves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts.forms import AdminForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.accounts.roles import may
from app.admin.editing import editor, preview
from app.admin.editing.forms import AccessibilityForm, ContestForm, EditorForm, HatchForm, OrganiserForm, TextsForm
from app.calendar import schedule
from app.calendar.files.faults import ContentError
from app.calendar.files.markdown import to_html
from app.contest.terms import phase_of
from app.editing import form_mapping, hatch_file, store, validation
from app.editing.form_mapping import SameField, merge_fields
from app.editing.store import ContentRef, Files
from app.text import clean, lower_first

# Bytes: three long texts whose letters are all å take that much room on their way here.
LARGEST_FORM = 512 * 1024
# What the banner of a preview says.
SHOWN_NOW = "Så blir luckan med det du har skrivit. Inget är sparat."


@dataclass(frozen=True)
class EditorPage:
    """A page of the editor. `shown(head, tip)` fills the form in, `changes(values)` gives (head, tip) back."""

    name: str
    address: str
    title: str
    form: type[EditorForm]
    shown: Callable[[Mapping[str, object], str], form_mapping.Values]
    changes: Callable[[Mapping[str, object]], tuple[form_mapping.Values, str | None]]


SHEETS = (
    EditorPage(
        "hatch", "lucka/<hatch:number>", "Luckan", HatchForm, form_mapping.hatch_shown, form_mapping.hatch_changes
    ),
    EditorPage(
        "contest",
        "lucka/<hatch:number>/tavling",
        "Tävlingen",
        ContestForm,
        form_mapping.contest_shown,
        form_mapping.contest_changes,
    ),
    EditorPage("texts", "texter", "Kalenderns texter", TextsForm, form_mapping.texts_shown, form_mapping.texts_changes),
    EditorPage(
        "organiser",
        "arrangor",
        "Arrangör och personuppgifter",
        OrganiserForm,
        form_mapping.organiser_shown,
        form_mapping.organiser_changes,
    ),
    EditorPage(
        "accessibility",
        "tillganglighet",
        "Tillgänglighetsredogörelsen",
        AccessibilityForm,
        form_mapping.accessibility_shown,
        form_mapping.accessibility_changes,
    ),
)


def edit_page(sheet: EditorPage, leaf: ContentRef) -> BaseResponse | tuple[str, int]:
    """Show a part of a file as a form, or save what the form says."""
    return save_page(sheet, leaf) if request.method == "POST" else show_page(sheet, leaf)


def show_page(sheet: EditorPage, leaf: ContentRef) -> tuple[str, int]:
    files = editor.editor().read(leaf)
    try:
        head, tip = read_head(leaf, files)
    except hatch_file.HatchFileError:
        return render_template("admin/editing/unreadable.html", edition=chosen_edition(), leaf=leaf, sheet=sheet), 422
    form = blank_form(sheet.form, **sheet.shown(head, tip), checksum=store.checksum(files))
    return render_editor(sheet, leaf, form)


def read_head(leaf: ContentRef, files: Files) -> tuple[Mapping[str, object], str]:
    text = store.text_of(files)
    return hatch_file.parse_hatch(text) if leaf.number else (hatch_file.parse_toml(text), "")


def save_page(sheet: EditorPage, leaf: ContentRef) -> BaseResponse | tuple[str, int]:
    request.max_content_length = LARGEST_FORM
    sent, act = sheet.form(), request.form.get("act", "")
    values = sent.shown()
    if form_mapping.ROW.fullmatch(act):
        values = form_mapping.change_rows(values, act)
    elif act != "visa":
        values = form_mapping.compact_fields(values)
    form = blank_form(sheet.form, **values, checksum=sent.checksum.data)
    if not sent.validate():
        form.refuse(sent.faults()[0][1])
        return render_editor(sheet, leaf, form, 422)
    if act:
        return render_editor(sheet, leaf, form, act=act)
    return save_form(sheet, leaf, form, values)


def save_form(
    sheet: EditorPage,
    leaf: ContentRef,
    form: AdminForm,
    values: form_mapping.Values,
    complete: Callable[[Files, Files], Files] = lambda _before, after: after,
) -> BaseResponse | tuple[str, int]:
    """Save what a form says; `complete` makes of the files before and after it what they are to be."""
    saved = editor.try_save(
        leaf,
        form,
        f"ändrade {lower_first(sheet.title)}",
        lambda files: complete(files, revise_form(sheet, leaf, values, files)),
        lambda base, theirs: complete(theirs, merge_form(sheet, leaf, values, base, theirs)),
        partial(render_editor, sheet, leaf, form),
    )
    if isinstance(saved, tuple):
        return saved
    editor.publish_change(f"{leaf.year}/{leaf.name}: {sheet.title}")
    done = "sparat" if saved.new else "oforandrat"
    beside = [version.number for version in saved.beside]
    return redirect(page_address(sheet, leaf, klart=done, ocksa=beside), 303)


def merge_form(sheet: EditorPage, leaf: ContentRef, values: form_mapping.Values, base: Files, theirs: Files) -> Files:
    """Return what stands now with what the form changes of what it was filled from. Raises SameField."""
    try:
        before, now = read_head(leaf, base), read_head(leaf, theirs)
    except hatch_file.HatchFileError:
        raise SameField from None
    if leaf.number and before[0].get("title") != now[0].get("title") and before[1] != now[1]:
        # Two hatches have changed places, and this is another.
        raise SameField
    shown = [form_mapping.compact_fields(sheet.shown(*each)) for each in (before, now)]
    return revise_form(sheet, leaf, merge_fields(shown[0], shown[1], values), theirs)


def revise_form(sheet: EditorPage, leaf: ContentRef, values: form_mapping.Values, files: Files) -> Files:
    head, tip = sheet.changes(values)
    # Saved, changed or not, is read through.
    head = head | {"unreviewed": None}
    text = store.text_of(files)
    new = hatch_file.render_hatch(text, head, tip) if leaf.number else hatch_file.change_toml(text, head)
    return files if new == text else files | {leaf.text_name: new.encode()}


def page_address(sheet: EditorPage, leaf: ContentRef, **more: Any) -> str:
    if leaf.municipality and not may(g.sign_in.organiser.role, "admin.edit_municipality"):
        return url_for("admin.edit_own_municipality", ar=leaf.year, **more)
    place = {"slug": leaf.municipality} if leaf.municipality else {"number": leaf.number or None}
    return url_for(f"admin.edit_{sheet.name}", ar=leaf.year, **place, **more)


def render_editor(
    sheet: EditorPage, leaf: ContentRef, form: AdminForm, status: int = 200, **more: Any
) -> tuple[str, int]:
    edition = chosen_edition()
    beside = request.args.getlist("ocksa", type=int) if request.method == "GET" else []
    context: dict[str, object] = {
        "edition": edition,
        "leaf": leaf,
        "sheet": sheet,
        "beside": editor.others_named(
            version for version in editor.editor().history.versions(leaf) if version.number in beside
        )
        if beside
        else "",
        "form": form,
        "address": page_address(sheet, leaf),
        "open": schedule.is_open(leaf.year, leaf.number or 1, clock.now()),
        "as_it_will_be": preview.morning_address(leaf.year, leaf.number) if leaf.number else "",
        "phase": phase_of(edition, clock.now()),
        "to_html": to_html,
        "done": request.args.get("klart") if request.method == "GET" else None,
        "unsaved": request.method == "POST",
    }
    return render_template(f"admin/editing/{sheet.name}.html", **context, **more), status


def edit_numbered(sheet: EditorPage, number: int = 0) -> BaseResponse | tuple[str, int]:
    return edit_page(sheet, ContentRef(chosen_edition().year, number))


for each in SHEETS:
    view = partial(edit_numbered, each)
    blueprint.add_url_rule(f"/redigera/{each.address}", f"edit_{each.name}", view, methods=["GET", "POST"])


@blueprint.errorhandler(store.ContentWriteError)
def unreadable(error: store.ContentWriteError) -> tuple[str, int]:
    """A file that is not there, or that the server may not read, where no form can keep what was typed."""
    return render_template("errors/error.html", heading="Filen går inte att läsa", advice=str(error), status=503), 503


@blueprint.post("/redigera/lucka/<hatch:number>/forhandsgranska")
def preview_hatch(number: int) -> tuple[str, int]:
    """The hatch's page as the form has it; nothing is kept."""
    request.max_content_length = LARGEST_FORM
    sheet, leaf, sent = SHEETS[0], ContentRef(chosen_edition().year, number), HatchForm()
    values = form_mapping.compact_fields(sent.shown())
    form = blank_form(HatchForm, **values)
    if not sent.validate():
        form.refuse(sent.faults()[0][1])
    else:
        try:
            hatch = validation.read_hatch_as(leaf, revise_form(sheet, leaf, values, editor.editor().read(leaf)))
            return preview.render_hatch(chosen_edition(), hatch, SHOWN_NOW), 200
        except ContentError as error:
            for fault in error.faults:
                form.tell(fault)
        except hatch_file.HatchFileError:
            form.refuse(editor.UNREADABLE)
    return render_template("admin/editing/not_shown.html", edition=chosen_edition(), leaf=leaf, form=form), 200


@blueprint.post("/redigera/forhandsgranska")
def preview_text() -> str:
    """The Markdown that is posted, as HTML; nothing is kept."""
    request.max_content_length = LARGEST_FORM
    return to_html(clean(request.form.get("text"))[:20_000])
