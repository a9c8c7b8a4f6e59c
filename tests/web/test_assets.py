"""Style sheets, script and icon: under names that change with what is in them, packed beforehand."""

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest
from jinja2 import Environment

from app.web import static
from tests.conftest import on_sqlite

ASKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Some static files of a test's own."""
    folder = tmp_path / "source"
    (folder / "css").mkdir(parents=True)
    for name in {part for parts in static.STYLE_SHEETS.values() for part in parts}:
        (folder / "css" / f"{name}.css").write_text(f".{name} {{}}")
    (folder / "form.js").write_text("1;")
    monkeypatch.setattr(static, "SOURCE", folder)
    return folder


def test_a_name_changes_when_and_only_when_the_file_does(source, tmp_path):
    first = static.build_static(tmp_path / "built")
    assert static.build_static(tmp_path / "built") == first
    (source / "form.js").write_text("2;")
    second = static.build_static(tmp_path / "built")
    assert {name for name in first if first[name] != second[name]} == {"form.js"}
    assert (tmp_path / "built" / first["form.js"]).read_text() == "1;"


def test_style_sheets_are_joined_in_their_order(source, tmp_path):
    name = static.build_static(tmp_path / "built")["admin.css"]
    joined = (tmp_path / "built" / name).read_text().splitlines()
    assert joined == [f".{part} {{}}" for part in static.STYLE_SHEETS["admin.css"]]


def test_packed_files_hold_the_same(source, tmp_path):
    for name in static.build_static(tmp_path / "built").values():
        plain = (tmp_path / "built" / name).read_bytes()
        assert brotli.decompress((tmp_path / "built" / f"{name}.br").read_bytes()) == plain
        assert gzip.decompress((tmp_path / "built" / f"{name}.gz").read_bytes()) == plain


def test_several_workers_may_start_at_once(source, tmp_path):
    with ThreadPoolExecutor(8) as workers:
        names = list(workers.map(lambda _: static.build_static(tmp_path / "built"), range(8)))
    assert all(name == names[0] for name in names)
    assert not list(tmp_path.rglob("*.partial"))
    assert len(list((tmp_path / "built").iterdir())) == 3 * len(names[0])


def test_no_unfinished_file_is_listed(source, tmp_path, monkeypatch):
    # WhiteNoise of another worker lists the folder and then asks of each file how large it is.
    seen, replace = [], Path.replace
    monkeypatch.setattr(Path, "replace", lambda *paths: seen.extend((tmp_path / "built").iterdir()) or replace(*paths))
    names = static.build_static(tmp_path / "built").values()
    assert {file.name for file in seen} <= {f"{name}{packed}" for name in names for packed in ("", ".br", ".gz")}
    assert seen


@on_sqlite
@pytest.mark.parametrize("path", ["/", "/2026/lucka/10", "/2026/lucka/10/tavla", "/admin/logga-in", "/inbaddning"])
def test_everything_a_page_asks_for_is_there_for_good(client, path):
    addresses = ASKED.findall(client.get(path).text)
    assert len(addresses) >= 2
    for address in addresses:
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert re.search(r"\.[0-9a-f]{12}\.", address)
        assert "immutable" in answer.headers["Cache-Control"]


@on_sqlite
def test_static_files_are_sent_packed_and_only_once(client):
    address = next(found for found in ASKED.findall(client.get("/").text) if found.endswith(".css"))
    plain = client.get(address, buffered=True)
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = client.get(address, headers={"Accept-Encoding": encoding}, buffered=True)
        assert packed.headers["Content-Encoding"] == encoding
        assert unpack(packed.data) == plain.data
    known = client.get(address, headers={"If-Modified-Since": plain.headers["Last-Modified"]}, buffered=True)
    assert known.status_code == 304


@on_sqlite
@pytest.mark.parametrize(
    "path",
    ["/static/", "/static/form.js", "/static/../kalender.sqlite3", "/static/%2e%2e/secret_key", "/static//etc/passwd"],
)
def test_nothing_else_can_be_fetched(client, path):
    assert client.get(path).status_code in (404, 308)


@on_sqlite
def test_templates_are_compiled_once(make_app, tmp_path, monkeypatch):
    (tmp_path / "templates").unlink()
    page = make_app().test_client().get("/").text
    with monkeypatch.context() as patch:
        patch.setattr(Environment, "compile", None)
        assert make_app().test_client().get("/").text == page


@on_sqlite
@pytest.mark.parametrize("folder", ["a file", "gone"])
def test_templates_need_no_folder(folder, make_app, tmp_path):
    (tmp_path / "templates").unlink()
    if folder == "a file":
        (tmp_path / "templates").write_text("")
    client = make_app().test_client()
    if folder == "gone":
        (tmp_path / "templates").rmdir()
    assert client.get("/").status_code == 200
