"""Drawings of an edition's own that become part of the calendar's page. Pure."""

# A hatch has a miniature in its window and a figure on the street; the horizon is the edition's. They may say only what
# draws: four kinds of shape in colours by name. Those are n (dusk), r (blue), s (white), l (lamp), y (gold), g (green),
# f (red) and k (skin), as "n" for a filled shape and "n o" for a line. Figure and horizon have more colours, groups and
# the scene's light; the horizon also h1, h2 and h3 (far, nearer, near), br (near, a line), wat, wl2 and isl (water, its
# waves, an island) and sn2 (snow), the figure a sign that says SKYLT, where the day's words go. Anything else in the
# file, and there is no drawing.

import re
from collections.abc import Mapping
from typing import NamedTuple

MINIATURE = "miniatyr.svg"
FIGURE = "figur.svg"
SIGN = "SKYLT"
HORIZON = "horisont.svg"
# To the right of the house.
HORIZON_RIGHT = "horisont-hoger.svg"
_ATTRIBUTE = r"""(?: (?:d|x|y|cx|cy|r|rx|ry|width|height|stroke-width|transform)="[\w .,()-]*")"""


_SHAPE = rf"""<(?:path|rect|circle|ellipse){_ATTRIBUTE}* class="[nrslygfk](?: o)?"{_ATTRIBUTE}*/>"""
_LINE = r"""(?: stroke-(?:linecap|linejoin)="round"| opacity="[\d.]+")"""
_LETTERS = r"""(?: text-anchor="middle"| font-(?:size|weight)="\d+")"""
_COLOURS = "[a-ehjkmtuvwnrslygf]|sn"


def _dress(colours: str) -> str:
    colour = rf"""(?: class="(?:{colours})(?: o)?"| fill="url\(#(?:glow|beam|spill)\)")"""
    return rf"(?:{_ATTRIBUTE}|{_LINE}|{_LETTERS}|{colour})*"


def _part(colours: str) -> str:
    """Return the pattern of a shape in some colours, or of where a group begins or ends."""
    return rf"<(?:path|rect|circle|ellipse){_dress(colours)}/>|<g{_dress(colours)}>|</g>"


def _drawing(view_box: str, part: str) -> re.Pattern[str]:
    head = rf"""<svg(?: xmlns="http://www\.w3\.org/2000/svg"| viewBox="{view_box}")+>"""
    return re.compile(rf"{head}\s*((?:(?:{part})\s*)+)</svg>\s*", re.ASCII)


_SCENERY = _part(rf"{_COLOURS}|sn2|h[123]|br|wat|wl2|isl")
_DRAWINGS = {
    MINIATURE: _drawing("0 0 60 82", _SHAPE),
    HORIZON: _drawing("0 0 760 300", _SCENERY),
    HORIZON_RIGHT: _drawing("0 0 300 260", _SCENERY),
}
_FIGURE = re.compile(
    r"""<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="([\d. -]+)" width="([\d.]+em)">"""
    rf"\s*<title>([^<>&]+)</title>\s*((?:(?:{_part(_COLOURS)}|<text{_dress(_COLOURS)}>{SIGN}</text>)\s*)+)</svg>\s*",
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


def shapes(name: str, images: Mapping[str, bytes]) -> str:
    """Return what stands within the svg element of a drawing by its name; "" when it says more than it may."""
    found = _DRAWINGS[name].fullmatch(images.get(name, b"").decode("utf-8", "replace"))
    return found[1].strip() if found and is_balanced(found[1]) else ""
