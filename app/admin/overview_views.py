"""The overview: what is wrong, where the season stands, the one thing to do next, and the numbers."""

from datetime import datetime, timedelta

from flask import g, render_template

from app import clock
from app.admin import inspection, readiness, season
from app.admin.guard import blueprint, chosen_edition
from app.admin.roles import may
from app.calendar import hatches
from app.calendar.advice import advice
from app.calendar.hatches import Edition
from app.calendar.lookup import library
from app.draw.standing import Standing, standing
from app.mail import delivery, outbox
from app.privacy import erasure, stranded
from app.statistics import charts, summary
from app.statistics.charts import Figure

LATE = timedelta(minutes=30)
"""A mail that has waited longer is worth telling the organiser about."""
_SHOWN = ("luckor", "dagar", "bidrag")


@blueprint.get("/")
def overview() -> str:
    edition = chosen_edition()
    now = clock.now()
    found = standing(edition.contest, now, bool(edition.gaps)) if edition.contest else None
    situation, role = _situation(edition, found, now), g.sign_in.organiser.role
    mails = outbox.waiting()
    return render_template(
        "admin/overview.html",
        edition=edition,
        step=season.step_for(role, situation),
        stages=season.stages(situation),
        days_left=hatches.days_left(edition.year, now),
        open_numbers=hatches.open_numbers(edition.year, now),
        standing=found,
        faults=library().faults,
        stranded=[stranded.in_words(each) for each in stranded.stranded(library().editions.values())],
        erasure_waits=erasure.waits_for_decision(edition, now),
        gaps=[readiness.of_gap(gap, edition.contest_number or 0) for gap in edition.gaps],
        advice=advice(edition.contest) if edition.contest else [],
        mails=mails,
        mails_late=mails.since is not None and now - mails.since > LATE,
        mails_as_files=not delivery.server(),
        figures=_figures(edition, found, now) if may(role, "admin.statistics") else [],
        drawn=charts.drawn,
        in_words=charts.in_words,
    )


def _figures(edition: Edition, found: Standing | None, now: datetime) -> list[Figure]:
    return [figure for figure in summary.of_edition(edition, found, now) if figure.key in _SHOWN and figure.points]


def _situation(edition: Edition, found: Standing | None, now: datetime) -> season.Situation:
    contest = edition.contest
    return season.Situation(
        edition=edition,
        now=now,
        state=found.state if found else "",
        faults=len(library().faults),
        # It reads files and follows links, and is asked about before December only.
        musts=_musts(edition) if hatches.season(edition.year, now) == "before" else 0,
        draw_at=found.lock.draw_at if found and found.lock else None,
        erase_at=erasure.due_at(contest, now) if contest else None,
        erased=bool(contest and erasure.is_erased(contest.id)),
        undecided=erasure.lacks_decision(edition),
    )


def _musts(edition: Edition) -> int:
    return sum(finding.severity == "must" for finding in inspection.findings(edition))
