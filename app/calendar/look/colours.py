"""The colours that follow from the wall and the accent that an edition chooses. Pure."""

from collections.abc import Callable
from functools import lru_cache

# What stands on the wall, as in app/static/css/tokens.css: the white frames and the lamplight.
ON_THE_WALL = ("#f6f8fb", "#ffd98a")
# WCAG 1.4.11: what is to be made out has this contrast to what is beside it.
LEAST = 3.0
# What the accent stands on as text or behind it, as in tokens.css, and how much text needs (WCAG 1.4.3).
UNDER_BY_DAY = ("#f6f8fb", "#ffffff", "#e6edf5")
UNDER_BY_NIGHT = ("#0f1930", "#1b2a49", "#14213d")
LEAST_FOR_TEXT = 4.5


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def darken(colour: str, part: float) -> str:
    """Return the colour with `part` of its light left."""
    return "#" + "".join(f"{round(channel * part * 255):02x}" for channel in _channels(colour))


def lighten(colour: str, part: float) -> str:
    """Return the colour with `part` of what it lacks to white left."""
    return "#" + "".join(f"{255 - round((1 - channel) * part * 255):02x}" for channel in _channels(colour))


@lru_cache
def accents(chosen: str) -> tuple[str, str]:
    """Return the accent by day and by night: as chosen, or no darker and no lighter than text needs."""
    return _first_readable(chosen, darken, UNDER_BY_DAY), _first_readable(chosen, lighten, UNDER_BY_NIGHT)


def _first_readable(chosen: str, change: Callable[[str, float], str], under: tuple[str, ...]) -> str:
    tried = (change(chosen, part / 100) for part in range(100, -1, -1))
    return next(c for c in tried if min(contrast(c, each) for each in under) >= LEAST_FOR_TEXT)


def style_sheet(wall: str | None, accent: str | None) -> str:
    """Return the wall with its boards, and the accent, by day and by night."""
    day, night = "", ""
    if wall:
        day += f":root{{--wall:{wall};--wall-board:{darken(wall, 0.8)}}}"
        night += f":root{{--wall:{darken(wall, 0.7)};--wall-board:{darken(wall, 0.54)}}}"
    if accent:
        # On paper all text is black.
        by_day, by_night = (f"@media screen{{:root{{--accent:{each};--link:{each}}}}}" for each in accents(accent))
        day, night = day + by_day, night + by_night
    return f"{day}@media (prefers-color-scheme:dark){{{night}}}"
