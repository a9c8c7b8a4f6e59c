"""What the calendar is made of: tools/sbom.py FOLDER writes sbom.cdx.json (CycloneDX 1.6) and licences.txt there.

Read from the pinned requirements and from what the installed packages say of themselves, so it needs no network.
"""

import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pinned() -> list[tuple[str, str]]:
    """Name and version of what is pinned to run the calendar; some in two, for older and newer Pythons."""
    return sorted(PIN.findall((ROOT / "requirements.txt").read_text()))


def licence(name: str) -> str:
    """What a package says of its licence: an SPDX expression where it has one, else its own words."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "okänd (inte installerad här)"
    classified = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License")]
    words = str(told.get("License-Expression") or " / ".join(classified) or told.get("License") or "okänd")
    return words.strip().splitlines()[0]


def component(name: str, version: str) -> dict[str, object]:
    purl = f"pkg:pypi/{name.lower()}@{version}"
    named = [{"license": {"name": licence(name)}}]
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "licenses": named}


def bill(packages: list[tuple[str, str]]) -> dict[str, object]:
    """A CycloneDX document; the same packages give the same bytes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    program = {"type": "application", "bom-ref": "kalender", "name": project["name"], "version": project["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": program | {"licenses": [{"license": {"id": "MIT"}}]}},
        "components": [component(name, version) for name, version in packages],
    }


def main(folder: Path) -> None:
    packages = pinned()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sbom.cdx.json").write_text(json.dumps(bill(packages), indent=1, ensure_ascii=False) + "\n")
    lines = [f"{name} {version}: {licence(name)}" for name, version in packages]
    (folder / "licences.txt").write_text("\n".join(lines) + "\n")
    print(f"{len(packages)} paket i {folder}/sbom.cdx.json och licences.txt.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
