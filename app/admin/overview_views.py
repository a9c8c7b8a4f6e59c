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
from app.contest.terms import FrozenContest, contest_of
from app.draw.status import Standing, standing
from app.mail import outbox, post
from app.privacy import erasure
from app.statistics import charts, summary
from app.statistics.charts import Figure

LATE = timedelta(minutes=30)
"""A mail that has waited longer is worth telling the organiser about."""
_SHOWN = ("luckor", "dagar", "bidrag")


@blueprint.get("/")
def overview() -> str:
    edition = chosen_edition()
    now = clock.now()
    contest = contest_of(edition)
    found = standing(contest, now, bool(edition.gaps)) if contest else None
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
        erasure_waits=isinstance(contest, FrozenContest) and erasure.waits_for_decision(contest, now),
        gaps=[readiness.of_gap(gap, edition.file_contest_number or 0) for gap in edition.gaps],
        advice=advice(contest) if contest else [],
        mails=mails,
        mails_late=mails.since is not None and now - mails.since > LATE,
        mails_as_files=not post.server(),
        figures=_figures(edition, found, now) if may(role, "admin.statistics") else [],
        drawn=charts.drawn,
        in_words=charts.in_words,
    )


def _figures(edition: Edition, found: Standing | None, now: datetime) -> list[Figure]:
    return [figure for figure in summary.of_edition(edition, found, now) if figure.key in _SHOWN and figure.points]


def _situation(edition: Edition, found: Standing | None, now: datetime) -> season.Situation:
    contest = contest_of(edition)
    frozen = contest if isinstance(contest, FrozenContest) else None
    return season.Situation(
        edition=edition,
        contest=contest,
        now=now,
        state=found.state if found else "",
        faults=len(library().faults),
        # It reads files and follows links, and is asked about before December only.
        musts=_musts(edition) if hatches.season(edition.year, now) == "before" else 0,
        draw_at=found.lock.draw_at if found and found.lock else None,
        erase_at=erasure.due_at(frozen, now) if frozen else None,
        erased=bool(frozen and erasure.is_erased(frozen.id)),
        undecided=bool(frozen and erasure.lacks_decision(frozen)),
    )


def _musts(edition: Edition) -> int:
    return sum(finding.severity == "must" for finding in inspection.findings(edition))
