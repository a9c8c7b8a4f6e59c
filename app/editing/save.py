"""Saves what organisers change: validated first, never over another user's work, always with a way back."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.calendar.content import Edition
from app.calendar.files.faults import Fault
from app.calendar.library import Library
from app.editing import store, validation
from app.editing.form_mapping import SameField
from app.editing.history import History, Version, is_version_of
from app.editing.store import ContentRef, Files
from app.editing.validation import Changes
from app.shared_content import SharedContent

# Makes of a leaf's files what they are to be.
Revision = Callable[[Files], Files]
# Does so where the person was shown the first files and the second stand now. Raises SameField.
Merge = Callable[[Files, Files], Files]
NO_DATABASE = "Databasen svarar inte. Inget är ändrat på sidan. Försök igen om en stund."
AT_THE_SERVER = "ändrad på servern, utanför redigeraren"


class SaveRefused(Exception):
    """The change is not taken: `faults` as `flask content check` words them, or one `sentence`."""

    def __init__(self, sentence: str = "", faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(sentence or "\n".join(map(str, faults)))
        self.sentence, self.faults = sentence, faults


class EditConflict(Exception):
    """The text has been changed by another user since it was shown. Nothing is written."""

    # `theirs` is what stands now, `mine` what would have been written, `version` who wrote theirs.

    def __init__(self, theirs: Files, mine: Files, version: Version) -> None:
        super().__init__(version.what)
        self.theirs, self.mine, self.version = theirs, mine, version


@dataclass(frozen=True)
class Editor:
    """Where editions and their earlier versions are, and what the site shows now, by year."""

    root: Path
    history: History
    shown: dict[int, Edition]
    demo: bool = False
    shared: SharedContent | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Give one at a time for as long as a change takes, on all machines. Raises ContentWriteError."""
        if self.shared is None:
            with store.exclusive_lock(self.history.root):
                yield
            return
        try:
            with self.shared.edit():
                yield
        except SQLAlchemyError as error:
            raise store.ContentWriteError(NO_DATABASE) from error

    def read(self, leaf: ContentRef) -> Files:
        return store.read_files(self.root, leaf)


def open_editor(library: Library, instance: Path) -> Editor:
    return Editor(library.root, History(instance / "history"), library.editions, library.demo, library.shared)


@dataclass(frozen=True)
class Change:
    """Who does what, and when; `what` as it stands in the list of versions."""

    who: int | None
    what: str
    now: datetime


@dataclass(frozen=True)
class Saved:
    """Whether anything differs, and what others had saved meanwhile that is kept beside it."""

    new: bool
    beside: tuple[Version, ...] = ()


def save_change(
    desk: Editor, leaf: ContentRef, seen: str, revise: Revision, act: Change, merge: Merge | None = None
) -> Saved:
    """Put what `revise` makes of the leaf in its place. `seen` is the checksum of what the person was shown."""
    # When another stands there now, `merge` may keep both. Raises SaveRefused, EditConflict, ContentWriteError.
    with desk.alone():
        theirs = desk.read(leaf)
        mine, beside = revise(theirs), tuple[Version, ...]()
        if mine != theirs and store.checksum(theirs) != seen:
            latest = catch_up(desk, leaf, theirs, act.now)
            base, beside = versions_since(desk, leaf, seen)
            try:
                if base is None or merge is None:
                    raise SameField
                mine = merge(desk.history.files(leaf, base), theirs)
            except SameField:
                raise EditConflict(theirs, mine, latest) from None
        check_changes(desk, {leaf: mine}, act.now)
        if mine != theirs:
            put_files(desk, leaf, mine, act)
        return Saved(mine != theirs, beside)


def versions_since(desk: Editor, leaf: ContentRef, seen: str) -> tuple[Version | None, tuple[Version, ...]]:
    """Return the version with a checksum, and those that came after it; None when it is not kept."""
    newer: list[Version] = []
    for version in desk.history.versions(leaf):
        if store.checksum_of(version.files) == seen:
            return version, tuple(newer)
        newer.append(version)
    return None, ()


def restore_version(desk: Editor, leaf: ContentRef, number: int, act: Change) -> None:
    """Put an earlier version back, text and pictures, as a new one. Raises SaveRefused, ContentWriteError."""
    with desk.alone():
        version = next((each for each in desk.history.versions(leaf) if each.number == number), None)
        if version is None:
            raise SaveRefused("Versionen finns inte kvar.")
        files = desk.history.files(leaf, version)
        check_changes(desk, {leaf: files}, act.now, years=(leaf.year,))
        put_files(desk, leaf, files, act)


def save_all(desk: Editor, changes: Changes, act: Change) -> None:
    """Put several leaves of one edition in place, so that at no moment two of them hold a contest."""
    # When the disk will not have one of them, those before it are put back. The caller holds desk.alone(). Raises
    # SaveRefused, ContentWriteError.
    check_changes(desk, changes, act.now, years=desk.shown)
    edition = desk.shown.get(next(iter(changes)).year)
    first = edition.file_contest_number if edition else None
    done: list[tuple[ContentRef, Files, Version]] = []
    try:
        for leaf in sorted(changes, key=lambda leaf: (leaf.number != first, leaf.municipality, leaf)):
            before = desk.read(leaf)
            done.append((leaf, before, put_files(desk, leaf, changes[leaf], act)))
    except store.ContentWriteError:
        for leaf, before, version in reversed(done):
            put_back(desk, leaf, before, version)
        raise


def require_not_early(desk: Editor, changes: Changes, now: datetime, years: Iterable[int]) -> None:
    """Raises SaveRefused when an open hatch would get what a locked one of `years` says."""
    if validation.reveals_locked_text(desk.root, years, changes, now):
        raise SaveRefused(validation.TOO_EARLY)


def check_changes(desk: Editor, changes: Changes, now: datetime, years: Iterable[int] = ()) -> None:
    """Raise SaveRefused when the site, the contest's terms or what is locked in `years` refuse the changes."""
    year = next(iter(changes)).year
    if found := validation.find_faults(desk.root, year, changes, desk.shown):
        raise SaveRefused(faults=tuple(found))
    if sentence := validation.contest_change_error(desk.shown.get(year), changes, now, desk.demo):
        raise SaveRefused(sentence)
    require_not_early(desk, changes, now, years)


def put_files(desk: Editor, leaf: ContentRef, files: Files, act: Change) -> Version:
    """Keep what stands now and what comes, then writes it."""
    # What could not be written whole is put back.
    before = desk.read(leaf)
    catch_up(desk, leaf, before, act.now)
    with store.translate_os_errors():
        version = desk.history.add(leaf, files, act.who, act.what, act.now)
    try:
        store.write_atomically(desk.root, leaf, files)
    except store.ContentWriteError:
        put_back(desk, leaf, before, version)
        raise
    return version


def put_back(desk: Editor, leaf: ContentRef, before: Files, version: Version) -> None:
    desk.history.drop(leaf, version)
    # A disk that will not have this either: what stood before is among the versions.
    with suppress(store.ContentWriteError):
        store.write_atomically(desk.root, leaf, before)


def catch_up(desk: Editor, leaf: ContentRef, files: Files, now: datetime) -> Version:
    """Return the version that stands on disk, kept first when it was made outside the editor."""
    latest = desk.history.latest(leaf)
    if latest is not None and is_version_of(latest, files):
        return latest
    with store.translate_os_errors():
        return desk.history.add(leaf, files, None, AT_THE_SERVER if latest else "den första versionen", now)
