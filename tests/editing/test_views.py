"""The editor, as an organiser meets it: what is saved, what is refused, and that nothing typed is ever lost."""

import errno
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from app.calendar.loader import read_edition
from app.editing import history, store
from tests.calendar.test_content import edit
from tests.conftest import on_sqlite, swedish
from tests.editing.conftest import faults, fields, hatch_text, soup, words

pytestmark = on_sqlite
HATCH, CONTEST, TEXTS = "/admin/redigera/lucka/3", "/admin/redigera/lucka/10/tavling", "/admin/redigera/texter"
ORGANISER, STATEMENT = "/admin/redigera/arrangor", "/admin/redigera/tillganglighet"
LOOK = "/admin/redigera/utseende"


def test_saved_hatch_stands_in_its_file_rest_as_it_was(change, content):
    before = hatch_text(content)
    answer = change(HATCH, title="Ny rubrik å")
    assert (answer.status_code, answer.location) == (303, f"{HATCH}?ar=2026&klart=sparat")
    old = next(line for line in before.splitlines() if line.startswith("title"))
    assert hatch_text(content) == before.replace(old, 'title = "Ny rubrik å"')


@pytest.mark.parametrize("address", [HATCH, CONTEST, TEXTS, ORGANISER, STATEMENT, LOOK])
def test_saving_a_page_that_nobody_changed_writes_nothing(change, content, address):
    before = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    assert change(address).location.endswith("klart=oforandrat")
    assert {path: path.read_bytes() for path in content.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("address", "field", "value", "shown_on"),
    [
        (TEXTS, "title", "Miljökalendern", "/"),
        (TEXTS, "before", "Snart är det **dags**.", "/"),
        (TEXTS, "about", "Om oss.", "/om"),
        (ORGANISER, "organiser-name", "Lerums kommun", "/personuppgifter"),
        (STATEMENT, "method", "Vi har provat allt för hand.", "/tillganglighet"),
    ],
)
def test_editions_texts_show_on_site_as_soon_as_saved(change, client, address, field, value, shown_on):
    change(address, **{field: value})
    assert value.replace("**", "") in soup(client.get(shown_on)).text


def test_wall_gets_another_colour_unless_windows_would_not_show(change, client):
    assert faults(change(LOOK, wall="#ffd98a"))[0].startswith("Väggens färg: är för ljus")
    assert change(LOOK, wall="#8c2f27").status_code == 303
    assert "--wall:#8c2f27" in client.get("/2026/farger.css").text
    assert change(LOOK, wall="").status_code == 303
    assert client.get("/2026/farger.css").status_code == 404


def test_an_open_hatch_changes_on_the_site_at_once(change, client, clock):
    clock.set("2026-12-10 08:00")
    client.get("/2026/lucka/3")
    assert "syns direkt" in words(change(HATCH, title="x" * 81))
    change(HATCH, title="Rättad rubrik")
    assert soup(client.get("/2026/lucka/3")).h1.text == "Rättad rubrik"


def test_a_locked_hatch_stays_locked_when_it_is_saved(change, client):
    change(HATCH, title="Hemlig rubrik")
    for address in ("/", "/2026/", "/2026/lucka/3", "/flode.xml", "/flode.json", "/kalender.ics", "/sitemap.xml"):
        assert "Hemlig" not in client.get(address).text


def test_refused_text_is_told_beside_its_field_and_stays_typed(change, content):
    before = hatch_text(content)
    typed = {"title": "", "facts-1-year": "förra året", "facts-0-url": "vet ej", "summary": "Behåll mig"}
    answer = change(HATCH, **typed, steps="ett\n" + "x" * 401, tip=" ")
    assert answer.status_code == 422
    assert faults(answer) == [
        "Rubrik: saknas",
        "Tips: saknas",
        "Gör så här: rad 2 är för långt; högst 400 tecken",
        "Fakta 1, källans webbadress: ska vara en webbadress som börjar med https://",
        "Fakta 2, källans årtal: ska vara ett årtal, som 2025, eller odaterad",
    ]
    assert {name: fields(answer)[name] for name in typed} == typed
    assert soup(answer).select_one("#facts-1-year")["aria-invalid"] == "true"
    assert hatch_text(content) == before


def test_right_answer_follows_its_option_when_gap_is_left_out(change, content):
    change(
        HATCH,
        **{f"question-options-{n}": text for n, text in enumerate(("", "ett", "", "två", "", ""))},
        **{"question-answer": "3"},
    )
    question = read_edition(content / "2026").hatches[3].file.question
    assert (question.options, question.answer) == (("ett", "två"), "två")


def test_a_question_without_right_answer_is_refused_at_the_answer(change):
    answer = change(HATCH, **{"question-options-5": "", "question-answer": "5"})
    assert [fault.split(":")[0] for fault in faults(answer)] == ["Rätt svar"]


def test_rows_are_added_and_removed_without_losing_typed_text(organiser, change, content):
    added = change(HATCH, act="facts+", title="Halvskriven")
    assert added.status_code == 200
    count = len(read_edition(content / "2026").hatches[3].file.facts)
    assert len(soup(added).select("fieldset.part")) == count + 1
    sent = fields(added) | {
        f"facts-{count}-{name}": value
        for name, value in {"text": "Ny", "source": "K", "url": "https://example.org/", "year": "2025"}.items()
    }
    removed = organiser.post(HATCH, data=sent | {"act": "facts-1"})
    assert organiser.post(HATCH, data=fields(removed)).status_code == 303
    file = read_edition(content / "2026").hatches[3].file
    assert (file.title, len(file.facts), file.facts[-1].text) == ("Halvskriven", count, "Ny")


def test_the_effect_of_a_fact_is_saved_and_shown_again(organiser, change, content):
    typed = {"unit": "kg CO2e", "least": "0,5", "most": "12", "assumes": "Du åker en gång."}
    assert change(HATCH, **{f"facts-0-effect_{name}": value for name, value in typed.items()}).status_code == 303
    first = read_edition(content / "2026").hatches[3].file.facts[0]
    assert (first.effect_unit, first.effect_least, first.effect_most) == ("kg CO2e", 0.5, 12)
    page = soup(organiser.get(HATCH))
    assert page.select_one("#facts-0-effect_assumes").text == "Du åker en gång."
    assert change(HATCH, **dict.fromkeys((f"facts-0-effect_{name}" for name in typed), "")).status_code == 303
    assert read_edition(content / "2026").hatches[3].file.facts[0].effect_unit is None


def test_source_keeps_its_language_and_day_it_was_read(change, content):
    before = hatch_text(content)
    assert change(HATCH, **{"facts-0-language": "en", "facts-0-read": "2026-11-30"}).status_code == 303
    first = read_edition(content / "2026").hatches[3].file.facts[0]
    assert (first.language, first.read) == ("en", date(2026, 11, 30))
    assert change(HATCH, **{"facts-0-language": "", "facts-0-read": ""}).status_code == 303
    assert hatch_text(content) == before
    refused = change(HATCH, **{"facts-1-language": "xx", "facts-1-read": "i går"})
    assert [fault.split(":")[0] for fault in faults(refused)] == ["Fakta 2, källans språk", "Fakta 2, läst"]


def test_preview_is_what_hatch_will_show_and_saves_nothing(organiser, change, content):
    before = hatch_text(content)
    shown = change(HATCH, act="visa", tip="**Fet** <script>")
    assert str(soup(shown).select_one("#tip-visning .tip p")) == "<p><strong>Fet</strong> &lt;script&gt;</p>"
    live = organiser.post("/admin/redigera/forhandsgranska", data={"text": "**Fet** <script>"})
    assert live.text == "<p><strong>Fet</strong> &lt;script&gt;</p>\n"
    assert hatch_text(content) == before


def test_nothing_is_overwritten_when_another_organiser_was_first(organiser, anna, clock, content):
    mine, hers = fields(organiser.get(HATCH)), fields(anna.get(HATCH))
    anna.post(HATCH, data=hers | {"title": "Annas rubrik"})
    clock.forward(minutes=2)
    answer = organiser.post(HATCH, data=mine | {"title": "Min rubrik"})
    assert answer.status_code == 409
    assert "anna@example.se ändrade den här luckan för 2 minuter sedan." in words(answer)
    assert [each.text for each in soup(answer).select("del, ins")][:2] == ["[borttaget: Annas]", "[tillagt: Min]"]
    assert 'title = "Annas rubrik"' in hatch_text(content)
    assert fields(answer)["title"] == "Min rubrik"
    assert organiser.post(HATCH, data=fields(answer)).status_code == 303
    assert 'title = "Min rubrik"' in hatch_text(content)


def test_a_change_at_the_server_is_not_overwritten_either(organiser, content):
    mine = fields(organiser.get(HATCH))
    edit(content, "03/hatch.md", 'title = "', 'title = "På disk: ')
    answer = organiser.post(HATCH, data=mine | {"summary": "Min"})
    assert answer.status_code == 409
    assert "Någon på servern ändrade den här luckan" in words(answer)
    assert "På disk: " in hatch_text(content)


def test_two_who_save_at_the_same_moment_lose_nothing(app, organiser, anna, content):
    start, answers = Barrier(2), {}
    sent = {each: fields(each.get(HATCH)) for each in (organiser, anna)}

    def save(each, title):
        start.wait()
        answers[title] = each.post(HATCH, data=sent[each] | {"title": title})

    threads = [Thread(target=save, args=pair) for pair in ((organiser, "Olles"), (anna, "Annas"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = sorted(answers, key=lambda title: answers[title].status_code)
    assert [answers[first].status_code, answers[second].status_code] == [303, 409]
    assert f'title = "{first}"' in hatch_text(content)
    assert fields(answers[second])["title"] == second


def test_every_version_is_kept_with_its_maker_and_restorable(organiser, anna, change, content):
    before = hatch_text(content)
    change(HATCH, title="Andra")
    anna.post(HATCH, data=fields(anna.get(HATCH)) | {"title": "Tredje"})
    rows = [row.text.strip() for row in soup(organiser.get(f"{HATCH}/tidigare")).select("tbody tr")]
    assert rows[0].startswith("Version 3")
    assert ["anna@example.se" in row for row in rows] == [True, False, False]
    page = organiser.get(f"{HATCH}/tidigare/1")
    assert "Det här har ändrats sedan dess" in words(page)
    assert organiser.post(f"{HATCH}/tidigare/1", data=fields(page)).status_code == 303
    assert hatch_text(content) == before
    assert "gick tillbaka till version 1" in words(organiser.get(f"{HATCH}/tidigare"))


def test_the_editions_texts_have_earlier_versions_too(organiser, change, content):
    before = (content / "2026" / "edition.toml").read_bytes()
    change(TEXTS, theme="tema vatten")
    page = organiser.get("/admin/redigera/texter/tidigare/1")
    organiser.post("/admin/redigera/texter/tidigare/1", data=fields(page))
    assert (content / "2026" / "edition.toml").read_bytes() == before


def test_unreadable_file_is_said_and_earlier_version_brings_it_back(organiser, change, content):
    change(HATCH, title="Bra")
    edit(content, "03/hatch.md", "title =", "title")
    answer = organiser.get(HATCH)
    assert (answer.status_code, soup(answer).h1.text) == (422, "Filen går inte att läsa")
    organiser.post(f"{HATCH}/tidigare/2", data=fields(organiser.get(f"{HATCH}/tidigare/2")))
    assert 'title = "Bra"' in hatch_text(content)


def test_a_file_that_is_gone_is_told_in_a_sentence(organiser, content):
    (content / "2026" / "03" / "hatch.md").unlink()
    answer = organiser.get(HATCH)
    assert (answer.status_code, "Det gick inte att läsa 03/hatch.md i 2026." in words(answer)) == (503, True)


def test_what_was_changed_a_moment_ago_was_changed_just_now(organiser, anna):
    mine = fields(organiser.get(HATCH))
    anna.post(HATCH, data=fields(anna.get(HATCH)) | {"title": "Annas"})
    assert "alldeles nyss" in words(organiser.post(HATCH, data=mine | {"title": "Min"}))


def test_only_the_newest_fifty_versions_are_kept(app, change, content, monkeypatch):
    monkeypatch.setattr(history, "MOST", 3)
    for title in "abcde":
        change(HATCH, title=title)
    kept = sorted(path.name for path in Path(app.instance_path, "history", "2026", "03").glob("*.json"))
    assert kept == ["000004.json", "000005.json", "000006.json"]


def test_a_contest_can_be_changed_until_it_opens(change, content, clock):
    assert change(CONTEST, closes="2026-12-20T12:00:00", **{"prizes-0-value": "2 000"}).status_code == 303
    contest = read_edition(content / "2026").file_contest
    assert (contest.closes, contest.prizes[0].value) == (swedish("2026-12-20 12:00:00"), 2000)


def test_correction_is_shown_beside_rules_of_open_contest(change, app, client, contest, clock):
    clock.set("2026-12-11 08:00")
    change(CONTEST, act="corrections+")
    row = {"corrections-0-date": "2026-12-11", "corrections-0-text": "Vinsten hämtas i Kungsbacka."}
    assert change(CONTEST, **row).status_code == 303
    page = words(client.get("/2026/tavling/villkor"))
    assert (
        "Rättelserna förklarar reglerna men ändrar dem inte. Rättelse 11 december 2026: Vinsten hämtas i Kungsbacka."
        in page
    )


def test_a_corrected_fact_is_told_from_the_editor(change, client, clock, content):
    clock.set("2026-12-10 08:00")
    before = hatch_text(content)
    change(HATCH, act="corrections+")
    row = {"corrections-0-date": "2026-12-05", "corrections-0-wrong": "Tre.", "corrections-0-right": "Fyra."}
    assert change(HATCH, **row).status_code == 303
    assert "Rättad 5 december 2026 Det stod Tre. Det ska stå Fyra." in words(client.get("/2026/rattelser"))
    refused = change(HATCH, **{"corrections-0-right": ""})
    assert faults(refused) == ["Rättelse 1, det ska stå: saknas"]
    assert change(HATCH, **dict.fromkeys(row, "")).status_code == 303
    assert hatch_text(content) == before


def test_witnesses_are_written_one_a_row(change, content):
    told = {"organiser-witnesses": "revisor@kommun.se\nanna@annankommun.se"}
    assert change(ORGANISER, **told).status_code == 303
    assert read_edition(content / "2026").file.organiser.witnesses == ("revisor@kommun.se", "anna@annankommun.se")


def test_a_witness_without_an_address_is_told_by_its_row(change):
    answer = change(ORGANISER, **{"organiser-witnesses": "revisor@kommun.se\nanna"})
    assert faults(answer) == ["Vittnen: rad 2 ska vara en e-postadress"]


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "0"},
        {"closes": "2026-12-20T12:00:00"},
        {"prizes-0-value": "1"},
        {"exclusions": "Ingen jury får delta."},
        {"tax": ""},
    ],
)
def test_a_contest_that_has_opened_keeps_its_terms(change, content, clock, changes):
    clock.set("2026-12-11 08:00")
    before = hatch_text(content, 10)
    answer = change(CONTEST, **changes)
    assert answer.status_code == 422
    assert faults(answer) == ["Tävlingen har öppnat. Då är villkoren låsta och kan inte ändras."]
    assert hatch_text(content, 10) == before


def test_what_rules_must_say_cannot_be_emptied_while_open(change, clock):
    clock.set("2026-12-11 08:00")
    assert faults(change(ORGANISER, **{"privacy-officer": ""})) == [
        "Tävlingen pågår. Inget av det som reglerna måste säga får lämnas tomt nu."
    ]


def test_an_earlier_version_cannot_change_an_open_contest_either(organiser, change, clock):
    change(CONTEST, closes="2026-12-20T12:00:00")
    clock.set("2026-12-11 08:00")
    address = "/admin/redigera/lucka/10/tidigare/1"
    answer = organiser.post(address, data=fields(organiser.get(address)))
    assert answer.status_code == 422
    assert "Tävlingen har öppnat." in words(answer)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.EROFS, "Kalendern får inte skriva i mappen med innehållet."), (errno.ENOSPC, "Disken är full.")],
)
def test_disk_that_refuses_is_told_in_sentence_nothing_lost(change, content, monkeypatch, number, sentence):
    before = hatch_text(content)
    change(HATCH, title="Första")
    saved = hatch_text(content)

    def refuse(*_):
        raise OSError(number, "nej")

    monkeypatch.setattr(store.os, "fsync", refuse)
    answer = change(HATCH, title="Andra")
    assert (answer.status_code, sentence in words(answer)) == (503, True)
    assert fields(answer)["title"] == "Andra"
    assert hatch_text(content) == saved != before
    assert [path.name for path in content.rglob("*.partial")] == []


def test_fault_elsewhere_does_not_stand_in_way_of_mending_this(change, content):
    edit(content, "05/hatch.md", 'title = "', "title = 7 #")
    assert change(HATCH, title="Går bra").status_code == 303


def test_a_long_text_of_swedish_letters_comes_through(change):
    assert change(TEXTS, before="å" * 19_000, after="ö" * 19_000).status_code == 303


def test_form_from_another_sign_in_is_refused_keeping_its_text(organiser, anna):
    answer = organiser.post(HATCH, data=fields(anna.get(HATCH)) | {"title": "Annans"})
    assert answer.status_code == 422
    assert fields(answer)["title"] == "Annans"
    assert organiser.post(HATCH, data=fields(answer)).status_code == 303


def test_time_is_told_in_words(organiser, anna, clock):
    mine = fields(organiser.get(HATCH))
    anna.post(HATCH, data=fields(anna.get(HATCH)) | {"title": "Annas"})
    clock.instant += timedelta(days=3)
    anna_was_first = organiser.post(HATCH, data=mine | {"token": fields(organiser.get(HATCH))["token"], "title": "Min"})
    assert "för 3 dagar sedan" in words(anna_was_first)
