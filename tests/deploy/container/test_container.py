"""The image is built as it is shipped and started from an empty volume."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT, free_port, until

CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
BASE = re.search(r"^FROM (\S+)", CONTAINERFILE, re.M)[1]
# The release of Debian in the tag; its own Python takes the place of the image's.
RELEASE = BASE.rpartition("-")[2]
# How pip finds packages on this machine.
PIP = [path for path in ("/etc/pip.conf", "/etc/xdg/pip", "/etc/ssl/certs") if Path(path).exists()]


@pytest.fixture
def base():
    """A system with Python, made once and kept in build/."""
    archive = ROOT / "build" / f"container-base-{RELEASE}.tar"
    if not archive.exists():
        with tempfile.TemporaryDirectory() as folder:
            packages = "--include=python3,python3-venv,ca-certificates"
            subprocess.run(["debootstrap", "--variant=minbase", packages, RELEASE, folder], check=True)
            Path(folder, "usr/bin/python").symlink_to("python3")
            draft = archive.with_suffix(".part")
            subprocess.run(["tar", "-C", folder, "-cf", draft, "."], check=True)
            draft.rename(archive)
    return archive


@pytest.fixture
def buildah():
    """Run buildah with storage that goes when the test is over."""
    folder = tempfile.mkdtemp(prefix="container-")
    storage = ["--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "vfs"]
    yield lambda *arguments: ["buildah", *storage, *map(str, arguments)]
    shutil.rmtree(folder, ignore_errors=True)


def output(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@contextmanager
def started(command):
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def status_of(address):
    try:
        with urlopen(address, timeout=5) as answer:  # noqa: S310 – our own server
            return answer.status
    except OSError:
        return None


def test_image_starts_from_empty_volume_and_does_jobs(base, buildah, tmp_path):
    scratch = output(buildah("from", "scratch"))
    output(buildah("add", scratch, base, "/"))
    output(buildah("commit", scratch, BASE))
    volumes = [option for path in PIP for option in ("--volume", f"{path}:{path}:ro")]
    build = ("bud", "--isolation", "chroot", "--pull-never", *volumes, "-f", ROOT / "deploy/Containerfile")
    output(buildah(*build, "-t", "kalender", ROOT))
    container = output(buildah("from", "--pull-never", "localhost/kalender"))
    volume, port = tmp_path / "volume", free_port()
    volume.mkdir()
    os.chown(volume, 10001, 10001)
    run = ("run", "--isolation", "chroot", "--volume", f"{volume}:/var/lib/kalender", container, "--")
    assert output(buildah(*run, "id", "-u")) == "10001"
    *shell, line = json.loads(re.search(r"^CMD (.+)$", CONTAINERFILE, re.M)[1])
    here = line.replace("0.0.0.0", "127.0.0.1").replace("5000", str(port))  # noqa: S104
    site = f"http://127.0.0.1:{port}"
    with started(buildah(*run, *shell, here)) as server:
        until(lambda: status_of(f"{site}/healthz"), server)
        assert (status_of(f"{site}/"), status_of(f"{site}/readyz")) == (200, 200)
        with started(buildah(*run, "flask", "jobs")) as jobs:
            until((volume / "jobs.alive").exists, jobs)
    assert len((volume / "secret_key").read_text()) > 32
