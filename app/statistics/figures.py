"""The numbers that are shown of a season, none of them about a person. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask import current_app

from app.calendar import schedule
from app.calendar.content import Edition
from app.contest import store
from app.contest.lookup import municipality_names
from app.draw.status import ContestStatus
from app.statistics import counter
from app.statistics.charts import Figure, Point
from app.statistics.counter import HitCounter

# A smaller group is never given by number: a person could be recognised in it.
FEWEST = 5
FEW = f"färre än {FEWEST}"
WITHHELD = "visas inte"


def hatch_series(counts: Mapping[tuple[int, date], int], newest: int) -> Figure:
    """Return how often each hatch up to `newest` has been shown."""
    sums = dict.fromkeys(range(1, newest + 1), 0)
    for (number, _), count in counts.items():
        if number in sums:
            sums[number] += count
    points = [Point(f"lucka {number}", str(number), count) for number, count in sums.items()]
    return Figure("luckor", "Visningar per lucka", "Lucka", "visningar", points)


def day_series(counts: Mapping[tuple[int, date], int]) -> Figure:
    """Return how often hatches have been shown, by day, all of them together."""
    sums: dict[date, int] = {}
    for (number, day), count in counts.items():
        if number:
            sums[day] = sums.get(day, 0) + count
    return Figure("dagar", "Visningar av luckor per dag", "Dag", "visningar", days_of(sums))


def calendar_series(counts: Mapping[tuple[int, date], int]) -> Figure:
    """Return how often the calendar itself has been shown, by day."""
    sums = {day: count for (number, day), count in counts.items() if not number}
    return Figure("kalendern", "Visningar av kalenderns förstasida per dag", "Dag", "visningar", days_of(sums))


def entries_per_day(counts: Mapping[date, int]) -> Figure:
    return Figure("bidrag", "Tävlingssvar per dag", "Dag", "svar", days_of(counts))


def per_municipality(
    counts: Mapping[str, int], key: str = "kommuner", title: str = "Tävlingssvar", thing: str = "svar"
) -> Figure:
    """Return `thing` by municipality (name to number), the most first; small groups without their number."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    hidden = withheld(counts)
    points = [
        Point(name, name, None, FEW if count < FEWEST else WITHHELD) if name in hidden else Point(name, name, count)
        for name, count in sorted(ordered, key=lambda pair: pair[0] in hidden)
    ]
    note = f"En kommun med färre än {FEWEST} {thing} visas utan antal, så att ingen kan kännas igen."
    return Figure(key, f"{title} per kommun", "Kommun", thing, points, note, lying=True)


def withheld(counts: Mapping[str, int]) -> set[str]:
    """Return the names whose number is not told: the small ones, and one more when the total would give them away."""
    ordered = sorted(counts, key=lambda name: (counts[name], name))
    hidden = [name for name in ordered if counts[name] < FEWEST]
    total = sum(counts[name] for name in hidden)
    # With the total known, one unknown is known; so are two or three that are all at their least or their most.
    if hidden and (len(hidden) == 1 or total in (len(hidden), len(hidden) * (FEWEST - 1))):
        hidden = ordered[: len(hidden) + 1]
    return set(hidden)


def days_of(counts: Mapping[date, int]) -> list[Point]:
    """Return a point for every day from the first to the last, also those when nothing happened."""
    length = (max(counts) - min(counts)).days + 1 if counts else 0
    days = [min(counts) + timedelta(days=number) for number in range(length)]
    return [
        Point(format_date(day, "EEEE d MMMM y", locale="sv"), format_date(day, "d/M", locale="sv"), counts.get(day, 0))
        for day in days
    ]


def counts_shown(year: int) -> dict[tuple[int, date], int]:
    """Return times shown, by hatch and day."""
    tally: HitCounter = current_app.extensions["tally"]
    counts = counter.stored_counts(year)
    for ((of_year, number), day), count in tally.waiting().items():
        if of_year == year:
            counts[number, day] = counts.get((number, day), 0) + count
    return counts


def by_municipality(contest_id: str) -> dict[str, int]:
    """Return entries by the municipality's name, struck ones too."""
    names = municipality_names()
    return {names.get(code, code): count for code, count in store.count_by("municipality", contest_id).items()}


def edition_figures(edition: Edition, standing: ContestStatus | None, now: datetime) -> list[Figure]:
    """Return every figure of an edition; those of the contest only when there is one."""
    counts = counts_shown(edition.year)
    newest = max(schedule.open_numbers(edition.year, now), default=0)
    found = [hatch_series(counts, newest), day_series(counts), calendar_series(counts)]
    if standing:
        found += [
            entries_per_day(standing.per_day),
            per_municipality(by_municipality(standing.contest_id)),
        ]
    return found
