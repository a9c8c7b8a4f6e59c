"""Looks the pinned packages up among known vulnerabilities; says so where no database can be reached."""

import json
import subprocess
import sys
from pathlib import Path

PINNED = ("requirements.txt", "requirements-dev.txt")


def main() -> int:
    program = Path(sys.executable).parent / "pip-audit"
    files = [part for name in PINNED for part in ("--requirement", name)]
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    done = subprocess.run([program, *files, *options], capture_output=True, text=True)  # noqa: S603 – our own program
    try:
        packages = json.loads(done.stdout)["dependencies"]
        unknown = [package["skip_reason"] for package in packages if "skip_reason" in package]
    except ValueError:
        packages, unknown = [], done.stderr.strip().splitlines() or ["utan att säga varför"]
    if len(unknown) >= len(packages):
        reason = unknown[-1]
        print(f"HOPPAS ÖVER: kända sårbarheter, för ingen databas kunde nås ({reason[:100]}).", file=sys.stderr)
        return 0
    found = [(package, fault) for package in packages for fault in package.get("vulns", [])]
    for package, fault in found:
        mended = ", ".join(fault["fix_versions"]) or "ingen version än"
        print(f"{package['name']} {package['version']}: {fault['id']}, rättat i {mended}.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
