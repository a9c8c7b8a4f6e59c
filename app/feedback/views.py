"""The accessibility statement, and the form on it by which anyone can tell us what does not work."""

import logging

from flask import Blueprint, Response, redirect, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar.lookup import current_edition
from app.database import db, write
from app.feedback.forms import FeedbackForm
from app.feedback.models import Feedback
from app.web.limits import TooMany, spend

blueprint = Blueprint("feedback", __name__)
_log = logging.getLogger(__name__)


@blueprint.after_request
def never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/tillganglighet")
def statement() -> tuple[str, int]:
    return _page(FeedbackForm(formdata=None), 200)


@blueprint.post("/tillganglighet")
def send() -> BaseResponse | tuple[str, int]:
    form = FeedbackForm()
    try:
        spend("synpunkt", each="20 per 10 minutes", together="300 per 10 minutes")
    except TooMany:
        return _page(form, 429, "limit")
    if not form.validate():
        return _page(form, 422)
    try:
        write()
        db.session.add(
            Feedback(
                received_at=clock.now(),
                kind=form.kind.data,
                message=form.message.data,
                reply_to=form.reply_to.data or None,
            )
        )
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("En synpunkt kunde inte sparas")
        return _page(form, 503, "not-saved")
    return redirect(url_for("feedback.thanks"), 303)


@blueprint.get("/tillganglighet/tack")
def thanks() -> str:
    return render_template("feedback/thanks.html", edition=current_edition())


def _page(form: FeedbackForm, status: int, trouble: str = "") -> tuple[str, int]:
    return render_template("feedback/statement.html", edition=current_edition(), form=form, trouble=trouble), status
