"""What the house in the calendar looks like on a day: candles, snow and light follow the date alone. Pure."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.calendar import schedule
from app.clock import SWEDEN


class House(NamedTuple):
    """How many advent candles burn, how much snow lies (0–4), and what is special about the day."""

    # `lit`: a lamp is on. `finale`: it is Christmas Eve and the door is open. `sign` stands on the tram.

    today: date
    candles: int
    snow: int
    lit: bool
    lucia: bool
    finale: bool
    sign: str


def house_at(year: int, now: datetime) -> House:
    """Return the house of an edition at an instant."""
    number = schedule.todays_number(year, now)
    opened = len(schedule.open_numbers(year, now))
    return House(
        today=now.astimezone(SWEDEN).date(),
        candles=candles(year, now),
        snow=-(-opened // 6),
        lit=opened > 0,
        lucia=number == 13,
        finale=number == 24,
        sign={13: "13 LUCIA", 24: "24 HEM", None: "NYTT ÅR"}.get(number, f"{number} TOMTEN"),
    )


def candles(year: int, now: datetime) -> int:
    """Return how many candles of four burn: one from each Sunday in Advent on, the last of them before 25 December."""
    eve = date(year, 12, 24)
    fourth = eve - timedelta(days=eve.isoweekday() % 7)
    sundays = [fourth - timedelta(weeks=weeks) for weeks in range(4)]
    return sum(now.astimezone(SWEDEN).date() >= sunday for sunday in sundays)
