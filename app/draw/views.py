"""The public page of a draw, and its raw files for anyone who wants to check."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from app import clock
from app.audit import records
from app.calendar.schema import Contest
from app.contest.lookup import find_contest
from app.contest.municipalities import MUNICIPALITIES
from app.database import db
from app.draw import approval, letters, protocol, public_files, ranking, tickets, winners
from app.draw.anchors import anchors
from app.draw.midnights import Midnight
from app.draw.models import Lock
from app.draw.open_files import open_file, streamed_file
from app.draw.snapshots import midnight_of, midnights
from app.draw.standing import Standing, standing
from app.typed import trimmed

blueprint = Blueprint("draw", __name__)
_SHOWN = 100
"""Places of the ranking on one page; the whole ranking is in protokoll.json."""
_LAST_PLACE = 2**31 - 1


@blueprint.after_request
def asked_again_each_time(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


@blueprint.get("/<year:year>/dragning")
def draw(year: int) -> tuple[str, int]:
    edition, contest, number = find_contest(year)
    now = clock.now()
    found, days = standing(contest, now, bool(edition.gaps)), midnights(contest, now)
    searched = _searched(found, days)
    first = min(max(request.args.get("fran", 1, type=int), 1), _LAST_PLACE)
    context: dict[str, Any] = {
        "edition": edition,
        "contest": contest,
        "number": number,
        "standing": found,
        "midnights": days,
        "shown": _SHOWN,
        "first": first,
        "ranking": ranking.ranked(contest.id, first, _SHOWN),
        "fingerprint": protocol.fingerprint,
        "lead": letters.lead,
        "anchors": anchors(contest.id),
        "approved": approval.approved(contest.id),
        "names": winners.names(contest.id),
        "municipalities": MUNICIPALITIES,
        **searched,
    }
    return render_template("draw/draw.html", **context), 422 if searched.get("unclear") else 200


def _searched(found: Standing, days: list[Midnight]) -> dict[str, Any]:
    """What the page says to whoever looks for a ticket."""
    if "lott" not in request.args:
        return {}
    typed = trimmed(request.args["lott"])
    try:
        start = tickets.typed_ticket(typed)
        return {"searched": start, "ticket": tickets.find(found, days[-1] if days else None, start)}
    except tickets.UnclearTicket as error:
        return {"searched": "" if isinstance(error, tickets.LooksSecret) else typed, "unclear": str(error)}


@blueprint.get("/<year:year>/dragning/lista.txt")
def list_file(year: int) -> Response:
    """The locked list; before that the one of last midnight. `?dag=2026-12-10` asks for the one that ended a day."""
    _, contest, _ = find_contest(year)
    if (day := request.args.get("dag")) is not None:
        return _list_of(contest, midnight_of(contest, clock.now(), _day(day)) or abort(404))
    if lock := db.session.get(Lock, contest.id):
        return streamed_file(protocol.proof_fields(lock.proof)["lista-sha256"], public_files.locked_list(contest.id))
    return _list_of(contest, next(reversed(midnights(contest, clock.now())), None))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _list_of(contest: Contest, midnight: Midnight | None) -> Response:
    if midnight is None:
        return open_file("".join(protocol.list_lines(contest.id, [])))
    return streamed_file(midnight.list_sha256, public_files.list_of(contest.id, midnight))


@blueprint.get("/<year:year>/dragning/lasbevis.txt")
def proof_file(year: int) -> Response:
    return open_file(_locked(year).proof)


@blueprint.get("/<year:year>/dragning/regler.txt")
def rules_file(year: int) -> Response:
    """The rules as they were when the list was locked: the text whose checksum the låsbevis carries."""
    return open_file(_locked(year).rules)


@blueprint.get("/<year:year>/dragning/protokoll.json")
def protocol_file(year: int) -> Response:
    lock = _locked(year)
    # Every act has moved the chain's head, so the head tells whether the file is still the same.
    _, head = records.last(lock.contest_id)
    return streamed_file(head, public_files.protocol_of(lock), "application/json")


@blueprint.get("/<year:year>/dragning/verifiera.py")
def verifier_file(year: int) -> Response:
    """The program that recomputes a draw, for whoever wants to run it at home."""
    find_contest(year)
    return open_file(public_files.verifier(), "text/x-python")


def _locked(year: int) -> Lock:
    _, contest, _ = find_contest(year)
    return db.session.get(Lock, contest.id) or abort(404)
