"""Writers that wait are written together: the first in line writes for all who stand behind."""

# A commit that survives a power cut costs the same for one as for eight. Knows no database.

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# Seconds that the first in line waits for others, who come while it does. Without it every second batch of a rush is of
# one, and an entry takes a tenth more of the processor.
GATHERS = 0.001


class _Place(Generic[Item, Result]):
    """An item in line, and how writing it ended."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.outcome: Result | BaseException
        self.is_written = False
        # Set once it is written, or is the one to write.
        self.is_called = threading.Event()


class BatchWriter(Generic[Item, Result]):
    """`write` puts items on disk in one transaction and gives a result for each, in their order."""

    # An error of `shared_errors`, which any item would meet, is raised for all; after any other each item is written by
    # itself, so that a bad one fails alone.

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Sequence[Result]],
        shared_errors: tuple[type[Exception], ...],
        max_batch: int,
    ) -> None:
        self._write = write
        self._shared_errors = shared_errors
        self._max_batch = max_batch
        self._line: deque[_Place[Item, Result]] = deque()
        self._lock = threading.Lock()
        self._is_writing = False

    def submit(self, item: Item) -> Result:
        """Wait until the item is written and return its result, or raise what befell it."""
        place = _Place[Item, Result](item)
        with self._lock:
            self._line.append(place)
            is_first, self._is_writing = not self._is_writing, True
        if not is_first:
            place.is_called.wait()
        if not place.is_written:
            self._write_next()
        if isinstance(place.outcome, BaseException):
            raise place.outcome
        return place.outcome

    def _write_next(self) -> None:
        """Write what stands in line, and call the next to write."""
        time.sleep(GATHERS)
        with self._lock:
            batch = [self._line.popleft() for _ in range(min(self._max_batch, len(self._line)))]
        outcomes = self._outcomes([place.item for place in batch])
        for place, outcome in zip(batch, outcomes, strict=True):
            place.outcome, place.is_written = outcome, True
            place.is_called.set()
        with self._lock:
            if self._line:
                self._line[0].is_called.set()
            else:
                self._is_writing = False

    def _outcomes(self, items: Sequence[Item]) -> Sequence[Result | BaseException]:
        try:
            return self._write(items)
        except self._shared_errors as error:
            return [error] * len(items)
        except BaseException as error:
            if len(items) == 1 or not isinstance(error, Exception):
                return [error] * len(items)
            return [outcome for item in items for outcome in self._outcomes([item])]
