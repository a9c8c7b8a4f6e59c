"""The entries: search, strike with a reason, and files for the spreadsheet."""

from typing import Any

import sqlalchemy as sa
from flask import (
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import log, sheets
from app.admin.forms import StrikeForm, made
from app.admin.guard import blueprint, chosen_contest
from app.calendar.schema import Contest
from app.contest import hints
from app.contest.models import Entry
from app.contest.municipalities import MUNICIPALITIES
from app.database import db
from app.draw import conduct
from app.draw.standing import standing
from app.web.form_token import trimmed

_PER_PAGE = 100
_LARGEST_ID = 2**31


def _search(contest: Contest, text: str, before: int | None, limit: int | None) -> list[Entry]:
    """Entries, newest first, whose address or ticket contains `text`, from below number `before`."""
    query = sa.select(Entry).where(Entry.contest_id == contest.id).order_by(Entry.id.desc()).limit(limit)
    if text:
        wanted = text.strip().lower()
        query = query.where(
            sa.or_(Entry.email.contains(wanted, autoescape=True), Entry.ticket.startswith(wanted, autoescape=True))
        )
    if before and before < _LARGEST_ID:
        query = query.where(Entry.id < before)
    return list(db.session.scalars(query))


@blueprint.get("/bidrag")
def entries() -> str:
    edition, contest = chosen_contest()
    text = trimmed(request.args.get("sok"))
    found = _search(contest, text, request.args.get("fore", type=int), _PER_PAGE + 1)
    context: dict[str, Any] = {
        "edition": edition,
        "contest": contest,
        "standing": standing(contest, clock.now(), bool(edition.gaps)),
        "entries": found[:_PER_PAGE],
        "more": found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None,
        "sok": text,
        "municipalities": MUNICIPALITIES,
        "odd": hints.odd,
    }
    return render_template("admin/entries.html", **context)


@blueprint.get("/bidrag/tecken")
def entry_hints() -> str:
    """What to look at twice among the entries."""
    edition, contest = chosen_contest()
    return render_template("admin/hints.html", edition=edition, contest=contest, hints=hints.hints(contest.id))


@blueprint.get("/bidrag/<number:entry_id>/utdrag.txt")
def extract(entry_id: int) -> Response:
    """Everything about one entry, for someone who asks what we have, or for a request to disclose a document."""
    _, contest = chosen_contest()
    entry = db.first_or_404(sa.select(Entry).where(Entry.id == entry_id, Entry.contest_id == contest.id))
    cells = zip(sheets.COLUMNS, sheets.cells(entry), strict=True)
    lines = (f"{name}: {'' if value is None else value}" for name, value in cells)
    log.note("export", f"utdrag för bidrag {entry_id} i {contest.id}", clock.now())
    response = Response(f"Utdrag ur tävlingen {contest.id}\n\n" + "\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="bidrag-{contest.id}-{entry.id}.txt"'
    return response


@blueprint.get("/bidrag/<number:entry_id>/stryk")
def strike_page(entry_id: int) -> tuple[str, int]:
    return _strike_page(entry_id, made(StrikeForm), 200)


@blueprint.post("/bidrag/<number:entry_id>/stryk")
def strike(entry_id: int) -> BaseResponse | tuple[str, int]:
    edition, contest = chosen_contest()
    form = StrikeForm()
    if form.validate():
        try:
            conduct.strike(contest, entry_id, form.reason.data, clock.now())
            log.note("struck", f"bidrag {entry_id} i {contest.id}: {form.reason.data}", clock.now())
            return redirect(url_for("admin.entries", ar=edition.year, _anchor=f"bidrag-{entry_id}"), 303)
        except conduct.ActRefused as error:
            form.reason.errors = [str(error)]
    return _strike_page(entry_id, form, 422)


def _strike_page(entry_id: int, form: Any, status: int) -> tuple[str, int]:
    edition, contest = chosen_contest()
    entry = db.first_or_404(sa.select(Entry).where(Entry.id == entry_id, Entry.contest_id == contest.id))
    return render_template(
        "admin/strike.html", edition=edition, entry=entry, form=form, municipalities=MUNICIPALITIES
    ), status


@blueprint.get("/bidrag.csv")
def entries_csv() -> Response:
    """Everything, as Swedish spreadsheets like it: semicolons and a byte order mark."""
    _, contest = chosen_contest()
    log.note("export", f"alla bidrag i {contest.id}, CSV", clock.now())
    response = Response(stream_with_context(sheets.csv_lines(contest.id)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="bidrag-{contest.id}.csv"'
    return response


@blueprint.get("/bidrag.xlsx")
def entries_xlsx() -> Response:
    """Everything, as a workbook in which nothing is a formula."""
    _, contest = chosen_contest()
    log.note("export", f"alla bidrag i {contest.id}, Excel", clock.now())
    book = sheets.workbook(contest.id, current_app.instance_path)
    return send_file(book, sheets.XLSX, as_attachment=True, download_name=f"bidrag-{contest.id}.xlsx")
