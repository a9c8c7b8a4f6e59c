"""A chart as a PNG for a report, from the same numbers and with the same colours as on the page."""

import io
import re
from pathlib import Path

import font_source_sans_pro
from PIL import Image, ImageColor, ImageDraw, ImageFont

from app.statistics.charts import Chart, Figure, drawn

_SCALE = 3
_MARGIN, _HEADING = 20.0, 46.0
_TOKENS = Path(__file__).parent.parent / "static" / "css" / "tokens.css"
_FONT = font_source_sans_pro.font_files_ttf["SourceSansPro"]
"""Source Sans from its package: Pillow's own font lacks å, ä and ö."""
_ANCHORS = {"number": "rs", "name": "rs", "label": "ms", "top": "ms", "value": "ls"}
"""Pillow's anchors, by the kind of text: right, middle or left of the point, on the line of writing."""


def png(figure: Figure) -> bytes:
    """The figure's chart with its title above, 1560 pixels wide."""
    chart = drawn(figure)
    size = _scaled(chart.width + 2 * _MARGIN, chart.height + _HEADING + 2 * _MARGIN)
    picture = Image.new("RGB", size, _colour("surface"))
    pen = ImageDraw.Draw(picture)
    pen.text(_scaled(_MARGIN, _MARGIN), figure.title, _colour("text"), _font(20))
    _draw(pen, chart)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw(pen: ImageDraw.ImageDraw, chart: Chart) -> None:
    across, down = _MARGIN, _MARGIN + _HEADING
    for place, y in enumerate(chart.lines):
        colour = _colour("sunken" if place else "line")
        pen.line((_scaled(chart.left + across, y + down), _scaled(chart.right + across, y + down)), colour, _SCALE)
    for bar in chart.bars:
        corner = _scaled(bar.x + across, bar.y + down)
        opposite = _scaled(bar.x + bar.width + across, bar.y + bar.height + down)
        pen.rectangle((corner, opposite), _colour("accent" if bar.is_highest else "line"))
    font = _font(15)
    for text in chart.texts:
        colour = _colour("quiet" if text.kind in ("number", "label") else "text")
        pen.text(_scaled(text.x + across, text.y + down), text.words, colour, font, _ANCHORS[text.kind])


def _scaled(x: float, y: float) -> tuple[int, int]:
    return round(x * _SCALE), round(y * _SCALE)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, size * _SCALE)


def _colour(name: str) -> tuple[int, ...]:
    """A colour of the light scheme, which stands first in the tokens."""
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", _TOKENS.read_text())
    if found is None:
        raise LookupError(name)
    return ImageColor.getrgb(found[1])
