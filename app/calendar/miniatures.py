"""The small picture that a read window shows. Pure."""

# It becomes part of the calendar's own page, so it may say only what draws: three kinds of shape in eight colours by
# name. Those are n (dusk), r (blue), s (white), l (lamp), y (gold), g (green), f (red) and k (skin), as "n" for a
# filled shape and "n o" for a line. Anything else in the file, and there is no miniature.

import re

NAME = "miniatyr.svg"
_ATTRIBUTE = r"""(?: (?:d|x|y|cx|cy|r|rx|ry|width|height|stroke-width|transform)="[\w .,()-]*")"""
_SHAPE = rf"""<(?:path|rect|circle|ellipse){_ATTRIBUTE}* class="[nrslygfk](?: o)?"{_ATTRIBUTE}*/>"""
_FILE = re.compile(
    rf"""<svg(?: xmlns="http://www\.w3\.org/2000/svg"| viewBox="0 0 60 82")+>\s*((?:{_SHAPE}\s*)+)</svg>\s*""", re.ASCII
)


def shapes(file: bytes) -> str:
    """Return what stands within a miniature's svg element; "" when it says more than it may."""
    found = _FILE.fullmatch(file.decode("utf-8", "replace"))
    return found[1].strip() if found else ""
