"""The documents: what they name exists, each setting is in one, and the README stays short."""

import re

from app.settings import Settings
from tests.conftest import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
NAMED = re.compile(r"\b(?:app|tests|tools|docs|bench|deploy|migrations|calendar_content)/[\w./@-]*\w")
# Those that only tests pass in.
FOR_TESTS = {"CLOCK", "DRAW_CHAIN", "TESTING"}


def test_named_paths_exist():
    missing = {
        f"{document.name}: {path}"
        for document in DOCUMENTS
        for path in NAMED.findall(document.read_text("utf-8"))
        if not (ROOT / path).exists()
    }
    assert missing == set()


def test_links_and_pictures_exist():
    missing = {
        f"{document.name}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    }
    assert missing == set()


def test_every_picture_is_shown():
    shown = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text("utf-8"))
    }
    assert {*(ROOT / "docs" / "screenshots").rglob("*.png")} == shown


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    names = {Settings.variable(name) for name in {*Settings.model_fields} - FOR_TESTS}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_the_readme_is_short():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert len(text.split()) <= 1_000
    assert text.count("![") == 1
