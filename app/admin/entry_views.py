"""The entries: search, strike with a reason, and a file for the spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.forms import StrikeForm, made
from app.admin.guard import blueprint, chosen_contest
from app.audit.chain import stamp
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
_COLUMNS = ("Nr", "Mottaget (UTC)", "E-post", "Svar", "Kommun", "Motivering", "Struket", "Lott")


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
    lines = (f"{name}: {'' if value is None else value}" for name, value in zip(_COLUMNS, _cells(entry), strict=True))
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
    rows = "".join(_lines(reversed(_search(contest, "", None, None))))
    response = Response("\ufeff" + rows, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="bidrag-{contest.id}.csv"'
    return response


def _lines(entries: Any) -> Iterator[str]:
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(_COLUMNS)
    for entry in entries:
        writer.writerow([_harmless(cell) for cell in _cells(entry)])
    yield sheet.getvalue()


def _cells(entry: Entry) -> tuple[object, ...]:
    """An entry under the headings of _COLUMNS."""
    municipality = MUNICIPALITIES.get(entry.municipality, "")
    known = (entry.id, stamp(entry.received_at), entry.email, entry.answer, municipality)
    return (*known, entry.motivation, entry.struck, entry.ticket)


def _harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0")) else text
