"""Whole editions in the browser: hatches that change places, next year from this one, an archive out and in again."""

import io
import zipfile

import pytest

from app.calendar.loader import read_edition
from app.editing import store
from tests.calendar.test_content import edit
from tests.conftest import on_sqlite, swedish
from tests.editing.conftest import faults, fields, hatch_text, soup, words

pytestmark = on_sqlite
START = "/admin/redigera"
BESIDE_THE_RULES = '[[contest.corrections]]\ndate = 2026-12-11\ntext = "Rättat."\n\n'
SWAP, NEW, ARCHIVE = f"{START}/byt-plats", f"{START}/ny", f"{START}/las-in"


@pytest.fixture
def send_archive(organiser, content):
    """Send an archive with the form. The cards are left out: with them the test client leaves a file open."""
    for card in content.rglob("delning*.png"):
        card.unlink()

    def send(body, year="2027"):
        sent = fields(organiser.get(ARCHIVE)) | {"year": year, "archive": (io.BytesIO(body), "../../x.zip")}
        return organiser.post(ARCHIVE, data=sent)

    return send


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_locked_hatches_change_places_with_their_pictures(change, content):
    before = everything(content / "2026")
    # No municipality has a line behind either: that would move along, within its file.
    assert change(SWAP, first="3", second="14").status_code == 303
    after = everything(content / "2026")
    moved = {"03": "14", "14": "03"}
    assert {(moved.get(path.parts[0], path.parts[0]), path.name): body for path, body in before.items()} == {
        (path.parts[0], path.name): body for path, body in after.items()
    }


def test_contest_moves_with_its_hatch_when_its_times_allow_it(change, content):
    assert change(SWAP, first="10", second="5").status_code == 303
    assert read_edition(content / "2026").file_contest_number == 5
    answer = change(SWAP, first="5", second="20")
    assert (answer.status_code, read_edition(content / "2026").file_contest_number) == (422, 5)
    assert "tävlingen kan inte öppna före sin lucka" in faults(answer)[0]


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("9", "15", "En av luckorna är öppen och den andra låst. Då skulle den låstas text synas för tidigt."),
        ("15", "15", "Välj två olika luckor."),
        ("10", "9", "Tävlingen har öppnat."),
    ],
)
def test_a_swap_that_would_show_too_much_is_refused(change, content, clock, first, second, sentence):
    clock.set("2026-12-11 08:00")
    before = everything(content)
    answer = change(SWAP, first=first, second=second)
    assert (answer.status_code, faults(answer)[0].startswith(sentence)) == (422, True)
    assert everything(content) == before


def test_crash_between_two_hatches_leaves_readable_edition_and_loses_nothing(
    app, organiser, change, content, monkeypatch
):
    before = {number: hatch_text(content, number) for number in (5, 10)}
    sent = fields(organiser.get(SWAP)) | {"first": "10", "second": "5"}
    write, written = store.write_atomically, []

    def crash_at_the_second(root, leaf, files):
        written.append(leaf.number)
        if len(written) == 2:
            raise KeyboardInterrupt
        write(root, leaf, files)

    monkeypatch.setattr(store, "write_atomically", crash_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        organiser.post(SWAP, data=sent)
    monkeypatch.undo()
    assert written == [10, 5], "the hatch of the contest first, so that there are never two"
    assert read_edition(content / "2026").file_contest is None
    address = f"{START}/lucka/10/tidigare/1"
    organiser.post(address, data=fields(organiser.get(address)))
    assert {number: hatch_text(content, number) for number in (5, 10)} == before


def test_next_years_copy_has_new_contest_and_hatches_awaiting_reading(change, organiser, content):
    assert change(NEW).location == f"{START}?ar=2027&klart=skapad"
    made, old = read_edition(content / "2027"), read_edition(content / "2026")
    assert (made.file_contest.id, made.file_contest.opens) == ("mjk-2027", swedish("2027-12-10 00:00:00"))
    assert made.file.title == made.translations["en"].title == "Miljöjulkalendern 2027"
    assert made.hatches[3].images == old.hatches[3].images
    assert (made.card, bool(old.card)) == (None, True)
    page = organiser.get(f"{START}?ar=2027")
    assert "25 delar är inte genomgångna än" in words(page)
    hatch = f"{START}/lucka/3?ar=2027"
    assert organiser.post(hatch, data=fields(organiser.get(hatch))).location.endswith("klart=sparat")
    assert "24 delar är inte genomgångna än" in words(organiser.get(f"{START}?ar=2027"))


def test_next_years_calendar_has_none_of_this_years_corrections(change, content):
    told = '[[corrections]]\ndate = 2026-12-05\nwrong = "Fel."\nright = "Rätt."\n\n[question]'
    edit(content, "03/hatch.md", "[question]", told)
    edit(content, "10/hatch.md", "[[contest.prizes]]", f"{BESIDE_THE_RULES}[[contest.prizes]]")
    change(NEW)
    made = read_edition(content / "2027")
    assert (made.hatches[3].file.corrections, made.file_contest.corrections) == ((), ())


def test_a_new_calendar_can_start_with_blank_hatches(change, content):
    assert change(NEW, source="tom", year="2028").status_code == 303
    assert read_edition(content / "2028").hatches[24].file.title == "Lucka 24"
    assert read_edition(content / "2028").file_contest is None


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        ("2026", "Det finns redan en kalender för 2026."),
        ("2025", "Luckorna för 2025 skulle vara öppna på en gång. Välj ett kommande år."),
        ("../x", "Skriv ett årtal med fyra siffror, som 2027."),
    ],
)
def test_new_calendar_never_replaces_one_or_is_open_from_start(change, content, year, sentence):
    before = everything(content)
    assert faults(change(NEW, year=year)) == [sentence]
    assert everything(content) == before


def test_new_calendar_that_the_disk_refuses_leaves_no_trace(change, organiser, content, monkeypatch):
    write = store.write_atomically

    def refuse_the_fourth(root, leaf, files):
        if leaf.number == 4:
            raise store.ContentWriteError("Disken är full.")
        write(root, leaf, files)

    before = everything(content)
    with monkeypatch.context() as full:
        full.setattr(store, "write_atomically", refuse_the_fourth)
        refused = change(NEW)
    assert (refused.status_code, faults(refused)) == (503, ["Disken är full."])
    assert everything(content) == before
    assert change(NEW).status_code == 303
    versions = soup(organiser.get(f"{START}/lucka/3/tidigare?ar=2027")).select('a[href*="/tidigare/"]')
    assert len(versions) == 1, versions


def test_what_is_taken_out_can_be_taken_in_again(organiser, send_archive, content, clock):
    with organiser.get(f"{START}/kalender.zip") as answer:
        body = answer.data
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
    edit(content, "03/hatch.md", 'title = "', 'title = "Ändrad: ')
    before = hatch_text(content)
    asked = send_archive(body, "2026")
    assert [item.text for item in soup(asked).select("main li")] == ["Lucka 3: texten"]
    assert "Ändrad: " in hatch_text(content)
    organiser.post(f"{ARCHIVE}/ja?ar=2026", data=fields(asked))
    assert "Ändrad: " not in hatch_text(content)
    restore = f"{START}/lucka/3/tidigare/1?ar=2026"
    organiser.post(restore, data=fields(organiser.get(restore)))
    assert hatch_text(content) == before


def test_every_archive_fault_is_listed_and_nothing_put_in_place(organiser, send_archive, content):
    edit(content, "03/hatch.md", 'title = "', "title = 7 #")
    edit(content, "20/hatch.md", "year = ", "year = 1")
    with organiser.get(f"{START}/kalender.zip") as answer:
        broken = answer.data
    answer = send_archive(broken)
    assert answer.status_code == 422
    assert [fault.split(":")[0] for fault in faults(answer)] == [
        "2027/03/hatch.md, rad 2, fältet title",
        "2027/20/hatch.md, rad 19, fältet facts[1].year",
    ]
    assert not (content / "2027").exists()
    assert [path.name for path in content.iterdir()] == ["2026"]


def test_archive_with_path_out_of_it_is_refused_in_sentence(send_archive, content):
    before = everything(content.parent)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("../../x", "x")
    assert faults(send_archive(target.getvalue())) == [
        "Arkivet har filen ../../x, som inte hör till en kalender. Ta bort den och försök igen."
    ]
    assert faults(send_archive(b"")) == ["Filen går inte att läsa som ZIP-arkiv."]
    assert [str(path) for path in everything(content.parent).keys() - before.keys()] == []
    assert {path: body for path, body in everything(content).items() if "history" in path.parts} == {}


def test_a_calendar_whose_contest_has_opened_is_not_replaced(organiser, send_archive, clock):
    with organiser.get(f"{START}/kalender.zip") as answer:
        body = answer.data
    clock.set("2026-12-11 08:00")
    assert faults(send_archive(body, "2026")) == [
        "Tävlingen i 2026 har öppnat, så kalendern kan inte bytas ut. Ändra en lucka i taget."
    ]


def test_the_start_of_the_editor_leads_to_every_part(organiser):
    page = soup(organiser.get(START))
    links = [link["href"] for link in page.select("main a")]
    assert len([each for each in links if "/lucka/" in each]) == 24 * 3 + 1
    assert all(organiser.get(link).status_code == 200 for link in links if "/lucka/" not in link and "zip" not in link)
