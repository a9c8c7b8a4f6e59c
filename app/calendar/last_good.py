"""Keep the last good version of each edition on disk, so that a start does not depend on today's files."""

import io
import logging
import os
import re
import tempfile
import zipfile
from pathlib import Path

from app.calendar.content import IMAGE, read_edition
from app.calendar.faults import ContentError
from app.calendar.hatches import Edition

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
                return read_edition(Path(folder) / str(year), demo)
        except (OSError, zipfile.BadZipFile, ContentError):
            return None


def pack(folder: Path) -> bytes:
    """Return an archive of what an edition is read from: the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and (file.name in ("edition.toml", "hatch.md") or IMAGE.fullmatch(file.name)):
                # A ZipInfo of its own bears no time, so the same files give the same bytes.
                archive.writestr(zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder)}"), file.read_bytes())
    return packed.getvalue()
