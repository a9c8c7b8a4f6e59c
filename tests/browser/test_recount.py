"""The draw recounted in the reader's own browser, with the network cut: right about right draws and wrong ones."""

import json
import re
from base64 import b64encode
from functools import cache
from random import Random

import pytest
from playwright.sync_api import expect
from tests.draw.test_views import K4_LIST

from app.draw import verifiera
from app.draw.verifiera import Check
from tests.browser.acts import tab_to
from tests.conftest import on_sqlite
from tests.draw import independent
from tests.draw.crowds import enter_crowd, published

pytestmark = on_sqlite
PAGE = "/2026/dragning"
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"


def files_of(listed, contest="mjk-test-2026"):
    """The files of a draw with the real value of round 1000, by the independent program; the first place wins."""
    decided = {"last": "2023-08-21T12:00:00Z", "regler-sha256": independent.digest("Testregler.\n"), "vinster": "1"}
    decided |= {"kalla": "drand-quicknet", "kedja": CHAIN, "runda": "1000"}
    answer = independent.answer(contest, listed, decided, RANDOMNESS)
    order = [{"plats": at, "lott": ticket, "nyckel": key} for at, (key, ticket) in enumerate(answer.ranking, 1)]
    won = [{"plats": 1, "lott": order[0]["lott"], "utfall": "vinnare", "tid": "2023-08-24T08:00:00Z"}] if order else []
    protocol = {
        "format": "oppen-dragning/v1/protokoll",
        "tavling": contest,
        "lasbevis": answer.proof.decode(),
        "lasbevis_sha256": independent.digest(answer.proof.decode()),
        "varde": {"runda": 1000, "signatur": SIGNATURE, "slumptal": RANDOMNESS},
        "entropi": f"drand-quicknet:1000:{RANDOMNESS}",
        "fro": answer.seed,
        "dragen": "2023-08-23T16:00:00Z",
        "rangordning": order,
        "utfall": won,
    }
    contents = [answer.list_file, answer.proof, b"Testregler.\n", independent.sealed(protocol)]
    return dict(zip(independent.NAMES, contents, strict=True)), answer


@pytest.fixture
def check(page, app, contest, reach):
    """The page of a finished draw among twelve."""
    with app.app_context():
        enter_crowd(contest, 12)
    reach("finished")
    page.goto(PAGE)
    page.wait_for_load_state("networkidle")
    return page


def pick(page, files):
    """Chooses files as if they had been downloaded."""
    if not page.get_by_label("Välj lista.txt").is_visible():
        page.get_by_text("Räkna på filer som du har hämtat själv").click()
    payload = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files.items()]
    page.get_by_label("Välj lista.txt").set_input_files(payload)
    expect(answer(page)).to_contain_text("Valda filer: ")


def answer(page):
    return page.locator("#rakna-svar")


def steps(page):
    return page.locator("#rakna-steg")


def recount(page):
    page.get_by_role("button", name="Räkna om dragningen").click()
    expect(answer(page)).to_contain_text(re.compile("stämmer"), timeout=20_000)
    return answer(page).inner_text()


def test_the_draw_is_recounted_with_the_network_cut(check, client):
    check.context.set_offline(True)
    ticket = published_protocol(client)["rangordning"][1]["lott"]
    assert recount(check) == f"Övning: Allt stämmer. Vinnare: plats 2, lott {ticket}."
    names = [line.split(":")[0] for line in steps(check).inner_text().splitlines()]
    assert names == [
        f"✓ Stämmer. {name}"
        for name in ("Listan", "Låsbeviset", "Protokollet", "Slumptalet", "Fröet", "Ordningen", "Utfallet")
    ]


def published_protocol(client):
    return json.loads(published(client)["protokoll.json"])


def test_nothing_is_fetched_after_the_page_has_come(check):
    asked = []
    check.on("request", lambda request: asked.append(request.url))
    recount(check)
    check.get_by_label("Lott att leta efter").fill("00000000")
    check.get_by_role("button", name="Finns min lott med?").click()
    expect(answer(check)).to_have_text("Nej, ingen lott i listan börjar så.")
    assert asked == []


@pytest.mark.parametrize("number", [0, 1, 2, 5000])
def test_it_agrees_with_an_independent_program(check, number):
    invented = independent.people(number, Random(number))  # noqa: S311 – the same people every time
    listed = [(independent.ticket("mjk-test-2026", code, typed), counts) for code, typed, counts in invented]
    files, expected = files_of(listed)
    program = Check(files)
    assert (program.faults, program.ranking) == ([], expected.ranking)
    pick(check, files)
    said = recount(check)
    if expected.ranking:
        assert said == f"Allt stämmer. Vinnare: plats 1, lott {expected.ranking[0][1]}."
        check.get_by_label("Lott att leta efter").fill(expected.ranking[-1][1])
        check.get_by_role("button", name="Finns min lott med?").click()
        last = len(expected.ranking)
        expect(answer(check)).to_contain_text(f"är med, på plats {last} av {last}.", timeout=20_000)
    else:
        assert said == "Allt stämmer. Först i tur: ingen."


def test_it_finds_the_winner_of_k4(check):
    files, _ = files_of([(row[:64], row.endswith("med")) for row in K4_LIST.splitlines()[2:]])
    pick(check, files)
    assert recount(check).startswith("Allt stämmer. Vinnare: plats 1, lott be90666da81189a4")
    expect(steps(check)).to_contain_text("Fröet: 0ce1e7d0e79f8cf81ecb12fefe7f26352c8e25a7eeaa0222fbafe561e126313d")


FLIP = """async ({shown, name, step}) => {
  const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  for (const each in shown) files[each] = bytes(shown[each]).buffer;
  const right = bytes(shown[name]), missed = [];
  for (let at = 0; at < right.length; at += step) {
    const changed = right.slice(), said = [];
    changed[at] ^= 1 << at % 8;
    files[name] = changed.buffer;
    const {faults} = await recount((holds, part, sentence) => holds || said.push(sentence), () => {});
    if (!faults || !said.join().includes(name)) missed.push(`byte ${at}: ${said}`);
  }
  return missed;
}"""
"""Changes one byte at a time, and gives those that the page's own recount did not tell of."""


@pytest.mark.parametrize(("name", "step"), zip(independent.NAMES, (5, 3, 1, 7), strict=True))
def test_one_changed_byte_is_a_fault_that_names_the_file(check, client, name, step):
    shown = {each: b64encode(data).decode() for each, data in published(client).items()}
    assert check.evaluate(FLIP, {"shown": shown, "name": name, "step": step}) == []


def changed(files, **changes):
    """The files with another protocol, whole and with its right checksum: only what it says is wrong."""
    protocol = json.loads(files["protokoll.json"]) | changes
    del protocol["kontrollsumma"]
    return files | {"protokoll.json": independent.sealed(protocol)}


OTHER_SIGNATURE = "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41"
OTHER_VALUE = "b0a591ad1b9002cfc372ac6e30abd3da8d3088d4caae026961743474fb94235f"
SKIPPED = {"plats": 1, "utfall": "förbigången", "tid": "2023-08-24T08:00:00Z"}


def wrong_in(files):
    """What may be wrong in files that are whole, and what is said of it."""
    protocol = json.loads(files["protokoll.json"])
    order, won = protocol["rangordning"], protocol["utfall"]
    swapped = [order[1] | {"plats": 1}, order[0] | {"plats": 2}, *order[2:]]
    rows = files["lista.txt"].split(b"\n")
    skipped = SKIPPED | {"lott": order[0]["lott"], "skal": "fel kommun"}
    second = won[0] | {"plats": 2, "lott": order[1]["lott"]}
    value = {"runda": 1001, "signatur": OTHER_SIGNATURE, "slumptal": OTHER_VALUE}
    return [
        (files | {"lista.txt": b"\n".join([*rows[:2], rows[3], rows[2], *rows[4:]])}, "lista.txt: rad 4 står dubbelt"),
        (files | {"lista.txt": b"\n".join([*rows[:3], rows[2], *rows[3:]])}, "lista.txt: rad 4 står dubbelt"),
        (changed(files, rangordning=swapped), "protokoll.json, plats 1: lott är"),
        (changed(files, rangordning=order[:-1]), "protokoll.json: ordningen ska ha 5 platser."),
        (changed(files, varde=value), "protokoll.json: runda är 1001 men ska vara 1000."),
        (changed(files, fro=64 * "0"), "protokoll.json: fro är 0000"),
        (changed(files, entropi="x"), "protokoll.json: entropi är x men ska vara drand-quicknet:1000:fe29"),
        (changed(files, utfall=[skipped]), "protokoll.json, utfall 1: finns inte i reglerna."),
        (changed(files, utfall=[*won, second]), "protokoll.json, utfall 2: alla vinster är redan utdelade."),
        (changed(files, dragen="2023-08-23T15:00:00Z"), "tiderna följer inte på varandra."),
        (changed(files, rangordning=None), "protokoll.json: ett värde saknas eller är av fel slag."),
        (files | {"protokoll.json": b"{"}, "protokoll.json: filen är ändrad"),
    ]


def test_what_is_wrong_is_said_at_its_step_and_by_the_program_too(check, monkeypatch):
    monkeypatch.setattr(verifiera, "genuine", cache(verifiera.genuine))
    files, _ = files_of([(row[:64], row.endswith("med")) for row in K4_LIST.splitlines()[2:]])
    for wrong, said in wrong_in(files):
        assert Check(wrong).faults
        pick(check, wrong)
        assert recount(check).endswith(
            "Det stämmer inte. Se vad som är fel här nedanför; stegen efter är inte räknade."
        )
        expect(steps(check).get_by_text("✗ Stämmer inte.").first).to_be_visible()
        expect(steps(check)).to_contain_text(said)


def test_a_ticket_is_found_by_keyboard_alone(check, client):
    ticket = published_protocol(client)["rangordning"][2]["lott"]
    field = tab_to(check.get_by_label("Lott att leta efter"))
    field.press_sequentially("xyz")
    field.press("Enter")
    expect(answer(check)).to_contain_text("Skriv minst de åtta första tecknen i din lott")
    expect(field).to_be_focused()
    field.fill(ticket[:12].upper())
    tab_to(check.get_by_role("button", name="Finns min lott med?")).press("Enter")
    expect(answer(check)).to_contain_text(f"Ja, lotten {ticket} är med, på plats 3 av ")


def test_a_struck_ticket_is_said_to_be_struck(check, client):
    struck = re.search("([0-9a-f]{64}) struken", published(client)["lista.txt"].decode())[1]
    check.get_by_label("Lott att leta efter").fill(struck)
    check.get_by_label("Lott att leta efter").press("Enter")
    expect(answer(check)).to_have_text(f"Lotten {struck} är struken och inte med i dragningen.")


@pytest.mark.parametrize(
    ("state", "said"), [("open", "är med."), ("locked", "Allt stämmer så långt. Dragningen är inte gjord än.")]
)
def test_before_the_draw_there_is_less_to_count(page, app, contest, reach, client, state, said):
    with app.app_context():
        listed = enter_crowd(contest, 3)
    reach(state)
    page.goto(PAGE)
    if state == "open":
        expect(page.get_by_role("button", name="Räkna om dragningen")).to_have_count(0)
        page.get_by_label("Lott att leta efter").fill(listed[0][0])
        page.get_by_label("Lott att leta efter").press("Enter")
    else:
        page.get_by_role("button", name="Räkna om dragningen").click()
    expect(answer(page)).to_contain_text(said)


def test_files_that_did_not_come_with_the_page_are_chosen_by_the_reader(page, app, contest, reach, client):
    with app.app_context():
        enter_crowd(contest, 3)
    reach("drawn")
    page.route(re.compile("/dragning/"), lambda route: route.abort())
    page.goto(PAGE)
    page.get_by_role("button", name="Räkna om dragningen").click()
    expect(answer(page)).to_have_text("Välj först de här filerna: lista.txt, lasbevis.txt, regler.txt, protokoll.json.")
    pick(page, {name.replace(".", " (1)."): data for name, data in published(client).items()})
    assert "Allt stämmer." in recount(page)


def test_without_https_the_page_says_why_it_cannot_count(page, app, contest, reach):
    with app.app_context():
        enter_crowd(contest, 3)
    reach("drawn")
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    page.goto(PAGE)
    expect(page.get_by_text("Webbläsaren räknar bara på sidor med https.")).to_be_visible()
    expect(page.get_by_role("button", name="Räkna om dragningen")).to_be_hidden()


def test_without_script_the_page_says_how_else_to_check(new_context, app, contest, reach):
    with app.app_context():
        enter_crowd(contest, 3)
    reach("drawn")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(PAGE)
    expect(page.get_by_text("Annars kan du köra programmet här nedanför eller räkna för hand.")).to_be_visible()
    expect(page.get_by_role("button", name="Räkna om dragningen")).to_be_hidden()
    page.get_by_text("Visa exemplet steg för steg").click()
    expect(page.get_by_text("Anna har lägst tal och vinner.")).to_be_visible()
