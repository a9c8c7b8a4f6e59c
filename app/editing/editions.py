"""Whole editions: two hatches that change places, next year's calendar from this year's, and one from an archive."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.calendar.content import NUMBERS
from app.calendar.library import BEFORE, NEW
from app.calendar.loader import municipality_slugs
from app.calendar.schedule import current_year, is_open, opens_at
from app.clock import SWEDEN
from app.editing import archive, hatch_file, history, save, store, validation
from app.editing.save import Change, Editor, SaveRefused
from app.editing.store import ContentRef, Files

# Where a text says which year its calendar is of.
_FEAST = r"(?:kalender\w*|calendar|december|advent\w*|jul(?!i\b)\w*|christmas|lucia\w*|nyår\w*)"
YEAR_OF_THE_CALENDAR = re.compile(
    rf"\b\w*{_FEAST}\s+(?:år\s+|in\s+|of\s+)?\d{{4}}\b|\b20\d\d,?\s+{_FEAST}", re.IGNORECASE
)
# How a text that has not been read through says where it came from.
COPIED, BLANK = "kopierad från", "tom lucka"
BLANK_HATCH = """+++
title = "Lucka {number}"
unreviewed = "tom lucka"
summary = "Skriv en mening om tipset."
+++

Skriv tipset här.
"""


def read_all(desk: Editor, year: int) -> dict[ContentRef, Files]:
    """Return every leaf of an edition. Raises ContentWriteError when one cannot be read."""
    return {leaf: desk.read(leaf) for leaf in _all(desk.root, year)}


def _all(root: Path, year: int) -> list[ContentRef]:
    return [*(ContentRef(year, number) for number in (0, *NUMBERS)), *municipalities(root, year)]


def municipalities(root: Path, year: int) -> list[ContentRef]:
    return [ContentRef(year, municipality=slug) for slug in municipality_slugs(root / str(year))]


def swap_hatches(desk: Editor, year: int, first: int, second: int, act: Change) -> None:
    """Two hatches change places, with texts, pictures and contest. Raises SaveRefused, ContentWriteError."""
    if first == second:
        raise SaveRefused("Välj två olika luckor.")
    if is_open(year, first, act.now) != is_open(year, second, act.now):
        raise SaveRefused("En av luckorna är öppen och den andra låst. Då skulle den låstas text synas för tidigt.")
    with desk.alone():
        save.save_all(desk, moved_files(desk, year, {first: second, second: first}), act)


def moved_files(desk: Editor, year: int, moved: Mapping[int, int]) -> dict[ContentRef, Files]:
    """Return hatches and municipalities that change; `moved` is the new number of each hatch that moves."""
    changes = {ContentRef(year, to): desk.read(ContentRef(year, number)) for number, to in moved.items()}
    for leaf in municipalities(desk.root, year):
        text = store.text_of(desk.read(leaf))
        with readable(leaf):
            file = hatch_file.parse_toml(text)
            lines = {
                name: {f"{to:02}": file.get(name, {}).get(f"{number:02}") for number, to in moved.items()}
                for name in ("hatches", "sources")
            }
            if any(lines["hatches"].values()):
                changes[leaf] = {leaf.text_name: hatch_file.change_toml(text, lines).encode()}
    return changes


@contextmanager
def readable(leaf: ContentRef) -> Iterator[None]:
    """Raise SaveRefused for a file that cannot be taken apart."""
    try:
        yield
    except hatch_file.HatchFileError:
        raise SaveRefused(f"{leaf.path} går inte att läsa. Rätta den först.") from None


def move_contest(desk: Editor, year: int, target: int, act: Change) -> None:
    """Put the contest in another locked hatch, and let it open with that one. Raises SaveRefused, ContentWriteError."""
    with desk.alone():
        source, contest = _contest_of(desk, year)
        if is_open(year, target, act.now) or source == target:
            raise SaveRefused("Välj en annan lucka, som är låst.")
        contest |= _opening(contest, year, source, target)
        put = ((source, None), (target, contest))
        save.save_all(desk, {ContentRef(year, n): _with_contest(desk, year, n, value) for n, value in put}, act)


def _opening(contest: dict[str, Any], year: int, source: int, target: int) -> dict[str, Any]:
    """Return when a contest opens in another hatch: with it, if it did so before or would open too early."""
    before, earliest = (opens_at(year, n).astimezone(SWEDEN).replace(tzinfo=None) for n in (source, target))
    opens = contest.get("opens")
    local = opens.replace(tzinfo=None) if isinstance(opens, datetime) else None
    return {"opens": earliest} if local and (local == before or local < earliest) else {}


def reorder_hatches(desk: Editor, year: int, order: Sequence[int], act: Change) -> None:
    """Give the hatches another order: the first of `order` becomes number 1. Raises SaveRefused, ContentWriteError."""
    if sorted(order) != [*NUMBERS]:
        raise SaveRefused("Ordningen har inte alla 24 luckor. Ladda om sidan och försök igen.")
    if is_open(year, 1, act.now):
        raise SaveRefused("Första luckan är öppen. Byt plats på två låsta luckor i stället.")
    with desk.alone():
        numbers = {number: to for to, number in enumerate(order, 1) if to != number}
        changes = moved_files(desk, year, numbers)
        source, contest = _find_contest(desk, year) or (0, {})
        if (target := numbers.get(source)) and (opening := _opening(contest, year, source, target)):
            files = changes[ContentRef(year, target)]
            text = hatch_file.render_hatch(store.text_of(files), {"contest": opening})
            changes[ContentRef(year, target)] = files | {"hatch.md": text.encode()}
        if changes:
            save.save_all(desk, changes, act)


def remove_contest(desk: Editor, year: int, act: Change) -> None:
    """Take the contest out of its hatch, as long as it has not opened. Raises SaveRefused, ContentWriteError."""
    with desk.alone():
        number, _ = _contest_of(desk, year)
        save.save_all(desk, {ContentRef(year, number): _with_contest(desk, year, number, None)}, act)


def _contest_of(desk: Editor, year: int) -> tuple[int, dict[str, Any]]:
    """Return the contest in the files, and the number of its hatch. Raises SaveRefused where there is none."""
    if found := _find_contest(desk, year):
        return found
    raise SaveRefused("Kalendern har ingen tävling.")


def _find_contest(desk: Editor, year: int) -> tuple[int, dict[str, Any]] | None:
    hatches = ((number, desk.read(ContentRef(year, number))) for number in NUMBERS)
    return next(((number, found) for number, files in hatches if (found := _contest_in(files))), None)


def _contest_in(files: Files) -> dict[str, Any] | None:
    """Return the contest of a hatch, as its file has it; None where there is none."""
    with suppress(hatch_file.HatchFileError):
        contest = hatch_file.parse_hatch(store.text_of(files))[0].get("contest")
        return contest if isinstance(contest, dict) else None
    return None


def _with_contest(desk: Editor, year: int, number: int, contest: dict[str, Any] | None) -> Files:
    files = desk.read(ContentRef(year, number))
    try:
        return files | {"hatch.md": hatch_file.render_hatch(store.text_of(files), {"contest": contest}).encode()}
    except hatch_file.HatchFileError:
        raise SaveRefused(f"Lucka {number} går inte att läsa. Gå tillbaka till en tidigare version först.") from None


def delete_edition(desk: Editor, year: int, act: Change) -> None:
    """Take away an edition that is still a draft; its versions stay. Raises SaveRefused, ContentWriteError."""
    with desk.alone():
        if not may_delete(desk, year, act.now):
            raise SaveRefused(f"Kalendern för {year} är inget utkast längre, så den kan inte tas bort.")
        with store.translate_os_errors():
            away = desk.root / f".bort-{year}"
            shutil.rmtree(away, ignore_errors=True)
            (desk.root / str(year)).rename(away)
            shutil.rmtree(away, ignore_errors=True)


def may_delete(desk: Editor, year: int, now: datetime) -> bool:
    """Check whether an edition is a draft: of a year to come, that no one is shown, and not the only one."""
    return len(desk.shown) > 1 and year in desk.shown and current_year(desk.shown, now) < year


def copy_edition(desk: Editor, source: int, year: int, act: Change) -> None:
    """A new edition from an earlier one: the contest's times moved, its name new, every leaf to be looked through."""
    with desk.alone():
        made = {
            replace(leaf, year=year): shift_year(files, leaf, year) for leaf, files in read_all(desk, source).items()
        }
        create_edition(desk, year, made, Change(act.who, f"{COPIED} {source}", act.now))


def blank_edition(desk: Editor, source: int, year: int, act: Change) -> None:
    """A new edition with hatches to write; sender and statement come from an earlier one."""
    with desk.alone():
        made = {ContentRef(year): shift_year(desk.read(ContentRef(source)), ContentRef(source), year)}
        for leaf in municipalities(desk.root, source):
            # What they say in the hatches belongs to those of the other year.
            with readable(leaf):
                text = hatch_file.change_toml(store.text_of(desk.read(leaf)), {"hatches": None, "sources": None})
            made[replace(leaf, year=year)] = {leaf.text_name: text.encode()}
        made |= {ContentRef(year, n): {"hatch.md": BLANK_HATCH.format(number=n).encode()} for n in NUMBERS}
        create_edition(desk, year, made, Change(act.who, BLANK, act.now))


def shift_year(files: Files, leaf: ContentRef, year: int) -> Files:
    """Return the files of a leaf for another year, to be read through: titles, and its contest's times and id."""
    if leaf.municipality:
        return files
    text, changes = store.text_of(files), dict[str, Any](unreviewed=f"{COPIED} {leaf.year}")
    made = dict(files)
    with readable(leaf):
        if leaf.number:
            contest = hatch_file.parse_hatch(text)[0].get("contest")
            changes |= {"corrections": None} | ({"contest": _next(contest, leaf.year, year)} if contest else {})
        for name in filter(store.is_text, files):
            own = name == leaf.text_name
            made[name] = _with_year(files[name], name, leaf.year, year, changes if own else {})
    return made


def _with_year(body: bytes, name: str, before: int, year: int, changes: Mapping[str, Any]) -> bytes:
    """Return a text or a translation with `changes`, and the year in its title. Raises HatchFileError."""
    text = store.text_of({name: body})
    values = hatch_file.parse_hatch(text)[0] if name.endswith(".md") else hatch_file.parse_toml(text)
    title = str(values.get("title", ""))
    if str(before) in title:
        changes = {**changes, "title": title.replace(str(before), str(year))}
    change = hatch_file.render_hatch if name.endswith(".md") else hatch_file.change_toml
    return change(text, changes).encode()


def _next(contest: dict[str, Any], before: int, year: int) -> dict[str, Any]:
    """Return the id and the times of a contest in another year, and no corrections: they were about its rules."""
    name = str(contest.get("id", ""))
    moved = name.replace(str(before), str(year)) if str(before) in name else f"{name}-{year}"
    times = {key: same_day(at, year - before) for key, at in contest.items() if isinstance(at, datetime)}
    return {"id": name if str(year) in name else moved, "corrections": None} | times


def same_day(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year + years)
    except ValueError:  # 29 February
        return at.replace(year=at.year + years, day=28)


def create_edition(desk: Editor, year: int, made: dict[ContentRef, Files], act: Change) -> None:
    """Put a new edition in place in one move. Raises SaveRefused, ContentWriteError."""
    folder = desk.root / str(year)
    if folder.exists():
        raise SaveRefused(f"Det finns redan en kalender för {year}.")
    if found := validation.find_faults(desk.root, year, made, desk.shown):
        raise SaveRefused(faults=tuple(found))
    save.require_not_early(desk, made, act.now, years=desk.shown)
    put_edition(desk, year, made, act)


def require_future_year(year: int, now: datetime) -> None:
    """Raise SaveRefused for a year whose hatches would be open from the start and shown at once."""
    if year < now.astimezone(SWEDEN).year or is_open(year, 1, now):
        raise SaveRefused(f"Luckorna för {year} skulle vara öppna på en gång. Välj ett kommande år.")


def read_archive(year: int, body: bytes) -> dict[ContentRef, Files]:
    """Return an archive's edition for `year`, its dates moved from another. Raises NotAllowed, SaveRefused."""
    made = archive.unpack_edition(body, year)
    source = _contest_year(made) or archive.year_folder(body) or _year_in_title(made[ContentRef(year)]) or year
    if source == year:
        return made
    return {leaf: shift_year(files, replace(leaf, year=source), year) for leaf, files in made.items()}


def _contest_year(leaves: dict[ContentRef, Files]) -> int | None:
    """Return the year that a contest opens in: a folder is easily called something else."""
    contests = (_contest_in(files) for leaf, files in leaves.items() if leaf.number)
    opens = (contest.get("opens") for contest in contests if contest)
    return next((each.year for each in opens if isinstance(each, datetime)), None)


def _year_in_title(files: Files) -> int | None:
    """Return the year of a title as "Julkalendern 2026"; that of "Agenda 2030-kalendern" is another matter."""
    with suppress(hatch_file.HatchFileError):
        title = str(hatch_file.parse_toml(store.text_of(files)).get("title"))
        if named := YEAR_OF_THE_CALENDAR.search(title):
            return year_named(named[0])
    return None


def year_named(phrase: str) -> int:
    """Return the year of what YEAR_OF_THE_CALENDAR found."""
    return int(re.sub(r"\D", "", phrase))


def import_changes(
    desk: Editor, year: int, made: dict[ContentRef, Files], now: datetime
) -> dict[ContentRef, list[str]]:
    """Return what an archive would change in an edition that is there: by leaf, the names of files."""
    # Raises SaveRefused when it may not, ContentWriteError.
    edition = desk.shown.get(year)
    if edition and validation.has_opened(edition, now):
        raise SaveRefused(f"Tävlingen i {year} har öppnat, så kalendern kan inte bytas ut. Ändra en lucka i taget.")
    save.check_changes(desk, made, now, years=desk.shown)
    differing: dict[ContentRef, list[str]] = {}
    for leaf, files in made.items():
        before = desk.read(leaf)
        if names := [name for name in sorted({*before, *files}) if before.get(name) != files.get(name)]:
            differing[leaf] = names
    return differing


def import_edition(desk: Editor, year: int, body: bytes, act: Change) -> None:
    """Put an archive's edition in place, as a new year or instead of one whose contest has not opened."""
    # Raises NotAllowed, SaveRefused with every fault, ContentWriteError.
    made = read_archive(year, body)
    with desk.alone():
        if not (desk.root / str(year)).exists():
            create_edition(desk, year, made, act)
            return
        differing = import_changes(desk, year, made, act.now)
        before = {leaf: save.catch_up(desk, leaf, desk.read(leaf), act.now) for leaf in differing}
        after = put_edition(desk, year, {leaf: made[leaf] for leaf in differing}, act)
        record = {leaf.municipality or leaf.number: [before[leaf].number, after[leaf].number] for leaf in differing}
        with store.translate_os_errors():
            store.put_files(import_record(desk, year), json.dumps(record).encode())


def put_edition(
    desk: Editor, year: int, made: dict[ContentRef, Files], act: Change
) -> dict[ContentRef, history.Version]:
    """Put leaves in place of those that stand, if any do, all in one move or none. Raises ContentWriteError."""
    folder, added = desk.root / str(year), {}
    stands = folder.exists()
    try:
        with store.translate_os_errors():
            temporary = Path(tempfile.mkdtemp(prefix=NEW, dir=desk.root))
            before = temporary / BEFORE
            try:
                if stands:
                    shutil.copytree(folder, temporary / str(year), symlinks=True)
                for leaf, files in made.items():
                    added[leaf] = desk.history.add(leaf, files, act.who, act.what, act.now)
                    store.write_atomically(temporary, leaf, files)
                if stands:
                    folder.rename(before)
                try:
                    with suppress(FileNotFoundError):  # finish_replacements() of another process was as quick
                        (temporary / str(year)).rename(folder)
                finally:
                    if stands and not folder.exists():
                        before.rename(folder)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    except store.ContentWriteError:
        for leaf, version in added.items():
            desk.history.drop(leaf, version)
        raise
    return added


def import_record(desk: Editor, year: int) -> Path:
    return desk.history.root / str(year) / "import.json"


def can_undo_import(desk: Editor, year: int) -> bool:
    """Check whether everything stands as the latest import left it."""
    return bool(versions_before(desk, year))


def versions_before(desk: Editor, year: int) -> dict[ContentRef, history.Version]:
    """Return the versions from before the latest import; none when something was changed since, or it was none."""
    file = import_record(desk, year)
    record = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    found = {}
    for name, (before, after) in record.items():
        leaf = ContentRef(year, int(name)) if name.isdigit() else ContentRef(year, municipality=name)
        versions = {version.number: version for version in desk.history.versions(leaf)[:2]}
        if max(versions, default=0) != after or before not in versions:
            return {}
        if not history.is_version_of(versions[after], desk.read(leaf)):
            return {}
        found[leaf] = versions[before]
    return found


def undo_import(desk: Editor, year: int, act: Change) -> None:
    """Put everything back as it was before the latest import. Raises SaveRefused, ContentWriteError."""
    with desk.alone():
        before = versions_before(desk, year)
        if not before:
            raise SaveRefused("Något har ändrats efter inläsningen. Gå tillbaka för en lucka i taget.")
        made = {leaf: desk.history.files(leaf, version) for leaf, version in before.items()}
        save.check_changes(desk, made, act.now, years=desk.shown)
        put_edition(desk, year, made, act)
        with store.translate_os_errors():
            import_record(desk, year).unlink(missing_ok=True)


@dataclass(frozen=True)
class Unpublished:
    """What stands in files and is not shown: `changed` by leaf, and those that organisers have changed as well."""

    changed: dict[ContentRef, Files]
    conflicts: list[ContentRef]


def find_unpublished(desk: Editor, files: Path, year: int) -> Unpublished:
    """Return what has been edited in the files of a year. What is like an earlier version has not been edited since."""
    found, is_new = Unpublished({}, []), not (desk.root / str(year)).exists()
    # A municipality may be in one of them only. Where organisers added it, "none" is its first version.
    for leaf in dict.fromkeys([*_all(files, year), *municipalities(desk.root, year)]):
        mine, versions = store.read_files(files, leaf), desk.history.versions(leaf)
        if not is_new and mine == desk.read(leaf):
            continue
        if any(history.is_version_of(version, mine) for version in versions):
            continue
        found.changed[leaf] = mine
        if versions and versions[0].who:
            found.conflicts.append(leaf)
    return found


def publish_files(desk: Editor, files: Path, year: int, over: bool, act: Change) -> int:
    """Put in place what has been edited in the files of a year, and return how many leaves that were."""
    # Raises SaveRefused, also when organisers have edited the same, unless `over`; ContentWriteError.
    with desk.alone():
        found = find_unpublished(desk, files, year)
        if not (desk.root / str(year)).exists():
            create_edition(desk, year, found.changed, act)
            return len(found.changed)
        if found.conflicts and not over:
            names = ", ".join(f"{leaf.year}/{leaf.name}" for leaf in found.conflicts)
            raise SaveRefused(
                f"Ändrat både i filerna och av redaktionen: {names}. Det som visas ligger i {desk.root}. "
                "För över det till filerna, och kör sedan kommandot med --over."
            )
        if found.changed:
            save.save_all(desk, found.changed, act)
        return len(found.changed)
