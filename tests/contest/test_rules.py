"""The contest's rules, made from the fields of the edition; the låsbevis vouches for their bytes."""

from datetime import UTC

import pytest

from app import text as text_module
from app.calendar.edition import Contest, Organisation
from app.contest import rules
from tests.conftest import swedish
from tests.goldens import compare

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
ORGANISATION = Organisation(
    name="Nätverket",
    address="Göteborg",
    kind="förening",
    organisation_number="802002-4280",
)
TEXT = rules.rules_text(CONTEST, ORGANISATION, "Kalendern")


def test_the_rules_are_the_golden_ones():
    compare("regler-forening.txt", TEXT.encode())


def test_rules_end_with_one_line_feed_and_part_paragraphs():
    assert TEXT.rstrip("\n") + "\n" == TEXT
    assert "\n\n\n" not in TEXT
    assert "\r" not in TEXT


def test_same_fields_give_same_bytes():
    times = {name: getattr(CONTEST, name).astimezone(UTC) for name in ("opens", "closes", "draw_at")}
    again = Contest.model_validate(CONTEST.model_dump() | times)
    assert rules.rules_text(again, ORGANISATION.model_copy(), "Kalendern").encode() == TEXT.encode()


@pytest.mark.parametrize(
    "change",
    [
        {"closes": swedish("2026-12-20 23:59:58")},
        {"draw_at": swedish("2026-12-22 13:00")},
        {"minimum_age": 18},
        {"exclusions": "Ingen är utesluten."},
        {"prizes": CONTEST.prizes[:1]},
        {"id": "en-annan"},
        {"question": "Hur få?"},
        {"municipalities": ("Ale", "Lerum")},
        {"handover": "Du hämtar vinsten i Ale."},
    ],
)
def test_a_changed_field_changes_the_rules(change):
    assert rules.rules_text(CONTEST.model_copy(update=change), ORGANISATION, "Kalendern") != TEXT


def test_rules_name_the_municipalities_and_the_handover():
    told = CONTEST.model_copy(update={"municipalities": ("Ale", "Lerum", "Malmö"), "handover": "Du hämtar den i Ale."})
    sections = dict(rules.rules_sections(told, ORGANISATION))
    assert "Det gäller de här kommunerna: Ale, Lerum och Malmö." in sections["Vem kan vara med?"]
    assert sections["Priser"][-1] == "Du hämtar den i Ale."


def test_sections_are_read_from_the_text():
    assert rules.read_sections(TEXT) == rules.rules_sections(CONTEST, ORGANISATION)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-12-10 00:00", "torsdag 10 december 2026 kl. 00.00"),
        ("2026-12-20 23:59:59", "söndag 20 december 2026 kl. 23.59.59"),
        ("2026-06-30 08:05", "tisdag 30 juni 2026 kl. 08.05"),
    ],
)
def test_time_is_told_in_swedish(moment, words):
    assert text_module.swedish(swedish(moment).astimezone(UTC)) == words
