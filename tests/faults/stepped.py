"""The calendar for a real server, on a clock that a test steps while it serves: tests.faults.stepped:app.

All worker processes share the clock, so the test knows what they show; each writes down the pages that it makes.
"""

import mmap
import os
import struct
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, template_rendered

from app import clock, create_app
from app.clock import Clock


class SharedClock(Clock):
    """The host's clock and as many seconds as a file of eight bytes says, in every process that opens the file."""

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self._ahead_of_host = mmap.mmap(opened.fileno(), 8)

    def set(self, instant: datetime) -> None:
        """It is this instant now, and the clock runs on from there."""
        struct.pack_into("d", self._ahead_of_host, 0, instant.timestamp() - time.time())

    def timestamp(self) -> float:
        return time.time() + float(struct.unpack_from("d", self._ahead_of_host)[0])

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp(), UTC)


def make() -> Flask:
    """The app on the clock of the file in TEST_CLOCK; beside it, `made` has a line for each page: who, what, of when,
    and when."""
    file = Path(os.environ["TEST_CLOCK"])
    shared = SharedClock(file)
    made = create_app({"CLOCK": shared})

    def note(_app: Flask, template: Any, **_: Any) -> None:
        with (file.parent / "made").open("a") as log:
            log.write(f"{os.getpid()} {template.name} {clock.now().timestamp()} {shared.timestamp()}\n")

    template_rendered.connect(note, made, weak=False)
    return made


if "TEST_CLOCK" in os.environ:
    app = make()
