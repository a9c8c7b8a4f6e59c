"""Drawings of an edition's own that become part of the calendar's page: a hatch's miniature, and the horizon. Pure.

They may say only what draws: four kinds of shape in colours by name. Those are n (dusk), r (blue), s (white), l (lamp),
y (gold), g (green), f (red) and k (skin), as "n" for a filled shape and "n o" for a line. The horizon has also h1, h2
and h3 (far, nearer, near), wat (water) and sn2 (snow). Anything else in the file, and there is no drawing.
"""

import re

MINIATURE = "miniatyr.svg"
HORIZON = "horisont.svg"
_ATTRIBUTE = r"""(?: (?:d|x|y|cx|cy|r|rx|ry|width|height|stroke-width|transform)="[\w .,()-]*")"""


def _pattern(view_box: str, colours: str) -> re.Pattern[str]:
    shape = rf"""<(?:path|rect|circle|ellipse){_ATTRIBUTE}* class="(?:{colours})(?: o)?"{_ATTRIBUTE}*/>"""
    head = rf"""<svg(?: xmlns="http://www\.w3\.org/2000/svg"| viewBox="{view_box}")+>"""
    return re.compile(rf"{head}\s*((?:{shape}\s*)+)</svg>\s*", re.ASCII)


_MINIATURE = _pattern("0 0 60 82", "[nrslygfk]")
_HORIZON = _pattern("0 0 760 300", "[nrslygfk]|h[123]|wat|sn2")


def shapes(file: bytes) -> str:
    """Return what stands within a miniature's svg element; "" when it says more than it may."""
    return _drawn(_MINIATURE, file)


def horizon(file: bytes) -> str:
    """Return the same of a horizon."""
    return _drawn(_HORIZON, file)


def _drawn(pattern: re.Pattern[str], file: bytes) -> str:
    found = pattern.fullmatch(file.decode("utf-8", "replace"))
    return found[1].strip() if found else ""
