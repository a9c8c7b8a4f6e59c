"""The calendar as files: every link leads to a file, and every page says what it said with its server."""

import gzip
import posixpath
import shutil
from functools import cache
from urllib.parse import unquote, urlsplit

import brotli
import pytest
from bs4 import BeautifulSoup

from app.operations.export import CLOSED, file_of
from tests.conftest import on_sqlite

pytestmark = on_sqlite
DRAW_FILES = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "logg.txt", "protokoll.json")
DRAW = tuple(f"/2026/dragning/{name}" for name in (*DRAW_FILES, "verifiera.py"))
ENDINGS = (".png", ".jpg", ".webp", ".avif")


@pytest.fixture
def app(share_app, content):
    """A calendar with two municipalities: the pages of the others are as theirs."""
    for path in sorted((content / "2026" / "kommuner").iterdir())[2:]:
        path.unlink()
    return share_app(CALENDAR_CONTENT=content)


@pytest.fixture
def export(app, tmp_path):
    """Write the calendar; gives the result of the command and the folder."""

    def write(name="sparad"):
        folder = tmp_path / name
        return app.test_cli_runner().invoke(args=["export", str(folder)]), folder

    return write


@pytest.fixture(scope="module")
def kept():
    return {}


@pytest.fixture
def exported(export, accept, reach, client, kept, tmp_path_factory):
    """The calendar after its draw, written once: what the command said, the files, and the live page of each."""
    if not kept:
        for name in ("anna", "bo", "cecilia"):
            accept(f"{name}@example.se")
        reach("finished")
        kept["result"], folder = export()
        assert kept["result"].exit_code == 0, kept["result"].output
        kept["folder"] = shutil.move(folder, tmp_path_factory.mktemp("export") / "site")
        paths = [path_of(file, kept["folder"]) for file in kept["folder"].rglob("index.html")]
        # The result comes first: it counts the visits that follow.
        paths.sort(key=lambda path: "resultat" not in path)
        kept["live"] = {path: client.get(path, follow_redirects=True) for path in (*paths, *DRAW)}
    return kept


@pytest.fixture
def saved(exported):
    return exported["folder"]


def path_of(file, folder):
    return posixpath.join("/", str(file.parent.relative_to(folder))).replace("/.", "/")


@cache
def soup(file):
    return BeautifulSoup(file.read_bytes(), "html.parser")


def led_to(page, folder, file):
    """Give each address within the site that a page asks for or leads to, with the file that it means."""
    for element in page.find_all(True):
        for name in ("href", "src", "srcset", "data-files"):
            for part in element.get(name, "").split():
                split = urlsplit(part)
                if split.scheme or split.netloc or not split.path or (part.endswith(("w", "w,")) and part[0].isdigit()):
                    continue
                start = folder if split.path.startswith("/") else file.parent
                yield part, start / unquote(split.path.lstrip("/"))


def test_every_link_leads_to_a_file(saved):
    pages = list(saved.rglob("*.html"))
    assert len(pages) > 80
    dead = [
        (str(file.relative_to(saved)), part)
        for file in pages
        for part, target in led_to(soup(file), saved, file)
        if not target.resolve().is_file()
    ]
    assert dead == []


def test_what_pages_tell_programs_is_there(saved):
    for file in saved.rglob("index.html"):
        for element in soup(file).select('meta[property="og:image"], link[href*="://"]'):
            address = urlsplit(element.get("content") or element["href"]).path
            assert address == "/finns-inte" or (saved / file_of(unquote(address))).is_file(), (file, address)


def test_links_within_pages_lead_somewhere(saved):
    for file in saved.rglob("*.html"):
        page = soup(file)
        assert [link["href"] for link in page.select('a[href^="#"]') if not page.find(id=link["href"][1:])] == []


def test_nothing_asks_for_a_server(saved):
    for file in saved.rglob("*.html"):
        page = soup(file)
        assert page.select("form[action], form[method], a[href^='/admin']") == [], file
        assert [button for button in page.select("button[type=submit]") if not button.find_parent(id="rakna-sok")] == []


# What a page may lose: what needs a server.
LOST = "form[method], li:has(> a), a.button"


def words(page):
    return page.get_text(" ").split()


def test_pages_say_what_they_said(saved, exported):
    lost = {}
    for file in saved.rglob("index.html"):
        path = path_of(file, saved)
        answer = exported["live"][path]
        assert answer.status_code == 200, path
        live, page = BeautifulSoup(answer.text, "html.parser"), soup(file)
        allowed = " ".join(each.get_text(" ") for each in live.select(LOST)).split()
        rest = words(page)
        for word in CLOSED.split() * page.get_text(" ").count(CLOSED):
            rest.remove(word)
        said = words(live)
        gone = [word for word in set(said) if said.count(word) - rest.count(word) > allowed.count(word)]
        new = [word for word in set(rest) if rest.count(word) > said.count(word)]
        if gone or new:
            lost[path] = (gone, new)
    assert lost == {}


def test_what_the_draw_needs_is_there(saved, exported):
    assert [path for path in DRAW if (saved / path[1:]).read_bytes() != exported["live"][path].data] == []
    draw = soup(saved / "2026" / "dragning" / "index.html")
    assert draw.select_one("#i-webblasaren")["data-files"].split() == list(DRAW_FILES)


def test_text_has_compressed_copies(saved):
    for file in (each for each in saved.rglob("*") if each.is_file()):
        if file.suffix in (*ENDINGS, ".gz", ".br"):
            continue
        body = file.read_bytes()
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == body
        assert brotli.decompress(file.with_name(f"{file.name}.br").read_bytes()) == body


def test_site_can_be_found_under_its_address(saved):
    page = soup(saved / "2026" / "lucka" / "13" / "index.html")
    assert page.select_one("link[rel=canonical]")["href"].endswith("/2026/lucka/13")
    assert soup(saved / "404.html").select_one("a.site-name")["href"] == "/index.html"
    for name in ("flode.xml", "flode.json", "kalender.ics", "robots.txt", "sitemap.xml", "manifest.webmanifest"):
        assert (saved / name).is_file()


def test_command_says_what_it_left_out(exported):
    said = exported["result"].output
    for expected in ("Klart:", "redaktionen", "/paminnelse", "/mitt-svar"):
        assert expected in said


def test_locked_hatches_stay_at_home(export, clock):
    clock.set("2026-12-03 08:00")
    result, folder = export()
    assert result.exit_code == 0
    assert sorted(path.name for path in (folder / "2026" / "lucka").iterdir()) == ["1", "2", "3"]
    assert soup(folder / "2026" / "affisch" / "index.html").select(".windows a[href]")[-1].text.split()[-1] == "3"


def test_export_is_no_visit(app, export, clock):
    clock.set("2026-12-03 08:00")
    before = dict(vars(app.extensions["tally"]))
    export()
    assert {name: value for name, value in vars(app.extensions["tally"]).items() if value != before[name]} == {}


def test_folder_with_files_is_left_alone(export, tmp_path):
    (tmp_path / "sparad").mkdir()
    (tmp_path / "sparad" / "eget.txt").write_text("Rör inte.")
    result, folder = export()
    assert result.exit_code == 1
    assert f"{folder} är inte en tom mapp. Ange en mapp som är tom eller inte finns." in result.output
    assert [path.name for path in folder.iterdir()] == ["eget.txt"]
