"""Asking to be reminded, confirming it, and leaving again."""

import logging
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar.views import current_edition
from app.database import db
from app.reminders import rules, subscriptions
from app.reminders.forms import WEEKDAYS, ReminderForm
from app.web.forms import TokenForm, from_anywhere
from app.web.headers import no_store
from app.web.rate_limit import RateLimitExceeded, check_and_hit

blueprint = Blueprint("reminders", __name__)
blueprint.after_request(no_store)
_log = logging.getLogger(__name__)
# A town hall has one address; each address that is written gets one mail a day, whatever is sent here.
EACH, TOGETHER = "60 per 10 minutes", "1200 per 10 minutes"
# The address of such a page is a key.
_UNSEEN = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


@blueprint.get("/paminnelse")
def ask() -> tuple[str, int]:
    return _page(ReminderForm(formdata=None), 200)


@blueprint.post("/paminnelse")
def send() -> BaseResponse | tuple[str, int]:
    edition, form = current_edition(), ReminderForm()
    if not _is_open():
        return _page(form, 409)
    try:
        check_and_hit("påminnelse", each=EACH, together=TOGETHER)
    except RateLimitExceeded:
        return _page(form, 429, "limit")
    if not form.validate():
        return _page(form, 422)
    try:
        wish = (int(form.hour.data), form.days.data == WEEKDAYS)
        subscriptions.ask(form.canonical, edition.year, *wish, clock.now())
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("En begäran om påminnelse kunde inte sparas")
        return _page(form, 503, "not-saved")
    return redirect(url_for("reminders.asked"), 303)


def _is_open() -> bool:
    return rules.takes_requests(current_edition(), current_app.config["DEMO"], clock.now())


def _page(form: ReminderForm, status: int, trouble: str = "") -> tuple[str, int]:
    edition = current_edition()
    context: dict[str, object] = {"edition": edition, "form": form, "trouble": trouble, "hours": rules.HOURS}
    context["is_open"] = _is_open()
    context["host"] = urlsplit(current_app.config["PUBLIC_URL"]).netloc
    return render_template("reminders/ask.html", **context), status


@blueprint.get("/paminnelse/tack")
def asked() -> str:
    """Say the same to everyone: who is on the list must not show."""
    return render_template("reminders/asked.html", edition=current_edition())


@blueprint.get("/paminnelse/bekrafta/<token>")
def confirm_page(token: str) -> Response:
    """Ask before a request is confirmed: programs that scan mail open its links."""
    return _confirm_page(token, TokenForm(formdata=None), 200)


@blueprint.post("/paminnelse/bekrafta/<token>")
def confirm(token: str) -> BaseResponse:
    form = TokenForm()
    if not form.validate():
        return _confirm_page(token, form, 422)
    if not subscriptions.confirm(token, clock.now()):
        return _confirm_page(token, form, 410)
    return redirect(url_for("reminders.confirm_page", token=token), 303)


def _confirm_page(token: str, form: TokenForm, status: int) -> Response:
    wish = subscriptions.find(token, clock.now())
    context: dict[str, object] = {"edition": current_edition(), "wish": wish, "form": form, "token": token}
    context |= {"consent": rules.CONSENTS[rules.CONSENT], "in_words": rules.days_in_words}
    page = render_template("reminders/confirm.html", **context)
    return Response(page, status if wish else 410, headers=_UNSEEN)


@blueprint.get("/paminnelse/avsluta/<token>")
def leave_page(token: str) -> Response:
    return _leave_page(has_left=False)


@blueprint.post("/paminnelse/avsluta/<token>")
@from_anywhere
def leave(token: str) -> Response:
    """End a subscription, by the button or by the mail program's own (RFC 8058); the answer is the same for any key."""
    subscriptions.end(token)
    return _leave_page(has_left=True)


def _leave_page(has_left: bool) -> Response:
    page = render_template("reminders/leave.html", edition=current_edition(), has_left=has_left)
    return Response(page, headers=_UNSEEN)
