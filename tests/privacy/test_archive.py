"""The archive package: everything that is to be kept, checked with what is in it, and nothing about anyone."""

import io
import subprocess
import zipfile

import pytest

from tests.conftest import on_sqlite
from tests.draw.checkers import run_program

pytestmark = on_sqlite

NAMES = {
    *("README.txt", "SHA256SUMS", "verifiera.py", "tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt"),
    *("logg.txt", "protokoll.json"),
}


@pytest.fixture
def package(organiser):
    """The package as it is downloaded: its files by name."""

    def fetch():
        answer = organiser.get("/admin/arkivpaket.zip")
        assert answer.status_code == 200
        return zipfile.ZipFile(io.BytesIO(answer.data))

    return fetch


def test_finished_contest_is_checked_with_what_is_in_its_package(accept, reach, package, client, tmp_path):
    saved = [accept(f"{name}@example.se") for name in ("anna", "bo")]
    reach("finished")
    package().extractall(tmp_path / "p")
    folder = tmp_path / "p" / "arkivpaket-mjk-2026"
    assert {path.name for path in folder.iterdir()} == NAMES
    for name in NAMES - {"README.txt", "SHA256SUMS"}:
        assert (folder / name).read_bytes() == client.get(f"/2026/dragning/{name}").data
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert sums.returncode == 0, sums.stdout
    code, told = run_program(folder / "verifiera.py", folder)
    assert (code, "Räkningen stämmer" in told) == (2, True)
    whole = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [secret for one in saved for secret in (one.code.encode(), b"anna@example") if secret in whole]


def test_open_contest_has_terms_and_log_and_says_what_lacks(accept, reach, package):
    accept("anna@example.se")
    reach("open")
    found = package()
    names = {name.rpartition("/")[2] for name in found.namelist()}
    assert names == {"README.txt", "SHA256SUMS", "verifiera.py", "tavling.txt", "regler.txt", "logg.txt"}
    readme = found.read("arkivpaket-mjk-2026/README.txt").decode()
    assert "Kommer när listan är låst." in readme
