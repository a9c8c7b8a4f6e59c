"""The moments of a season that are worth a look beforehand. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.calendar.hatches import NUMBERS, Edition
from app.calendar.schema import Contest
from app.clock import SWEDEN

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Moment:
    """A Swedish name, an instant and the page to look at, without its first slash."""

    name: str
    instant: datetime
    path: str


def of(edition: Edition, contest: Contest | None, number: int | None) -> list[Moment]:
    """Before and after the hatches, and the turns of the contest, in the order of time."""
    year = edition.year
    found = [
        Moment("En vecka före", datetime(year, 11, 24, 8, tzinfo=SWEDEN), ""),
        Moment("Minuten före första luckan", datetime(year, 11, 30, 23, 59, tzinfo=SWEDEN), ""),
        Moment("Juldagen", datetime(year, 12, 25, 8, tzinfo=SWEDEN), ""),
    ]
    if contest:
        hatch = f"{year}/lucka/{number}"
        found += [
            Moment("Tävlingen öppnar", contest.opens, hatch),
            Moment("Formuläret i tävlingen", contest.opens, f"{hatch}/tavla"),
            Moment("Tävlingen har stängt", (contest.closes + _MINUTE).replace(second=0), hatch),
            Moment("Dragningens sida när tiden har kommit", contest.draw_at, f"{year}/dragning"),
        ]
    return sorted(found, key=lambda moment: moment.instant)


def of_hatches(edition: Edition) -> list[tuple[int, datetime, str]]:
    """Each hatch on its morning: (number, instant, path)."""
    return [
        (number, datetime(edition.year, 12, number, 8, tzinfo=SWEDEN), f"{edition.year}/lucka/{number}")
        for number in NUMBERS
    ]
