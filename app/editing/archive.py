"""An edition as a ZIP file, out and in."""

# What comes in is counted and measured before a byte of it is unpacked.

import io
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import IO

from app.calendar.content import NUMBERS
from app.calendar.loader import MUNICIPALITIES, MUNICIPALITY_FILE
from app.editing import images, svg
from app.editing.store import ContentRef, Files, is_text
from app.errors import NotAllowed

LARGEST_UPLOAD = 32_000_000
_MOST_FILES, _LARGEST_FILE, _LARGEST_TOTAL, _HIGHEST_RATIO = 500, 1_000_000, 30_000_000, 200
_LONGEST_NAME = 100
# The bit of a ZIP's entry that says its name is UTF-8 (APPNOTE 4.4.4, bit 11).
_SAYS_UTF8 = 0x800
# How each line of an archive's list begins.
_ENTRY = b"PK\x01\x02"
# What Finder, Windows and Office put beside what was packed.
_RUBBISH = re.compile(
    r"\.(?!\.?$).*|~\$.*|__MACOSX|System Volume Information|\$RECYCLE\.BIN|Icon\r|desktop\.ini"
    r"|(?:eh)?Thumbs(?:_vista)?\.db(?::.*)?",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(rf"(?:20\d\d/)?(?:(0[1-9]|1\d|2[0-4]|{MUNICIPALITIES})/)?([^/\\]+)")


def pack_edition(leaves: Mapping[ContentRef, Files], target: IO[bytes]) -> None:
    """Write the leaves of an edition as 2026/edition.toml, 2026/01/hatch.md, 2026/kommuner/lerum.toml and so on."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for leaf, files in leaves.items():
            for name, body in files.items():
                archive.writestr("/".join(filter(None, (str(leaf.year), leaf.place, name))), body)


def unpack_edition(body: bytes, year: int) -> dict[ContentRef, Files]:
    """Return the leaves in an archive, as leaves of `year`. Raises NotAllowed."""
    if (lines := body.count(_ENTRY)) > 4 * _MOST_FILES:
        # Before the list is read: a long one fills the memory. Folders, and what Finder adds, stand in it too.
        raise NotAllowed(f"Arkivet har {lines} filer. Högst {_MOST_FILES} tas emot.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [e for e in archive.infolist() if not (e.is_dir() or is_rubbish(name_of(e)))]
            measure_entries(entries)
            outer = outer_folder([name_of(entry) for entry in entries])
            placed = [(entry, *place_of_entry(entry, name_of(entry).removeprefix(outer), year)) for entry in entries]
            leaves: dict[ContentRef, Files] = {ContentRef(year, number): {} for number in (0, *NUMBERS)}
            for entry, leaf, name in placed:
                # Some disks take BILD.png and bild.png for one file.
                if name.casefold() in map(str.casefold, leaves.setdefault(leaf, {})):
                    raise NotAllowed(f"Arkivet har två filer som båda är {leaf.name}/{name}.")
                leaves[leaf][name] = read_entry(archive, entry, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise NotAllowed("Filen går inte att läsa som ZIP-arkiv.") from None
    for leaf, files in leaves.items():
        if leaf.text_name not in files:
            raise NotAllowed(f"Arkivet saknar {leaf.path.partition('/')[2]}.")
    return leaves


def measure_entries(entries: Iterable[zipfile.ZipInfo]) -> None:
    """By what the archive says of itself; read_entry() sees to it that it does not lie."""
    sizes = [(entry.file_size, max(entry.compress_size, 1)) for entry in entries]
    if len(sizes) > _MOST_FILES:
        raise NotAllowed(f"Arkivet har {len(sizes)} filer. Högst {_MOST_FILES} tas emot.")
    if sum(size for size, _ in sizes) > _LARGEST_TOTAL:
        raise NotAllowed(f"Arkivet blir större än {_LARGEST_TOTAL // 1_000_000} MB uppackat.")
    if any(size > 100_000 and size / compressed > _HIGHEST_RATIO for size, compressed in sizes):
        raise NotAllowed("Arkivet växer orimligt mycket när det packas upp, så det packas inte upp.")


def name_of(entry: zipfile.ZipInfo) -> str:
    """Return a file's name in NFC, with slashes."""
    # Finder writes UTF-8 without saying so, which is then read as cp437; Windows PowerShell 5.1 writes backslashes.
    name = entry.filename
    if not entry.flag_bits & _SAYS_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def is_rubbish(name: str) -> bool:
    return any(_RUBBISH.fullmatch(part) for part in name.split("/"))


def outer_folder(names: Sequence[str]) -> str:
    """Return the folder that all files lie in, with its slash; "" when there is none."""
    outer = {name.partition("/")[0] if "/" in name else "" for name in names}
    folder = outer.pop() if len(outer) == 1 else ""
    return "" if re.fullmatch(r"\.{0,2}|\d\d", folder) else f"{folder}/"


def year_folder(body: bytes) -> int | None:
    """Return the year that the folder with edition.toml is named after. Call it when unpack_edition() has read it."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        found = (re.search(r"(?:^|/)(20\d\d)/edition\.toml$", name_of(entry)) for entry in archive.infolist())
        return next((int(match[1]) for match in found if match), None)


def place_of_entry(entry: zipfile.ZipInfo, path: str, year: int) -> tuple[ContentRef, str]:
    shown = path[:60]
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise NotAllowed(f"Arkivet har en länk, {shown}, i stället för en fil.")
    match = _NAME.fullmatch(path)
    too_long = len(path.encode()) > _LONGEST_NAME
    leaf = find_leaf(match[1] or "", match[2], year) if match else None
    if not match or too_long or not leaf or not (match[2] == leaf.text_name or leaf.part_name(match[2])):
        raise NotAllowed(f"Arkivet har filen {shown}, som inte hör till en kalender. Ta bort den och försök igen.")
    if entry.file_size > _LARGEST_FILE:
        raise NotAllowed(f"Filen {shown} är större än {_LARGEST_FILE // 1_000_000} MB.")
    return leaf, match[2]


def find_leaf(folder: str, name: str, year: int) -> ContentRef | None:
    """Return the leaf that a file in a folder of an edition belongs to; None for what is no municipality's."""
    if folder != MUNICIPALITIES:
        return ContentRef(year, int(folder or 0))
    named = MUNICIPALITY_FILE.fullmatch(name)
    return ContentRef(year, municipality=named[1]) if named else None


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    with archive.open(entry) as file:
        body = file.read(_LARGEST_FILE + 1)
    if len(body) > _LARGEST_FILE:
        raise NotAllowed(f"Filen {entry.filename[:60]} är större än {_LARGEST_FILE // 1_000_000} MB.")
    try:
        if name.lower().endswith(".svg"):
            clean = svg.sanitize_svg(body)
            # Blanks between elements draw nothing: a file that was taken out comes in as it was.
            return body if re.sub(rb">\s+<", b"><", body.strip()) == clean else clean
        if not is_text(name):
            images.recognise_image(name, body)
    except NotAllowed as trouble:
        raise NotAllowed(f"{entry.filename[:60]}: {trouble}") from None
    return body
