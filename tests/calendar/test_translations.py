"""The easy Swedish and the English beside each hatch: complete, easy to read, and saying no more than the hatch."""

import re
import tomllib
from typing import Any

import pytest

from tests.calendar.test_edition_2026 import CLAIMS_TO_AVOID, EDITION, FOLDER, HATCHES, TEXTS, lix

LANGUAGES = ("lattlast", "en")
KEYS = {"title", "summary", "image_alt", "steps"}


def read(number: int, language: str) -> tuple[dict[str, Any], str]:
    """Return the head and the tip of a hatch in another language."""
    text = (FOLDER / f"{number:02}" / f"{language}.md").read_text("utf-8")
    opening, head, tip = text.split("+++\n")
    assert opening == ""
    assert tip.startswith("\n")
    return tomllib.loads(head), tip


TRANSLATED = {(number, language): read(number, language) for number in HATCHES for language in LANGUAGES}


# What en.toml has of the notice of personal data.
PRIVACY = ("legal_basis", "recipients", "transfers", "winner_kept")
# How a language parts thousands, and decimals.
SEPARATORS = {"lattlast": (" ", ","), "en": (",", ".")}


def numbers(text: str, language: str) -> set[str]:
    """Every number in a text, written one way: 60 000 and 60,000 are the same."""
    thousands, decimals = SEPARATORS[language]
    found = re.findall(rf"\d{{1,3}}(?:{thousands}\d{{3}})+|\d+(?:{re.escape(decimals)}\d+)?", text)
    return {number.replace(thousands, "").replace(decimals, ".") for number in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_has_its_keys(language):
    for number, hatch in HATCHES.items():
        head, tip = TRANSLATED[number, language]
        more = {"question", "figure"} | ({"contest"} if hatch.file.contest else set()) if language == "en" else set()
        assert set(head) == KEYS | more, number
        assert 0 < len(head["title"]) <= 80, number
        assert 0 < len(head["summary"]) <= 200, number
        assert "\n" not in head["title"] + head["summary"] + head["image_alt"], number
        assert 20 <= len(head["image_alt"]) <= 160, number
        assert 0 < len(head["steps"]) <= len(hatch.file.steps), number
        assert not re.search(r'["<>]|\S  +\S| +\n|\t', tip), number


def test_no_hatch_leads_to_one_that_is_locked():
    texts = {(number, "sv"): TEXTS[f"{number:02}"] for number in HATCHES}
    texts |= {key: f"{head}\n{tip}" for key, (head, tip) in TRANSLATED.items()}
    led = {key: [int(other) for other in re.findall(r"(?:lucka|hatch) (\d+)", text)] for key, text in texts.items()}
    assert led[21, "sv"] == [11]
    assert {key: others for key, others in led.items() if any(other > key[0] for other in others)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_tell_the_translations_apart(language):
    for key in ("title", "summary"):
        assert len({TRANSLATED[number, language][0][key] for number in HATCHES}) == 24


def test_lattlast_is_short_and_easy():
    levels = {number: lix(TRANSLATED[number, "lattlast"][1]) for number in HATCHES}
    words = {number: len(TRANSLATED[number, "lattlast"][1].split()) for number in HATCHES}
    assert {number: level for number, level in levels.items() if level > 25} == {}
    assert {number: count for number, count in words.items() if not 60 <= count <= 90} == {}


def test_english_tips_are_read_in_a_minute():
    words = {number: len(TRANSLATED[number, "en"][1].split()) for number in HATCHES}
    assert {number: count for number, count in words.items() if not 80 <= count <= 160} == {}


def test_english_asks_the_same_question():
    for number, hatch in HATCHES.items():
        question = TRANSLATED[number, "en"][0]["question"]
        assert set(question) == {"text", "options", "explanation"}, number
        assert question["text"].endswith("?"), number
        assert len(set(question["options"])) == len(question["options"]) == len(hatch.file.question.options), number
        original = [numbers(option, "lattlast") for option in hatch.file.question.options]
        assert [numbers(option, "en") for option in question["options"]] == original, number


def test_numbers_are_read_in_both_languages():
    expected = {"3.4", "60000", "20", "30", "2026", "27"}
    assert numbers("3,4 kilo av 60 000, 20–30 och 2026/27.", "lattlast") == expected
    assert numbers("3.4 kilos of 60,000, 20–30 and 2026/27.", "en") == expected


def test_no_number_is_new():
    for (number, language), (head, tip) in TRANSLATED.items():
        # An address may have any digits: they are no figure.
        original = re.sub(r"(?m)^url = .*$", "", TEXTS[f"{number:02}"])
        new = numbers(f"{head}\n{tip}", language) - numbers(original, "lattlast")
        assert new == set(), (number, language)


def test_the_answer_is_not_in_a_translated_title_or_summary():
    for number, hatch in HATCHES.items():
        answer = hatch.file.question.options.index(hatch.file.question.answer)
        english = TRANSLATED[number, "en"][0]["question"]["options"][answer]
        for language, words in (("lattlast", hatch.file.question.answer), ("en", english)):
            head = TRANSLATED[number, language][0]
            told = f"{head['title']} {head['summary']}".casefold()
            assert words.casefold() not in told, (number, language)
            assert not numbers(words, language) & numbers(told, language), (number, language)


@pytest.mark.parametrize("claim", CLAIMS_TO_AVOID)
def test_easy_swedish_makes_no_claim_without_support(claim):
    assert [number for number in HATCHES if re.search(claim, str(TRANSLATED[number, "lattlast"]))] == []


def test_the_contest_is_answered_in_the_tip_only():
    answer = EDITION.file_contest.answer
    for language in LANGUAGES:
        head, tip = TRANSLATED[EDITION.file_contest_number, language]
        assert answer in tip
        assert answer not in str({key: text for key, text in head.items() if key != "contest"})


def test_the_contest_is_told_in_english():
    told, contest = TRANSLATED[EDITION.file_contest_number, "en"][0]["contest"], EDITION.file_contest
    assert tuple(told["swedish"]) == contest.options
    for key in ("who_may_enter", "exclusions", "tax"):
        assert numbers(told[key], "en") == numbers(getattr(contest, key), "lattlast"), key
    for option, swedish in zip(told["options"], contest.options, strict=True):
        assert numbers(option, "en") == numbers(swedish, "lattlast")


def test_english_explains_vasttrafik_the_first_time():
    for number in HATCHES:
        _, tip = TRANSLATED[number, "en"]
        if "Västtrafik" in tip:
            first = tip[tip.index("Västtrafik") :].replace("\n", " ")
            assert first.startswith("Västtrafik (the public transport company of Västra Götaland)"), number


def test_the_edition_is_told_in_english():
    texts = tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))
    assert set(texts) == {"title", "theme", "tagline", "before", "after", "about", *PRIVACY}
    for key, text in texts.items():
        original = getattr(EDITION.file.privacy if key in PRIVACY else EDITION.file, key)
        assert numbers(text, "en") == numbers(original, "lattlast"), key
