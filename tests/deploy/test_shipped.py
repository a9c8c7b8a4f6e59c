"""What is shipped for those who run the calendar says what there is, and holds what it promises."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.conftest import ROOT, on_sqlite

UNITS = sorted((ROOT / "deploy").glob("*.service"))
LONG_RUNNING = [unit for unit in UNITS if unit.name not in ("kalender-prepare.service",)]
CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text("utf-8")


def settings_of(unit):
    return dict(line.split("=", 1) for line in unit.read_text("utf-8").splitlines() if re.match(r"[A-Z]\w+=", line))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_service_runs_as_root_or_can_write_to_system(unit):
    found = settings_of(unit)
    assert found["User"] == "kalender"
    assert found["ProtectSystem"] == "strict"
    assert found["ProtectHome"] == found["NoNewPrivileges"] == found["PrivateTmp"] == "yes"
    assert found["CapabilityBoundingSet"] == ""
    assert found["UMask"] == "0077"
    assert found["StateDirectoryMode"] == "0700"


@pytest.mark.parametrize("unit", LONG_RUNNING, ids=lambda unit: unit.name)
def test_what_runs_for_long_is_kept_from_the_kernel_too(unit):
    text = unit.read_text("utf-8")
    for line in (
        "PrivateUsers=yes",
        "RestrictNamespaces=yes",
        "SystemCallFilter=@system-service",
        "ProtectKernelModules=yes",
        "LockPersonality=yes",
    ):
        assert f"\n{line}\n" in text


@on_sqlite
def test_every_command_that_service_starts_exists(app):
    started = [re.search(r"^ExecStart=\S+/flask (\w+)", unit.read_text("utf-8"), re.M) for unit in UNITS]
    names = {match[1] for match in started if match}
    assert names == {"prepare", "jobs", "metrics", "backup"}
    assert names <= set(app.cli.commands)


def test_container_runs_as_nobody_special_and_tells_how_it_is():
    assert re.findall(r"^FROM \S+:(\S+)", CONTAINERFILE, re.M) == ["3.14-slim-trixie"] * 2
    assert CONTAINERFILE.rindex("\nUSER 10001\n") < CONTAINERFILE.index("\nCMD ")
    assert "HEALTHCHECK" in CONTAINERFILE
    assert "--require-hashes" in CONTAINERFILE
    assert "--no-cache-dir" in CONTAINERFILE
    assert "ADD " not in CONTAINERFILE
    assert "latest" not in CONTAINERFILE


def test_container_copies_what_is_there_and_gets_nothing_else():
    copied = {name for line in re.findall(r"^COPY (?!--)(.+) \S+$", CONTAINERFILE, re.M) for name in line.split()}
    allowed = {line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert (ROOT / ".containerignore").read_text() == (ROOT / ".dockerignore").read_text()


def test_every_documented_setting_exists():
    guide = (ROOT / "docs" / "drift.md").read_text("utf-8")
    named = set(re.findall(r"\bFLASK_([A-Z_]+)\b", guide))
    assert named - set(Settings.model_fields) == set()
    assert {"METRICS_PORT", "JSON_LOG", "TRUSTED_PROXIES", "SECRET_KEY"} <= named


def test_every_direct_dependency_stands_in_the_table_and_nothing_else():
    wanted = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / "requirements.in").read_text(), re.M)
    table = (ROOT / "docs" / "dependencies.md").read_text("utf-8").split("\n## ")[0]
    listed = re.findall(r"^\| `([^`]+)` \|", table, re.M)
    assert sorted(name.lower() for name in listed) == sorted(name.lower() for name in wanted)


def test_bill_of_materials_has_every_pinned_package_and_its_licence(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "sbom.py", tmp_path], check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.cdx.json").read_text("utf-8"))
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", Path(ROOT / "requirements.txt").read_text(), re.M)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [part["name"] for part in bill["components"]] == sorted(pins)
    assert all(part["purl"] == f"pkg:pypi/{part['name'].lower()}@{part['version']}" for part in bill["components"])
    lines = (tmp_path / "licences.txt").read_text("utf-8").splitlines()
    assert len(lines) == len(pins)
    assert [line for line in lines if re.search(r"\bA?GPL", line)] == []
