"""The files of the municipalities: one for each, what they may say, and that they go wherever the edition goes."""

import io
import re
import shutil
import tomllib

import pytest

from app.calendar.files.faults import ContentError
from app.calendar.library import LastGood, pack
from app.calendar.loader import read_edition
from app.editing import save
from app.editing.archive import pack_edition, unpack_edition
from app.editing.editions import blank_edition, copy_edition, read_all, swap_hatches
from app.editing.history import History
from app.editing.save import Change
from app.editing.store import ContentRef
from app.errors import NotAllowed
from tests.calendar.test_edition_2026 import EDITION, FOLDER, HATCHES
from tests.conftest import swedish

LINKS = {"narttrafik", "cykelkarta", "pendelparkering", "tomgang", "radgivning"}
KOMMUNER = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("kommuner/*.toml")}
SPELLED = str.maketrans("åäöé ", "aaoe-")
ACT = Change(None, "prov", swedish("2026-11-20 08:00"))


@pytest.fixture
def folder(content):
    return content / "2026"


@pytest.fixture
def desk(content, tmp_path):
    return save.Editor(content, History(tmp_path / "history"), {})


def write(folder, old, new, slug="lerum"):
    file = folder / "kommuner" / f"{slug}.toml"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")


def test_files_are_called_after_their_municipalities():
    assert [file["name"].casefold().translate(SPELLED) for file in KOMMUNER.values()] == [*KOMMUNER]
    assert len({file["code"] for file in KOMMUNER.values()}) == len(KOMMUNER) == 50


def test_a_local_line_has_a_source_and_a_hatch():
    for slug, file in KOMMUNER.items():
        assert set(file) == {"name", "code", "greeting", "links", "hatches", "sources"}, slug
        assert set(file["links"]) == LINKS, slug
        assert set(file["hatches"]) == set(file["sources"]), slug
        assert all(int(number) in HATCHES and number == f"{int(number):02}" for number in file["hatches"]), slug
        for address in (*file["sources"].values(), *filter(None, file["links"].values())):
            assert re.match(r"https?://[\w.-]+/\S*$", address), slug


def test_they_come_in_swedish_order():
    names = [each.name for each in EDITION.municipalities.values()]
    assert (names[0], names[-2:]) == ("Ale", ["Åmål", "Öckerö"])
    assert names.index("Göteborg") < names.index("Götene") < names.index("Herrljunga")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "1441"', 'code = "144"', "rad 2, fältet code: ska vara kommunens kod, fyra siffror som 1480"),
        (
            'tomgang = ""',
            'tomgang = "hej"',
            "rad 11, fältet links.tomgang: ska vara en webbadress som börjar med https",
        ),
        ("[hatches]\n", '[hatches]\n"7" = "Nej"\n', "rad 15, fältet hatches: ”7” är ingen lucka; skriv numret med två"),
        ("[hatches]\n", '[hatches]\n"07" = ""\n', "rad 16, fältet hatches.07: är tomt; skriv något eller ta bort"),
        ("[sources]\n", '[sources]\n"10" = "x"\n', "rad 18, fältet sources.10: ska vara en webbadress"),
        ("[hatches]\n", '[hatches]\n"07" = "Ja."\n', "lerum.toml: lucka 07 ska ha både en rad och en källa"),
        ('greeting = ""', 'greeting = ""\ncontact = "x"', "rad 5, fältet contact: ska vara en e-postadress"),
        ('greeting = ""', 'greeting = ""\nlogo = "a.png"\nlogo_alt = "Lerum"', "fältet logo: bilden a.png finns inte"),
        ('greeting = ""', 'greeting = ""\nrang = 1', "rad 5, fältet rang: okänt fält; är det rätt stavat?"),
    ],
)
def test_faults_are_named_with_their_line(folder, old, new, told):
    write(folder, old, new)
    with pytest.raises(ContentError) as caught:
        read_edition(folder)
    assert "2026/kommuner/lerum.toml" in str(caught.value)
    assert told in str(caught.value)


def test_an_empty_address_is_no_link(folder):
    write(folder, 'cykelkarta = ""', 'cykelkarta = "www.lerum.se/karta"')
    lerum = read_edition(folder).municipalities["lerum"]
    assert lerum.links.given == {"Cykelkarta": "https://www.lerum.se/karta"}
    assert not lerum.is_blank


def test_an_edition_needs_no_municipalities(folder):
    shutil.rmtree(folder / "kommuner")
    assert read_edition(folder).municipalities == {}


def test_the_last_good_version_has_them(folder, tmp_path):
    kept = LastGood(tmp_path / "kept")
    kept.save(2026, pack(folder))
    assert kept.read(2026).municipalities == read_edition(folder).municipalities


def test_an_archive_carries_them_to_another_year(desk):
    target = io.BytesIO()
    pack_edition(read_all(desk, 2026), target)
    made = unpack_edition(target.getvalue(), 2027)
    assert made[ContentRef(2027, municipality="lerum")] == desk.read(ContentRef(2026, municipality="lerum"))


@pytest.mark.parametrize("name", ["Lerum.toml", "lerum.png", "-.toml", "a/b.toml", "edition.md"])
def test_an_archive_has_only_municipalities_there(desk, name):
    target = io.BytesIO()
    leaves = {leaf: files for leaf, files in read_all(desk, 2026).items() if not leaf.municipality}
    pack_edition({**leaves, ContentRef(2026, municipality="lerum"): {name: b""}}, target)
    with pytest.raises(NotAllowed, match="som inte hör till en kalender"):
        unpack_edition(target.getvalue(), 2026)


def test_a_save_touches_one_municipality(desk, folder):
    leaf = ContentRef(2026, municipality="lerum")
    seen = save.store.checksum(desk.read(leaf))
    others = {path.name: path.read_bytes() for path in (folder / "kommuner").iterdir() if path.stem != "lerum"}
    new = desk.read(leaf)["lerum.toml"].replace(b'greeting = ""', b'greeting = "Hej!"')
    assert save.save_change(desk, leaf, seen, lambda _: {"lerum.toml": new}, ACT)
    assert {path.name: path.read_bytes() for path in (folder / "kommuner").iterdir()} == others | {"lerum.toml": new}
    save.restore_version(desk, leaf, 1, ACT)
    assert read_edition(folder).municipalities["lerum"].greeting == ""


def test_a_save_with_a_fault_writes_nothing(desk):
    leaf = ContentRef(2026, municipality="lerum")
    before = desk.read(leaf)
    with pytest.raises(save.SaveRefused) as refused:
        save.save_change(desk, leaf, save.store.checksum(before), lambda _: {"lerum.toml": b"name = 1"}, ACT)
    assert {fault.file for fault in refused.value.faults} == {"2026/kommuner/lerum.toml"}
    assert desk.read(leaf) == before


def test_local_lines_follow_their_hatches(desk, folder):
    before = read_edition(folder)
    swap_hatches(desk, 2026, 6, 7, ACT)
    after = read_edition(folder)
    for one, other in ((6, 7), (7, 6), (18, 18)):
        assert after.hatches[one].file.title == before.hatches[other].file.title
        assert after.local_lines(one) == before.local_lines(other)


def test_next_year_keeps_lines_with_their_hatches(desk, content):
    copy_edition(desk, 2026, 2027, ACT)
    blank_edition(desk, 2026, 2028, ACT)
    before, copied, blank = (read_edition(content / str(year)) for year in (2026, 2027, 2028))
    assert copied.municipalities == before.municipalities
    assert list(blank.municipalities) == list(before.municipalities)
    assert [blank.local_lines(number) for number in HATCHES] == [[] for _ in HATCHES]
