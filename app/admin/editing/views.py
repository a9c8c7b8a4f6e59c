"""The editor: each page shows a part of a file as a form, and saves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.editing import editor
from app.admin.editing.forms import AccessibilityForm, ContestForm, HatchForm, OrganiserForm, SheetForm, TextsForm
from app.admin.forms import made
from app.admin.guard import blueprint, chosen_edition
from app.calendar import schedule
from app.calendar.loader import to_html
from app.contest.terms import phase_of
from app.editing import form_mapping, hatch_file, save, store
from app.editing.labels import compared, told
from app.editing.store import Files, Leaf

Page = tuple[str, int]
LARGEST_FORM = 512 * 1024
"""Bytes: three long texts whose letters are all å take that much room on their way here."""


@dataclass(frozen=True)
class Sheet:
    """A page of the editor. `shown(head, tip)` fills the form in, `changes(values)` gives (head, tip) back."""

    name: str
    address: str
    title: str
    form: type[SheetForm]
    shown: Callable[[Mapping[str, Any], str], form_mapping.Values]
    changes: Callable[[Mapping[str, Any]], tuple[form_mapping.Values, str | None]]

    @property
    def template(self) -> str:
        return f"admin/editing/{self.name}.html"


SHEETS = (
    Sheet("hatch", "lucka/<hatch:number>", "Luckan", HatchForm, form_mapping.hatch_shown, form_mapping.hatch_changes),
    Sheet(
        "contest",
        "lucka/<hatch:number>/tavling",
        "Tävlingen",
        ContestForm,
        form_mapping.contest_shown,
        form_mapping.contest_changes,
    ),
    Sheet("texts", "texter", "Kalenderns texter", TextsForm, form_mapping.texts_shown, form_mapping.texts_changes),
    Sheet(
        "organiser",
        "arrangor",
        "Arrangör och personuppgifter",
        OrganiserForm,
        form_mapping.organiser_shown,
        form_mapping.organiser_changes,
    ),
    Sheet(
        "accessibility",
        "tillganglighet",
        "Tillgänglighetsredogörelsen",
        AccessibilityForm,
        form_mapping.accessibility_shown,
        form_mapping.accessibility_changes,
    ),
)


def show(sheet: Sheet, number: int = 0) -> Page:
    leaf = Leaf(chosen_edition().year, number)
    files = editor.desk().read(leaf)
    try:
        head, tip = _read(leaf, files)
    except hatch_file.Unreadable:
        return render_template("admin/editing/unreadable.html", edition=chosen_edition(), leaf=leaf, sheet=sheet), 422
    form = made(sheet.form, **sheet.shown(head, tip), checksum=store.checksum(files))
    return _page(sheet, leaf, form)


def _read(leaf: Leaf, files: Files) -> tuple[Mapping[str, Any], str]:
    text = store.text_of(files)
    return hatch_file.taken_apart(text) if leaf.number else (hatch_file.values(text), "")


def send(sheet: Sheet, number: int = 0) -> BaseResponse | Page:
    request.max_content_length = LARGEST_FORM
    leaf = Leaf(chosen_edition().year, number)
    sent, act = sheet.form(), request.form.get("act", "")
    values = sent.shown()
    if form_mapping.ROW.fullmatch(act):
        values = form_mapping.with_row(values, act)
    elif act != "visa":
        values = form_mapping.compact(values)
    form = made(sheet.form, **values, checksum=sent.checksum.data)
    if not sent.validate():
        form.refuse(sent.faults()[0][1])
        return _page(sheet, leaf, form, 422)
    if act:
        return _page(sheet, leaf, form, act=act)
    return _save(sheet, leaf, form, values)


def _save(sheet: Sheet, leaf: Leaf, form: Any, values: form_mapping.Values) -> BaseResponse | Page:
    try:
        new = save.save(
            editor.desk(),
            leaf,
            form.checksum.data or "",
            partial(_revised, sheet, leaf, values),
            editor.act(f"ändrade {sheet.title.lower()}"),
        )
    except save.Conflict as conflict:
        form.checksum.data = store.checksum(conflict.theirs)
        return _page(sheet, leaf, form, 409, conflict=conflict)
    except save.Refused as refused:
        for fault in refused.faults:
            form.tell(fault)
        if refused.sentence:
            form.refuse(refused.sentence)
        return _page(sheet, leaf, form, 422)
    except store.NotWritten as trouble:
        return _page(sheet, leaf, form, 503, trouble=str(trouble))
    editor.done(f"{leaf.year}/{leaf.name}: {sheet.title}")
    done = "sparat" if new else "oforandrat"
    return redirect(address(sheet, leaf, klart=done), 303)


def _revised(sheet: Sheet, leaf: Leaf, values: form_mapping.Values, files: Files) -> Files:
    head, tip = sheet.changes(values)
    text = store.text_of(files)
    try:
        new = hatch_file.put_together(text, head, tip) if leaf.number else hatch_file.changed(text, head)
    except hatch_file.Unreadable:
        raise save.Refused("Filen på servern går inte att läsa. Gå tillbaka till en tidigare version först.") from None
    return files if new == text else files | {leaf.text_name: new.encode()}


def address(sheet: Sheet, leaf: Leaf, **more: Any) -> str:
    return url_for(f"admin.edit_{sheet.name}", ar=leaf.year, number=leaf.number or None, **more)


def _page(sheet: Sheet, leaf: Leaf, form: Any, status: int = 200, **more: Any) -> Page:
    edition, conflict = chosen_edition(), more.pop("conflict", None)
    context: dict[str, Any] = {
        "edition": edition,
        "leaf": leaf,
        "sheet": sheet,
        "form": form,
        "address": address(sheet, leaf),
        "open": schedule.is_open(leaf.year, leaf.number or 1, clock.now()),
        "phase": phase_of(edition, clock.now()),
        "to_html": to_html,
        "done": request.args.get("klart") if request.method == "GET" else None,
    }
    if conflict:
        context |= {
            "other": editor.who(conflict.version),
            "ago": editor.ago(conflict.version),
            "difference": compared(told(store.text_of(conflict.theirs)), told(store.text_of(conflict.mine))),
        }
    return render_template(sheet.template, **context, **more), status


for each in SHEETS:
    for verb, method, view in (("edit", "GET", show), ("save", "POST", send)):
        of_the_sheet = update_wrapper(partial(view, each), view)
        blueprint.add_url_rule(f"/redigera/{each.address}", f"{verb}_{each.name}", of_the_sheet, methods=[method])


@blueprint.errorhandler(store.NotWritten)
def unreadable(error: store.NotWritten) -> Page:
    """A file that is not there, or that the server may not read, where no form can keep what was typed."""
    return render_template("errors/error.html", heading="Filen går inte att läsa", advice=str(error), status=503), 503


@blueprint.post("/redigera/forhandsgranska")
def preview_text() -> str:
    """The Markdown that is posted, as HTML; nothing is kept."""
    request.max_content_length = LARGEST_FORM
    return to_html(request.form.get("text", "")[:20_000])
