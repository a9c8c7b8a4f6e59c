"""How often the next in line has been tried, and whether that is enough to go on to the one after."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from babel.dates import format_date

from app.clock import SWEDEN
from app.database import db
from app.draw.models import Contact

WAYS = ("e-post", "telefon", "brev", "annat")
FEWEST = 2
"""As the rules say: at least twice, and so many days to answer in as the contest gives."""


def attempts(contest_id: str) -> list[Contact]:
    """Every attempt of a contest, in the order of places and then as recorded."""
    query = sa.select(Contact).where(Contact.contest_id == contest_id).order_by(Contact.place, Contact.number)
    return list(db.session.scalars(query))


def days_tried(contest_id: str, place: int) -> list[date]:
    """The days, in Sweden, on which someone tried to reach a place; each once, in order."""
    tried = (attempt.tried_at.astimezone(SWEDEN).date() for attempt in attempts(contest_id) if attempt.place == place)
    return sorted(set(tried))


def too_early(days: Sequence[date], answer_days: int, now: datetime) -> str | None:
    """Why nobody may say "svarar inte" yet, as a Swedish sentence; None when they may.

    `days` are those on which the person was tried.
    """
    rule = f"Skriv till personen minst två olika dagar, och vänta minst {answer_days} dagar från det första försöket."
    if len(days) < FEWEST:
        count = {0: "Inget försök är antecknat", 1: "Försök är antecknade för en dag"}[len(days)]
        return f"{rule} {count}."
    first = days[0] + timedelta(days=answer_days)
    if now.astimezone(SWEDEN).date() < first:
        return f"{rule} Du kan välja ”svarar inte” tidigast {format_date(first, 'd MMMM', locale='sv')}."
    return None
