"""An edition as a ZIP file, out and in."""

# What comes in is counted and measured before a byte of it is unpacked.

import io
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from typing import IO

from app.calendar.loader import IMAGE
from app.calendar.schedule import NUMBERS
from app.editing import images, svg
from app.editing.store import TEXTS, ContentRef, Files
from app.errors import NotAllowed

LARGEST_UPLOAD = 32_000_000
_MOST_FILES, _LARGEST_FILE, _LARGEST_TOTAL, _HIGHEST_RATIO = 500, 1_000_000, 30_000_000, 200
_LONGEST_NAME = 100
# How each line of an archive's list begins.
_ENTRY = b"PK\x01\x02"
_NAME = re.compile(r"(?:20\d\d/)?(?:(edition\.toml)|(0[1-9]|1\d|2[0-4])/([^/\\]+))")


def pack_edition(leaves: Mapping[ContentRef, Files], target: IO[bytes]) -> None:
    """Write the leaves of an edition as 2026/edition.toml, 2026/01/hatch.md and so on."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for leaf, files in leaves.items():
            folder = f"{leaf.year}/{leaf.number:02}/" if leaf.number else f"{leaf.year}/"
            for name, body in files.items():
                archive.writestr(folder + name, body)


def unpack_edition(body: bytes, year: int) -> dict[ContentRef, Files]:
    """Return the leaves in an archive, as leaves of `year`. Raises NotAllowed."""
    if (lines := body.count(_ENTRY)) > 2 * _MOST_FILES:
        # Before the list is read: a long one fills the memory. Folders stand in it too, so there is room for them.
        raise NotAllowed(f"Arkivet har {lines} filer. Högst {_MOST_FILES} tas emot.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            measure_entries(entries)
            placed = {entry.filename: place_of_entry(entry, year) for entry in entries}
            leaves: dict[ContentRef, Files] = {ContentRef(year, number): {} for number in (0, *NUMBERS)}
            for entry in entries:
                leaf, name = placed[entry.filename]
                # Some disks take BILD.png and bild.png for one file.
                if name.casefold() in map(str.casefold, leaves[leaf]):
                    raise NotAllowed(f"Arkivet har två filer som båda är {leaf.name}/{name}.")
                leaves[leaf][name] = read_entry(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise NotAllowed("Filen går inte att läsa som ZIP-arkiv.") from None
    for leaf, files in leaves.items():
        if leaf.text_name not in files:
            raise NotAllowed(f"Arkivet saknar {f'{leaf.name}/' if leaf.number else ''}{leaf.text_name}.")
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


def place_of_entry(entry: zipfile.ZipInfo, year: int) -> tuple[ContentRef, str]:
    shown = entry.filename[:60]
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise NotAllowed(f"Arkivet har en länk, {shown}, i stället för en fil.")
    match = _NAME.fullmatch(entry.filename)
    too_long = len(entry.filename.encode()) > _LONGEST_NAME
    if not match or too_long or (match[3] and match[3] != "hatch.md" and not IMAGE.fullmatch(match[3])):
        raise NotAllowed(f"Arkivet har filen {shown}, som inte hör till en kalender. Ta bort den och försök igen.")
    if entry.file_size > _LARGEST_FILE:
        raise NotAllowed(f"Filen {shown} är större än {_LARGEST_FILE // 1_000_000} MB.")
    return ContentRef(year, int(match[2] or 0)), match[1] or match[3]


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        body = file.read(_LARGEST_FILE + 1)
    if len(body) > _LARGEST_FILE:
        raise NotAllowed(f"Filen {entry.filename[:60]} är större än {_LARGEST_FILE // 1_000_000} MB.")
    try:
        if entry.filename.endswith(".svg"):
            return svg.sanitize_svg(body)
        if not entry.filename.endswith(TEXTS):
            images.recognise_image(entry.filename, body)
    except NotAllowed as trouble:
        raise NotAllowed(f"{entry.filename[:60]}: {trouble}") from None
    return body
