"""Writers that wait are written together: whoever has the turn writes for all who stand in line.

A commit that survives a power cut costs the same for one as for sixty, so under load they share it. Knows no database.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class Queue(Generic[Item, Result]):
    """`write` puts up to `most` items on disk in one transaction and gives an outcome for each, in their order.

    Those who come while something is written are written together afterwards; `elsewhere` is given that to do, so
    that nobody who is done waits for the others. Errors of the kinds in `everybodys`, which any item would meet, are
    told to all; after any other each item is written by itself, so that a bad one fails alone.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result]],
        everybodys: tuple[type[Exception], ...],
        most: int,
        elsewhere: Callable[[Callable[[], None]], object],
    ) -> None:
        self._write = write
        self._everybodys = everybodys
        self._most = most
        self._elsewhere = elsewhere
        self._line: deque[tuple[Item, Callable[[Result | BaseException], None]]] = deque()
        self._lock = threading.Lock()
        self._busy = False

    def put(self, item: Item) -> Result:
        """Waits until the item is written and returns its outcome, or raises what befell it."""
        told: list[Result | BaseException] = []
        ended = threading.Event()

        def tell(outcome: Result | BaseException) -> None:
            told.append(outcome)
            ended.set()

        if self._is_first(item, tell):
            self._write_line()
        ended.wait()
        if isinstance(told[0], BaseException):
            raise told[0]
        return told[0]

    def put_later(self, item: Item, tell: Callable[[Result | BaseException], None]) -> None:
        """Has the item written elsewhere; `tell` is told its outcome, or what befell it."""
        if self._is_first(item, tell):
            self._elsewhere(self._write_line)

    def _is_first(self, item: Item, tell: Callable[[Result | BaseException], None]) -> bool:
        """Stands in line; whether nobody writes yet, and somebody has to."""
        with self._lock:
            self._line.append((item, tell))
            first, self._busy = not self._busy, True
        return first

    def _write_line(self) -> None:
        with self._lock:
            batch = [self._line.popleft() for _ in range(min(self._most, len(self._line)))]
        outcomes = self._outcomes([item for item, _ in batch])
        with self._lock:
            self._busy = bool(self._line)
            more = self._busy
        if more:
            self._elsewhere(self._write_line)
        for (_, tell), outcome in zip(batch, outcomes, strict=True):
            try:
                tell(outcome)
            except Exception:  # one who cannot be told must not cost the others their answer
                _log.exception("Någon kunde inte få veta hur det gick")

    def _outcomes(self, items: Sequence[Item]) -> Sequence[Result | BaseException]:
        """Leaves nobody without an outcome."""
        try:
            return self._write(items)
        except self._everybodys as error:
            return [error] * len(items)
        except BaseException as error:
            if len(items) == 1 or not isinstance(error, Exception):
                return [error] * len(items)
            return [outcome for item in items for outcome in self._outcomes([item])]
