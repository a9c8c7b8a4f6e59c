"""Readiness: every hatch, the contest and the server, with what is missing or odd and where it is mended."""

from flask import render_template

from app.admin import inspection, moments
from app.admin.guard import blueprint, chosen_edition
from app.calendar.lookup import library


@blueprint.get("/beredskap")
def readiness() -> str:
    edition = chosen_edition()
    found = inspection.findings(edition)
    return render_template(
        "admin/readiness.html",
        edition=edition,
        faults=library().faults,
        findings=found,
        serious=[finding for finding in found if finding.severity != "may"],
        mornings=moments.of_hatches(edition),
    )
