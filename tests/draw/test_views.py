"""The public page of the draw and its raw files, in every state; and the known answer K4 through the whole program."""

import re
import shutil
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup

from app.contest import entries
from app.contest.models import Entry
from app.database import db
from app.draw import conduct
from app.draw.beacon import QUICKNET
from tests.conftest import STATES, on_sqlite, swedish

PAGE = "/2026/dragning"
LOCKED_FILES = ("lasbevis.txt", "regler.txt", "protokoll.json")
ADDRESSES = (
    PAGE,
    *(f"{PAGE}/{name}" for name in ("lista.txt", "dagar.txt", "flode.xml", "verifiera.py")),
    *(f"{PAGE}/{name}" for name in LOCKED_FILES),
)


@pytest.fixture
def cast(accept):
    """Anna (twice), Bo and Cecilia with the right answer, and David with a wrong one: their receipts."""
    people = [("anna", "2030"), ("bo", "2030"), ("cecilia", "2030"), ("anna+igen", "2030"), ("david", "2040")]
    return [accept(f"{name}@example.se", answer, motivation="Jag bor i Skövde") for name, answer in people]


def main(client):
    return " ".join(BeautifulSoup(client.get(PAGE).text, "html.parser").main.text.split())


@on_sqlite
def test_the_draw_is_hidden_until_its_hatch_opens(cast, client, clock):
    clock.set("2026-12-09 23:59:59.999")
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Lucka 10 är inte öppen ännu" in answer.text


@on_sqlite
@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("open", "Tävlingen är öppen Den stänger söndag 20 december 2026 kl. 23.59.59."),
        ("closed", "Tävlingen har stängt Nu går arrangören igenom bidragen och låser sedan listan."),
        ("locked", "Listan är låst Listan låstes måndag 21 december 2026 kl. 09.00."),
        ("drawn", "Dragningen är gjord Slumptalet har kommit och ordningen är klar."),
        ("contact", "Vinnaren kontaktas Slumptalet har kommit och ordningen är klar."),
        ("finished", "Dragningen är avslutad Vinnande lott är:"),
    ],
)
def test_the_page_says_where_the_draw_stands(cast, reach, client, state, said):
    reach(state)
    assert said in main(client)


@on_sqlite
def test_a_contest_that_opens_after_its_hatch_says_when(make_app, content, clock):
    file = content / "2026" / "10" / "hatch.md"
    file.write_text(file.read_text().replace("opens = 2026-12-10T00:00:00", "opens = 2026-12-10T12:00:00"))
    assert "Den öppnar torsdag 10 december 2026 kl. 12.00." in main(make_app(CALENDAR_CONTENT=content).test_client())


def test_the_page_counts_entries_per_day_and_per_reason(cast, accept, reach, client):
    accept("eva@example.se", at="2026-12-11 09:00")
    reach("locked")
    page = BeautifulSoup(client.get(PAGE).text, "html.parser")
    numbers = {pair.dt.text: pair.dd.text for pair in page.select("dl.numbers > div")}
    assert numbers == {"Bidrag": "6", "Med i dragningen": "4", "Strukna: dubblett": "1", "Strukna: fel svar": "1"}
    days = {row.th.a.contents[-1]: row.td.text for row in page.select("table.days tbody tr")}
    assert (days["10 december"], days["11 december"], days["12 december"]) == ("5", "1", "0")
    assert [*days] == [f"{day} december" for day in range(20, 9, -1)]


def test_the_list_is_made_once_a_day_so_nobody_sees_who_came_just_now(cast, client, clock):
    clock.set("2026-12-10 23:59:59")
    assert client.get(f"{PAGE}/lista.txt").text == "oppen-dragning/v1/lista\nmjk-2026\n"
    clock.set("2026-12-11 00:00:59")
    assert client.get(f"{PAGE}/lista.txt").text == "oppen-dragning/v1/lista\nmjk-2026\n"
    clock.set("2026-12-11 00:01")
    lines = client.get(f"{PAGE}/lista.txt").text.splitlines()[2:]
    assert lines == sorted(f"{receipt.ticket} med" for receipt in cast)


def test_the_lasbevis_vouches_for_the_published_list(cast, reach, client):
    reach("locked")
    shown = client.get(f"{PAGE}/lista.txt").data
    assert (shown.count(b" med\n"), shown.count(b" struken\n")) == (3, 2)
    assert f"lista-sha256: {sha256(shown).hexdigest()}\n" in client.get(f"{PAGE}/lasbevis.txt").text


@on_sqlite
@pytest.mark.parametrize("state", ["open", "closed"])
def test_there_is_no_proof_before_the_list_is_locked(cast, reach, client, state):
    reach(state)
    assert [client.get(f"{PAGE}/{name}").status_code for name in LOCKED_FILES] == [404, 404, 404]


@on_sqlite
def test_the_rules_are_published_as_they_were_locked(cast, reach, client):
    reach("locked")
    rules = client.get(f"{PAGE}/regler.txt")
    assert rules.text == "Regler.\n"
    assert f"regler-sha256: {sha256(rules.data).hexdigest()}\n" in client.get(f"{PAGE}/lasbevis.txt").text


def test_the_protocol_before_the_draw_holds_the_lasbevis_only(cast, reach, client):
    reach("locked")
    protocol = client.get(f"{PAGE}/protokoll.json").json
    assert set(protocol) == {
        "format",
        "regler",
        "tavling",
        "lasbevis",
        "lasbevis_sha256",
        "forankringar",
        "godkant_av_tva",
        "kontrollsumma",
    }
    assert protocol["forankringar"] == protocol["godkant_av_tva"] == []
    assert protocol["lasbevis"] == client.get(f"{PAGE}/lasbevis.txt").text


def test_every_skip_and_winner_is_in_the_protocol(cast, reach, client):
    reach("finished")
    protocol = client.get(f"{PAGE}/protokoll.json").json
    assert [(each["plats"], each["utfall"], each.get("skal")) for each in protocol["utfall"]] == [
        (1, "förbigången", "svarar inte"),
        (2, "vinnare", None),
    ]
    assert "förbigången: svarar inte" in main(client)
    assert protocol["rangordning"][1]["lott"] in main(client)


@on_sqlite
def test_a_short_time_between_locking_and_draw_is_said_aloud(cast, contest, app, client, clock):
    clock.set("2026-12-21 09:00")
    with app.app_context():
        conduct.lock(contest, "Regler.\n", swedish("2026-12-21 09:05"), QUICKNET, clock.now())
    assert "Mellan låsning och dragning: 5 minuter, kortare än ett dygn." in main(client)


@on_sqlite
def test_a_draw_that_nobody_anchored_says_so(cast, reach, client):
    reach("locked")
    assert "Listan är inte förankrad" in main(client)


@on_sqlite
def test_tools_on_any_site_may_read_the_proofs(cast, reach, client):
    reach("finished")
    for address in ADDRESSES[1:]:
        headers = client.get(address).headers
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Content-Type"].startswith(
            (
                "text/plain; charset=utf-8",
                "text/x-python; charset=utf-8",
                "application/json",
                "application/atom+xml; charset=utf-8",
            )
        )


@on_sqlite
def test_the_draw_is_asked_for_anew_each_time(cast, reach, client):
    reach("locked")
    assert {client.get(address).headers["Cache-Control"] for address in ADDRESSES} == {"no-cache"}


@pytest.mark.parametrize("state", STATES)
def test_no_address_name_or_code_is_ever_shown(cast, reach, client, state):
    reach(state)
    secrets = ["@example.se", "Skövde", "1441", *(receipt.code for receipt in cast)]
    secrets += [entries.grouped(receipt.code) for receipt in cast]
    for address in ADDRESSES:
        without_example = re.sub(
            '<details class="by-hand">.*?</details>', "", client.get(address).text, flags=re.DOTALL
        )
        shown = re.sub("[0-9a-f]{16,}", "", without_example)
        assert not [secret for secret in secrets if secret in shown]


K4 = [
    ("0123456789ABCDEFGHJKMNPQRS", "anna@example.se"),
    ("7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z", "bo@example.se"),
    ("AAAAAAAAAAAAAAAAAAAAAAAAAA", "cecilia@example.se"),
    ("BBBBBBBBBBBBBBBBBBBBBBBBBB", "david@xn--rksmrgs-5wao1o.se"),
    ("CCCCCCCCCCCCCCCCCCCCCCCCCC", "eva+jul@example.se"),
    ("DDDDDDDDDDDDDDDDDDDDDDDDDD", "anna@example.se"),
]
K4_SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
K4_LIST = """oppen-dragning/v1/lista
mjk-test-2026
09cf900ee82e5400daa022a85e4c6d50f9bb0d06f146ea532e3af6c455721b47 med
bae73b8b1817b6123fb9348109b6b169e7a69210de00fcb096d730f8fe881279 med
be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea med
c3be53f85feafff72629ea668d20bad73c6219a8ddb762a2249faa02394366f4 struken
cbb0e1a6d99ae63c5c2e0d5be31eaf285288ce5d49da9e74d1590627d5ffec49 med
e4fa6f2b852ea1ec941f110611cf557f54256171571715956f9d0e52cde37e0e med
"""
K4_RANKING = [
    ("be90666da81189a4", "3babb128b184815b1934a286c00b61ffed2320fc06a6a0278297cadb746488a3"),  # anna
    ("09cf900ee82e5400", "915a93838497793e70f65858f09b33772b7098062940a6ab8fa34240b3cb52ef"),  # eva
    ("bae73b8b1817b612", "96d20fead7d72688e3e20fff0d257e45bb8b4fb6668f01ef8c0dd93b8abbfaf0"),  # bo
    ("cbb0e1a6d99ae63c", "e4c2d4987ec8a3076a6d91e9b0cab5d2c8ba62171128c0d6759d54a886c81c4a"),  # david
    ("e4fa6f2b852ea1ec", "fc5ad1d86cc7210ab8c210e0c88129fc27c1c7f770fe5ca9021839e986af549d"),  # cecilia
]
"""The first characters of each ticket, and its whole rank key."""


@pytest.fixture
def k4(make_app, content, clock):
    """A visitor after the draw K4 of the specification: real entries, the real chain, the real value of round 1000."""
    edition = shutil.move(content / "2026", content / "2022")
    for path in (edition / "10" / "hatch.md", edition / "edition.toml"):
        path.write_text(path.read_text().replace("mjk-2026", "mjk-test-2026").replace("2026-12", "2022-12"))
    app = make_app(CALENDAR_CONTENT=content, DRAW_CHAIN=QUICKNET)
    contest = app.extensions["library"].editions[2022].contest
    with app.app_context():
        db.session.add_all(_entry(contest, code, email) for code, email in K4)
        db.session.commit()
        conduct.lock(contest, "Testregler.\n", _utc("2023-08-23T15:59:24"), QUICKNET, _utc("2023-08-21T12:00:00"))
        clock.instant = _utc("2023-08-23T16:00:00")
        conduct.draw(contest, K4_SIGNATURE, QUICKNET, clock.now())
    return app.test_client()


def _utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _entry(contest, code, email):
    return Entry(
        contest_id=contest.id,
        ticket=entries.ticket(contest.id, code, email),
        receipt_code=code,
        email=email,
        duplicate_key=entries.duplicate_key(email),
        answer=contest.answer,
        municipality="1441",
        received_at=swedish("2022-12-11 08:00"),
    )


def test_k4_the_list_is_the_specified_bytes(k4):
    answer = k4.get("/2022/dragning/lista.txt")
    assert answer.data == K4_LIST.encode()
    assert len(answer.data) == 456
    assert sha256(answer.data).hexdigest() == "09ba43185f7c40eeb1c1d440f3ca538786366d7cf16f64c6a0b93131c9be347c"


def test_k4_the_lasbevis_is_the_specified_bytes(k4):
    proof = k4.get("/2022/dragning/lasbevis.txt").data
    assert len(proof) == 414
    assert sha256(proof).hexdigest() == "153597c4a4f3fc79297e212643d93b3028326ce2f7a647f5ee8ee12d5a43fd70"


def test_k4_the_protocol_has_the_specified_seed_and_ranking(k4):
    protocol = k4.get("/2022/dragning/protokoll.json").json
    assert protocol["fro"] == "0ce1e7d0e79f8cf81ecb12fefe7f26352c8e25a7eeaa0222fbafe561e126313d"
    assert protocol["varde"]["slumptal"] == "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
    assert [(rank["plats"], rank["lott"][:16], rank["nyckel"]) for rank in protocol["rangordning"]] == [
        (place, *expected) for place, expected in enumerate(K4_RANKING, 1)
    ]


def test_k4_the_page_shows_the_seed_and_the_first_in_line(k4):
    page = k4.get("/2022/dragning").text
    assert "0ce1e7d0e79f8cf81ecb12fefe7f26352c8e25a7eeaa0222fbafe561e126313d" in page
    assert f'<td class="figure">1</td><td><code translate="no">{K4_RANKING[0][0]}…</code></td>' in page
