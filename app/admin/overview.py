"""The overview: what is wrong, where the season stands, the one thing to do next, and the numbers."""

from datetime import timedelta

from flask import abort, current_app, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import demo, readiness
from app.admin.accounts.forms import EmptyForm
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.accounts.roles import may
from app.admin.season import season_status, stages, step_for
from app.calendar import schedule
from app.calendar.gaps import advice
from app.calendar.views import library
from app.contest.terms import FrozenContest, contest_of
from app.draw.status import contest_status
from app.feedback import count_unanswered
from app.outbox import queue, transport
from app.privacy import erasure
from app.statistics import charts, figures

# A mail that has waited longer is worth telling the organiser about.
LATE = timedelta(minutes=30)
_SHOWN = ("luckor", "dagar", "bidrag")


@blueprint.get("/")
def overview() -> str | BaseResponse:
    if may(g.sign_in.organiser.role, "admin.edit_own_municipality"):
        return redirect(url_for("admin.edit_own_municipality"), 303)
    edition = chosen_edition()
    now = clock.now()
    contest = contest_of(edition)
    found = contest_status(contest, now, bool(edition.gaps)) if contest else None
    situation, role = season_status(edition, now), g.sign_in.organiser.role
    mails = queue.count_waiting()
    shown = figures.edition_figures(edition, found, now) if may(role, "admin.statistics") else []
    return render_template(
        "admin/overview.html",
        edition=edition,
        step=step_for(role, situation),
        stages=stages(situation),
        days_left=schedule.days_left(edition.year, now),
        open_numbers=schedule.open_numbers(edition.year, now),
        standing=found,
        faults=library().faults,
        erasure_waits=isinstance(contest, FrozenContest) and erasure.waits_for_decision(contest, now),
        gaps=[readiness.gap_finding(gap, edition.file_contest_number or 0) for gap in edition.gaps],
        advice=advice(contest) if contest else [],
        mails=mails,
        mails_late=mails.since is not None and now - mails.since > LATE,
        mails_as_files=not transport.mail_server(),
        unanswered=count_unanswered(),
        figures=[figure for figure in shown if figure.key in _SHOWN and figure.points],
        drawn=charts.layout_chart,
        in_words=charts.alt_text,
    )


@blueprint.post("/borja-om")
def start_demo_over() -> BaseResponse:
    """Put the demo back to how it was at first."""
    if not current_app.config["DEMO"]:
        abort(404)
    if not EmptyForm().validate():
        abort(400)
    demo.start_over()
    return redirect(url_for("admin.overview", klart="omstart"), 303)
