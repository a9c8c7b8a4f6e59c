"""The public page of a draw, and its raw files, for checking."""

import re

import sqlalchemy as sa
from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app import audit, clock
from app.calendar.content import Edition
from app.contest import entries, terms
from app.contest.lookup import find_contest, frozen_contest_in
from app.contest.rules import HOW_DRAWN
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import files, mails, status, winners
from app.draw.files import short_file, streamed_file
from app.draw.models import DrawnValue, ListedTicket, LockedList, Rank
from app.draw.status import ContestStatus, contest_status
from app.errors import NotAllowed
from app.text import clean
from app.web.forms import TokenForm

LENGTH, SHORTEST = 64, 8


class LooksSecret(NotAllowed):
    """What was typed is not to be shown again."""


def read_ticket(text: str) -> str:
    """Return a ticket, or the beginning of one, as typed or pasted. Raises NotAllowed."""
    kept = "".join(text.lower().split())
    if not kept:
        raise NotAllowed("Skriv din lott, eller de åtta första tecknen i den.")
    if re.fullmatch(f"[{entries.CROCKFORD}]{{{entries.CODE_LENGTH}}}", entries.plain_code(kept)):
        raise LooksSecret("Det ser ut som en kvittokod. Behåll den för dig själv och sök på lotten i stället.")
    if not re.fullmatch(r"[0-9a-f]*…?", kept):
        raise NotAllowed("En lott har bara siffror och bokstäverna a till f. Kopiera den från mejlet du fick.")
    kept = kept.rstrip("…")
    if len(kept) < SHORTEST:
        raise NotAllowed("Det är för kort. Skriv minst de åtta första tecknen i lotten.")
    if len(kept) > LENGTH:
        raise NotAllowed("Det är för långt. En lott har 64 tecken.")
    return kept


def find_ticket(standing: ContestStatus, start: str) -> sa.Row[str, bool, int] | None:
    """Return the ticket that begins with `start`, whether it counts and its place, if any. Raises NotAllowed."""
    first, last = start.ljust(LENGTH, "0"), start.ljust(LENGTH, "f")
    rank = sa.and_(Rank.contest_id == ListedTicket.contest_id, Rank.ticket == ListedTicket.ticket)
    query = sa.select(ListedTicket.ticket, ListedTicket.counts, Rank.place).outerjoin(Rank, rank)
    query = query.where(ListedTicket.contest_id == standing.contest_id, ListedTicket.ticket.between(first, last))
    found = db.session.execute(query.order_by(ListedTicket.ticket).limit(2)).all()
    if len(found) > 1:
        raise NotAllowed("Flera lotter börjar så. Skriv några tecken till.")
    return found[0] if found else None


blueprint = Blueprint("draw", __name__)
# Places of the ranking on one page; the whole ranking is in protokoll.json.
_SHOWN = 100
_LAST_PLACE = 2**31 - 1


@blueprint.after_request
def asked_again_each_time(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store" if request.method == "POST" else "no-cache")
    return response


def draw_of(edition: Edition) -> dict[str, object] | None:
    """Return where an edition's contest stands and who has won it, for other pages; None before it has opened."""
    contest = terms.frozen_in(edition.year)
    if contest is None:
        return None
    standing = contest_status(contest, clock.now())
    return {"standing": standing, "named": winners.named_winners(standing)}


blueprint.add_app_template_global(terms.or_without_database(draw_of, lambda _: None), "draw_of")


@blueprint.route("/<year:year>/dragning", methods=["GET", "POST"])
def draw(year: int) -> tuple[str, int]:
    """Show the draw; a POST looks for a ticket, so that none stands in an address."""
    edition, contest, number = find_contest(year)
    found = contest_status(contest, clock.now(), bool(edition.gaps))
    searched = search_result(found)
    opened = "fran" in request.args
    first = min(max(request.args.get("fran", 1, type=int), 1), _LAST_PLACE)
    context: dict[str, object] = {
        "edition": edition,
        "contest": contest,
        "number": number,
        "standing": found,
        "how_drawn": HOW_DRAWN,
        "shown": _SHOWN,
        "first": first,
        "opened": opened,
        "ranking": files.ranked_places(contest.id, first, _SHOWN),
        "named": winners.named_winners(found),
        **({"lock_due": status.lock_due(contest)} if isinstance(contest, FrozenContest) else {}),
        **searched,
    }
    return render_template("draw/draw.html", **context), 422 if searched.get("unclear") else 200


def search_result(found: ContestStatus) -> dict[str, object]:
    """Return what the page says to a person who looks for a ticket."""
    if "lott" not in request.form or not found.lock:
        return {}
    typed = clean(request.form["lott"])
    try:
        start = read_ticket(typed)
        return {"searched": start, "ticket": find_ticket(found, start)}
    except NotAllowed as error:
        return {"searched": "" if isinstance(error, LooksSecret) else typed, "unclear": str(error)}


@blueprint.get("/<year:year>/dragning/tavling.txt")
def terms_file(year: int) -> Response:
    return short_file(frozen_contest_in(year).terms)


@blueprint.get("/<year:year>/dragning/regler.txt")
def rules_file(year: int) -> Response:
    return short_file(frozen_contest_in(year).rules)


@blueprint.get("/<year:year>/dragning/lista.txt")
def list_file(year: int) -> Response:
    lock = locked_contest(year)
    return streamed_file(lock.list_sha256, files.locked_list(lock.contest_id))


@blueprint.get("/<year:year>/dragning/lasbevis.txt")
def proof_file(year: int) -> Response:
    return short_file(locked_contest(year).proof)


@blueprint.get("/<year:year>/dragning/logg.txt")
def log_file(year: int) -> Response:
    lock = locked_contest(year)
    latest = audit.latest_record(lock.contest_id)
    return streamed_file(latest.head, audit.log_lines(lock.contest_id, latest.number))


@blueprint.get("/<year:year>/dragning/protokoll.json")
def protocol_file(year: int) -> Response:
    contest, lock = frozen_contest_in(year), locked_contest(year)
    if db.session.get(DrawnValue, lock.contest_id) is None:
        abort(404)
    # Every decision moves the chain's head; mails that leave do not.
    head = audit.latest_record(lock.contest_id).head
    named = len(winners.winner_names(lock.contest_id))
    tag = f"{head}-{status.mail_counts(lock).skickade}-{named}"
    return streamed_file(tag, files.protocol(contest), "application/json")


@blueprint.get("/<year:year>/dragning/verifiera.py")
def verifier_file(year: int) -> Response:
    """The program that recomputes a draw, to run at home."""
    find_contest(year)
    return short_file(files.verifier_source(), "text/x-python")


def locked_contest(year: int) -> LockedList:
    return db.session.get(LockedList, frozen_contest_in(year).id) or abort(404)


@blueprint.get("/<year:year>/dragning/tacka-nej/<token>")
def decline_page(year: int, token: str) -> BaseResponse:
    """Ask before a prize is declined: programs that scan mail open its links."""
    contest, place, _ = declined_place(year, token)
    return about_declining(contest, place, form=TokenForm(formdata=None))


@blueprint.post("/<year:year>/dragning/tacka-nej/<token>")
def decline(year: int, token: str) -> BaseResponse:
    contest, place, ticket = declined_place(year, token)
    form = TokenForm()
    if not form.validate():
        return about_declining(contest, place, 422, form=form)
    try:
        winners.decline_prize(contest, place, ticket, clock.now())
    except NotAllowed as reason:
        db.session.rollback()
        return about_declining(contest, place, 409, refused=str(reason))
    return about_declining(contest, place, done=True)


def declined_place(year: int, token: str) -> tuple[FrozenContest, int, str]:
    contest_id, place, ticket = mails.read_link(mails.DECLINE, token) or abort(404)
    contest = terms.frozen_contest(contest_id) or abort(404)
    return (contest, place, ticket) if contest.year == year else abort(404)


def about_declining(contest: FrozenContest, place: int, code: int = 200, **told: object) -> BaseResponse:
    """Return a page of one person's: kept nowhere, and its address told to no one."""
    edition, _, _ = find_contest(contest.year)
    prize = status.prize_of(contest, place)
    page = render_template("draw/decline.html", edition=edition, contest=contest, place=place, prize=prize, **told)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    return Response(page, code, headers)
