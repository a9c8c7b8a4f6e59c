"""The overview: where edition and contest stand, and the one thing to do next."""

from datetime import timedelta

from flask import render_template

from app import clock
from app.admin.guard import blueprint, chosen_edition
from app.calendar import hatches
from app.calendar.advice import advice
from app.calendar.lookup import library
from app.draw.standing import standing
from app.mail import delivery, outbox
from app.privacy import erasure, stranded

LATE = timedelta(minutes=30)
"""A mail that has waited longer is worth telling the organiser about."""


@blueprint.get("/")
def overview() -> str:
    edition = chosen_edition()
    now = clock.now()
    mails = outbox.waiting()
    return render_template(
        "admin/overview.html",
        edition=edition,
        season=hatches.season(edition.year, now),
        days_left=hatches.days_left(edition.year, now),
        open_numbers=hatches.open_numbers(edition.year, now),
        contest=edition.contest,
        standing=standing(edition.contest, now, bool(edition.gaps)) if edition.contest else None,
        faults=library().faults,
        stranded=[stranded.in_words(each) for each in stranded.stranded(library().editions.values())],
        erasure_waits=erasure.waits_for_decision(edition, now),
        advice=advice(edition.contest) if edition.contest else [],
        mails=mails,
        mails_late=mails.since is not None and now - mails.since > LATE,
        mails_as_files=not delivery.server(),
    )
