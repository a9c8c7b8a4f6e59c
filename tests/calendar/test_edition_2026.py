"""The real content of 2026: complete, checked against its sources, and fit to be read aloud."""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import pytest

from app.calendar.loader import read_edition
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

# The hatches on cars: studs, lifts, tyres, park and ride, car pool, roof box, speed, electric car in the cold, idling.
ABOUT_CARS = {7, 11, 14, 15, 17, 19, 20, 22, 23}
# Those whose summary does not say that they work without a car of one's own.
FOR_DRIVERS = {number for number in ABOUT_CARS if "utan egen bil" not in HATCHES[number].file.summary}
# The parts of the county, and Kungsbacka, which is in Göteborgsregionen.
SUBREGIONS = {
    "Fyrbodal": "Bengtsfors|Dals-Ed|Färgelanda|Lysekil|Mellerud|Munkedal|Orust|Sotenäs|Strömstad|Tanum|Trollhättan|"
    "Uddevalla|Vänersborg|Åmål",
    "Göteborgsregionen": "Ale|Alingsås|Göteborg|Härryda|Kungsbacka|Kungälv|Lerum|Lilla Edet|Mölndal|Partille|"
    "Stenungsund|Tjörn|Öckerö",
    "Sjuhärad": "Bollebygd|Borås|Herrljunga|Mark|Svenljunga|Tranemo|Ulricehamn|Vårgårda",
    "Skaraborg": "Essunga|Falköping|Grästorp|Gullspång|Götene|Hjo|Karlsborg|Lidköping|Mariestad|Skara|Skövde|Tibro|"
    "Tidaholm|Töreboda|Vara",
}
# Words that make a number less sure: all options have them, or none.
HEDGES = ("drygt", "knappt", "ungefär", "omkring", "cirka", "minst", "högst", "över", "under")
# The fact sheet has no safer address for these.
ONLY_HTTP = {11, 15}


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
    assert {"Kungsbacka", "Göteborg", "Strömstad"} < {each.name for each in EDITION.municipalities.values()}


def test_every_tip_is_read_in_a_minute():
    words = {number: len(re.sub(r"<[^>]+>", " ", hatch.tip).split()) for number, hatch in HATCHES.items()}
    assert {number: count for number, count in words.items() if not 90 <= count <= 160} == {}


def lix(text: str) -> float:
    """Björnsson's readability index: words a sentence, and long words in a hundred."""
    words = re.findall(r"[^\W_]+(?:[-–][^\W_]+)*", text)
    sentences = len(re.findall(r"[.!?:](?=\s|$)", text))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def test_every_tip_is_easy_to_read():
    assert lix("Ett tips ska gå lätt att läsa. Det är bra.") == 5.0
    levels = {number: round(lix(re.sub(r"<[^>]+>", " ", hatch.tip)), 1) for number, hatch in HATCHES.items()}
    assert {number: level for number, level in levels.items() if level > 38} == {}


def test_at_most_seven_hatches_are_for_drivers_as_last_says():
    assert len(FOR_DRIVERS) <= 7
    assert HATCHES[24].file.question.answer == f"{24 - len(FOR_DRIVERS)} tips"


def test_the_subregions_have_each_municipality_once():
    names = sorted("|".join(SUBREGIONS.values()).split("|"))
    assert names == sorted(each.name for each in EDITION.municipalities.values())


@pytest.mark.parametrize("subregion", SUBREGIONS)
def test_three_tips_name_places_in_each_subregion(subregion):
    places = rf"\b(?:{SUBREGIONS[subregion]})s?\b"
    assert sum(bool(re.search(places, hatch.tip)) for hatch in HATCHES.values()) >= 3


def test_every_hatch_says_what_to_do_in_few_steps():
    steps = {number: len(hatch.file.steps) for number, hatch in HATCHES.items()}
    assert {number: count for number, count in steps.items() if not 3 <= count <= 5} == {}


def test_every_hatch_has_one_to_four_complete_facts():
    for hatch in HATCHES.values():
        assert 1 <= len(hatch.file.facts) <= 4
        for fact in hatch.file.facts:
            assert len(fact.source) > 10, hatch.number
            assert str(fact.url).startswith("https://") or hatch.number in ONLY_HTTP, hatch.number
            assert not re.search(r"utm_|fbclid|gclid|mc_cid", str(fact.url)), hatch.number
            assert fact.year == "odaterad" or 2000 <= fact.year <= 2026, hatch.number


def test_a_page_abroad_says_its_language():
    foreign = (".no/", ".dk/", "/en/", "swedenherald")
    for hatch in HATCHES.values():
        for fact in hatch.file.facts:
            assert any(part in str(fact.url) for part in foreign) == bool(fact.language), hatch.number


def test_every_question_has_three_different_options_and_explains_its_answer():
    for hatch in HATCHES.values():
        question = hatch.file.question
        assert question.text.endswith("?"), hatch.number
        assert len(set(question.options)) == len(question.options) == 3, hatch.number
        assert len(question.explanation) > 20, hatch.number


def test_no_option_stands_out_by_its_form():
    for hatch in HATCHES.values():
        options = hatch.file.question.options
        first_words = {option.casefold().split()[0] for option in options}
        assert len(first_words) == 1 or not first_words & set(HEDGES), hatch.number
        assert len({bool(re.search(r"\d", option)) for option in options}) == 1, hatch.number
        assert max(map(len, options)) <= 3 * min(map(len, options)), hatch.number


def test_the_answer_is_not_in_the_title_or_the_summary():
    for hatch in HATCHES.values():
        told = f"{hatch.file.title} {hatch.file.summary}".casefold()
        words = hatch.file.question.answer.casefold().split()
        bare = " ".join(word for word in words if word not in HEDGES)
        assert bare not in told, hatch.number
        assert not set(re.findall(r"\d[\d ]*", bare)) & set(re.findall(r"\d[\d ]*", told)), hatch.number


def test_the_right_answer_is_not_always_in_the_same_place():
    places = {hatch.file.question.options.index(hatch.file.question.answer) for hatch in HATCHES.values()}
    assert places == {0, 1, 2}


def test_titles_and_summaries_tell_the_hatches_apart():
    assert len({hatch.file.title for hatch in HATCHES.values()}) == 24
    assert len({hatch.file.summary for hatch in HATCHES.values()}) == 24


def test_every_hatch_has_picture_and_says_shortly_what_it_shows():
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


def test_answer_to_contest_stands_in_tip_as_tip_says():
    assert EDITION.file_contest.answer in HATCHES[10].tip


@pytest.mark.parametrize("claim", CLAIMS_TO_AVOID)
def test_a_claim_without_support_stands_nowhere(claim):
    assert {name for name, text in TEXTS.items() if re.search(claim, text)} == set()


def test_the_figure_6700_is_never_told_without_all_sources():
    facts = [fact.text for hatch in HATCHES.values() for fact in hatch.file.facts if "6 700" in fact.text]
    assert all("alla källor" in fact for fact in facts)


def test_premature_deaths_are_told_among_the_facts_only():
    for hatch in HATCHES.values():
        file = hatch.file
        for text in (hatch.tip, file.title, file.summary, *file.steps, *strings(file.question.model_dump())):
            assert "dödsfall" not in text, hatch.number


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
