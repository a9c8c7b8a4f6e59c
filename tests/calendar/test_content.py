"""The content files: whoever breaks one is told where and how."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar.content import edition_card
from app.calendar.files.faults import ContentError, line_numbers
from app.calendar.files.markdown import to_html
from app.calendar.loader import read_edition
from tests.conftest import ROOT

YEAR = "ska vara ett årtal utan citattecken, eller ”odaterad”"
LANGUAGE = "ska vara en av språkkoderna da, de, en, es, fi, fr, is, nb, nl; ta bort raden om sidan är på svenska"
ADDRESS = "ska vara en webbadress som börjar med https://"
EARLY = "tävlingen kan inte öppna före sin lucka"
STRANGE_VALUES = {
    "deep": "[" * 5000 + "]" * 5000,
    "unended": "[" * 5000,
    "huge": "1" * 5000,
    "twice": "{x = 1, x = 2}",
    "control": '"\0"',
    "escape": '"\\',
}


def edit(content: Path, file: str, old: str, new: str) -> int:
    """Put `new` for the first `old` in a file of the 2026 edition; returns the line it stands on."""
    path = content / "2026" / file
    before, found, after = path.read_text("utf-8").partition(old)
    assert found, f"{old} is not in {file}"
    path.write_text(before + new + after, "utf-8")
    return before.count("\n") + 1


WALL = "ska vara en färg som #4b6b57: sex siffror eller små bokstäver a till f efter #"
TOO_LIGHT = "är för ljus: fönstren syns inte mot väggen (kontrast 1,6; minst 3 behövs)"
NO_LOGO = "bilden x.svg finns inte bredvid edition.toml"
TOO_SOON = "ska vara minst 36 timmar efter att tävlingen stänger, så att listan hinner granskas"
SKIPPED = "finns inte, för den natten ställs klockan fram; välj en annan tid"
TWICE = "kommer två gånger, för den natten ställs klockan tillbaka; välj en annan tid"
ALIKE = "går inte att skilja åt"
UNSEEN = "har ett tecken som inte syns; skriv om det för hand"
NOT_REACHED = "kan inte ha å, ä eller ö före @, för många mejlservrar kan inte skriva dit"


def faults_in(content: Path) -> list[str]:
    with pytest.raises(ContentError) as error:
        read_edition(content / "2026")
    return str(error.value).splitlines()


def test_a_logo_has_a_name_in_words(content):
    edit(content, "edition.toml", "theme", 'logo = "horisont.svg"\ntheme')
    assert faults_in(content) == ["2026/edition.toml, fältet logo_alt: saknas: skriv vems logotypen är"]


def test_edition_never_shares_card_that_shows_what_was(content):
    edition = read_edition(content / "2026")
    year, file, images = edition.year, edition.file, edition.images
    shown = {"title": "Klimatkalendern 2026", "theme": "tema mat", "wall": "#8c2f27", "accent": "#8c2f27"}
    others = {
        edition_card(year + 1, file, images),
        *(edition_card(year, file.model_copy(update={name: value}), images) for name, value in shown.items()),
        *(edition_card(year, file, images | {name: b"<svg/>"}) for name in images if name.startswith("horisont")),
    }
    assert edition.card == edition_card(year, file, images)
    assert len(others - {edition.card}) == 7
    edit(content, "edition.toml", 'title = "', 'title = "Nya ')
    assert read_edition(content / "2026").card is None


def test_the_real_content_is_without_faults():
    assert [*read_edition(ROOT / "calendar_content" / "2026").hatches] == [*range(1, 25)]


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "sentence"),
    [
        ("01/hatch.md", 'title = "', "title = 7 #", "title", "ska vara text inom citattecken"),
        ("01/hatch.md", 'title = "', 'title = "' + 80 * "x", "title", "är för långt; högst 80 tecken"),
        ("01/hatch.md", 'image = "bild', 'image = "kort', "image", "bilden kort.svg finns inte i mappen 01"),
        ("01/hatch.md", 'image_alt = "', 'image_alt = "" #', "image_alt", "är tomt; skriv något eller ta bort raden"),
        ("01/hatch.md", "steps = [", "undertitel = 1\nsteps = [", "undertitel", "okänt fält; är det rätt stavat?"),
        ("01/hatch.md", "year = ", "year = 1", "facts[1].year", YEAR),
        ("01/hatch.md", "year = 2023", "year = 2023.5", "facts[1].year", YEAR),
        ("01/hatch.md", 'language = "en', 'language = "sv', "facts[3].language", LANGUAGE),
        ("01/hatch.md", "url = ", 'read = "?"\nurl = ', "facts[1].read", "ska vara ett datum som 2026-12-11"),
        ("19/hatch.md", 'url = "', 'url = "x', "facts[1].url", ADDRESS),
        ("01/hatch.md", 'url = "https', 'url = "ftp', "facts[1].url", ADDRESS),
        ("10/hatch.md", "minimum_age = 18", "minimum_age = -1", "contest.minimum_age", "ska vara minst 0"),
        ("10/hatch.md", "draw_at = 2026-12-22T12:00:00", "draw_at = 2026-12-22T11:59:58", "contest.draw_at", TOO_SOON),
        ("10/hatch.md", "draw_at = 2026-12-22T12:00:00", "draw_at = 2027-03-28T02:30:00", "contest.draw_at", SKIPPED),
        ("10/hatch.md", "draw_at = 2026-12-22T12:00:00", "draw_at = 2027-10-31T02:30:00", "contest.draw_at", TWICE),
        ("10/hatch.md", '"2030", "2040"', '"2030", "２０３０"', "contest.options", "”2030” och ”２０３０” " + ALIKE),
        ("10/hatch.md", '"2027", "2030"', '"Åtta", "2030", "ÅTTA"', "contest.options", "”Åtta” och ”ÅTTA” " + ALIKE),
        ("10/hatch.md", '"2030", "2040"', '"2030", " 2030 "', "contest.options", "”2030” och ”2030” " + ALIKE),
        ("10/hatch.md", '"2040"', '"20\u200d40"', "contest.options[3]", UNSEEN),
        ("10/hatch.md", '"2040"', r'"20\u000940"', "contest.options[3]", UNSEEN),
        ("edition.toml", "theme", 'wall = "gul"\ntheme', "wall", WALL),
        ("edition.toml", "theme", 'wall = "#d8a743"\ntheme', "wall", TOO_LIGHT),
        ("edition.toml", "theme", 'logo = "x.svg"\nlogo_alt = "Lerum"\ntheme', "logo", NO_LOGO),
        ("edition.toml", 'email = "', 'email = "å', "organiser.email", NOT_REACHED),
        ("edition.toml", 'kind = "', 'witnesses = ["åsa@kommun.se"] # ', "organiser.witnesses[1]", NOT_REACHED),
        ("edition.toml", 'kind = "', 'witnesses = ["anna"] # ', "organiser.witnesses[1]", "ska vara en e-postadress"),
        ("10/hatch.md", "value = 1500", "value = 0", "contest.prizes[1].value", "ska vara större än 0"),
        ("10/hatch.md", "opens = ", 'opens = "?"#', "contest.opens", "ska vara en tid som 2026-12-10T00:00:00"),
        ("10/hatch.md", "opens = 2026-12-10", "opens = 2026-12-09", "contest.opens", EARLY),
        ("edition.toml", 'email = "', 'email = "@', "organiser.email", "ska vara en e-postadress"),
    ],
)  # fmt: skip
def test_a_fault_is_named_once_with_file_field_and_line(content, file, old, new, field, sentence):
    line = edit(content, file, old, new)
    assert faults_in(content) == [f"2026/{file}, rad {line}, fältet {field}: {sentence}"]


def test_a_missing_field_is_named(content):
    edit(content, "edition.toml", "theme = ", "# ")
    assert faults_in(content) == ["2026/edition.toml, fältet theme: fältet saknas"]


def test_an_image_without_a_description_is_refused(content):
    edit(content, "01/hatch.md", "image_alt = ", "# ")
    [fault] = faults_in(content)
    assert fault == "2026/01/hatch.md, fältet image_alt: saknas: beskriv bilden i en mening"


@pytest.mark.parametrize(("file", "part"), [("01/hatch.md", "question"), ("10/hatch.md", "contest")])
def test_answer_that_is_no_option_is_shown_in_its_line(content, file, part):
    path = content / "2026" / file
    before, _, after = path.read_text("utf-8").partition(f"[{part}]")
    path.write_text(before + f"[{part}]" + after.replace('\nanswer = "', '\nanswer = "Inte ', 1), "utf-8")
    line = path.read_text("utf-8").partition('answer = "Inte ')[0].count("\n") + 1
    [fault] = faults_in(content)
    sentence = "ska vara ett av alternativen i options, bokstav för bokstav"
    assert fault == f"2026/{file}, rad {line}, fältet {part}.answer: {sentence}"


def test_a_contest_that_is_drawn_before_it_closes_is_refused(content):
    edit(content, "10/hatch.md", "draw_at = 2026-12-22", "draw_at = 2026-12-19")
    [fault] = faults_in(content)
    assert fault.endswith("fältet contest: tiderna ska komma i ordningen opens, closes, draw_at")


def test_hours_before_draw_are_counted_and_not_read_off_clock(content):
    """In the night before 31 October 2027 clocks go back, so 35 hours by the clock are 36."""
    edit(content, "10/hatch.md", "opens = 2026-12-10", "opens = 2027-10-10")
    edit(content, "10/hatch.md", "closes = 2026-12-20T23:59:59", "closes = 2027-10-30T12:00:00")
    edit(content, "10/hatch.md", "draw_at = 2026-12-22T12:00:00", "draw_at = 2027-10-31T23:00:00")
    assert read_edition(content / "2026").file_contest.draw_at.isoformat() == "2027-10-31T23:00:00+01:00"


def test_time_with_offset_is_one_instant_in_any_night(content):
    edit(content, "10/hatch.md", "draw_at = 2026-12-22T12:00:00", "draw_at = 2027-10-31T02:30:00+01:00")
    assert read_edition(content / "2026").file_contest.draw_at.isoformat() == "2027-10-31T02:30:00+01:00"


def test_a_correction_has_a_date_and_a_text(content):
    line = edit(
        content, "10/hatch.md", "[[contest.prizes]]", '[[contest.corrections]]\ndate = "nyss"\n[[contest.prizes]]'
    )
    assert faults_in(content) == [
        f"2026/10/hatch.md, rad {line}, fältet contest.corrections[1].text: fältet saknas",
        f"2026/10/hatch.md, rad {line + 1}, fältet contest.corrections[1].date: ska vara ett datum som 2026-12-11",
    ]


def test_a_second_contest_is_refused(content):
    contest = (content / "2026/10/hatch.md").read_text("utf-8").split("+++")[1].partition("[contest]")[2]
    edit(content, "04/hatch.md", "\n+++\n", f"\n[contest]{contest}\n+++\n")
    [fault] = faults_in(content)
    assert fault.startswith("2026/10/hatch.md")
    assert fault.endswith("fältet contest: en kalender har bara en tävling")


def test_mistake_in_toml_is_shown_with_line_and_character(content):
    line = edit(content, "03/hatch.md", 'summary = "', "summary = ")
    [fault] = faults_in(content)
    assert fault.startswith(f"2026/03/hatch.md, rad {line}: går inte att läsa från tecken 11")


def test_a_file_without_its_two_rows_of_pluses_is_refused(content):
    edit(content, "03/hatch.md", "+++\n", "---\n")
    assert faults_in(content) == ["2026/03/hatch.md, rad 1: filen ska börja med ett huvud mellan två rader med +++"]


def test_a_hatch_without_a_tip_is_refused(content):
    path = content / "2026/03/hatch.md"
    path.write_text(path.read_text("utf-8").rpartition("+++")[0] + "+++\n \n", "utf-8")
    [fault] = faults_in(content)
    assert fault.endswith("själva tipset saknas under huvudet")


def test_file_in_another_encoding_is_shown_with_first_wrong_line(content):
    path = content / "2026/03/hatch.md"
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("cp1252"))
    line = next(number for number, row in enumerate(text.splitlines(), 1) if not row.isascii())
    saying = "filen är inte sparad som UTF-8; spara om den med den kodningen"
    assert faults_in(content) == [f"2026/03/hatch.md, rad {line}: {saying}"]


def test_files_that_are_too_large_are_refused(content):
    with (content / "2026/03/hatch.md").open("a") as file:
        file.write("x" * 100_000)
    (content / "2026/05/foto.jpg").write_bytes(bytes(1_000_001))
    assert faults_in(content) == [
        "2026/03/hatch.md: filen är större än 100 kB",
        "2026/05/foto.jpg: bilden är större än 1 MB",
    ]


def test_every_hatch_that_is_missing_is_named(content):
    for number in range(13, 25):
        (content / f"2026/{number}/hatch.md").unlink()
    expected = [f"2026/{number}/hatch.md: filen saknas eller går inte att läsa" for number in range(13, 25)]
    assert faults_in(content) == expected


def test_all_faults_are_told_at_once_in_order_of_files(content):
    edit(content, "edition.toml", "theme = ", "# ")
    edit(content, "22/hatch.md", 'title = "', "title = ")
    edit(content, "02/hatch.md", 'summary = "', "summary = 1 #")
    edit(content, "02/hatch.md", "image = ", "bild = ")
    (content / "2026/09/hatch.md").unlink()
    files = [fault.partition(":")[0].partition(",")[0] for fault in faults_in(content)]
    expected = ["2026/02/hatch.md", "2026/02/hatch.md", "2026/09/hatch.md", "2026/22/hatch.md", "2026/edition.toml"]
    assert files == expected


@pytest.mark.parametrize("value", STRANGE_VALUES.values(), ids=STRANGE_VALUES)
def test_no_value_is_too_strange_to_be_told_as_fault(content, usual_recursion_limit, value):
    edit(content, "07/hatch.md", "title = ", f"title = {value} #")
    assert faults_in(content)[0].startswith("2026/07/hatch.md")


def test_folder_with_name_of_image_is_fault_like_others(content):
    (content / "2026/07/foto.jpg").mkdir()
    assert any(fault.startswith("2026/07/") for fault in faults_in(content))


def test_files_saved_by_windows_programs_read_the_same(content):
    before = read_edition(content / "2026")
    for path in [content / "2026/edition.toml", *content.glob("2026/*/hatch.md")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_edition(content / "2026") == before


def test_every_key_and_heading_has_a_line():
    toml = 'title = "a"\nsteps = [\n  "b = c",\n]\n[[facts]]\nurl = "d"\n[[facts]]\nurl = "e"\n[question]\nanswer = "f"'
    assert line_numbers(toml, first_line=2) == {
        **{"title": 2, "steps": 3, "facts.0": 6, "facts.0.url": 7, "facts.1": 8, "facts.1.url": 9},
        **{"question": 10, "question.answer": 11},
    }


def test_lines_of_a_tip_are_no_headings():
    page = "+++\n[contest]\nid = 1\n+++\nTip\n[contest]: https://lerum.se\n"
    assert line_numbers(page) == {"contest": 2, "contest.id": 3}


class Elements(HTMLParser):
    """The elements of a piece of HTML, as (name, names of attributes)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs)))


DANGEROUS = st.sampled_from([
    "<script>", "</script>", "<style>", "<!--", "<svg/onload=x>", "<img/src=x/onerror=x()>", "<a/href='data:x'>",
    "[a](javascript:x)", '[a](https://x.se"onclick=")', "![a](//x.se/y)", "[a]: ", "&#60;", "`", "*", ">", '"',
])  # fmt: skip


@settings(deadline=None)
@given(st.lists(DANGEROUS | st.text(max_size=5) | st.sampled_from([" ", "\n\n"])).map("".join))
def test_a_tip_never_brings_a_script_or_a_foreign_picture(markdown):
    harmless = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "hr", "h2", "h3", "code"}
    for name, attributes in Elements(to_html(markdown)).found:
        assert name in harmless
        assert set(attributes) <= ({"href", "rel", "title"} if name == "a" else set())


def test_html_in_a_tip_is_shown_as_text():
    assert to_html("Ta <b>bussen</b>") == "<p>Ta &lt;b&gt;bussen&lt;/b&gt;</p>\n"


def test_quotes_and_dashes_become_swedish():
    assert to_html("Hon sa \"hej\" -- och det var 'bra'") == "<p>Hon sa ”hej” – och det var ’bra’</p>\n"


def test_a_link_leads_where_it_says():
    assert 'href="https://ntf.se/"' in to_html("[NTF](https://ntf.se/)")
    assert "href" not in to_html("[NTF](javascript:alert(1))")
