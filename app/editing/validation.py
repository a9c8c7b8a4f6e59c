"""Reads an edition as it would be with some leaves changed, with the very reader that the site uses."""

import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from app.calendar.content import NUMBERS, Edition, Hatch
from app.calendar.edition import Contest, EditionFile, HatchFile
from app.calendar.files.faults import ContentError, Fault
from app.calendar.gaps import find_gaps
from app.calendar.loader import find_reused_id, municipality_slugs, read_edition, read_hatch
from app.calendar.schedule import is_open
from app.editing.hatch_file import HatchFileError, parse_hatch, parse_toml
from app.editing.store import ContentRef, Files, text_of

Changes = Mapping[ContentRef, Files]
# What may still be said when a contest has opened: it stands beside the rules.
BESIDE_THE_TERMS = {"corrections"}
FIXED = "Tävlingen har öppnat. Då är villkoren låsta och kan inte ändras."
TOO_EARLY = "En öppen lucka skulle få texten från en låst. Då skulle den synas för tidigt."
NOT_EMPTY = "Tävlingen pågår. Inget av det som reglerna måste säga får lämnas tomt nu."


def find_faults(root: Path, year: int, changes: Changes, shown: Mapping[int, Edition]) -> list[Fault]:
    """Return what the site would refuse with `changes`, but for what is wrong elsewhere already."""
    others = [edition for other, edition in shown.items() if other != year]
    found = read_staged(root, year, changes, others)
    if not found:
        return []
    own = {leaf.path for leaf in changes}
    before = read_staged(root, year, {}, others)
    return [fault for fault in found if fault.file in own or fault not in before]


def read_staged(root: Path, year: int, changes: Changes, others: Iterable[Edition]) -> list[Fault]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / str(year)
        folder.mkdir()
        standing = {ContentRef(year, municipality=slug) for slug in municipality_slugs(root / str(year))}
        for leaf in {*(ContentRef(year, number) for number in (0, *NUMBERS)), *standing, *changes}:
            lay_out(folder.parent, root, leaf, changes.get(leaf))
        try:
            return find_reused_id(folder, read_edition(folder), others)
        except ContentError as error:
            return error.faults


def lay_out(target: Path, root: Path, leaf: ContentRef, files: Files | None) -> None:
    """The leaf as it would be, or a link to what stands on disk."""
    folder = leaf.folder(target)
    if files is None and leaf.number:
        folder.symlink_to(leaf.folder(root).resolve())
        return
    folder.mkdir(parents=True, exist_ok=True)
    if files is None:
        for path in leaf.folder(root).glob("*"):
            if path.name == leaf.text_name or leaf.part_name(path.name):
                (folder / path.name).symlink_to(path.resolve())
    else:
        for name, body in files.items():
            (folder / name).write_bytes(body)


def read_hatch_as(leaf: ContentRef, files: Files) -> Hatch:
    """Return a hatch as the site would read it from these files. Raises ContentError."""
    with tempfile.TemporaryDirectory() as temporary:
        lay_out(Path(temporary), Path(temporary), leaf, files)
        return read_hatch(leaf.folder(Path(temporary)), leaf.year)


def contest_change_error(edition: Edition | None, changes: Changes, now: datetime, demo: bool) -> str:
    """Return why a contest that people have met may not become this, in one sentence; "" when it may."""
    # `edition` is what the site shows now. The files in `changes` are without faults.
    if edition is None or edition.file_contest is None or not has_opened(edition, now):
        return ""
    phase = edition.file_contest.phase(now)
    for leaf, files in changes.items():
        if leaf.number:
            head, _ = parse_hatch(text_of(files))
            expected = edition.file_contest if leaf.number == edition.file_contest_number else None
            if _fixed(HatchFile.model_validate(head).contest) != _fixed(expected):
                return FIXED
        elif phase == "open" and not leaf.municipality:
            file = EditionFile.model_validate(parse_toml(text_of(files)))
            if find_gaps(file, edition.file_contest, demo):
                return NOT_EMPTY
    return ""


def has_opened(edition: Edition, now: datetime) -> bool:
    """Check whether the contest in the files has come to its opening with everything filled in."""
    phase = edition.file_contest.phase(now) if edition.file_contest else "before"
    return phase == "closed" or (phase == "open" and not edition.gaps)


def reveals_locked_text(root: Path, years: Iterable[int], changes: Changes, now: datetime) -> bool:
    """Check whether a hatch that is open would say what stands in a locked hatch of `years`, and in no open one."""
    said = {
        _said(text_of(files)) for leaf, files in changes.items() if leaf.number and is_open(leaf.year, leaf.number, now)
    }
    if not said:
        return False
    standing = [ContentRef(year, number) for year in years for number in NUMBERS]
    shown = {standing_text(root, leaf) for leaf in standing if is_open(leaf.year, leaf.number, now)}
    hidden = {standing_text(root, leaf) for leaf in standing if not is_open(leaf.year, leaf.number, now)}
    return bool(said & hidden - shown)


def _said(text: str) -> str:
    """Return what a hatch's text tells people, which is the same in a copy for another year."""
    try:
        head, tip = parse_hatch(text)
    except HatchFileError:
        return text
    return repr(({name: value for name, value in head.items() if name not in ("contest", "unreviewed")}, tip))


def standing_text(root: Path, leaf: ContentRef) -> str:
    """Return the text on disk; "" when it cannot be read, which is no secret."""
    try:
        return _said(text_of({leaf.text_name: (leaf.folder(root) / leaf.text_name).read_bytes()}))
    except OSError:
        return ""


def _fixed(contest: Contest | None) -> dict[str, object] | None:
    return contest.model_dump(exclude=BESIDE_THE_TERMS) if contest else None
