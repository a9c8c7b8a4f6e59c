"""The public page of a draw, and its raw files for anyone who wants to check."""

import json
from pathlib import Path

from flask import Blueprint, Response, abort, render_template

from app import clock
from app.contest.lookup import find_contest
from app.database import db
from app.draw import protocol, publication, verifiera
from app.draw.models import Drawn, Lock
from app.draw.standing import listed, outcomes_of, ranked, standing

blueprint = Blueprint("draw", __name__)
_SHOWN = 100
"""Places of the ranking on the page; the whole ranking is in protokoll.json."""


@blueprint.after_request
def asked_again_each_time(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


@blueprint.get("/<year:year>/dragning")
def draw(year: int) -> str:
    edition, contest, number = find_contest(year)
    return render_template(
        "draw/draw.html",
        edition=edition,
        contest=contest,
        number=number,
        standing=standing(contest, clock.now()),
        ranking=ranked(contest.id, _SHOWN),
        fingerprint=protocol.fingerprint,
    )


@blueprint.get("/<year:year>/dragning/lista.txt")
def list_file(year: int) -> Response:
    _, contest, _ = find_contest(year)
    return _open_file("".join(protocol.list_lines(contest.id, listed(contest.id, clock.now()))))


@blueprint.get("/<year:year>/dragning/lasbevis.txt")
def proof_file(year: int) -> Response:
    return _open_file(_locked(year).proof)


@blueprint.get("/<year:year>/dragning/regler.txt")
def rules_file(year: int) -> Response:
    """The rules as they were when the list was locked: the text whose checksum the låsbevis carries."""
    return _open_file(_locked(year).rules)


@blueprint.get("/<year:year>/dragning/protokoll.json")
def protocol_file(year: int) -> Response:
    lock = _locked(year)
    drawn = db.session.get(Drawn, lock.contest_id)
    record = publication.record(lock, drawn, ranked(lock.contest_id), outcomes_of(lock.contest_id))
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    return _open_file("".join(protocol.sealed([text])), "application/json")


@blueprint.get("/<year:year>/dragning/verifiera.py")
def verifier_file(year: int) -> Response:
    """The program that recomputes a draw, for whoever wants to run it at home."""
    find_contest(year)
    return _open_file(Path(verifiera.__file__).read_text("utf-8"), "text/x-python")


def _locked(year: int) -> Lock:
    _, contest, _ = find_contest(year)
    return db.session.get(Lock, contest.id) or abort(404)


def _open_file(text: str, mimetype: str = "text/plain") -> Response:
    """A proof that tools on any site may read."""
    response = Response(text, mimetype=mimetype)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response
