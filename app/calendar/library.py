"""The editions on disk, read again when a file changes; where one is broken, its last good version is served."""

import io
import logging
import os
import re
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

from app.calendar.content import Edition
from app.calendar.files.faults import ContentError, Fault
from app.calendar.loader import find_reused_id, is_content, read_edition
from app.shared_content import SharedContent

# Seconds that a request waits for the database to say whether the content is another, once a second at most.
DATABASE_WAITS = 0.25
# How the folder begins in which an edition is made, and where the one that it replaces lies meanwhile.
NEW, BEFORE = ".ny-", "before"
_log = logging.getLogger(__name__)


class LastGood:
    """One archive for each year, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def years(self) -> list[int]:
        """Return the years that have an archive."""
        return sorted(int(file.stem) for file in self.folder.glob("20??.zip") if re.fullmatch(r"\d{4}", file.stem))

    def file(self, year: int) -> Path:
        """Return where a year's archive is, or would be."""
        return self.folder / f"{year}.zip"

    def save(self, year: int, archive: bytes) -> None:
        """Save an archive, unless it stands there already."""
        file = self.file(year)
        draft = file.with_name(f"{year}.{os.getpid()}.new")
        try:
            if file.is_file() and file.read_bytes() == archive:
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(archive)
            draft.replace(file)
        except OSError as error:
            _log.warning("Den senaste hela versionen av %s gick inte att spara: %s", year, error.strerror)

    def read(self, year: int, demo: bool = False) -> Edition | None:
        """Return the edition in a year's archive; None when there is none that can be read."""
        try:
            with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(self.file(year)) as archive:
                archive.extractall(folder)
                written = self.file(year).stat().st_mtime
                for file in Path(folder).rglob("hatch.md"):
                    os.utime(file, (written, written))
                return read_edition(Path(folder) / str(year), demo)
        except (OSError, zipfile.BadZipFile, ContentError):
            return None


def pack(folder: Path) -> bytes:
    """Return an archive of what an edition is read from: the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and is_content(file):
                # A ZipInfo of its own bears no time, so the same files give the same bytes.
                archive.writestr(zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder)}"), file.read_bytes())
    return packed.getvalue()


def files_below(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    """Give the path of each file and folder in a folder; of a file also when it was written (ns) and its bytes."""
    try:
        found = os.scandir(folder)
    except PermissionError:  # no content either, such as lost+found at the top of a disk
        return
    with found:
        for entry in found:
            # An editor's locks and drafts, and what Finder leaves, are no content; their folder's time changes too.
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield entry.path, 0, 0
            else:
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(entry.path)


def finish_replacements(root: Path) -> None:
    """Put in place an edition whose process was killed between taking away the one before and that."""
    for before in root.glob(f"{NEW}*/{BEFORE}"):
        for made in before.parent.glob("20??"):
            if not (root / made.name).exists():
                with suppress(OSError):
                    made.rename(root / made.name)
                    shutil.rmtree(before.parent, ignore_errors=True)


class Library:
    """`editions` by year, `faults` in what stands on disk now, `version` counts up when public pages have changed."""

    # `state` is a file that is written when a contest has come further, if there is one. A demo has no gaps. With
    # `shared`, `root` is a copy of what stands in the database, and read again when that has changed.

    def __init__(
        self,
        root: Path,
        last_good: LastGood,
        state: Path | None = None,
        demo: bool = False,
        shared: SharedContent | None = None,
    ) -> None:
        self.root = root
        self.shared = shared
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
        """Read again what has changed on disk; looks at most once a second and never makes a request wait."""
        # `at_once` is for a caller that has just changed something.
        too_soon = time.monotonic() - self._checked < 1
        if at_once or (self.shared is None and not too_soon):
            self._look(at_once)
        elif not too_soon:
            self._checked = time.monotonic()
            asking = threading.Thread(target=self._look, args=(False,), daemon=True)
            with suppress(RuntimeError):  # a machine that has no thread to spare: another second will
                asking.start()
                asking.join(DATABASE_WAITS)

    def _look(self, wait: bool) -> None:
        if not self._lock.acquire(blocking=wait):
            return
        try:
            self._checked = time.monotonic()
            with self.shared.follow() if self.shared else nullcontext():
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
                if reused := find_reused_id(folder, edition, others):
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
        if self.shared is None:
            finish_replacements(self.root)
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
        if self.shared:
            # What is being edited in the copy is shown when the database has it.
            return frozenset({(self.shared.token, 0, 0)})
        try:
            return frozenset(files_below(self.root)) if self.root.is_dir() else frozenset()
        except OSError:
            # Something went away while we looked: a fingerprint that no later one is equal to, so we look again.
            return frozenset({("", time.monotonic_ns(), 0)})
