"""The words that docs/ordlista.md does not want stand in no text that people read."""

import re

import pytest

from tests.conftest import ROOT

TABLE = (ROOT / "docs" / "ordlista.md").read_text("utf-8")
ROWS = [line.split("|")[1:-1] for line in TABLE.splitlines() if line.startswith("| ")][1:]
UNWANTED = [word.strip() for row in ROWS for word in row[1].split(",")]
TEXTS = [
    *(ROOT / "app" / "templates").rglob("*.html"),
    *(path for path in (ROOT / "app").rglob("*.py") if "spec" not in path.parts and "verif" not in path.name),
    *(path for path in (ROOT / "docs").rglob("*.md") if path.name != "ordlista.md"),
]
# A word in an address, a file's name, an id or a name in code is not read.
NAME = re.compile(r"""(["'])[a-z/.#][\w./#-]*\1""")
READ = r"(?<![\w/.#\-])({})(?![\w-]*[(_=:/]|\w*\.\w|-)"


def unwanted_in(text, word):
    """The lines on which people would read a word."""
    found = re.compile(READ.format(rf"{re.escape(word)}\w{{0,3}}"), re.IGNORECASE)
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in lines if found.search(NAME.sub("", line))]


def test_table_has_words():
    assert {"bidrag", "räkna efter", "av sig själv"} <= set(UNWANTED)


@pytest.mark.parametrize(
    "line",
    [
        "<h1>Bidrag</h1>",
        '("skriver, men ser inga bidrag")',
        'Step("Alla bidrag är lästa.")',
        "Listan raderas av sig själv.",
    ],
)
def test_a_word_is_found(line):
    assert any(unwanted_in(line, word) for word in UNWANTED)


@pytest.mark.parametrize("line", ['"/admin/bidrag"', 'id="bidrag-2"', 'check("bidrag", limits)', "bidrag.csv"])
def test_an_address_or_a_name_is_no_word(line):
    assert not any(unwanted_in(line, word) for word in UNWANTED)


def test_no_text_has_a_word_that_is_not_wanted():
    found = {
        (str(path.relative_to(ROOT)), word, line)
        for path in TEXTS
        for word in UNWANTED
        for line in unwanted_in(path.read_text("utf-8"), word)
    }
    assert found == set()
