"""Writers that wait are written together: whoever has the turn writes for all who stand in line.

A commit that survives a power cut costs the same for one as for sixty, so under load they share it. Knows no database.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_GATHERING = 0.01
"""Seconds that whoever writes waits for more to come, when others stand in line already: a rush."""


class _Place(Generic[Item, Result]):
    """One writer's place; it is `called` when its outcome is there, or when it is its turn to write."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.called = threading.Event()
        self.settled = False
        self.result: Result
        self.error: BaseException | None = None

    def settle(self, result: Result) -> None:
        self.result, self.settled = result, True

    def fail(self, error: BaseException) -> None:
        self.error, self.settled = error, True


class Queue(Generic[Item, Result]):
    """`write` puts up to `most` items on disk in one transaction and gives an outcome for each, in their order.

    The first in line writes, once, for itself and those behind it; then it is the turn of the next one who is left,
    so nobody waits for ever. An error that `everybodys` says has nothing to do with any one item is told to all; after
    any other each item is written by itself, so that a bad one fails alone.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result]],
        everybodys: type[Exception],
        most: int,
    ) -> None:
        self._write = write
        self._everybodys = everybodys
        self._most = most
        self._line: deque[_Place[Item, Result]] = deque()
        self._lock = threading.Lock()
        self._busy = False

    def put(self, item: Item) -> Result:
        """Waits until the item is written and returns its outcome, or raises what befell it."""
        mine: _Place[Item, Result] = _Place(item)
        with self._lock:
            self._line.append(mine)
            waits, self._busy = self._busy, True
        if waits:
            mine.called.wait()
        if not mine.settled:
            self._take_turn()
        if mine.error:
            raise mine.error
        return mine.result

    def _take_turn(self) -> None:
        if len(self._line) > 1:
            time.sleep(_GATHERING)
        with self._lock:
            batch = [self._line.popleft() for _ in range(min(self._most, len(self._line)))]
        try:
            self._settle(batch)
        finally:
            with self._lock:
                following = self._line[0] if self._line else None
                self._busy = following is not None
            for place in (*batch, *([following] if following else [])):
                place.called.set()

    def _settle(self, batch: Sequence[_Place[Item, Result]]) -> None:
        """Leaves nobody in the batch without an outcome."""
        try:
            for place, result in zip(batch, self._write([place.item for place in batch]), strict=True):
                place.settle(result)
        except self._everybodys as error:
            for place in batch:
                place.fail(error)
        except BaseException as error:
            if len(batch) == 1 or not isinstance(error, Exception):
                for place in batch:
                    place.fail(error)
            else:
                for place in batch:
                    self._settle([place])
