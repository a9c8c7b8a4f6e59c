"""Reading the calendar and entering the contest leaves nothing in the browser, and tells nobody else."""

import re
from collections import Counter
from urllib.parse import urldefrag

import pytest
from playwright.sync_api import expect

from tests.browser.acts import fill_in, press, send
from tests.conftest import ENTRY_URL, on_sqlite

pytestmark = on_sqlite

# Tells of every attempt to keep something in the browser, or to look for what was kept.
SPY = """
const ways = {getItem: Storage, setItem: Storage, open: IDBFactory, put: Cache, register: ServiceWorkerContainer};
for (const [name, {prototype}] of Object.entries(ways)) {
  const real = prototype[name];
  prototype[name] = function (...values) { kept(name); return real.apply(this, values); };
}
const {set} = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
Object.defineProperty(Document.prototype, "cookie", {set(value) { kept("cookie"); set.call(this, value); }});
"""


@pytest.fixture
def traces(page, site):
    """What is left so far: cookies, things kept by script, requests to other hosts, and errors in the console."""
    kept, requests, responses, errors = [], [], [], []
    page.expose_function("kept", lambda name: kept.append(name))
    page.add_init_script(SPY)
    page.on("request", lambda request: requests.append(request))
    page.on("response", lambda response: responses.append(response))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(error.message))

    def found():
        set_by = [response.url for response in responses if response.header_value("set-cookie")]
        away = [request.url for request in requests if not request.url.startswith((site, "data:"))]
        return set_by + page.context.cookies() + kept + away + errors

    return found


def kind(address):
    """What pages that are made by one template have in common: all but numbers, and names of municipalities."""
    return re.sub(r"\d+", "1", re.sub(r"/kommun/[a-z-]+", "/kommun/x", address))


def pages_and_files(page, site):
    """The address of what links lead to, two of each kind, each page opened as it is given."""
    first = ("/", "/inbaddning", "/2026/lucka/10")
    seen, waiting, kinds = set(), [f"{site}{path}" for path in first], Counter()
    while waiting:
        if (address := waiting.pop()) in seen or kinds[kind(address)] == 2:
            continue
        seen.add(address)
        kinds[kind(address)] += 1
        if "." in address.rpartition("/")[2]:
            expect(page.request.get(address)).to_be_ok()
        else:
            page.goto(address)
            links = page.get_by_role("link").evaluate_all("links => links.map(link => link.href)")
            waiting += [urldefrag(link).url for link in links if link.startswith(site)]
        yield address.removeprefix(site)


def test_whoever_reads_everything_leaves_no_trace(page, site, accept, reach, traces):
    accept("anna@example.se")
    accept("bo@example.se")
    reach("finished")
    read = [*pages_and_files(page, site)]
    assert {"/2026/lucka/10", "/2026/tavling/villkor", "/2026/dragning", "/om"} <= {*read}
    assert kind("/kommun/lerum") in map(kind, read)
    assert {"/personuppgifter", "/kakor", "/mitt-svar", "/tillganglighet"} <= {*read}
    assert traces() == []


def test_whoever_enters_contest_leaves_no_trace(page, clock, traces):
    page.goto(ENTRY_URL)
    fill_in(page)
    send(page, clock)
    expect(page.get_by_role("heading", name="Du är med!")).to_be_visible()
    assert traces() == []


def test_entering_looking_and_withdrawing_leaves_no_trace(page, clock, traces):
    page.goto(ENTRY_URL)
    fill_in(page)
    send(page, clock)
    code = page.locator(".receipt-code").inner_text()
    page.get_by_role("contentinfo").get_by_role("link", name="Mitt svar").click()
    page.get_by_label("Kvittokod").fill(code)
    page.get_by_label("E-postadress").fill("anna@example.se")
    press(page, "Visa mitt svar")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Hämta som fil").click()
    assert taken.value.suggested_filename == "mitt-svar.json"
    page.get_by_label("Ja, ta tillbaka").check()
    press(page, "Ta tillbaka svaret")
    expect(page.get_by_role("heading", name="Svaret är tillbakataget")).to_be_focused()
    assert traces() == []


def test_whoever_answers_and_tries_a_tip_leaves_no_trace(page, traces):
    page.goto("/2026/lucka/9")
    page.get_by_label("Att avgifter på klimatbelastande resor").check()
    press(page, "Svara och se vad andra tror")
    press(page, "Jag testar")
    expect(page.get_by_role("heading", name="Tack! Du är en av de första som testar")).to_be_visible()
    assert traces() == []


def test_whoever_tells_what_does_not_work_leaves_no_trace(page, clock, traces):
    page.goto("/tillganglighet")
    page.get_by_label("Något går inte").check()
    page.get_by_label("Berätta").fill("Lucka 3 går inte att läsa.")
    clock.forward(seconds=20)
    press(page, "Skicka")
    expect(page.get_by_role("heading", name="Tack, det är mottaget")).to_be_focused()
    assert traces() == []


def test_refused_entry_leaves_no_trace(page, clock, traces):
    page.goto(ENTRY_URL)
    send(page, clock)
    expect(page.get_by_role("heading", name="Det finns ett problem")).to_be_visible()
    assert traces() == ["Failed to load resource: the server responded with a status of 422 (UNPROCESSABLE ENTITY)"]
