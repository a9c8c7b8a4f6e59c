"""The public page of a draw, and its raw files for everyone who wants to check."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.audit import records
from app.contest import terms
from app.contest.lookup import find_contest, frozen_contest_in
from app.contest.municipalities import MUNICIPALITIES
from app.contest.rules import HOW_DRAWN
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import links, listing, public_files, status, tickets, winners
from app.draw.actions import ActionNotAllowed
from app.draw.models import DrawnValue, LockedList
from app.draw.open_files import open_file, streamed_file
from app.draw.status import Standing, standing
from app.typed import trimmed
from app.web.form_token import TokenForm

blueprint = Blueprint("draw", __name__)
# Places of the ranking on one page; the whole ranking is in protokoll.json.
_SHOWN = 100
_LAST_PLACE = 2**31 - 1


@blueprint.after_request
def asked_again_each_time(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


@blueprint.get("/<year:year>/dragning")
def draw(year: int) -> tuple[str, int]:
    edition, contest, number = find_contest(year)
    found = standing(contest, clock.now(), bool(edition.gaps))
    searched = _searched(found)
    first = min(max(request.args.get("fran", 1, type=int), 1), _LAST_PLACE)
    context: dict[str, Any] = {
        "edition": edition,
        "contest": contest,
        "number": number,
        "standing": found,
        "how_drawn": HOW_DRAWN,
        "shown": _SHOWN,
        "first": first,
        "ranking": listing.ranked(contest.id, first, _SHOWN),
        "names": winners.names(contest.id),
        "municipalities": MUNICIPALITIES,
        **({"lock_due": status.lock_due(contest)} if isinstance(contest, FrozenContest) else {}),
        **searched,
    }
    return render_template("draw/draw.html", **context), 422 if searched.get("unclear") else 200


def _searched(found: Standing) -> dict[str, Any]:
    """What the page says to a person who looks for a ticket."""
    if "lott" not in request.args or not found.lock:
        return {}
    typed = trimmed(request.args["lott"])
    try:
        start = tickets.typed_ticket(typed)
        return {"searched": start, "ticket": tickets.find(found, start)}
    except tickets.UnclearTicket as error:
        return {"searched": "" if isinstance(error, tickets.LooksSecret) else typed, "unclear": str(error)}


@blueprint.get("/<year:year>/dragning/tavling.txt")
def terms_file(year: int) -> Response:
    return open_file(frozen_contest_in(year).terms)


@blueprint.get("/<year:year>/dragning/regler.txt")
def rules_file(year: int) -> Response:
    return open_file(frozen_contest_in(year).rules)


@blueprint.get("/<year:year>/dragning/lista.txt")
def list_file(year: int) -> Response:
    lock = _locked(year)
    return streamed_file(lock.list_sha256, public_files.locked_list(lock.contest_id))


@blueprint.get("/<year:year>/dragning/lasbevis.txt")
def proof_file(year: int) -> Response:
    return open_file(_locked(year).proof)


@blueprint.get("/<year:year>/dragning/logg.txt")
def log_file(year: int) -> Response:
    lock = _locked(year)
    number, head = records.latest(lock.contest_id)
    return streamed_file(head, records.log_lines(lock.contest_id, number))


@blueprint.get("/<year:year>/dragning/protokoll.json")
def protocol_file(year: int) -> Response:
    contest, lock = frozen_contest_in(year), _locked(year)
    if db.session.get(DrawnValue, lock.contest_id) is None:
        abort(404)
    # Every decision moves the chain's head; mails that leave do not.
    _, head = records.latest(lock.contest_id)
    named = len(winners.names(lock.contest_id))
    tag = f"{head}-{status.mail_counts(lock).skickade}-{named}"
    return streamed_file(tag, public_files.protocol(contest), "application/json")


@blueprint.get("/<year:year>/dragning/verifiera.py")
def verifier_file(year: int) -> Response:
    """The program that recomputes a draw, to run at home."""
    find_contest(year)
    return open_file(public_files.verifier(), "text/x-python")


def _locked(year: int) -> LockedList:
    return db.session.get(LockedList, frozen_contest_in(year).id) or abort(404)


@blueprint.get("/<year:year>/dragning/tacka-nej/<token>")
def decline_page(year: int, token: str) -> BaseResponse:
    """Ask before a prize is declined: programs that scan mail open its links."""
    contest, place, _ = _declined(year, token)
    return _private(render_template("draw/decline.html", **_about(contest, place), form=TokenForm(formdata=None)))


@blueprint.post("/<year:year>/dragning/tacka-nej/<token>")
def decline(year: int, token: str) -> BaseResponse:
    contest, place, ticket = _declined(year, token)
    form = TokenForm()
    if not form.validate():
        return _private(render_template("draw/decline.html", **_about(contest, place), form=form), 422)
    try:
        winners.decline(contest, place, ticket, clock.now())
    except ActionNotAllowed as reason:
        db.session.rollback()
        return _private(render_template("draw/decline.html", **_about(contest, place), refused=str(reason)), 409)
    return _private(render_template("draw/decline.html", **_about(contest, place), done=True))


def _declined(year: int, token: str) -> tuple[FrozenContest, int, str]:
    contest_id, place, ticket = links.read(links.DECLINE, token) or abort(404)
    contest = terms.frozen_contest(contest_id) or abort(404)
    return (contest, place, ticket) if contest.year == year else abort(404)


def _about(contest: FrozenContest, place: int) -> dict[str, Any]:
    edition, _, _ = find_contest(contest.year)
    return {"edition": edition, "contest": contest, "place": place, "prize": status.prize_of(contest, place)}


def _private(page: str, code: int = 200) -> BaseResponse:
    """A page of one person's: kept nowhere, and its address told to no one."""
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return Response(page, code, headers)
