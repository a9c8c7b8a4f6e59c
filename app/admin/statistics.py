"""The numbers of a season for the season's report: charts, tables and files, nothing about a person."""

import csv
import io

from flask import Response, abort, render_template

from app import clock
from app.admin.accounts.guard import as_attachment, blueprint, chosen_edition
from app.calendar.content import Edition
from app.contest.terms import contest_of
from app.draw.status import contest_status
from app.pledges import figures as pledge_figures
from app.statistics import charts, figures
from app.statistics.charts import Figure


def _figures(edition: Edition) -> list[Figure]:
    now = clock.now()
    standing = contest_status(contest, now) if (contest := contest_of(edition)) else None
    return figures.edition_figures(edition, standing, now) + pledge_figures.edition_figures(edition, now)


@blueprint.get("/statistik")
def statistics() -> str:
    edition = chosen_edition()
    return render_template(
        "admin/statistics.html",
        edition=edition,
        figures=_figures(edition),
        drawn=charts.layout_chart,
        in_words=charts.alt_text,
    )


@blueprint.get("/statistik/<figure>/tabell.csv")
def statistics_csv(figure: str) -> Response:
    """A figure as Swedish spreadsheets like it: semicolons and a byte order mark."""
    edition = chosen_edition()
    found = next((each for each in _figures(edition) if each.key == figure), None) or abort(404)
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow((found.of, found.thing.capitalize()))
    writer.writerows((point.name, point.told or point.count) for point in found.points)
    return as_attachment("\ufeff" + sheet.getvalue(), "text/csv", f"{figure}-{edition.year}.csv")
