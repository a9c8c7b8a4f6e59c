"""The organisers' numbers of what readers answer, try and keep."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from app.calendar import schedule
from app.calendar.content import Edition
from app.contest.lookup import municipality_names
from app.pledges import results
from app.pledges.counter import replies_of
from app.pledges.models import Reply
from app.statistics.charts import Figure, Point
from app.statistics.figures import per_municipality


def edition_figures(edition: Edition, now: datetime) -> list[Figure]:
    """Return every figure of an edition's answers, pledges and January."""
    year, replies = edition.year, replies_of(edition.year)
    numbers = schedule.open_numbers(year, now)
    pledges, kept = results.by_hatch(replies, "pledge"), results.by_hatch(replies, "kept")
    answers = {number: results.count_answers(replies, year, number, edition.hatches[number].file) for number in numbers}
    found = [
        per_hatch("svar", "Svar på ”Vad tror du?”", "svar", {n: each.total for n, each in answers.items()}),
        per_hatch(
            "ratt", "Rätt på ”Vad tror du?”", "rätt", {n: each.chosen[each.right] for n, each in answers.items()}
        ),
        per_hatch("testar", "”Jag testar”", "tryckningar", {n: pledges[n] for n in numbers}),
        per_municipality(by_municipality(replies), "testar-kommuner", "”Jag testar”", "tryckningar"),
    ]
    if now >= schedule.follow_up(year)[0]:
        found.append(per_hatch("gor-fortfarande", "Gör fortfarande", "kryss", {n: kept[n] for n in numbers}))
    return found


def per_hatch(key: str, title: str, thing: str, counts: Mapping[int, int]) -> Figure:
    points = [Point(f"lucka {number}", str(number), count) for number, count in counts.items()]
    return Figure(key, f"{title} per lucka", "Lucka", thing, points)


def by_municipality(replies: Counter[Reply]) -> dict[str, int]:
    names = municipality_names()
    return {
        names.get(reply.choice, reply.choice): count for reply, count in replies.items() if reply.kind == "municipality"
    }
