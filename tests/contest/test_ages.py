"""Who is old enough: the rules and the form say the same, and speak of guardians to those under 18."""

import pytest

from app.contest import rules

GUARDIAN = "Är du under 18 år ska din vårdnadshavare gå med på att du deltar, och ta emot vinsten åt dig."


@pytest.mark.parametrize(
    ("minimum_age", "words"),
    [
        (18, "Du ska ha fyllt 18 år."),
        (13, f"Du ska ha fyllt 13 år. {GUARDIAN}"),
        (0, f"Du får delta hur gammal du än är. {GUARDIAN}"),
    ],
)
def test_rules_for_minors_speak_of_guardians(minimum_age, words):
    assert rules.age_terms(minimum_age) == words


@pytest.mark.parametrize(
    ("minimum_age", "words"),
    [
        (18, "Jag har fyllt 18 år"),
        (13, "Jag har fyllt 13 år. Är jag under 18 har min vårdnadshavare gått med på att jag deltar"),
        (0, "Är jag under 18 har min vårdnadshavare gått med på att jag deltar"),
    ],
)
def test_form_asks_for_guardians_consent(minimum_age, words):
    assert rules.age_confirmation(minimum_age) == words


def test_a_missing_tick_is_told():
    assert rules.missing_confirmation(18) == "Kryssa i att du har fyllt 18 år. Det krävs för att delta."
    assert rules.missing_confirmation(13) == "Kryssa i rutan om din ålder. Det krävs för att delta."
