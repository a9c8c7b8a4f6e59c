"""The contest: its form, its receipt, its rules."""

import logging
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.calendar.hatches import Edition
from app.calendar.lookup import public
from app.calendar.schema import Contest
from app.contest import acceptance, answers, entries, rulebook, rules
from app.contest.acceptance import Receipt
from app.contest.answers import Answers, Faults
from app.contest.forms import EntryForm
from app.contest.lookup import contest_in, find_contest
from app.contest.municipalities import MUNICIPALITIES
from app.database import db
from app.web.form_token import PUBLIC, QUICKEST, TokenRefused, opened
from app.web.limits import TooMany, check, hit, spend

blueprint = Blueprint("contest", __name__)
_log = logging.getLogger(__name__)

Page = tuple[str, int]


@blueprint.after_request
def never_kept(response: Response) -> Response:
    """Forms and receipts are one person's; no cache may keep them."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/<year:year>/lucka/<hatch:number>/tavla")
def enter(year: int, number: int) -> Page:
    edition, contest = contest_in(year, number)
    if (phase := edition.contest_phase(clock.now())) != "open":
        return _not_open(edition, number, contest, phase), 200
    return _form_page(edition, number, contest, 200)


@blueprint.post("/<year:year>/lucka/<hatch:number>/tavla")
def send(year: int, number: int) -> Page:
    edition, contest = contest_in(year, number)
    if (phase := edition.contest_phase(clock.now())) != "open":
        return _not_open(edition, number, contest, phase), 409
    sent = _sent(contest)
    if not isinstance(sent, Answers):
        return _refuse(edition, number, contest, sent)
    try:
        check("bidrag", **_entry_limits())
    except TooMany:
        return _form_page(edition, number, contest, 429, trouble="limit")
    return _save(edition, number, contest, sent)


def _refuse(edition: Edition, number: int, contest: Contest, faults: Faults) -> Page:
    """Show what is to be mended; counted apart, so that right entries of the same office still come in."""
    try:
        spend("bidrag, nekade", each=current_app.config["ENTRY_LIMIT"])
    except TooMany:
        return _form_page(edition, number, contest, 429, faults, trouble="refused")
    return _form_page(edition, number, contest, 422, faults)


def _entry_limits() -> dict[str, str]:
    return {"each": current_app.config["ENTRY_LIMIT"], "together": current_app.config["ENTRY_LIMIT_ALL"]}


def _sent(contest: Contest) -> Answers | Faults:
    refused, nonce = {}, ""
    try:
        nonce = opened(request.form.get("token", ""), PUBLIC, QUICKEST)
    except TokenRefused as error:
        refused["token"] = str(error)
    sent = answers.read(request.form, contest, MUNICIPALITIES, nonce)
    if not refused:
        return sent
    return refused if isinstance(sent, Answers) else refused | sent


def _save(edition: Edition, number: int, contest: Contest, sent: Answers) -> Page:
    """Save the entry and thank for it, or say why it was not taken."""
    try:
        rulebook.hold(contest, edition.file.organiser, clock.now())
        receipt = acceptance.save_entry(contest, sent, current_app.config["SECRET_KEY"], clock.now())
    except acceptance.ContestLocked:
        return _not_open(edition, number, contest, "closed"), 409
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("Ett bidrag kunde inte sparas")
        return _form_page(edition, number, contest, 503, trouble="not-saved")
    hit("bidrag", **_entry_limits())
    return render_receipt(edition, number, contest, receipt), 200


def render_receipt(edition: Edition, number: int, contest: Contest, receipt: Receipt) -> str:
    context: dict[str, Any] = {"edition": edition, "number": number, "contest": contest, "receipt": receipt}
    context["code"] = entries.grouped(receipt.code)
    context["as_text"] = render_template("contest/receipt.txt", **context)
    return render_template("contest/receipt.html", **context)


def _form_page(
    edition: Edition,
    number: int,
    contest: Contest,
    status: int,
    faults: Faults | None = None,
    trouble: str = "",
) -> Page:
    """The form with everything that was filled in, and (WTForms makes one each time) a fresh token."""
    form = EntryForm(contest)
    form.show(faults or {})
    context: dict[str, Any] = {"edition": edition, "number": number, "contest": contest}
    return render_template("contest/form.html", **context, form=form, trouble=trouble), status


def _not_open(edition: Edition, number: int, contest: Contest, phase: str | None) -> str:
    now = clock.now()
    context: dict[str, Any] = {"edition": edition, "number": number, "contest": contest, "phase": phase}
    return render_template("contest/not_open.html", **context, long_ago=now > contest.draw_at + timedelta(days=60))


@blueprint.get("/<year:year>/tavling/villkor")
def rules_page(year: int) -> Response:
    """The rules as they are now, beside every earlier version."""
    edition, contest, _ = find_contest(year)
    organiser = edition.file.organiser
    try:
        frozen, away = rulebook.versions(contest.id), False
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("Reglernas versioner kunde inte läsas")
        frozen, away = [], True
    current = rules.text(contest, organiser)
    # Only the newest can be in force: an older one with the same words was replaced in between.
    in_force = frozen[-1] if frozen and frozen[-1].text == current else None
    context: dict[str, Any] = {"edition": edition, "contest": contest, "sections": rules.sections(contest, organiser)}
    context |= {"in_force": in_force, "earlier": [each for each in frozen if each is not in_force]}
    context["away"] = away
    return public(render_template("contest/rules.html", **context))
