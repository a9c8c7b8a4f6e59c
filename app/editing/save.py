"""Saves what organisers change: validated first, never over another user's work, always with a way back."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.calendar.faults import Fault
from app.calendar.schedule import Edition
from app.editing import store, validation
from app.editing.history import History, Version, is_version_of
from app.editing.store import ContentRef, Files
from app.editing.validation import Changes

# Makes of a leaf's files what they are to be.
Revision = Callable[[Files], Files]
AT_THE_SERVER = "ändrad på servern, utanför redigeraren"
# How the first version of a text begins that has not been reviewed.
COPIED, BLANK = "kopierad från", "tom lucka"


class SaveRefused(Exception):
    """The change is not taken: `faults` as `flask content check` words them, or one `sentence`."""

    def __init__(self, sentence: str = "", faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(sentence or "\n".join(map(str, faults)))
        self.sentence, self.faults = sentence, faults


class EditConflict(Exception):
    """The text has been changed by another user since it was shown. Nothing is written.

    `theirs` is what stands now, `mine` what would have been written, `version` who wrote theirs.
    """

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

    def read(self, leaf: ContentRef) -> Files:
        return store.read_files(self.root, leaf)


@dataclass(frozen=True)
class Change:
    """Who does what, and when; `what` as it stands in the list of versions."""

    who: int | None
    what: str
    now: datetime


def save_change(desk: Editor, leaf: ContentRef, seen: str, revise: Revision, act: Change) -> bool:
    """Put what `revise` makes of the leaf in its place. `seen` is the checksum of what the person was shown."""
    # Return whether anything differs. Raises SaveRefused, EditConflict, ContentWriteError.
    with store.exclusive_lock(desk.history.root):
        theirs = desk.read(leaf)
        mine = revise(theirs)
        if mine != theirs and store.checksum(theirs) != seen:
            raise EditConflict(theirs, mine, caught_up(desk, leaf, theirs, act.now))
        try_changes(desk, {leaf: mine}, act.now)
        latest = desk.history.latest(leaf)
        if mine != theirs or (latest and needs_review(latest)):
            put_files(desk, leaf, mine, act)
        return mine != theirs


def needs_review(version: Version) -> bool:
    """Check whether a text stands as it was copied or created; saving it, changed or not, counts as reviewed."""
    return version.what.startswith((COPIED, BLANK))


def restore_version(desk: Editor, leaf: ContentRef, number: int, act: Change) -> None:
    """Put an earlier version back, text and pictures, as a new one. Raises SaveRefused, ContentWriteError."""
    with store.exclusive_lock(desk.history.root):
        version = next((each for each in desk.history.versions(leaf) if each.number == number), None)
        if version is None:
            raise SaveRefused("Versionen finns inte kvar.")
        files = desk.history.files(leaf, version)
        try_changes(desk, {leaf: files}, act.now)
        require_not_early(desk, {leaf: files}, act.now, years=(leaf.year,))
        put_files(desk, leaf, files, act)


def save_all(desk: Editor, changes: Changes, act: Change) -> None:
    """Put several leaves of one edition in place, so that at no moment two of them hold a contest."""
    # When the disk will not have one of them, those before it are put back. The caller holds leaves.alone(). Raises
    # SaveRefused, ContentWriteError.
    try_changes(desk, changes, act.now)
    require_not_early(desk, changes, act.now, years=desk.shown)
    edition = desk.shown.get(next(iter(changes)).year)
    first = edition.file_contest_number if edition else None
    done: list[tuple[ContentRef, Files, Version]] = []
    try:
        for leaf in sorted(changes, key=lambda leaf: (leaf.number != first, leaf)):
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


def try_changes(desk: Editor, changes: Changes, now: datetime) -> None:
    year = next(iter(changes)).year
    if found := validation.find_faults(desk.root, year, changes, desk.shown):
        raise SaveRefused(faults=tuple(found))
    if sentence := validation.contest_change_error(desk.shown.get(year), changes, now, desk.demo):
        raise SaveRefused(sentence)


def put_files(desk: Editor, leaf: ContentRef, files: Files, act: Change) -> Version:
    """Keep what stands now and what comes, then writes it."""
    # What could not be written whole is put back.
    before = desk.read(leaf)
    caught_up(desk, leaf, before, act.now)
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


def caught_up(desk: Editor, leaf: ContentRef, files: Files, now: datetime) -> Version:
    """Return the version that stands on disk, kept first when it was made outside the editor."""
    latest = desk.history.latest(leaf)
    if latest is not None and is_version_of(latest, files):
        return latest
    with store.translate_os_errors():
        return desk.history.add(leaf, files, None, AT_THE_SERVER if latest else "den första versionen", now)
