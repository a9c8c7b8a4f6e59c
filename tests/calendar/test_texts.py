"""Texts from other programs: every character that comes in, and what Word makes of a list."""

import json
import unicodedata
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from app.calendar.files.faults import ContentError
from app.calendar.files.markdown import to_html
from app.calendar.loader import read_edition
from app.text import not_carried, tidy
from tests.calendar.test_content import edit
from tests.conftest import ROOT

# The row above has what ends a word in other programs, the one below what stands within one.
ENDS = "\v\f\x07\x85\u2028\u2029"
WITHIN = "\0\x01\x02\x1f\x7f\ufffe\uffff"
TITLE = 'title = "'


def as_escape(sign):
    return f"\\u{ord(sign):04x}"


@pytest.mark.parametrize("sign", ENDS + WITHIN)
def test_what_no_output_can_carry_is_named_and_left_out(tmp_path, content, sign):
    line = edit(content, "01/hatch.md", TITLE, f"{TITLE}Hej{as_escape(sign)}då ")
    edition = read_edition(content / "2026")
    assert edition.hatches[1].file.title.startswith("Hej då" if sign in ENDS else "Hejdå")
    [remark] = map(str, edition.remarks)
    odd = f"har ett tecken som inte går att visa (U+{ord(sign):04X}); ta bort det"
    assert remark == f"2026/01/hatch.md, rad {line}, fältet title: {odd}"


def test_no_character_of_unicodes_own_is_taken():
    own = [chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)] + ["\ufdd0", "\ufdef"]
    assert tidy(f"Hej{''.join(own)}då \U0001f332\U0001fffd") == "Hejdå \U0001f332\U0001fffd"
    assert len(not_carried("".join(own))) == 36


def test_feeds_and_calendar_file_are_always_well_formed(share_app, content, clock):
    for file in ("01/hatch.md", "edition.toml"):
        edit(content, file, TITLE, TITLE + "".join(map(as_escape, ENDS + WITHIN)))
    path = content / "2026" / "01" / "hatch.md"
    path.write_text(f"{path.read_text('utf-8')} sist{ENDS + WITHIN}i raden", "utf-8")
    visitor = share_app(CALENDAR_CONTENT=content).test_client()
    atom = ElementTree.fromstring(visitor.get("/flode.xml").data)  # noqa: S314 – our own
    assert "sist      i raden" in "".join(atom.itertext())
    [first] = [
        item for item in json.loads(visitor.get("/flode.json").data)["items"] if item["url"].endswith("/lucka/1")
    ]
    assert "sist      i raden" in first["content_html"]
    assert len(Calendar.from_ical(visitor.get("/kalender.ics").data).walk("VEVENT")) == 24


def test_check_names_such_a_character_with_its_line(share_app, content):
    line = edit(content, "02/hatch.md", "+++\n\n", "+++\n\nEn\vtext. ") + 2
    answer = share_app(CALENDAR_CONTENT=content).test_cli_runner().invoke(args=["content", "check"])
    assert answer.exit_code == 1
    assert f"2026/02/hatch.md, rad {line}: har ett tecken som inte går att visa (U+000B); ta bort det" in answer.output


def test_letters_with_loose_rings_and_dots_are_put_together(content):
    loose = unicodedata.normalize("NFD", "Åtta")
    edit(content, "10/hatch.md", '"2040"', f'"{loose}"')
    edit(content, "10/en.md", '"2040"]\noptions', f'"{loose}"]\noptions')
    edit(content, "01/hatch.md", TITLE, TITLE + loose.replace("\u030a", "\\u030a"))
    edition = read_edition(content / "2026")
    assert edition.hatches[1].file.title.startswith("Åtta")
    assert edition.file_contest.options[-1] == "Åtta"
    assert edition.remarks == ()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_picture_is_found_however_a_mac_writes_its_name(share_app, content, clock, form):
    folder = content / "2026" / "03"
    (folder / "bild.svg").rename(folder / unicodedata.normalize(form, "åtgärd (1).SVG"))
    edit(content, "03/hatch.md", 'image = "bild.svg"', f'image = "{unicodedata.normalize("NFD", "åtgärd (1).SVG")}"')
    visitor = share_app(CALENDAR_CONTENT=content).test_client()
    assert "/bild/%C3%A5tg%C3%A4rd%20(1).SVG" in visitor.get("/2026/lucka/3").text
    for named in ("NFC", "NFD"):
        picture = visitor.get(f"/2026/lucka/3/bild/{unicodedata.normalize(named, 'åtgärd (1).SVG')}")
        assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")


def test_name_that_no_picture_can_have_is_told_in_words(content):
    edit(content, "03/hatch.md", 'image = "bild.svg"', 'image = "foto.heic"')
    with pytest.raises(ContentError, match="ska vara namnet på en bild i samma mapp"):
        read_edition(content / "2026")


def test_a_line_that_was_typed_on_two_is_one(content):
    edit(content, "01/hatch.md", TITLE, f'{TITLE[:-1]}"""\nEtt\n  två tre"""\n# ')
    assert read_edition(content / "2026").hatches[1].file.title == "Ett två tre"


def test_an_address_without_its_beginning_is_one(content):
    edit(content, "01/hatch.md", 'url = "', 'url = "WWW.example.org/?"\n# ')
    assert str(read_edition(content / "2026").hatches[1].file.facts[0].url) == "https://www.example.org/?"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Välj (a) tåg, (b) buss eller (c) cykel. (R) +-", "<p>Välj (a) tåg, (b) buss eller (c) cykel. (R) +-</p>"),
        ('"Hej" -- sa hon... 10--12', "<p>”Hej” – sa hon… 10–12</p>"),
        ("Ta:\n•\tmössa\n·       vantar\nSen", "<p>Ta:</p><ul><li>mössa</li><li>vantar</li></ul><p>Sen</p>"),
        ("•\tyttre\no\tinre", "<ul><li>yttre<ul><li>inre</li></ul></li></ul>"),
        ("Ett\n---\n\ttvå", "<p>Ett</p><hr><p>två</p>"),
        *(
            (f"{sign}\tett\n{sign}   två", "<ul><li>ett</li><li>två</li></ul>")
            for sign in ("\uf0d8", "\uf0fc", "\uf02d", "Ø", "ü", "v", "q", "➢", "✓")
        ),
        ("1. Ett\n\nMer.\n\n2. Två", '<ol><li>Ett</li></ol><p>Mer.</p><ol start="2"><li>Två</li></ol>'),
        ("2026. Det var", '<ol start="2026"><li>Det var</li></ol>'),
        ("_www.ntf.se/_", '<p><em><a href="https://www.ntf.se/" rel="noopener noreferrer">www.ntf.se/</a></em></p>'),
    ],
)  # fmt: skip
def test_what_is_pasted_looks_as_it_did(text, html):
    assert to_html(text).replace("\n", "") == html


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("Se www.ntf.se.", "https://www.ntf.se", "www.ntf.se"),
        ("(se https://example.org/a_(b)?c=1)", "https://example.org/a_(b)?c=1", "https://example.org/a_(b)?c=1"),
        ("Skriv till anna.b@kommun.se!", "mailto:anna.b@kommun.se", "anna.b@kommun.se"),
        ("[NTF](www.ntf.se)", "https://www.ntf.se", "NTF"),
        ("[Ring](tel:+4631123)", "tel:+4631123", "Ring"),
        ("Ring tel:+46-31-123.", "tel:+46-31-123", "tel:+46-31-123"),
        ("[NTF](WWW.ntf.se)", "https://WWW.ntf.se", "NTF"),
        ("Se https://x.se/_a/_b_ nu", "https://x.se/_a/_b_", "https://x.se/_a/_b_"),
        ("Se https://x.se/*a*b", "https://x.se/*a*b", "https://x.se/*a*b"),
        ("[A](https://x.se/_a_)", "https://x.se/_a_", "A"),
        ("<https://x.se/_a_>", "https://x.se/_a_", "https://x.se/_a_"),
        ("_anna@kommun.se_", "mailto:anna@kommun.se", "anna@kommun.se"),
        ("**https://x.se/_a_b**", "https://x.se/_a_b", "https://x.se/_a_b"),
        ("<https://example.org/a--b>", "https://example.org/a--b", "https://example.org/a--b"),
    ],
)
def test_an_address_in_a_text_is_a_link(text, address, shown):
    assert f'<a href="{address}" rel="noopener noreferrer">{shown}</a>' in to_html(text)
    assert to_html(text).count("<a ") == 1


def test_a_full_stop_without_a_space_makes_no_link():
    assert "<a " not in to_html("Ta bussen.Se på din mobil, eller kl.10 på exempel.se. `www.example.org`")


def test_a_picture_in_a_text_is_told_where_it_stands(content):
    line = edit(content, "02/hatch.md", "+++\n\n", "+++\n\n![En buss](buss.jpg) ") + 2
    edit(content, "edition.toml", 'about = """\n', 'about = """\n![](x.png)\n')
    told = [str(remark) for remark in read_edition(content / "2026").remarks]
    sentence = "har en bild i texten, och den visas inte; lägg in den som luckans bild i stället"
    assert f"2026/02/hatch.md, rad {line}: tipset {sentence}" in told
    assert any(each.endswith(f"fältet about: {sentence}") for each in told)


def test_the_shipped_texts_have_nothing_to_remark_on():
    assert read_edition(ROOT / "calendar_content" / "2026").remarks == ()


def test_a_lock_of_an_editor_makes_nobody_read_all_again(share_app, content):
    library = share_app(CALENDAR_CONTENT=content).extensions["library"]
    (content / "2026" / "03" / ".#hatch.md").symlink_to("anna@dator.4711")
    before = library.version
    for _ in range(2):
        library.refresh(at_once=True)
    assert library.version == before
