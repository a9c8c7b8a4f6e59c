"""Every page is valid HTML, as html-validate reads the standard: invalid HTML is the commonest fault Digg finds."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import on_sqlite

pytestmark = on_sqlite

HERE = Path(__file__).parent
PUBLIC = ["/", "/2026/", "/om", "/lucka/14x", "/2026/lucka/14", "/2026/lucka/10/tavla", "/2026/tavling/villkor"]
PUBLIC += ["/2026/dragning", *(f"/2026/lucka/{number}" for number in range(1, 14))]
ADMIN = ["/admin/", "/admin/bidrag", "/admin/bidrag/1/stryk", "/admin/dragning", "/admin/forhandsvisning"]
ADMIN += ["/admin/beredskap", "/admin/statistik"]
ADMIN += ["/admin/forhandsvisning/2026-12-13T0800/", "/admin/forhandsvisning/2026-12-13T0800/2026/lucka/13"]


def faults_in(folder: Path) -> str:
    command = [HERE / "node_modules" / ".bin" / "html-validate", "--config", HERE / "htmlvalidate.json"]
    return subprocess.run(
        [*command, "--formatter", "text", *folder.glob("*.html")], capture_output=True, text=True
    ).stdout


def save(folder: Path, name: str, html: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name.strip('/').replace('/', '-') or 'start'}.html").write_text(html)


def test_public_pages_are_valid(tmp_path, clock, client, enter):
    save(tmp_path / "pages", "receipt", enter().text)
    save(tmp_path / "pages", "faults", enter(email="fel", answer=None).text)
    clock.set("2026-12-13 08:00")
    for path in PUBLIC:
        save(tmp_path / "pages", path, client.get(path).text)
    assert faults_in(tmp_path / "pages") == ""


@pytest.mark.parametrize("day", ["2026-11-20 08:00", "2026-12-24 08:00", "2026-12-28 08:00"])
def test_the_calendar_is_valid_in_every_season(tmp_path, clock, client, day):
    clock.set(day)
    save(tmp_path / "pages", "/", client.get("/").text)
    assert faults_in(tmp_path / "pages") == ""


def test_the_organisers_pages_are_valid(tmp_path, enter, organiser, client):
    enter()
    save(tmp_path / "pages", "sign-in", client.get("/admin/logga-in").text)
    for path in ADMIN:
        save(tmp_path / "pages", path, organiser.get(path).text)
    assert faults_in(tmp_path / "pages") == ""
