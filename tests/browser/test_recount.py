"""The draw recounted in the reader's own browser, with the network cut: right about right draws and wrong ones."""

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from playwright.sync_api import expect

from tests.browser.acts import tab_to
from tests.conftest import on_sqlite
from tests.draw import independent
from tests.draw.crowds import enter_crowd, published, source
from tests.spec import k4
from tests.spec.bent import BENT

pytestmark = on_sqlite
PAGE = "/2026/dragning"
STEPS = ["Filerna", "Listan", "Villkoren", "Låsbeviset", "Loggen", "Slumptalet", "Fröet", "Ordningen", "Utfallet"]
REHEARSED = "ÖVNING: slumptalet kommer från en övningskälla och bevisar ingenting."
UNMAILED = "Kontrollsumman: skriv alla 64 tecken ur mejlet som du fick före slumptalet."

# Whether the files that the page brings along have come.
LOADED = """() => !crypto.subtle || [...document.querySelectorAll("[data-files]")]
  .flatMap(part => part.dataset.files.split(" ")).filter(Boolean)
  .every(file => performance.getEntriesByName(new URL(file, location).href).length)"""


@pytest.fixture
def opened(page, app, contest, reach):
    """Open the page of a draw among some people: opened(12, "finished"); what they sent in."""

    def reached(number, state):
        with app.app_context():
            sent = enter_crowd(contest, number)
        reach(state)
        page.goto(PAGE)
        page.wait_for_function(LOADED)
        page.get_by_text("För dig som vill kontrollera").click()
        return sent

    return reached


@pytest.fixture
def check(page, opened):
    """The page of a finished draw among twelve."""
    opened(12, "finished")
    return page


def pick(page, files):
    """Choose files as if they had been downloaded."""
    if not page.get_by_label("Välj tavling.txt").is_visible():
        page.get_by_text("Räkna på filer som du har hämtat själv").click()
    payload = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files.items()]
    page.get_by_label("Välj tavling.txt").set_input_files(payload)
    expect(answer(page)).to_contain_text("Valda filer: ")


def answer(page):
    return page.locator("#rakna-svar")


def steps(page):
    return page.locator("#rakna-steg")


def unchecked(page):
    return page.locator("#rakna-kvar").get_by_role("listitem")


def recount(page, mailed=""):
    page.get_by_label("Kontrollsumman i ditt mejl").fill(mailed)
    page.get_by_role("button", name="Räkna om dragningen").click()
    expect(answer(page)).to_contain_text(re.compile("stämmer"), timeout=20_000)
    return answer(page).inner_text()


def mailed(client):
    """The checksum that every participant has by mail."""
    return sha256(published(client)["lasbevis.txt"]).hexdigest()


def order(client):
    return json.loads(published(client)["protokoll.json"])["ordning"]


def test_draw_is_recounted_with_network_cut(check, client):
    ticket, told = order(client)[1], mailed(client)
    check.context.set_offline(True)
    assert recount(check, told) == (
        f"Räkningen stämmer. Vinnare: plats 2, lott {ticket}. Det här är inte kontrollerat:"
    )
    names = [line.split(":")[0] for line in steps(check).inner_text().splitlines()]
    assert names == [f"✓ Stämmer. {name}" for name in [*STEPS, "Kontrollsumman"]]
    expect(unchecked(check)).to_have_text([REHEARSED])


def test_without_checksum_in_mail_it_says_what_is_missing(check, client):
    assert recount(check).startswith("Räkningen stämmer.")
    expect(unchecked(check)).to_have_text([REHEARSED, UNMAILED])
    recount(check, mailed(client)[:16])
    expect(unchecked(check)).to_have_text([REHEARSED, UNMAILED])


def test_another_checksum_in_mail_is_fault(check, client):
    told = mailed(client)
    said = recount(check, told[:63] + ("0" if told[63] != "0" else "1"))
    assert said.startswith("Det stämmer inte.")
    expect(steps(check)).to_contain_text("Kontrollsumman i ditt mejl är inte låsbevisets. Spara mejlet.")
    shown = " ".join(told[at : at + 4] for at in range(0, 64, 4)).upper()
    assert recount(check, shown).startswith("Räkningen stämmer.")


def test_nothing_is_fetched_afterwards(check):
    asked = []
    check.on("request", lambda request: asked.append(request.url))
    recount(check)
    check.get_by_label("Lott att leta efter").fill("00000000")
    check.get_by_role("button", name="Finns min lott med?").click()
    expect(answer(check)).to_have_text("Nej, ingen lott i listan börjar så.")
    assert asked == []


@pytest.mark.parametrize("number", [0, 1, 2, 6000])
def test_it_agrees_with_an_independent_program(page, opened, contest, client, number):
    sent = opened(number, "drawn")
    files = published(client)
    expected = independent.verify(files, sent, mailed(client), source(contest))
    # More than five thousand are too many to come with the page.
    if number > 5000:
        pick(page, files)
    first = f"Först i tur: {expected.order[0]}. " if expected.order else ""
    assert recount(page, mailed(client)) == f"Räkningen stämmer. {first}Det här är inte kontrollerat:"
    if expected.order:
        page.get_by_label("Lott att leta efter").fill(expected.order[-1])
        page.get_by_role("button", name="Finns min lott med?").click()
        last = len(expected.order)
        expect(answer(page)).to_contain_text(f"är med, på plats {last} av {last}.", timeout=20_000)


def test_it_finds_winner_of_k4_and_where_value_is(check):
    pick(check, k4.k4_files())
    said = recount(check, k4.PROOF_SUM)
    assert said == f"Räkningen stämmer. Vinnare: plats 2, lott {k4.BO}. Det här är inte kontrollerat:"
    expect(steps(check)).to_contain_text(f"Fröet: {k4.SEED}")
    expect(unchecked(check)).to_have_count(1)
    expect(unchecked(check)).to_contain_text("Signaturen: webbläsaren kan inte pröva den.")
    for link in unchecked(check).get_by_role("link").all():
        expect(link).to_have_attribute("href", re.compile("^https://.*/public/1000$"))
    expect(unchecked(check).get_by_role("link")).to_have_count(4)


# Changes one byte at a time, and gives those that the page's own recount did not tell of.
FLIP = """async ({shown, name, step}) => {
  const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const files = Object.fromEntries(Object.entries(shown).map(([each, text]) => [each, bytes(text).buffer]));
  const right = bytes(shown[name]), missed = [];
  for (let at = 0; at < right.length; at += step) {
    const changed = right.slice(), said = [];
    changed[at] ^= 1 << at % 8;
    const told = (holds, part, sentence) => holds || said.push(`${part}: ${sentence}`);
    const {faults} = await recount({...files, [name]: changed.buffer}, "", told, () => {});
    if (!faults || !/^(Filerna|Loggen): /.test(said.join())) missed.push(`byte ${at}: ${said}`);
  }
  return missed;
}"""


def test_one_changed_byte_is_a_fault(check, client):
    shown = {name: b64encode(data).decode() for name, data in published(client).items()}
    steps = {"tavling.txt": 3, "regler.txt": 5, "lista.txt": 5, "lasbevis.txt": 3, "logg.txt": 11}
    missed = {name: check.evaluate(FLIP, {"shown": shown, "name": name, "step": step}) for name, step in steps.items()}
    assert {name: changes for name, changes in missed.items() if changes} == {}


def test_bent_files_are_told_at_their_step(check):
    for name, files in BENT.items():
        pick(check, files)
        said = recount(check, sha256(files["lasbevis.txt"]).hexdigest())
        assert said == "Det stämmer inte. Se vad som är fel här nedanför; stegen efter är inte räknade.", name
        expect(steps(check).get_by_text("✗ Stämmer inte.")).to_have_count(1)
        expect(unchecked(check)).to_have_count(0)


def test_ticket_is_found_by_keyboard_alone(check, client):
    ticket = order(client)[2]
    field = tab_to(check.get_by_label("Lott att leta efter"))
    field.press_sequentially("xyz")
    field.press("Enter")
    expect(answer(check)).to_contain_text("Skriv minst de åtta första tecknen i din lott")
    expect(field).to_be_focused()
    field.fill(ticket[:12].upper())
    tab_to(check.get_by_role("button", name="Finns min lott med?")).press("Enter")
    expect(answer(check)).to_contain_text(f"Ja, lotten {ticket} är med, på plats 3 av ")


def test_struck_ticket_is_said_so(check, client):
    struck = re.search("([0-9a-f]{64}) struken", published(client)["lista.txt"].decode())[1]
    check.get_by_label("Lott att leta efter").fill(struck)
    check.get_by_label("Lott att leta efter").press("Enter")
    expect(answer(check)).to_have_text(f"Lotten {struck} är struken och inte med i dragningen.")


def test_before_the_list_is_locked_there_is_nothing_to_count(page, opened):
    opened(3, "closed")
    expect(page.get_by_role("button", name="Räkna om dragningen")).to_have_count(0)


def test_before_draw_less_is_counted(page, opened, client):
    opened(3, "locked")
    assert recount(page, mailed(client)).startswith("Räkningen stämmer.")
    expect(unchecked(page)).to_have_text(["Dragningen: den är inte gjord än, eller så är protokoll.json inte med."])


def test_files_that_did_not_come_with_page_are_chosen(page, opened, client):
    page.route(re.compile("/dragning/"), lambda route: route.abort())
    opened(3, "drawn")
    page.get_by_role("button", name="Räkna om dragningen").click()
    expect(steps(page)).to_contain_text("Det saknas: tavling.txt, regler.txt, lista.txt, lasbevis.txt.")
    pick(page, {name.replace(".", " (1)."): data for name, data in published(client).items()})
    assert recount(page).startswith("Räkningen stämmer.")


def test_without_https_it_says_why(page, opened):
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    opened(3, "drawn")
    expect(page.get_by_text("Webbläsaren räknar bara på sidor med https.")).to_be_visible()
    expect(page.get_by_role("button", name="Räkna om dragningen")).to_be_hidden()


def test_without_script_it_says_how(new_context, opened):
    opened(3, "drawn")
    page = new_context(java_script_enabled=False).new_page()
    page.goto(PAGE)
    page.get_by_text("För dig som vill kontrollera").click()
    expect(page.get_by_text("Annars kan du köra programmet här nedanför eller räkna för hand.")).to_be_visible()
    expect(page.get_by_role("button", name="Räkna om dragningen")).to_be_hidden()
    page.get_by_text("Visa exemplet steg för steg").click()
    expect(page.get_by_text("Eva har lägst tal och vinner.")).to_be_visible()
