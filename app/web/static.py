"""Static files under names that carry their own checksum, compressed beforehand, served by WhiteNoise; templates."""

# The files in app/static are plain. At start they are copied into the instance folder as name.<checksum>.ext with .br
# and .gz beside them; the style sheets in css/ are joined so that a page needs one request for them. Templates are kept
# compiled there, for the next start: the calendar's page needs 19, which take 80 of its 1,200 ms.

import gzip
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from whitenoise import WhiteNoise

from app.web.headers import wrap

_log = logging.getLogger(__name__)
PREFIX = "/static/"
SOURCE = Path(__file__).parent.parent / "static"
STYLE_SHEETS = {
    "site.css": ("tokens", "base", "calendar", "hatch", "forms", "pages", "pledges", "motion", "print"),
    "screen.css": ("tokens", "base", "calendar", "hatch", "screen"),
    "paper.css": ("tokens", "base", "calendar", "paper"),
    "poster.css": ("tokens", "base", "calendar", "paper", "poster"),
    "admin.css": ("tokens", "base", "forms", "pages", "admin", "editor"),
}


def build_static(target: Path) -> dict[str, str]:
    """Write what is missing in `target`; returns {"site.css": "site.1a2b3c4d5e6f.css", …}."""
    target.mkdir(parents=True, exist_ok=True)
    names = {}
    for name, body in _files().items():
        stem, _, ending = name.rpartition(".")
        names[name] = f"{stem}.{sha256(body).hexdigest()[:12]}.{ending}"
        for path, content in (
            (target / f"{names[name]}.br", brotli.compress),
            (target / f"{names[name]}.gz", lambda raw: gzip.compress(raw, 9, mtime=0)),
            (target / names[name], lambda raw: raw),
        ):
            if not path.exists():
                _write(path, content(body))
    return names


def _files() -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in SOURCE.iterdir() if path.is_file()}
    for name, parts in STYLE_SHEETS.items():
        files[name] = b"\n".join((SOURCE / "css" / f"{part}.css").read_bytes() for part in parts)
    return files


def _write(path: Path, body: bytes) -> None:
    """Complete or not at all: another worker may be reading."""
    # Beside the folder, not in it: the other's WhiteNoise lists the folder, and what it lists must stay.
    folder = path.parent
    partial = folder.with_name(f".{folder.name}-{path.name}.{os.getpid()}-{threading.get_ident()}.partial")
    partial.write_bytes(body)
    partial.replace(path)


class _CompiledTemplates(FileSystemBytecodeCache):
    def dump_bytecode(self, bucket: Bucket) -> None:
        # What cannot be kept is compiled at the next start, too.
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_templates(instance: Path) -> FileSystemBytecodeCache | None:
    """Return where templates are kept compiled; None where the instance folder has no room for it."""
    folder = instance / "templates"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return _CompiledTemplates(str(folder))


def let_frames_fetch(headers: Any, _path: str, _url: str) -> None:
    """A sandboxed frame is another origin than the site whose page it shows."""
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def init_app(app: Flask) -> None:
    target = Path(app.instance_path) / "static"
    try:
        names = build_static(target)
    except OSError:
        # An instance folder that cannot be written, or a full disk, is no reason not to show the calendar.
        _log.exception("De statiska filerna kunde inte läggas i %s; de läggs i en tillfällig mapp", target)
        target = Path(tempfile.mkdtemp(prefix="kalender-static-"))
        names = build_static(target)

    def asset(name: str) -> str:
        """Return the address of a static file."""
        # In debug mode it is built again when it has changed.
        return PREFIX + (build_static(target) if app.debug else names)[name]

    def size(address: str) -> int:
        """Return the compressed bytes of a static file, by its address."""
        return (target / f"{address.removeprefix(PREFIX)}.br").stat().st_size

    app.jinja_env.globals["asset"] = app.extensions["asset"] = asset
    app.extensions["asset_size"] = size
    settings = {"root": str(target), "prefix": PREFIX, "autorefresh": app.debug, "max_age": 3600}
    settings["add_headers_function"] = let_frames_fetch
    hashed = re.compile(r"\.[0-9a-f]{12}\.")
    wrap(app, partial(WhiteNoise, **settings, immutable_file_test=lambda _path, url: bool(hashed.search(url))))


# Stands in the footer where the weight goes.
MARK = "§vikt§"
# Of its variants a browser fetches one: the largest of the first kind at most.
_PICTURE = re.compile(r'<picture>\s*<source[^>]*\ssrcset="(?:[^"]*, )?(\S+) \d+w".*?</picture>', re.DOTALL)
_PARTS = re.compile(r'<(?:img|script)[^>]*\ssrc="([^"]+)"|<link\s+rel="(?:stylesheet|icon)" href="([^"]+)"')


def with_weight(page: str, size_of: Callable[[str], int]) -> str:
    """Return the page with its weight in kB in place of MARK. `size_of(address)` gives a part's compressed bytes."""
    if MARK not in page:
        return page
    parts = {first or second for first, second in _PARTS.findall(_PICTURE.sub(r'<img src="\1">', page))}
    total = len(brotli.compress(page.encode())) + sum(size_of(address) for address in parts)
    return page.replace(MARK, str(round(total / 1000)))


def compressed_size(body: bytes) -> int:
    return len(brotli.compress(body))
