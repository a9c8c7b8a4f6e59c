"""Gathers the figures of an edition: what is stored, and what this process has counted in the last minute."""

from datetime import date, datetime

from flask import current_app

from app.calendar import hatches
from app.calendar.hatches import Edition
from app.contest import counts
from app.contest.municipalities import MUNICIPALITIES
from app.draw.status import Standing
from app.statistics import figures, models
from app.statistics.charts import Figure
from app.statistics.counting import Tally


def shown(year: int) -> dict[tuple[int, date], int]:
    """Times shown, by hatch and day."""
    tally: Tally = current_app.extensions["tally"]
    counts = models.stored(year)
    for ((of_year, number), day), count in tally.waiting().items():
        if of_year == year:
            counts[number, day] = counts.get((number, day), 0) + count
    return counts


def by_municipality(contest_id: str) -> dict[str, int]:
    """Entries by the municipality's name, struck ones too."""
    return {MUNICIPALITIES.get(code, code): count for code, count in counts.by("municipality", contest_id).items()}


def of_edition(edition: Edition, standing: Standing | None, now: datetime) -> list[Figure]:
    """Every figure of an edition; those of the contest only when there is one."""
    counts = shown(edition.year)
    newest = max(hatches.open_numbers(edition.year, now), default=0)
    found = [figures.per_hatch(counts, newest), figures.per_day(counts), figures.of_calendar(counts)]
    if standing:
        found += [
            figures.entries_per_day(standing.per_day),
            figures.per_municipality(by_municipality(standing.contest_id)),
        ]
    return found
