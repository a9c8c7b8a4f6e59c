"""The calendar on a screen that is only looked at: in a lobby, a library, a classroom."""

from datetime import datetime
from typing import Any, Literal

from flask import Response, current_app, render_template, url_for

from app import clock
from app.calendar import house, schedule
from app.calendar.content import NUMBERS
from app.calendar.views import blueprint, current_edition, public_response, qr_code
from app.clock import SWEDEN
from app.web.page_cache import AGEING

# Seconds until the browser asks again by itself: without script midnight is at most that late.
REFRESH = 300
# Seconds that the page is good: it follows the hour too, for night and for the hatches after Christmas.
AGE = 60
NIGHT_BEGINS, NIGHT_ENDS = 22, 6


def public_addresses(_now: datetime) -> dict[str, Literal["ageing"]]:
    """Return the page that is kept in the page cache."""
    return {"/skarm": AGEING}


def is_night(now: datetime) -> bool:
    hour = now.astimezone(SWEDEN).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def shown_number(year: int, now: datetime) -> int | None:
    """Return the hatch to show: today's, after Christmas another each hour, before December none."""
    if schedule.season(year, now) != "after":
        return schedule.todays_number(year, now)
    days, hours = divmod(int(now.timestamp() // 3600), len(NUMBERS))
    # One further each day, so that no hatch falls in the small hours for ever.
    return NUMBERS[(days + hours) % len(NUMBERS)]


@blueprint.get("/skarm")
def screen() -> Response:
    """Today's hatch and the street, without scrolling and without script."""
    edition, now = current_edition(), clock.now()
    year, site = edition.year, current_app.config["PUBLIC_URL"]
    number = shown_number(year, now)
    address = site + (edition.hatch_path(number) if number else url_for("reminders.ask"))
    context: dict[str, Any] = {
        "edition": edition,
        "hatch": edition.hatches[number] if number else None,
        "season": schedule.season(year, now),
        "today": schedule.todays_number(year, now),
        "open_numbers": schedule.open_numbers(year, now),
        "days_left": schedule.days_left(year, now),
        "house": house.house_at(year, now),
        "is_night": is_night(now),
        "address": address,
        "qr": qr_code(address, f"QR-kod till {address}"),
    }
    response = public_response(render_template("calendar/screen.html", **context), age=AGE)
    response.headers["Refresh"] = str(REFRESH)
    return response
