"""The real content of 2026: complete, checked against its sources, and fit to be read aloud."""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import pytest

from app.calendar.loader import read_edition
from app.contest.forms import MUNICIPALITIES
from tests.conftest import ROOT, swedish

FOLDER = ROOT / "calendar_content" / "2026"
EDITION = read_edition(FOLDER)
HATCHES = EDITION.hatches
TEXTS = {path.parent.name: path.read_text("utf-8") for path in FOLDER.glob("*/hatch.md")} | {
    "edition": (FOLDER / "edition.toml").read_text("utf-8")
}
# Figures that are often repeated and have no support in the sources.
CLAIMS_TO_AVOID = [
    r"[Hh]älften av (alla |de )?(svenska )?bilresor",
    r"\b25 meter",
    r"spar(ar|a|as) (upp till )?(10|tio) procent",
    r"(40 000|40000|fyrtiotusen) tågresor",
    r"1,[27] personer per bil",
    r"minsk\w+ utsläppen (med )?70 procent",
    r"[Tt]rafik\w* (dödar|kräver|orsakar) 6 700",
    r"flygresor\w* (har )?minska\w* (med )?90 procent",
    r"(vanlig|lös|enkel) timer",
    r"[Kk]oppla en timer",
    r"[Uu]tsläppen från (inrikes )?transporter(na)? minskar",
    r"[Nn]attåg(et)? från Göteborg till",
]


def strings(value: Any, name: str = "") -> Iterator[str]:
    """Every text in a model's fields but web addresses."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from strings(part, key)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part, name)
    elif isinstance(value, str) and name != "url":
        yield value


def swedish_texts() -> list[str]:
    """All that people read, as it stands in the files."""
    tips = [text.split("\n+++\n", 1)[1] for name, text in TEXTS.items() if name != "edition"]
    fields = [file.model_dump() for file in (EDITION.file, *(hatch.file for hatch in HATCHES.values()))]
    return tips + [text for file in fields for text in strings(file)]


def test_there_are_24_hatches():
    assert [*HATCHES] == [*range(1, 25)]
    assert all(hatch.number == number for number, hatch in HATCHES.items())


def test_who_may_enter_finds_their_municipality_in_the_form():
    contest = EDITION.file_contest
    assert contest.who_may_enter == "Du som bor, arbetar eller studerar i Västra Götaland eller Kungsbacka."
    assert contest.answer_days == 21
    assert {"Kungsbacka", "Göteborg", "Strömstad"} < set(MUNICIPALITIES.values())


def test_every_tip_is_read_in_a_minute():
    words = {number: len(re.sub(r"<[^>]+>", " ", hatch.tip).split()) for number, hatch in HATCHES.items()}
    assert {number: count for number, count in words.items() if not 90 <= count <= 160} == {}


def test_every_hatch_says_what_to_do_in_three_to_five_steps():
    steps = {number: len(hatch.file.steps) for number, hatch in HATCHES.items()}
    assert {number: count for number, count in steps.items() if not 3 <= count <= 5} == {}


def test_every_hatch_has_one_to_three_facts_with_address_and_year():
    for hatch in HATCHES.values():
        assert 1 <= len(hatch.file.facts) <= 3
        for fact in hatch.file.facts:
            assert str(fact.url).startswith(("https://", "http://")), hatch.number
            assert fact.year == "odaterad" or 2000 <= fact.year <= 2026, hatch.number


def test_every_question_has_three_different_options_and_explains_its_answer():
    for hatch in HATCHES.values():
        question = hatch.file.question
        assert question.text.endswith("?"), hatch.number
        assert len(set(question.options)) == len(question.options) == 3, hatch.number
        assert len(question.explanation) > 20, hatch.number


def test_the_right_answer_is_not_always_in_the_same_place():
    places = {hatch.file.question.options.index(hatch.file.question.answer) for hatch in HATCHES.values()}
    assert places == {0, 1, 2}


def test_titles_and_summaries_tell_the_hatches_apart():
    assert len({hatch.file.title for hatch in HATCHES.values()}) == 24
    assert len({hatch.file.summary for hatch in HATCHES.values()}) == 24


def test_every_hatch_has_a_picture_and_says_shortly_what_it_shows():
    assert {hatch.file.image in hatch.images for hatch in HATCHES.values()} == {True}
    lengths = {number: len(hatch.file.image_alt or "") for number, hatch in HATCHES.items()}
    assert {number: length for number, length in lengths.items() if not 20 <= length <= 160} == {}


def test_the_contest_stands_in_hatch_10_with_its_three_times():
    contest = EDITION.file_contest
    assert EDITION.file_contest_number == 10
    assert contest.opens == swedish("2026-12-10 00:00:00")
    assert contest.closes == swedish("2026-12-20 23:59:59")
    assert contest.draw_at == swedish("2026-12-22 12:00:00")
    assert sum(hatch.file.contest is not None for hatch in HATCHES.values()) == 1


def test_the_answer_to_the_contest_stands_in_the_tip_as_the_tip_says():
    assert EDITION.file_contest.answer in HATCHES[10].tip


@pytest.mark.parametrize("claim", CLAIMS_TO_AVOID)
def test_a_claim_without_support_stands_nowhere(claim):
    assert {name for name, text in TEXTS.items() if re.search(claim, text)} == set()


def test_the_figure_6700_is_never_told_without_all_sources():
    facts = [fact.text for hatch in HATCHES.values() for fact in hatch.file.facts if "6 700" in fact.text]
    assert facts
    assert all("alla källor" in fact for fact in facts)


def test_quotes_are_swedish_and_spaces_single():
    texts = swedish_texts()
    assert len(texts) > 24 * 10
    assert [text for text in texts if '"' in text] == []
    assert [text for text in texts if re.search(r"\S  +\S| +\n|\t", text)] == []


def elements(picture: bytes) -> list[tuple[str, dict[str, str]]]:
    """The elements of a picture with their attributes; fails when it is not well-formed."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.Parse(picture, True)
    return found


@pytest.mark.parametrize("number", HATCHES)
def test_an_illustration_is_small_and_draws_only_with_shapes(number):
    picture = HATCHES[number].images[HATCHES[number].file.image]
    assert len(picture) <= 4096
    assert b"<!" not in picture
    shapes = {"svg", "defs", "g", "use", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
    shapes |= {"linearGradient", "radialGradient", "stop", "clipPath", "mask", "symbol", "pattern"}
    for name, attributes in elements(picture):
        assert name in shapes
        for key, value in attributes.items():
            assert not key.startswith("on") and key != "style"
            assert "href" not in key or value.startswith("#")
            assert key == "xmlns" or not re.search(r"//|url\((?!#)|data:|javascript:", value)
