"""The editions on disk, read again when a file changes; where one is broken, its last good version is served."""

import logging
import os
import re
import threading
import time
from pathlib import Path

from app.calendar.content import read_edition, reused_id
from app.calendar.faults import ContentError, Fault
from app.calendar.hatches import Edition
from app.calendar.last_good import LastGood, pack

_log = logging.getLogger(__name__)


class Library:
    """`editions` by year, `faults` in what stands on disk now, `version` counts up when public pages have changed.

    `state` is a file that is written when a contest has come further, if there is one. A demo has no gaps.
    """

    def __init__(self, root: Path, last_good: LastGood, state: Path | None = None, demo: bool = False) -> None:
        self.root = root
        self.demo = demo
        self.last_good = last_good
        self.state = state
        self.editions: dict[int, Edition] = {}
        self.faults: list[Fault] = []
        self.version = 0
        self._lock = threading.Lock()
        self._checked = time.monotonic()
        self._seen = self._fingerprint()
        self._seen_state = self.read_state()
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
            if (state := self.read_state()) != self._seen_state:
                self._seen_state = state
                self.version += 1
        finally:
            self._lock.release()

    def check(self) -> None:
        """Raise ContentError when the content on disk has faults."""
        if self.faults:
            raise ContentError(self.faults)

    def require_edition(self) -> None:
        """Raise ContentError when there is nothing at all to serve."""
        if not self.editions:
            raise ContentError(self.faults)

    def _read(self) -> None:
        editions: dict[int, Edition] = {}
        faults: list[Fault] = []
        folders = self._folders()
        for folder in folders:
            year = int(folder.name)
            try:
                edition = read_edition(folder, self.demo)
                # What is shown comes first: an edition that is put beside it does not take its contest away.
                others = [other for other in (self.editions | editions).values() if other.year != year]
                if reused := reused_id(folder, edition, others):
                    raise ContentError(reused)
                editions[year] = edition
                self._keep(year, folder)
            except ContentError as error:
                faults += error.faults
            except (OSError, ValueError):  # a file was exchanged between two looks at it
                faults.append(Fault(folder.name, 0, "", "går inte att läsa just nu"))
        if not folders:
            faults.append(Fault(str(self.root), 0, "", "här finns ingen kalender; skapa en mapp med årtalet som namn"))
        for year in {*self.editions, *self.last_good.years()} - editions.keys():
            if good := self.editions.get(year) or self.last_good.read(year, self.demo):
                editions[year] = good
                if folders and self.root / str(year) not in folders:
                    sentence = f"mappen saknas; ta bort {self.last_good.file(year)} också om kalendern ska bort"
                    faults.append(Fault(str(year), 0, "", sentence))
        for fault in faults if self.version else ():  # at the start, prepare tells
            _log.error("Fel i innehållet, den förra versionen visas: %s", fault)
        self.editions, self.faults = editions, faults
        self.version += 1

    def _keep(self, year: int, folder: Path) -> None:
        """Save the edition that was just read, unless its files have changed meanwhile."""
        archive = pack(folder)
        if self._fingerprint() == self._seen:
            self.last_good.save(year, archive)

    def _folders(self) -> list[Path]:
        try:
            return sorted(path for path in self.root.iterdir() if re.fullmatch(r"20\d\d", path.name) and path.is_dir())
        except OSError:
            return []

    def read_state(self) -> str:
        """Return how far contests had come when their state was last written."""
        try:
            return self.state.read_text() if self.state else ""
        except OSError:
            return ""

    def write_state(self, state: str) -> None:
        """Tell every process on this machine that a contest has come further."""
        if self.state is None:
            return
        unfinished = self.state.with_name(f".{self.state.name}.{os.getpid()}.{threading.get_ident()}")
        unfinished.write_text(state)
        unfinished.replace(self.state)

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
