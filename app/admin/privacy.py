"""What the law asks of the organiser: feedback to answer, mails to mind, and data to erase when its time has come."""

import sqlalchemy as sa
from flask import Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import activity_log
from app.admin.accounts.forms import EraseForm, blank_form
from app.admin.accounts.guard import blueprint, chosen_contest, chosen_edition, chosen_frozen
from app.admin.accounts.models import AdminUser
from app.calendar.edition import AUTHORITY
from app.contest.terms import FrozenContest
from app.database import db
from app.draw.files import in_contexts
from app.errors import NotAllowed
from app.feedback import KINDS, Feedback
from app.privacy import archive, erasure
from app.privacy.models import Erasure

_PER_PAGE = 50


@blueprint.get("/aterkoppling")
def feedback() -> str:
    """What people have written, newest first."""
    query = sa.select(Feedback).order_by(Feedback.id.desc()).limit(_PER_PAGE + 1)
    if before := request.args.get("fore", type=int):
        query = query.where(Feedback.id < min(before, 2**31 - 1))
    found = list(db.session.scalars(query))
    return render_template(
        "admin/feedback.html",
        edition=chosen_edition(),
        messages=found[:_PER_PAGE],
        more=found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None,
        kinds=KINDS,
    )


@blueprint.get("/gallring")
def erasure_page() -> tuple[str, int]:
    return render_erasure(blank_form(EraseForm), 200)


@blueprint.post("/gallring")
def erase() -> BaseResponse | tuple[str, int]:
    edition, contest = chosen_frozen()
    form = EraseForm()
    if form.validate():
        try:
            number = g.sign_in.organiser_id
            erasure.erase_contest(contest, f"organisatör {number}", clock.now())
            # The erasure lets go of every connection, and with it of who was read before.
            activity_log.log_action("erased", contest.id, clock.now(), db.session.get(AdminUser, number))
            return redirect(url_for("admin.erasure_page", ar=edition.year), 303)
        except NotAllowed as refused:
            form.refuse(str(refused))
    return render_erasure(form, 422)


def render_erasure(form: EraseForm, status: int) -> tuple[str, int]:
    edition, contest = chosen_contest()
    if not isinstance(contest, FrozenContest):
        return render_template("admin/erasure_later.html", edition=edition, contest=contest), status
    now = clock.now()
    due = erasure.due_at(contest, now)
    return render_template(
        "admin/erasure.html",
        edition=edition,
        contest=contest,
        due=due,
        days_left=erasure.days_left(due, now) if due else None,
        note=erasure.note_of(contest.id),
        record=db.session.get(Erasure, contest.id),
        authority=contest.organisation.kind == AUTHORITY,
        remains="" if erasure.is_cleaned(contest.id) else erasure.REMAINS,
        lacks_decision=erasure.lacks_decision(contest),
        form=form,
    ), status


@blueprint.get("/arkivpaket.zip")
def archive_package() -> Response:
    """All that is to be kept of a contest, made while it is sent."""
    _, contest = chosen_frozen()
    activity_log.log_action("export", f"arkivpaketet för {contest.id}", clock.now())
    response = Response(in_contexts(archive.archive_parts(contest)), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{archive.archive_name(contest)}.zip"'
    return response
