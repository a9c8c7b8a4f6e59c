"""The real server on a disk that is full, and on one that cannot be written: then, and when it is mended."""

import resource
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ANNA, on_sqlite
from tests.load.test_real_server import PATH, ask, enter, granian, new_token, port, serving, stored

__all__ = ["port"]
pytestmark = on_sqlite
# Even root keeps to the modes of files without this capability (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE).
WITHOUT_OVERRIDE = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
PAGES = ("/", "/2026/lucka/10", "/om", PATH)
RULES = "/2026/tavling/villkor"


def workers(process: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def assert_only_pages(port: int) -> None:
    assert [ask(port, "GET", page)[0] for page in PAGES] == [200] * len(PAGES)
    status, page = ask(port, "POST", PATH, ANNA | {"token": new_token(), "email": "bo@example.se"})
    assert status == 503
    assert "Ditt svar är <strong>inte</strong> mottaget ännu." in page
    assert 'value="bo@example.se"' in page
    status, told = ask(port, "GET", "/readyz")
    assert (status, '"disk":"cannot be written"' in told) == (503, True)


def assert_all_is_well(port: int) -> None:
    assert ask(port, "GET", "/readyz")[0] == 200
    enter(port, new_token(), "bo@example.se")
    assert ask(port, "GET", "/2026/dragning")[0] == 200


def test_full_disk_thanks_nobody_and_needs_no_hand_later(port, database_url, instance):
    """No file of the server may grow: what it sees is what a full disk or a quota shows."""
    with serving(granian(port), port, database_url, instance) as server:
        enter(port, new_token(), "anna@example.se")
        for worker in workers(server.pid):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        assert_only_pages(port)
        assert ask(port, "GET", RULES)[0] == 200
        assert len(stored(database_url)) == 1
        for worker in workers(server.pid):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert_all_is_well(port)
    assert len(stored(database_url)) == 2


@pytest.fixture
def sealed(blank: str, tmp_path: Path) -> Path:
    """An instance folder with a database, which cannot be written."""
    folder = tmp_path / "instans"
    folder.mkdir()
    shutil.copyfile(blank, folder / "kalender.sqlite3")
    (folder / "kalender.sqlite3").chmod(0o444)
    folder.chmod(0o555)
    return folder


def test_instance_folder_that_cannot_be_written_still_shows_calendar(port, sealed):
    url = f"sqlite:///{sealed}/kalender.sqlite3"
    with serving([sys.executable, "-c", WITHOUT_OVERRIDE, *granian(port)], port, url, sealed):
        assert_only_pages(port)
        # The rules as they were frozen are in the database, which cannot even be read.
        status, told = ask(port, "GET", RULES)
        assert (status, "Det går inte just nu" in told) == (503, True)
        page = ask(port, "GET", "/")[1]
        style = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
        assert ask(port, "GET", style)[0] == 200
        sealed.chmod(0o755)
        (sealed / "kalender.sqlite3").chmod(0o644)
        assert_all_is_well(port)
    assert len(stored(url)) == 1
