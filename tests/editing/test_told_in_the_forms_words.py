"""What is refused at a form is told in the words of the form: its labels, and never how a file is written."""

import re

import pytest

from tests.conftest import on_sqlite
from tests.editing.conftest import faults

pytestmark = on_sqlite
HATCH, CONTEST = "/admin/redigera/lucka/3", "/admin/redigera/lucka/10/tavling"
TEXTS, ORGANISER, STATEMENT = "/admin/redigera/texter", "/admin/redigera/arrangor", "/admin/redigera/tillganglighet"
# What a file has and no form: names of fields, quotes, brackets, tables, patterns, lines.
OF_A_FILE = re.compile(r"\b[a-z]+_[a-z]+\b|opens|closes|options|shortcomings|conformance|citattecken|klammer|huvudet|"
                       r"hakparentes|\btrue\b|\.md|\.toml|\[|\^|fältet |ta bort raden|T\d\d:|\bdelar\b")  # fmt: skip
NOT_WHOLE = "Tillgänglighet: fyll i hur ni har testat och båda datumen, eller välj Inte bedömt än"
HUGE = "x" * 20_001


@pytest.mark.parametrize(
    ("address", "typed", "sentence"),
    [
        (HATCH, {"title": ""}, "Rubrik: saknas"),
        (HATCH, {"facts-1-year": "i fjol"}, "Fakta 2, källans årtal: ska vara ett årtal, som 2025, eller odaterad"),
        (HATCH, {"facts-0-read": "i går"}, "Fakta 1, läst: ska vara ett datum som 2026-12-11"),
        (HATCH, {"facts-0-language": "sv"}, "Fakta 1, källans språk: välj ett av språken"),
        (HATCH, {"facts-0-effect_least": "mycket"}, "Fakta 1, effekt, minst: ska vara ett tal"),
        (
            HATCH,
            {"question-answer": "5", "question-options-5": ""},
            "Rätt svar: saknas",
        ),
        (HATCH, {f"question-options-{n}": "" for n in (1, 2)}, "Alternativ: är för få; fyll i minst 2"),
        (HATCH, {"steps": "a\n" * 9}, "Gör så här: är för många; högst 8"),
        (HATCH, {"tip": "x" * 100_001}, "Lucka 3: texten är för lång; korta den"),
        (CONTEST, {"opens": ""}, "Öppnar: välj dag och klockslag"),
        (CONTEST, {"minimum_age": "arton"}, "Lägsta ålder: ska vara ett heltal"),
        (
            CONTEST,
            {"id": "MJK!"},
            "Tävlingens namn i adresser och listor: får bara ha små bokstäver (a–z), siffror och bindestreck, 3 till "
            "60 tecken",
        ),
        (
            CONTEST,
            {"closes": "2026-12-10T00:00:00"},
            "Tävlingen: ska öppna före den stänger, och stänga före dragningen",
        ),
        (CONTEST, {"prizes-0-value": "-1"}, "Vinst 1, värde i kronor: ska vara större än 0"),
        (TEXTS, {"tagline": "", "before": HUGE}, "Underrubrik: saknas"),
        (ORGANISER, {"organiser-email": "nej"}, "E-postadress: ska vara en e-postadress"),
        (STATEMENT, {"assessed": ""}, NOT_WHOLE),
    ],
)
def test_a_fault_speaks_the_forms_words(change, address, typed, sentence):
    told = faults(change(address, **typed))
    assert sentence in told
    assert [each for each in told if OF_A_FILE.search(each)] == []
