"""The editor: each page shows a part of a file as a form, and saves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import editing_desk
from app.admin.editing_forms import (
    AccessibilityForm,
    ContestForm,
    HatchForm,
    OrganiserForm,
    TextsForm,
)
from app.admin.forms import made
from app.admin.guard import blueprint, chosen_edition
from app.admin.sheet_form import SheetForm
from app.calendar import hatches
from app.calendar.markdown import to_html
from app.contest.terms import phase_of
from app.editing import conduct, document, leaves, sheets
from app.editing.differences import compared
from app.editing.leaves import Files, Leaf
from app.editing.words import told

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
    shown: Callable[[Mapping[str, Any], str], sheets.Values]
    changes: Callable[[Mapping[str, Any]], tuple[sheets.Values, str | None]]

    @property
    def template(self) -> str:
        return f"admin/editing/{self.name}.html"


SHEETS = (
    Sheet("hatch", "lucka/<hatch:number>", "Luckan", HatchForm, sheets.hatch_shown, sheets.hatch_changes),
    Sheet(
        "contest",
        "lucka/<hatch:number>/tavling",
        "Tävlingen",
        ContestForm,
        sheets.contest_shown,
        sheets.contest_changes,
    ),
    Sheet("texts", "texter", "Kalenderns texter", TextsForm, sheets.texts_shown, sheets.texts_changes),
    Sheet(
        "organiser",
        "arrangor",
        "Arrangör och personuppgifter",
        OrganiserForm,
        sheets.organiser_shown,
        sheets.organiser_changes,
    ),
    Sheet(
        "accessibility",
        "tillganglighet",
        "Tillgänglighetsredogörelsen",
        AccessibilityForm,
        sheets.accessibility_shown,
        sheets.accessibility_changes,
    ),
)


def show(sheet: Sheet, number: int = 0) -> Page:
    leaf = Leaf(chosen_edition().year, number)
    files = editing_desk.desk().read(leaf)
    try:
        head, tip = _read(leaf, files)
    except document.Unreadable:
        return render_template("admin/editing/unreadable.html", edition=chosen_edition(), leaf=leaf, sheet=sheet), 422
    form = made(sheet.form, **sheet.shown(head, tip), checksum=leaves.checksum(files))
    return _page(sheet, leaf, form)


def _read(leaf: Leaf, files: Files) -> tuple[Mapping[str, Any], str]:
    text = leaves.text_of(files)
    return document.taken_apart(text) if leaf.number else (document.values(text), "")


def send(sheet: Sheet, number: int = 0) -> BaseResponse | Page:
    request.max_content_length = LARGEST_FORM
    leaf = Leaf(chosen_edition().year, number)
    sent, act = sheet.form(), request.form.get("act", "")
    values = sent.shown()
    if sheets.ROW.fullmatch(act):
        values = sheets.with_row(values, act)
    elif act != "visa":
        values = sheets.compact(values)
    form = made(sheet.form, **values, checksum=sent.checksum.data)
    if not sent.validate():
        form.refuse(sent.faults()[0][1])
        return _page(sheet, leaf, form, 422)
    if act:
        return _page(sheet, leaf, form, act=act)
    return _save(sheet, leaf, form, values)


def _save(sheet: Sheet, leaf: Leaf, form: Any, values: sheets.Values) -> BaseResponse | Page:
    try:
        new = conduct.save(
            editing_desk.desk(),
            leaf,
            form.checksum.data or "",
            partial(_revised, sheet, leaf, values),
            editing_desk.act(f"ändrade {sheet.title.lower()}"),
        )
    except conduct.Conflict as conflict:
        form.checksum.data = leaves.checksum(conflict.theirs)
        return _page(sheet, leaf, form, 409, conflict=conflict)
    except conduct.Refused as refused:
        for fault in refused.faults:
            form.tell(fault)
        if refused.sentence:
            form.refuse(refused.sentence)
        return _page(sheet, leaf, form, 422)
    except leaves.NotWritten as trouble:
        return _page(sheet, leaf, form, 503, trouble=str(trouble))
    editing_desk.done(f"{leaf.year}/{leaf.name}: {sheet.title}")
    done = "sparat" if new else "oforandrat"
    return redirect(address(sheet, leaf, klart=done), 303)


def _revised(sheet: Sheet, leaf: Leaf, values: sheets.Values, files: Files) -> Files:
    head, tip = sheet.changes(values)
    text = leaves.text_of(files)
    try:
        new = document.put_together(text, head, tip) if leaf.number else document.changed(text, head)
    except document.Unreadable:
        raise conduct.Refused(
            "Filen på servern går inte att läsa. Gå tillbaka till en tidigare version först."
        ) from None
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
        "open": hatches.is_open(leaf.year, leaf.number or 1, clock.now()),
        "phase": phase_of(edition, clock.now()),
        "to_html": to_html,
        "done": request.args.get("klart") if request.method == "GET" else None,
    }
    if conflict:
        context |= {
            "other": editing_desk.who(conflict.version),
            "ago": editing_desk.ago(conflict.version),
            "difference": compared(told(leaves.text_of(conflict.theirs)), told(leaves.text_of(conflict.mine))),
        }
    return render_template(sheet.template, **context, **more), status


for each in SHEETS:
    for verb, method, view in (("edit", "GET", show), ("save", "POST", send)):
        of_the_sheet = update_wrapper(partial(view, each), view)
        blueprint.add_url_rule(f"/redigera/{each.address}", f"{verb}_{each.name}", of_the_sheet, methods=[method])


@blueprint.errorhandler(leaves.NotWritten)
def unreadable(error: leaves.NotWritten) -> Page:
    """A file that is not there, or that the server may not read, where no form can keep what was typed."""
    return render_template("errors/error.html", heading="Filen går inte att läsa", advice=str(error), status=503), 503


@blueprint.post("/redigera/forhandsgranska")
def preview_text() -> str:
    """The Markdown that is posted, as HTML; nothing is kept."""
    request.max_content_length = LARGEST_FORM
    return to_html(request.form.get("text", "")[:20_000])
