"""Drawings of an edition's own that become part of the calendar's page. Pure."""

# A hatch has a miniature in its window and a figure on the street; the horizon is the edition's. They may say only what
# draws: four kinds of shape in colours by name. Those are n (dusk), r (blue), s (white), l (lamp), y (gold), g (green),
# f (red) and k (skin), as "n" for a filled shape and "n o" for a line. The horizon has also h1, h2 and h3 (far, nearer,
# near), wat (water) and sn2 (snow). A figure has more colours, groups, the scene's light, and a sign that says SKYLT,
# where the day's words go. Anything else in the file, and there is no drawing.

import re
from typing import NamedTuple

MINIATURE = "miniatyr.svg"
FIGURE = "figur.svg"
SIGN = "SKYLT"
HORIZON = "horisont.svg"
_ATTRIBUTE = r"""(?: (?:d|x|y|cx|cy|r|rx|ry|width|height|stroke-width|transform)="[\w .,()-]*")"""


def _pattern(view_box: str, colours: str) -> re.Pattern[str]:
    shape = rf"""<(?:path|rect|circle|ellipse){_ATTRIBUTE}* class="(?:{colours})(?: o)?"{_ATTRIBUTE}*/>"""
    head = rf"""<svg(?: xmlns="http://www\.w3\.org/2000/svg"| viewBox="{view_box}")+>"""
    return re.compile(rf"{head}\s*((?:{shape}\s*)+)</svg>\s*", re.ASCII)


_MINIATURE = _pattern("0 0 60 82", "[nrslygfk]")
_HORIZON = _pattern("0 0 760 300", "[nrslygfk]|h[123]|wat|sn2")


_LINE = r"""(?: stroke-(?:linecap|linejoin)="round"| opacity="[\d.]+")"""
_LETTERS = r"""(?: text-anchor="middle"| font-(?:size|weight)="\d+")"""
_COLOUR = r"""(?: class="(?:[a-ehjkmtuvwnrslygf]|sn)(?: o)?"| fill="url\(#(?:glow|beam|spill)\)")"""
_DRESS = rf"(?:{_ATTRIBUTE}|{_LINE}|{_LETTERS}|{_COLOUR})*"
_PART = rf"<(?:path|rect|circle|ellipse){_DRESS}/>|<g{_DRESS}>|</g>|<text{_DRESS}>{SIGN}</text>"
_FIGURE = re.compile(
    r"""<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="([\d. -]+)" width="([\d.]+em)">"""
    rf"\s*<title>([^<>&]+)</title>\s*((?:(?:{_PART})\s*)+)</svg>\s*",
    re.ASCII,
)


class Figure(NamedTuple):
    """Who or what is on the street: a drawing, how wide it is, and what it is in words."""

    view_box: str
    width: str
    words: str
    shapes: str


def figure(file: bytes) -> Figure | None:
    """Return a hatch's figure; None when the file says more than it may."""
    found = _FIGURE.fullmatch(file.decode("utf-8", "replace"))
    return Figure(*found.groups()) if found and is_balanced(found[4]) else None


def with_words(file: bytes, words: str) -> bytes:
    """Return a figure's file with other words for who or what it is."""
    return re.sub(rb"(?<=<title>)[^<>&]+(?=</title>)", lambda _: words.encode(), file, count=1)


def is_balanced(drawn: str) -> bool:
    """Check that every group ends after it begins."""
    depth = 0
    for tag in re.findall(r"<g\b|</g>", drawn):
        depth += -1 if tag == "</g>" else 1
        if depth < 0:
            return False
    return depth == 0


def shapes(file: bytes) -> str:
    """Return what stands within a miniature's svg element; "" when it says more than it may."""
    return _drawn(_MINIATURE, file)


def horizon(file: bytes) -> str:
    """Return the same of a horizon."""
    return _drawn(_HORIZON, file)


def _drawn(pattern: re.Pattern[str], file: bytes) -> str:
    found = pattern.fullmatch(file.decode("utf-8", "replace"))
    return found[1].strip() if found else ""
