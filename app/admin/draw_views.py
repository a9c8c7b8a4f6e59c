"""The draw, one button at a time: lock the list, fetch the value, confirm the winner."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app, g, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import log
from app.admin.draw_forms import AnchorForm, LockForm, ProposalForm, ValueForm, VerdictForm
from app.admin.draw_page import Page, chain_of, page
from app.admin.forms import AdminForm
from app.admin.guard import blueprint, chosen_contest
from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.contest import rulebook
from app.draw import anchors, approval, conduct, relays, verdicts
from app.draw.conduct import ActRefused
from app.web.limits import TooMany, spend

Act = Callable[[Edition, Contest, datetime], str]
"""Carries something out and gives its kind, for the organisers' log."""


def carried_out(name: str, form: AdminForm, act: Act) -> BaseResponse | Page:
    """Carries out an act when its form is right, and leads back to the page; else the page says what is wrong."""
    edition, contest = chosen_contest()
    if form.validate():
        try:
            kind = act(edition, contest, clock.now())
            place = f", plats {form.place.data}" if "place" in form else ""
            log.note(kind, contest.id + place, clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except ActRefused as error:
            form.refuse(str(error))
        except TooMany:
            form.refuse("Det blev många försök. Vänta en minut och försök igen.")
            return page(429, **{name: form})
    return page(422, **{name: form})


@blueprint.get("/dragning")
def draw() -> Page:
    return page()


@blueprint.post("/dragning/las")
def lock_list() -> BaseResponse | Page:
    form = LockForm()

    def act(edition: Edition, contest: Contest, now: datetime) -> str:
        conduct.refuse_when_settled(contest)
        conduct.refuse_too_soon(contest, form.draw_at.instant, now)
        text = rulebook.freeze(contest, edition.file.organiser, now).text
        if contest.two_person:
            approval.propose_lock(contest, text, form.draw_at.instant, g.sign_in.organiser_id, now)
            return "proposed"
        conduct.lock(contest, text, form.draw_at.instant, chain_of(contest), now)
        return "locked"

    return carried_out("lock_form", form, act)


@blueprint.post("/dragning/forankra")
def add_anchor() -> BaseResponse | Page:
    form = AnchorForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        sent = anchors.Sent(form.recipient.data or "", form.sent_at.instant, form.reference.data or "")
        anchors.add(contest, sent, now)
        return "anchored"

    return carried_out("anchor_form", form, act)


@blueprint.post("/dragning/slumptal")
def paste_value() -> BaseResponse | Page:
    form = ValueForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        _spend_a_check()
        conduct.draw(contest, form.value.data or "", chain_of(contest), now)
        return "drawn"

    return carried_out("value_form", form, act)


@blueprint.post("/dragning/hamta")
def fetch_value() -> BaseResponse | Page:
    form = ValueForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        _spend_a_check()
        relays.fetch(contest, current_app.config["DRAW_RELAYS"], chain_of(contest), now)
        return "drawn"

    return carried_out("value_form", form, act)


def _spend_a_check() -> None:
    """Checking a signature takes work, and asking a relay takes a stranger's."""
    spend("slumptal", each=current_app.config["DRAW_LIMIT"], together="60 per minute")


@blueprint.post("/dragning/avgor")
def decide() -> BaseResponse | Page:
    form = VerdictForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        place, verdict = form.place.data or 0, form.verdict.data or ""
        if verdict == "vinnare":
            verdicts.confirm(contest, place, now)
            return "confirmed"
        if contest.two_person:
            approval.propose_skip(contest, place, verdict, g.sign_in.organiser_id, now)
            return "proposed"
        verdicts.skip(contest, place, verdict, now)
        return "skipped"

    return carried_out("verdict_form", form, act)


@blueprint.post("/dragning/forslag")
def answer_proposal() -> BaseResponse | Page:
    form = ProposalForm()

    def act(edition: Edition, contest: Contest, now: datetime) -> str:
        number, by = form.number.data or 0, g.sign_in.organiser_id
        if form.answer.data == "ja":
            text = rulebook.freeze(contest, edition.file.organiser, now).text
            approval.approve(contest, number, text, chain_of(contest), by, now)
            return "approved"
        approval.reject(contest, number, by, now)
        return "rejected"

    return carried_out("proposal_form", form, act)
