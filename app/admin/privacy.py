"""What the law asks of the organiser: feedback to answer, mails to mind, and data to erase when its time has come."""

import sqlalchemy as sa
from flask import Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import activity_log
from app.admin.accounts.forms import EmptyForm, EraseForm, blank_form
from app.admin.accounts.guard import as_attachment, blueprint, chosen_contest, chosen_edition, chosen_frozen
from app.admin.accounts.models import AdminUser
from app.calendar.edition import AUTHORITY
from app.contest.terms import FrozenContest
from app.database import begin_write, db
from app.draw.files import in_contexts
from app.errors import NotAllowed
from app.feedback import DECISIONS, KINDS, REQUEST, Feedback
from app.privacy import archive, erasure
from app.privacy.models import Erasure
from app.text import clean

_PER_PAGE = 50
LONGEST_NUMBER = 60


@blueprint.get("/aterkoppling")
def feedback() -> str:
    """What people have written, newest first."""
    return render_feedback()


def render_feedback(wrong: dict[int, str] | None = None) -> str:
    query = sa.select(Feedback).order_by(Feedback.id.desc()).limit(_PER_PAGE + 1)
    if before := request.args.get("fore", type=int):
        query = query.where(Feedback.id < min(before, 2**31 - 1))
    found = list(db.session.scalars(query))
    accounts = sa.select(AdminUser.id, AdminUser.email).where(AdminUser.id.in_({each.answered_by for each in found}))
    return render_template(
        "admin/feedback.html",
        edition=chosen_edition(),
        messages=found[:_PER_PAGE],
        more=found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None,
        kinds=KINDS,
        accounts=dict(db.session.execute(accounts).all()),
        decisions=DECISIONS,
        wrong=wrong or {},
        button=blank_form(EmptyForm),
    )


@blueprint.post("/aterkoppling/<int:message_id>")
def mark_answered(message_id: int) -> BaseResponse | tuple[str, int]:
    """Note that a message is answered, or that it is not after all."""
    edition = chosen_edition()
    if not EmptyForm().validate():
        abort(400)
    number, decision = clean(request.form.get("diarienummer")), request.form.get("beslut")
    if len(number) > LONGEST_NUMBER:
        return render_feedback({message_id: f"Skriv diarienumret med högst {LONGEST_NUMBER} tecken."}), 422
    begin_write()
    message = db.session.get(Feedback, message_id) or abort(404)
    is_answered = "besvarad" in request.form
    if message.kind == REQUEST and is_answered:
        message.register_number = number or None
        message.decision = decision if decision in DECISIONS else None
    message.answered_at = clock.now() if is_answered else None
    message.answered_by = g.sign_in.organiser_id if is_answered else None
    db.session.commit()
    return redirect(url_for("admin.feedback", ar=edition.year, _anchor=f"synpunkt-{message_id}"), 303)


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
    parts = in_contexts(archive.archive_parts(contest))
    return as_attachment(parts, "application/zip", f"{archive.archive_name(contest)}.zip")
