"""The contest's rules, made from the fields of the edition; tavling.txt vouches for their bytes."""

from datetime import UTC
from pathlib import Path

import pytest

from app.calendar.content import read_edition
from app.calendar.schema import Contest, Organiser
from app.contest import rules
from tests.conftest import ROOT, swedish

CONTEST = Contest(
    id="mjk-test-2026",
    question="Hur många?",
    options=("ett", "två"),
    answer="två",
    opens=swedish("2026-12-10 00:00"),
    closes=swedish("2026-12-20 23:59:59"),
    draw_at=swedish("2026-12-22 12:00"),
    minimum_age=21,
    who_may_enter="Alla som bor på jorden.",
    exclusions="De som gör kalendern kan inte vinna.",
    answer_days=10,
    tax="Vinsten lottas ut och är normalt skattefri.",
    keep_days=60,
    prizes=({"title": "Dubbdäck", "value": 1500, "count": 2}, {"title": "Reflex", "value": 49}),
)
ORGANISER = Organiser(
    name="Nätverket",
    email="natverket@example.se",
    address="Göteborg",
    kind="förening",
    organisation_number="802002-4280",
)
TEXT = rules.text(CONTEST, ORGANISER, "Miljöjulkalendern 2026")


GOLDEN = Path(__file__).parent / "regler.txt"


def test_the_rules_say_what_they_say():
    """Byte for byte; a changed sentence is a changed file, to be read before it is committed."""
    assert GOLDEN.read_text("utf-8") == TEXT


def test_the_rules_end_with_one_line_feed_and_have_one_blank_line_between_paragraphs():
    assert TEXT.rstrip("\n") + "\n" == TEXT
    assert "\n\n\n" not in TEXT
    assert "\r" not in TEXT


def test_the_same_fields_give_the_same_bytes():
    times = {name: getattr(CONTEST, name).astimezone(UTC) for name in ("opens", "closes", "draw_at")}
    again = Contest.model_validate(CONTEST.model_dump() | times)
    assert rules.text(again, ORGANISER.model_copy(), "Miljöjulkalendern 2026").encode() == TEXT.encode()


@pytest.mark.parametrize(
    "change",
    [
        {"closes": swedish("2026-12-20 23:59:58")},
        {"draw_at": swedish("2026-12-22 13:00")},
        {"minimum_age": 18},
        {"exclusions": "Ingen är utesluten."},
        {"prizes": CONTEST.prizes[:1]},
        {"id": "en-annan"},
    ],
)
def test_a_changed_field_changes_the_rules(change):
    assert rules.text(CONTEST.model_copy(update=change), ORGANISER, "Miljöjulkalendern 2026") != TEXT


def test_every_section_of_the_page_stands_in_the_text():
    for heading, paragraphs in rules.sections(CONTEST, ORGANISER):
        assert "\n\n".join([f"{heading}\n{'-' * len(heading)}", *paragraphs]) in TEXT


def test_the_real_contest_has_rules_that_name_its_organiser_and_prize():
    edition = read_edition(ROOT / "calendar_content" / "2026")
    text = rules.text(edition.file_contest, edition.file.organiser, edition.file.title)
    assert edition.file.organiser.name in text
    assert "värde 1\xa0500 kronor" in text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-12-10 00:00", "torsdag 10 december 2026 kl. 00.00"),
        ("2026-12-20 23:59:59", "söndag 20 december 2026 kl. 23.59.59"),
        ("2026-06-30 08:05", "tisdag 30 juni 2026 kl. 08.05"),
    ],
)
def test_a_time_is_told_in_swedish_and_in_sweden(moment, words):
    assert rules.swedish(swedish(moment).astimezone(UTC)) == words
