"""What is sent in: the answers, or one sentence for each field that is to be mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar.loader import read_edition
from app.contest.entries import LOOK_AGAIN
from app.contest.forms import EntryInput, municipality_choices, validate_entry
from tests.conftest import ROOT

EDITION = read_edition(ROOT / "calendar_content" / "2026")
CONTEST, MUNICIPALITIES = EDITION.file_contest, municipality_choices(EDITION)
RIGHT = {"answer": "2030", "email": "anna@example.se", "municipality": "1441", "adult": "ja", "rules": "ja"}


def sent(contest=CONTEST, **changed):
    posted = {name: value for name, value in (RIGHT | changed).items() if value is not None}
    return validate_entry(posted, contest, MUNICIPALITIES, "nonce")


def test_what_is_right_is_taken_as_it_is_kept():
    assert sent(email=" Anna@BÜCHER.example ") == EntryInput(
        "anna@xn--bcher-kva.example", "2030", "1441", None, "nonce"
    )


@pytest.mark.parametrize(
    "field, value, words",
    [
        ("answer", None, "Välj ett av svaren."),
        ("answer", "1999", "Välj ett av svaren."),
        ("email", "", "Skriv din e-postadress"),
        ("email", "anna", "namn@exempel.se"),
        ("email", "anna@example", "namn@exempel.se"),
        ("email", "a" * 65 + "@example.se", "före @"),
        ("municipality", "", "Välj din kommun"),
        ("municipality", "9999", "Välj din kommun"),
        ("adult", None, "Kryssa i att du har fyllt 18 år"),
        ("adult", "false", "Kryssa i att du har fyllt 18 år"),
        ("rules", "", "godkänner reglerna"),
        ("website", "https://example.org", "Töm fältet"),
    ],
)
def test_what_is_wrong_is_told_of_that_field_alone(field, value, words):
    faults = sent(**{field: value})
    assert list(faults) == [field]
    assert words in faults[field]


def test_motivation_is_read_only_where_contest_asks_for_one():
    asking = CONTEST.model_copy(update={"ask_motivation": True})
    assert sent(motivation="För att\x00 jag vill").motivation is None
    assert sent(asking, motivation=" För att\x00 jag vill ").motivation == "För att jag vill"
    assert sent(asking, motivation="  ").motivation is None
    assert list(sent(asking, motivation="å" * 601)) == ["motivation"]
    assert sent(asking, motivation="å" * 600).motivation == "å" * 600


def test_all_faults_are_told_at_once_in_page_order():
    faults = validate_entry({"website": "x"}, CONTEST, MUNICIPALITIES, "nonce")
    assert list(faults) == ["answer", "email", "municipality", "adult", "rules", "website"]


@given(st.dictionaries(st.sampled_from([*RIGHT, "website", "motivation"]), st.text(max_size=300)))
def test_whatever_is_sent_is_taken_or_told_in_words(posted):
    found = validate_entry(posted, CONTEST, MUNICIPALITIES, "nonce")
    assert isinstance(found, EntryInput) or (found and all(found.values()))


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad", "\u00a0", "\u2060", "\u200d", "\ufe0f"])
def test_unseen_signs_pasted_with_address_are_taken_away(unseen):
    assert sent(email=f"{unseen}anna@example.se{unseen} ").email == "anna@example.se"


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad"])
def test_it_is_taken_away_from_within_too(unseen):
    assert sent(email=f"anna@exam{unseen}ple.se").email == "anna@example.se"


def test_address_that_many_servers_cannot_write_to_is_refused_early():
    for address in ("åsa@example.se", "o’brien@example.se", "a" * 65 + "@example.se"):
        assert sent(email=address) == {"email": LOOK_AGAIN}
