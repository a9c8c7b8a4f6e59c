"""The entries: search, strike with a reason, and files for the spreadsheet."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import (
    Response,
    abort,
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
from app.admin.accounts import activity_log
from app.admin.accounts.forms import AdminForm, EmptyForm, StrikeForm
from app.admin.accounts.guard import as_attachment, blueprint, chosen_contest, chosen_frozen
from app.admin.contest import export
from app.calendar.edition import Contest
from app.contest import hints
from app.contest.forms import offered_municipalities
from app.contest.lookup import municipality_names
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import actions, status
from app.draw.files import forecast_strikes
from app.draw.status import contest_status
from app.errors import NotAllowed
from app.text import clean

PER_PAGE = 100
_LARGEST_ID = 2**31 - 1
Condition = sa.ColumnElement[bool]
SHOWN = {"": "Alla", "kvar": "Inte strukna", "strukna": "Strukna", "fel": "Fel svar"}


@dataclass(frozen=True)
class EntrySearch:
    """What to look for: part of an address or start of a ticket, a key of SHOWN, the code of a municipality."""

    text: str = ""
    shown: str = ""
    municipality: str = ""


@dataclass(frozen=True)
class EntryPage:
    """Entries, newest first; `more` is the number below which the next page begins, if there is one."""

    entries: list[Entry]
    more: int | None


def find_entries(contest: Contest, asked: EntrySearch, before: int | None) -> EntryPage:
    """Find the page of entries with numbers below `before`; the first page when that is None or no number."""
    query = sa.select(Entry).where(Entry.contest_id == contest.id, *search_conditions(contest, asked))
    if before and 0 < before < _LARGEST_ID:
        query = query.where(Entry.id < before)
    found = [*db.session.scalars(query.order_by(Entry.id.desc()).limit(PER_PAGE + 1))]
    return EntryPage(found[:PER_PAGE], found[PER_PAGE - 1].id if len(found) > PER_PAGE else None)


def search_conditions(contest: Contest, asked: EntrySearch) -> list[Condition]:
    found: list[Condition] = []
    if asked.municipality:
        found.append(Entry.municipality == asked.municipality)
    if asked.shown == "kvar":
        found.append(Entry.struck.is_(None))
    elif asked.shown == "strukna":
        found.append(Entry.struck.is_not(None))
    elif asked.shown == "fel":
        found.append(Entry.answer != contest.answer)
    if text := asked.text.lower():
        in_address = Entry.email.contains(text, autoescape=True)
        found.append(sa.or_(in_address, Entry.ticket.startswith(text, autoescape=True)))
    return found


@blueprint.get("/bidrag")
def entries() -> str:
    edition, contest = chosen_contest()
    text, shown, municipality = (clean(request.args.get(name)) for name in ("sok", "visa", "kommun"))
    offered = offered_municipalities(contest, municipality_names())
    asked = EntrySearch(text, shown, municipality if municipality in offered else "")
    before = request.args.get("fore", type=int)
    # To count takes a fifth of a second among 300,000 (bench/growth.py): once, above the whole list.
    is_first = asked == EntrySearch() and before is None
    context: dict[str, object] = {
        "edition": edition,
        "contest": contest,
        "standing": contest_status(contest, clock.now(), bool(edition.gaps)),
        "forecast": forecast_strikes(contest) if is_first and isinstance(contest, FrozenContest) else {},
        "page": find_entries(contest, asked, before),
        "asked": asked,
        "is_narrowed": asked != EntrySearch(),
        "shown": SHOWN,
        "municipalities": offered,
        "odd": hints.suspicion,
        "may_strike": isinstance(contest, FrozenContest) and clock.now() < status.strikes_until(contest),
    }
    return render_template("admin/entries.html", **context)


@blueprint.get("/bidrag/tecken")
def entry_hints() -> str:
    """What to look at twice among the entries."""
    edition, contest = chosen_contest()
    return render_template("admin/hints.html", edition=edition, hints=hints.find_hints(contest.id), among=hints.AMONG)


@blueprint.get("/bidrag/<number:entry_id>/utdrag.txt")
def extract(entry_id: int) -> Response:
    """Everything about one entry: for its participant, or for a request to disclose a document."""
    _, contest = chosen_contest()
    entry = find_entry(contest, entry_id)
    cells = zip(export.COLUMNS, export.entry_cells(entry, municipality_names()), strict=True)
    lines = (f"{name}: {'' if value is None else value}" for name, value in cells)
    activity_log.log_action("export", f"utdrag för svar {entry_id} i {contest.id}", clock.now())
    body = f"Utdrag ur tävlingen {contest.id}\n\n" + "\n".join(lines) + "\n"
    return as_attachment(body, "text/plain", f"bidrag-{contest.id}-{entry.id}.txt")


@blueprint.route("/bidrag/<number:entry_id>/stryk", methods=["GET", "POST"])
def strike(entry_id: int) -> BaseResponse | tuple[str, int]:
    form = StrikeForm()
    return decide_entry(
        entry_id, form, "struck", lambda contest, now: actions.strike_entry(contest, entry_id, form.reason.data, now)
    )


@blueprint.route("/bidrag/<number:entry_id>/ta-tillbaka", methods=["GET", "POST"])
def restore(entry_id: int) -> BaseResponse | tuple[str, int]:
    return decide_entry(
        entry_id, EmptyForm(), "restored", lambda contest, now: actions.restore_entry(contest, entry_id, now)
    )


def decide_entry(
    entry_id: int, form: AdminForm, kind: str, action: Callable[..., None]
) -> BaseResponse | tuple[str, int]:
    """Ask about an entry; carry out what was decided of it, and go back to it in the list."""
    edition, contest = chosen_frozen()
    if form.validate_on_submit():
        try:
            action(contest, clock.now())
            why = f": {form.reason.data}" if "reason" in form else ""
            activity_log.log_action(kind, f"svar {entry_id} i {contest.id}{why}", clock.now())
            return redirect(url_for("admin.entries", ar=edition.year, _anchor=f"bidrag-{entry_id}"), 303)
        except NotAllowed as error:
            form.refuse(str(error))
    page = render_template(
        "admin/strike.html",
        edition=edition,
        entry=find_entry(contest, entry_id),
        form=form,
        back=kind == "restored",
        until=status.strikes_until(contest),
    )
    return page, 422 if request.method == "POST" else 200


def find_entry(contest: Contest, entry_id: int) -> Entry:
    query = sa.select(Entry).where(Entry.id == entry_id, Entry.contest_id == contest.id)
    return db.session.scalar(query) or abort(404)


@blueprint.get("/bidrag.csv")
def entries_csv() -> Response:
    """Everything, as Swedish spreadsheets like it: semicolons and a byte order mark."""
    _, contest = chosen_contest()
    activity_log.log_action("export", f"alla svar i {contest.id}, CSV", clock.now())
    return as_attachment(stream_with_context(export.csv_lines(contest.id)), "text/csv", f"bidrag-{contest.id}.csv")


@blueprint.get("/bidrag.xlsx")
def entries_xlsx() -> Response:
    """Everything, as a workbook in which nothing is a formula."""
    _, contest = chosen_contest()
    activity_log.log_action("export", f"alla svar i {contest.id}, Excel", clock.now())
    book = export.entry_workbook(contest.id, current_app.instance_path)
    return send_file(book, export.XLSX, as_attachment=True, download_name=f"bidrag-{contest.id}.xlsx")
