"""A folder that the server may not write in: every page says so, keeps what was typed, and leaves all as it was."""

import errno
import io
import tempfile
import zipfile

import pytest

from app.editing import store
from tests.conftest import on_sqlite
from tests.editing.conftest import fields, words
from tests.editing.photos import photo

pytestmark = on_sqlite
START = "/admin/redigera"
SENTENCE = (
    "Kalendern får inte skriva i mappen med innehållet. Be den som sköter servern om hjälp. Inget är ändrat på sidan."
)
WAYS = ["lucka/3", "lucka/10/tavling", "texter", "arrangor", "tillganglighet", "lucka/3/bild", "byt-plats", "ny"]
WAYS += ["las-in", "lucka/3/tidigare/1"]
TYPED = {
    "lucka/3": {"title": "Ny"},
    "lucka/10/tavling": {"tax": "Ny text om skatt."},
    "texter": {"theme": "tema vatten"},
    "arrangor": {"organiser-name": "Lerums kommun"},
    "tillganglighet": {"method": "Vi har provat."},
    "lucka/3/bild": {"image_alt": "En röd cykel."},
    "byt-plats": {"first": "3", "second": "15"},
}


@pytest.fixture
def read_only(content, monkeypatch):
    """From now on nothing is written below the content, as on a disk that is mounted to be read."""
    put, make = store.put_files, tempfile.mkdtemp

    def refuse(path, body):
        if content in path.parents:
            raise OSError(errno.EROFS, "Read-only file system")
        put(path, body)

    def refuse_a_folder(suffix=None, prefix=None, dir=None):
        if dir == content:
            raise OSError(errno.EROFS, "Read-only file system")
        return make(suffix, prefix, dir)

    def begin():
        monkeypatch.setattr(store, "put_files", refuse)
        monkeypatch.setattr(tempfile, "mkdtemp", refuse_a_folder)

    return begin


def archive_of(content):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for path in (content / "2026").rglob("*"):
            if path.suffix in (".md", ".toml", ".svg"):
                made.write(path, path.relative_to(content / "2026").as_posix())
    return io.BytesIO(target.getvalue())


@pytest.mark.parametrize("way", WAYS)
def test_every_page_that_writes_says_that_it_may_not(organiser, change, content, read_only, way):
    change(f"{START}/lucka/3", title="Första")
    before = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    files = {"lucka/3/bild": {"picture": (io.BytesIO(photo()), "x.jpg")}}
    files["las-in"] = {"archive": (archive_of(content), "x.zip"), "year": "2027"}
    sent = fields(organiser.get(f"{START}/{way}")) | TYPED.get(way, {}) | files.get(way, {})
    read_only()
    answer = organiser.post(f"{START}/{way}", data=sent)
    assert (answer.status_code, SENTENCE in words(answer)) == (503, True)
    kept = fields(answer)
    assert {name: kept[name] for name in TYPED.get(way, {})} == TYPED.get(way, {})
    assert {path: path.read_bytes() for path in content.rglob("*") if path.is_file()} == before
