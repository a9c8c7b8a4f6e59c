"""The editions on disk, read again when a file changes; the last good edition stays when a new one is broken."""

import logging
import re
import threading
import time
from pathlib import Path

from app.calendar.content import read_edition
from app.calendar.faults import ContentError, Fault
from app.calendar.hatches import Edition

_log = logging.getLogger(__name__)


class Library:
    """`editions` by year, `faults` in what stands on disk now, `version` counts up when something was read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.editions: dict[int, Edition] = {}
        self.faults: list[Fault] = []
        self.version = 0
        self._lock = threading.Lock()
        self._checked = time.monotonic()
        self._seen = self._fingerprint()
        self._read()

    def refresh(self, at_once: bool = False) -> None:
        """Reads again what has changed on disk; looks at most once a second and never makes a request wait.

        `at_once` is for whoever has just changed something and wants to see it.
        """
        too_soon = time.monotonic() - self._checked < 1
        if (too_soon and not at_once) or not self._lock.acquire(blocking=at_once):
            return
        try:
            self._checked = time.monotonic()
            if (found := self._fingerprint()) != self._seen:
                self._seen = found
                self._read()
        finally:
            self._lock.release()

    def check(self) -> None:
        """Raises ContentError when the content on disk has faults."""
        if self.faults:
            raise ContentError(self.faults)

    def _read(self) -> None:
        editions = dict(self.editions)
        faults: list[Fault] = []
        folders = self._folders()
        for folder in folders:
            try:
                editions[int(folder.name)] = read_edition(folder)
            except ContentError as error:
                faults += error.faults
            except (OSError, ValueError):  # a file was exchanged between two looks at it
                faults.append(Fault(folder.name, 0, "", "går inte att läsa just nu"))
        if folders:
            editions = {year: edition for year, edition in editions.items() if self.root / str(year) in folders}
        else:
            faults.append(Fault(self.root.name, 0, "", "här finns ingen kalender; skapa en mapp med årtalet som namn"))
        for fault in faults if self.version else ():  # at the start whoever asked is told by `check`
            _log.error("Fel i innehållet, den förra versionen visas: %s", fault)
        self.editions, self.faults = editions, faults
        self.version += 1

    def _folders(self) -> list[Path]:
        try:
            return sorted(path for path in self.root.iterdir() if re.fullmatch(r"20\d\d", path.name) and path.is_dir())
        except OSError:
            return []

    def _fingerprint(self) -> frozenset[tuple[str, int, int]]:
        found = set()
        try:
            for path in self.root.rglob("*"):
                status = path.stat()
                found.add((str(path), status.st_mtime_ns, status.st_size))
        except OSError:
            # Something went away while we looked: a fingerprint that no later one is equal to, so we look again.
            found.add(("", time.monotonic_ns(), 0))
        return frozenset(found)
