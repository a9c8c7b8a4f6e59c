"""Bar charts as plain numbers: where each bar, line and label stands. Pure; templates and pictures draw them.

Lengths are in units of the drawing, which is 480 wide; y counts downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 16.0, 24.0, 34.0
_STEPS = (1, 2, 5)
_ROOM_FOR_LABEL = 56.0


@dataclass(frozen=True)
class Point:
    """One value: `name` in full for the table, `short` for the axis; `count` None when it is not told."""

    name: str
    short: str
    count: int | None
    told: str = ""

    @property
    def words(self) -> str:
        """The count as the table says it."""
        return self.told or f"{self.count or 0}"


@dataclass(frozen=True)
class Bar:
    """A bar; `label` is empty where labels would stand too close."""

    x: float
    y: float
    width: float
    height: float
    label: str
    is_highest: bool
    count: int


@dataclass(frozen=True)
class Line:
    """A horizontal line at a round number."""

    y: float
    label: int


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    lines: list[Line]
    right: float = WIDTH - _RIGHT
    left: float = _LEFT
    width: float = WIDTH
    height: float = HEIGHT


def columns(points: Sequence[Point]) -> Chart:
    """Standing bars in the order of the points, with three to six lines behind them."""
    counts = [point.count or 0 for point in points]
    ticks = round_numbers(max(counts, default=0))
    floor, room = HEIGHT - _BOTTOM, HEIGHT - _TOP - _BOTTOM
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    every = max(1, -(-int(_ROOM_FOR_LABEL) // max(int(slot), 1)))
    bars = []
    for place, (point, count) in enumerate(zip(points, counts, strict=True)):
        height = round(room * count / ticks[-1], 1)
        width = round(min(slot * 0.72, 40), 1)
        x = round(_LEFT + slot * place + (slot - width) / 2, 1)
        label = point.short if place % every == 0 else ""
        highest = count > 0 and place == counts.index(max(counts))
        bars.append(Bar(x, round(floor - height, 1), width, height, label, highest, count))
    return Chart(bars, [Line(round(floor - room * tick / ticks[-1], 1), tick) for tick in ticks])


def round_numbers(highest: int) -> list[int]:
    """Evenly spaced round numbers from 0 to at least `highest`, three to six of them."""
    step = next(unit * 10**power for power in range(12) for unit in _STEPS if unit * 10**power * 5 >= max(highest, 2))
    return [step * number for number in range(max(2, -(-highest // step)) + 1)]


def in_words(points: Sequence[Point], thing: str) -> str:
    """What the chart shows, for whoever does not see it: the sum, the most and the fewest."""
    known = [(point.count, point.name) for point in points if point.count is not None]
    if not known or not any(count for count, _ in known):
        return f"Inga {thing} ännu."
    most = max(known, key=lambda pair: pair[0])
    fewest = min(known, key=lambda pair: pair[0])
    total = sum(count for count, _ in known)
    if len(known) == 1:
        return f"{total} {thing}: {most[1]}."
    return f"{total} {thing}. Flest: {most[1]}, {most[0]}. Minst: {fewest[1]}, {fewest[0]}."
