"""Every page is valid HTML, as html-validate reads the standard: invalid HTML is the commonest fault Digg finds."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import on_sqlite, token_in

pytestmark = on_sqlite

HERE = Path(__file__).parent
PUBLIC = ["/", "/2026/", "/om", "/lucka/14x", "/2026/lucka/14", "/2026/lucka/10/tavla", "/2026/tavling/villkor"]
PUBLIC += ["/personuppgifter", "/kakor", "/mitt-svar", "/tillganglighet", "/tillganglighet/tack"]
PUBLIC += ["/paminnelse", "/paminnelse/tack", "/paminnelse/bekrafta/x", "/paminnelse/avsluta/x"]
PUBLIC += ["/2026/dragning", *(f"/2026/lucka/{number}" for number in range(1, 14))]
PUBLIC += ["/2026/lucka/5/svar/1", "/2026/lucka/5/svar/3", "/2026/lucka/2/testar", "/2026/lucka/2/testar/kommun"]
PUBLIC += ["/2026/januari", "/2026/resultat", "/2026/resultat/metod"]
ADMIN = ["/admin/", "/admin/bidrag", "/admin/bidrag/1/stryk", "/admin/dragning"]
ADMIN += ["/admin/bidrag/tecken", "/admin/aterkoppling", "/admin/gallring"]
ADMIN += ["/admin/konton", "/admin/konton/1/ta-bort", "/admin/logg", "/admin/konto", "/admin/konto/engangskoder"]
ADMIN += [f"/admin/redigera{path}" for path in ("", "/lucka/10", "/lucka/10/tavling", "/lucka/10/bild", "/texter")]
ADMIN += [f"/admin/redigera/{path}" for path in ("utseende", "arrangor", "tillganglighet", "byt-plats", "ny", "las-in")]
ADMIN += [
    "/admin/paminnelser",
    "/admin/beredskap",
    "/admin/statistik",
    "/admin/forhandsvisning",
    "/admin/bidrag/1/ta-tillbaka",
]
ADMIN += ["/admin/forhandsvisning/2026-12-13T0800/", "/admin/forhandsvisning/2026-12-13T0800/2026/lucka/13"]


def faults_in(folder: Path) -> str:
    command = [HERE / "node_modules" / ".bin" / "html-validate", "--config", HERE / "htmlvalidate.json"]
    return subprocess.run(
        [*command, "--formatter", "text", *folder.glob("*.html")], capture_output=True, text=True
    ).stdout


def save(folder: Path, name: str, html: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name.strip('/').replace('/', '-') or 'start'}.html").write_text(html)


def own_entry(client, receipt, **fields):
    """The answer to whoever asks for an entry with its receipt."""
    asked = {"token": token_in(client.get("/mitt-svar")), "code": receipt.code, "email": "bo@example.se"}
    return client.post("/mitt-svar", data=asked | fields)


def test_public_pages_are_valid(tmp_path, clock, client, enter, accept):
    save(tmp_path / "pages", "thanks", enter().text)
    save(tmp_path / "pages", "faults", enter(email="fel", answer=None).text)
    for path in ("/mitt-svar", "/tillganglighet"):
        save(tmp_path / "pages", f"faults{path}", client.post(path).text)
    found = own_entry(client, accept("bo@example.se"))
    save(tmp_path / "pages", "found", found.text)
    save(tmp_path / "pages", "untouched", own_entry(client, accept("bo@example.se"), act="aterkalla").text)
    save(tmp_path / "pages", "taken-back", own_entry(client, accept("bo@example.se"), act="aterkalla", sure="ja").text)
    clock.set("2026-12-13 08:00")
    for path in PUBLIC:
        save(tmp_path / "pages", path, client.get(path).text)
    assert faults_in(tmp_path / "pages") == ""


@pytest.mark.parametrize("day", ["2026-11-20 08:00", "2026-12-24 08:00", "2026-12-28 08:00"])
def test_calendar_is_valid_in_every_season(tmp_path, clock, client, day):
    clock.set(day)
    save(tmp_path / "pages", "/", client.get("/").text)
    assert faults_in(tmp_path / "pages") == ""


def test_the_organisers_pages_are_valid(tmp_path, enter, organiser, client, clock):
    enter()
    save(tmp_path / "pages", "sign-in", client.get("/admin/logga-in").text)
    for path in ADMIN:
        save(tmp_path / "pages", path, organiser.get(path).text)
    token = {"token": token_in(organiser.get("/admin/konto"))}
    save(tmp_path / "pages", "recovery-codes", organiser.post("/admin/konto/reservkoder", data=token).text)
    clock.set("2031-01-01 08:00")
    save(tmp_path / "pages", "ended", organiser.post("/admin/konton", data=token).text)
    assert faults_in(tmp_path / "pages") == ""
