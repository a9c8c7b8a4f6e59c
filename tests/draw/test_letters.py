"""The texts that go to others when the list is locked."""

import pytest

from app.draw.letters import lead, to_partners, to_registrator
from tests.conftest import swedish

SUM = "ab" * 32
FACTS = (
    "Julkalendern",
    swedish("2026-12-21 09:00"),
    swedish("2026-12-22 12:00"),
    4711,
    SUM,
    "https://exempel.se/dragning",
)


@pytest.mark.parametrize("letter", [to_registrator(*FACTS), to_partners(*FACTS)])
def test_a_letter_says_what_was_locked_when_and_what_will_decide(letter):
    for fact in (
        "Tävling: Julkalendern",
        "Listan låstes: måndag 21 december 2026 kl. 09.00",
        "Dragningen görs: tisdag 22 december 2026 kl. 12.00, med drands runda 4711",
        f"\n{SUM}\n",
        "https://exempel.se/dragning",
    ):
        assert fact in letter


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minut, kortare än ett dygn"),
        (2, "2 minuter, kortare än ett dygn"),
        (119, "119 minuter, kortare än ett dygn"),
        (120, "2 timmar, kortare än ett dygn"),
        (24 * 60 - 1, "23 timmar, kortare än ett dygn"),
        (24 * 60, "24 timmar"),
        (27 * 60, "27 timmar"),
    ],
)
def test_a_lead_of_less_than_a_day_is_said_to_be_short(minutes, words):
    assert lead(minutes) == words
