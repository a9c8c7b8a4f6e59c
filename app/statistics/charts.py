"""Bar charts as plain numbers: where each bar, line and label stands. Pure; templates and pictures draw them."""

# Lengths are in units of the drawing, which is 480 wide; y counts downwards.

import math
from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal

WIDTH, HEIGHT = 480.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 16.0, 24.0, 34.0
_STEPS = (1, 2, 5)
_NAMES, _NUMBERS, _ROW = 170.0, 70.0, 30.0
_ROOM_FOR_LABEL = 72.0


@dataclass(frozen=True)
class Point:
    """One value: `name` in full for the table, `short` for the axis; `count` None when only `told` is said."""

    name: str
    short: str
    count: int | None
    told: str = ""


@dataclass(frozen=True)
class Figure:
    """A named set of numbers: `key` stands in addresses, `of` is what one point is, `thing` what is counted."""

    key: str
    title: str
    of: str
    thing: str
    points: list[Point]
    note: str = ""
    lying: bool = False


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    is_highest: bool = False


@dataclass(frozen=True)
class Text:
    """Words at a point: a "number" or "name" ends there, a "label" or "top" is centred, a "value" begins there."""

    x: float
    y: float
    words: str
    kind: str


@dataclass(frozen=True)
class Chart:
    """`lines` are the heights of horizontal lines from `left` to `right`, the first of them the floor."""

    bars: list[Bar]
    lines: list[float]
    texts: list[Text]
    height: float = HEIGHT
    width: float = WIDTH
    left: float = _LEFT
    right: float = WIDTH - _RIGHT


def layout_chart(figure: Figure) -> Chart:
    """Return the figure as a chart: lying bars beside names, standing bars along a row of days or hatches."""
    return lying_bars(figure.points) if figure.lying else standing_bars(figure.points)


def standing_bars(points: Sequence[Point]) -> Chart:
    """Standing bars in the order of the points, with three to six lines behind them."""
    counts = [point.count or 0 for point in points]
    ticks = round_numbers(max(counts, default=0))
    floor, room = HEIGHT - _BOTTOM, HEIGHT - _TOP - _BOTTOM
    lines = [round(floor - room * tick / ticks[-1], 1) for tick in ticks]
    texts = [Text(_LEFT - 8, y + 5, _grouped(tick), "number") for y, tick in zip(lines, ticks, strict=True)]
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    every = max(1, math.ceil(_ROOM_FOR_LABEL / slot))
    bars = []
    for place, (point, count) in enumerate(zip(points, counts, strict=True)):
        height, width = round(room * count / ticks[-1], 1), round(min(slot * 0.72, 40), 1)
        middle = round(_LEFT + slot * (place + 0.5), 1)
        highest = count > 0 and place == counts.index(max(counts))
        bars.append(Bar(round(middle - width / 2, 1), round(floor - height, 1), width, height, highest))
        if place % every == 0:
            texts.append(Text(middle, HEIGHT - 10, point.short, "label"))
        if highest:
            within = min(max(middle, _LEFT + 24), WIDTH - _RIGHT - 24)
            texts.append(Text(within, round(floor - height - 6, 1), _grouped(count), "top"))
    return Chart(bars, lines, texts)


def lying_bars(points: Sequence[Point]) -> Chart:
    """Lying bars, one below the other, each between its name and its number."""
    highest = max((point.count or 0 for point in points), default=0)
    bars, texts = [], []
    for place, point in enumerate(points):
        y = round(place * _ROW + 4, 1)
        width = round((WIDTH - _NAMES - _NUMBERS) * (point.count or 0) / max(highest, 1), 1)
        if point.count:
            bars.append(Bar(_NAMES, y, width, _ROW - 8, place == 0))
        texts.append(Text(_NAMES - 8, y + 16, point.short, "name"))
        texts.append(Text(_NAMES + width + 8, y + 16, point.told or _grouped(point.count or 0), "value"))
    return Chart(bars, [], texts, height=max(len(points), 1) * _ROW)


def _grouped(number: int) -> str:
    return str(format_decimal(number, locale="sv"))


def round_numbers(highest: int) -> list[int]:
    """Return evenly spaced round numbers from 0 to at least `highest`, three to six of them."""
    step = next(unit * 10**power for power in range(12) for unit in _STEPS if unit * 10**power * 5 >= max(highest, 2))
    return [step * number for number in range(max(2, -(-highest // step)) + 1)]


def alt_text(figure: Figure) -> str:
    """Return the chart's text alternative: the sum, the most and the fewest."""
    # No sum where a part is not told, for it would tell that part.
    known = [(point.count, point.name) for point in figure.points if point.count is not None]
    if not any(count for count, _ in known):
        return f"Inga {figure.thing} ännu."
    most, fewest = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    shown = sum(count for count, _ in known)
    # One visning, two visningar; bidrag is the same in both.
    total = f"{_grouped(shown)} {figure.thing.removesuffix('ar') if shown == 1 else figure.thing}"
    if untold := len(figure.points) - len(known):
        return f"Flest: {most[1]}, {_grouped(most[0])}. {untold} visas utan antal."
    if len(known) == 1:
        return f"{total}: {most[1]}."
    return f"{total}. Flest: {most[1]}, {_grouped(most[0])}. Minst: {fewest[1]}, {_grouped(fewest[0])}."
