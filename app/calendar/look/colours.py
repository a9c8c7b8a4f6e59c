"""The colours that follow from the wall that an edition chooses. Pure."""

# What stands on the wall, as in app/static/css/tokens.css: the white frames and the lamplight.
ON_THE_WALL = ("#f6f8fb", "#ffd98a")
# WCAG 1.4.11: what is to be made out has this contrast to what is beside it.
LEAST = 3.0


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


def style_sheet(wall: str) -> str:
    """Return the wall by day and by night, with its boards."""
    day = f":root{{--wall:{wall};--wall-board:{darken(wall, 0.8)}}}"
    night = f":root{{--wall:{darken(wall, 0.7)};--wall-board:{darken(wall, 0.54)}}}"
    return f"{day}@media (prefers-color-scheme:dark){{{night}}}"
