"""verifiera.py, which anyone can run at home: right about right draws, and a sentence about every wrong one."""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contest.rules import SKIP_REASONS
from app.draw import rehearsal, verifiera
from app.draw.beacon import QUICKNET
from app.draw.verifiera import Check
from tests.conftest import on_sqlite
from tests.draw import independent
from tests.draw.checkers import BARE_PYTHON, PYTHON, run_program
from tests.draw.crowds import enter_crowd, published
from tests.draw.test_beacon import VALUES
from tests.draw.test_views import K4_LIST, K4_RANKING

PROGRAM = verifiera.__file__
KNOWN = cache(verifiera.genuine)


@pytest.fixture(autouse=True)
def each_value_is_checked_once(monkeypatch):
    """The same few values come again and again, and each takes half a second."""
    monkeypatch.setattr(verifiera, "genuine", KNOWN)


@pytest.fixture
def drawn(app, contest, reach, client):
    """The files of a draw among twelve people: one passed over, one winner."""
    with app.app_context():
        enter_crowd(contest, 12)
    reach("finished")
    return published(client)


@pytest.fixture
def k4():
    """The files of K4, written here from the specification: the real chain and a real value."""
    listed = [(row[:64], row.endswith("med")) for row in K4_LIST.splitlines()[2:]]
    decided = {"last": "2023-08-21T12:00:00Z", "regler-sha256": independent.digest("Testregler.\n"), "vinster": "1"}
    decided |= {"kalla": QUICKNET.name, "kedja": QUICKNET.hash, "runda": "1000"}
    signature, randomness = VALUES[1000]
    answer = independent.answer("mjk-test-2026", listed, decided, randomness)
    protocol = {
        "format": "oppen-dragning/v1/protokoll",
        "tavling": "mjk-test-2026",
        "lasbevis": answer.proof.decode(),
        "lasbevis_sha256": independent.digest(answer.proof.decode()),
        "varde": {"runda": 1000, "signatur": signature, "slumptal": randomness},
        "entropi": f"drand-quicknet:1000:{randomness}",
        "fro": answer.seed,
        "dragen": "2023-08-23T16:00:00Z",
        "rangordning": [{"plats": at, "lott": each, "nyckel": key} for at, (key, each) in enumerate(answer.ranking, 1)],
        "utfall": [],
    }
    files = [answer.list_file, answer.proof, b"Testregler.\n", independent.sealed(protocol)]
    return dict(zip(independent.NAMES, files, strict=True))


def test_it_is_short_and_needs_only_what_python_brings():
    source = Path(PROGRAM).read_text("utf-8")
    assert len(source.splitlines()) < 200
    tree = ast.parse(source, feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - {"py_ecc"} <= sys.stdlib_module_names


def test_it_knows_the_sources_and_reasons_that_the_program_knows():
    chains = {chain.name: f"{chain.hash} {chain.public_key}" for chain in (QUICKNET, rehearsal.CHAIN)}
    assert chains == verifiera.SOURCES
    assert {(chain.genesis, chain.period) for chain in (QUICKNET, rehearsal.CHAIN)} == {
        (verifiera.GENESIS, verifiera.PERIOD)
    }
    assert ("vinnare", *(f"förbigången, {reason}" for reason in SKIP_REASONS)) == verifiera.OUTCOMES


@on_sqlite
def test_it_is_published_as_it_is(client, clock):
    published_program = client.get("/2026/dragning/verifiera.py")
    assert published_program.data == Path(PROGRAM).read_bytes()
    assert published_program.headers["Content-Type"] == "text/x-python; charset=utf-8"


def faults(files):
    return "\n".join(Check(files).faults)


def with_protocol(files, **changes):
    """The files with another protocol, whole and with its right checksum: only what it says is wrong."""
    protocol = json.loads(files["protokoll.json"]) | changes
    del protocol["kontrollsumma"]
    return files | {"protokoll.json": independent.sealed(protocol)}


def protocol_of(files):
    return json.loads(files["protokoll.json"])


@on_sqlite
@pytest.mark.parametrize("number", [0, 1, 2, 5000])
def test_it_agrees_with_an_independent_program_about_the_programs_own_draws(app, contest, reach, client, number):
    with app.app_context():
        listed = enter_crowd(contest, number)
    reach("drawn")
    files = published(client)
    expected = independent.agrees(files, listed)
    check = Check(files)
    assert check.faults == []
    assert check.ranking == expected.ranking


def test_it_finds_the_winner_of_k4(k4):
    check = Check(k4)
    assert check.faults == []
    assert [(ticket[:16], key) for key, ticket in check.ranking] == K4_RANKING
    assert f"Slumptalet: {VALUES[1000][1]}, äkta enligt källans nyckel." in check.facts
    assert "Låsbeviset: låst 2023-08-21T12:00:00Z, kontrollsumma 153597c4" in "\n".join(check.facts)


@pytest.mark.parametrize(("number", "of"), [(1000, 1000), (1001, 1001), (1002, 1002), (657413, 657413), (1003, 1002)])
def test_it_knows_a_genuine_value(number, of):
    assert verifiera.genuine("drand-quicknet", number, VALUES[of][0]) == (number == of)


@pytest.mark.parametrize(
    "signature", ["c0" + 94 * "0", "a0" + 93 * "0" + "4", 96 * "0", 96 * "f", VALUES[1000][0][:-1]]
)
def test_it_refuses_what_is_no_signature(signature):
    assert verifiera.genuine("drand-quicknet", 1000, signature) is False


def test_a_lotto_draw_comes_to_the_order_of_k5():
    tickets = {row[:64]: row.endswith("med") for row in K4_LIST.splitlines()[2:]}
    proof = "3a3bb63ecca9ea1bdec7c20bfb614952ac73a7b8f8e1b627bee7e3f035005b73"
    entropy = "svenskaspel-lotto1:2023-08-26:3.8.11.19.22.27.34./1.5.30.31./"
    seed, order = verifiera.seed_and_order(proof, entropy, tickets)
    assert seed == "0b9571b573a7c4054e101821c5dac1bf9bc575343c56a088c5685159645e3906"
    assert [key[:8] for key, _ in order] == ["61f19d95", "68bdff8c", "6d64e592", "e8da8a2e", "f2409360"]


@on_sqlite
def test_before_the_draw_it_says_that_there_is_none_yet(app, contest, reach, client):
    with app.app_context():
        enter_crowd(contest, 3)
    reach("locked")
    check = Check(published(client))
    assert check.faults == []
    assert check.facts[-1] == "Dragningen är inte gjord än."


@on_sqlite
def test_a_rehearsal_is_said_to_be_one(drawn, k4):
    said = "ÖVNING: det här är en provdragning, den har ingen riktig vinnare."
    assert Check(drawn).facts[0] == said
    assert said not in Check(k4).facts


@on_sqlite
def test_it_tells_what_became_of_each_place(drawn):
    first, second = protocol_of(drawn)["rangordning"][:2]
    assert Check(drawn).facts[-2:] == [
        f"Plats 1: lott {first['lott']}, förbigången, svarar inte.",
        f"Plats 2: lott {second['lott']}, vinnare.",
    ]


@on_sqlite
@pytest.mark.parametrize("name", independent.NAMES)
def test_one_changed_byte_anywhere_is_a_fault_that_names_the_file(drawn, name):
    for at in range(len(drawn[name])):
        changed = bytearray(drawn[name])
        changed[at] ^= 1 << at % 8
        assert name in faults(drawn | {name: bytes(changed)}), f"byte {at}"


@on_sqlite
@pytest.mark.parametrize("name", independent.NAMES)
def test_a_file_that_was_cut_off_or_grew_is_a_fault(drawn, name):
    for changed in (b"", drawn[name][:-1], drawn[name][: len(drawn[name]) // 2], drawn[name] + b"\n", drawn[name] * 2):
        assert name in faults(drawn | {name: changed})


def relisted(files, rows):
    """The files with other rows in the list and a låsbevis that vouches for just them."""
    listed = "\n".join([*files["lista.txt"].decode().split("\n")[:2], *rows, ""])
    old = independent.decisions(files)["lista-sha256"]
    return files | {
        "lista.txt": listed.encode(),
        "lasbevis.txt": files["lasbevis.txt"].replace(old.encode(), independent.digest(listed).encode()),
    }


def test_a_list_in_another_order_is_refused(k4):
    rows = k4["lista.txt"].decode().split("\n")[2:-1]
    assert "lista.txt: rad 4 är ingen lott, står dubbelt eller i fel ordning." in faults(
        relisted(k4, [rows[1], rows[0], *rows[2:]])
    )


def test_a_ticket_that_stands_twice_is_refused(k4):
    rows = k4["lista.txt"].decode().split("\n")[2:-1]
    assert "lista.txt: rad 4 är ingen lott, står dubbelt" in faults(relisted(k4, [rows[0], *rows]))
    apart = [*rows, rows[0]]
    assert "lista.txt: rad 9 är ingen lott, står dubbelt" in faults(relisted(k4, apart))


def test_two_places_that_changed_places_are_refused(k4):
    places = protocol_of(k4)["rangordning"]
    places[1], places[2] = places[2] | {"plats": 2}, places[1] | {"plats": 3}
    assert faults(with_protocol(k4, rangordning=places)) == "protokoll.json: ordningen är en annan från plats 2."


def test_a_place_too_few_or_too_many_is_refused(k4):
    places = protocol_of(k4)["rangordning"]
    assert faults(with_protocol(k4, rangordning=places[:4])) == "protokoll.json: ordningen är en annan från plats 5."
    assert faults(with_protocol(k4, rangordning=[*places, places[0]])).endswith("en annan från plats 6.")


def test_the_value_of_another_round_is_refused(k4):
    signature, randomness = VALUES[1001]
    value = {"runda": 1000, "signatur": signature, "slumptal": randomness}
    assert "protokoll.json: signaturen är inte källans för runda 1000." in faults(with_protocol(k4, varde=value))
    honest = value | {"runda": 1001}
    assert "protokoll.json: runda är 1001 men ska vara 1000." in faults(with_protocol(k4, varde=honest))


def test_the_seed_of_another_round_is_refused(k4):
    entropy = f"drand-quicknet:1001:{VALUES[1001][1]}"
    seed, _ = verifiera.seed_and_order(independent.digest(k4["lasbevis.txt"].decode()), entropy, {})
    sentence = faults(with_protocol(k4, fro=seed, entropi=entropy))
    assert f"protokoll.json: fro är '{seed}' men ska vara '0ce1e7d0" in sentence
    assert "protokoll.json: entropi är 'drand-quicknet:1001:" in sentence


@pytest.mark.parametrize(
    ("line", "other", "said"),
    [
        (b"runda: 1000", b"runda: 1001", "lasbevis.txt: tidpunkt är '2023-08-23T15:59:24Z' men ska vara"),
        (b"kedja: 52", b"kedja: 53", "lasbevis.txt: kedja är '53db9ba7"),
        (b"kalla: drand-quicknet", b"kalla: drand-fastnet", "men ska vara 'okänd'"),
        (b"antal-med: 5", b"antal-med: 6", "lista.txt mot lasbevis.txt: antal-med är '6' men ska vara '5'."),
        (b"antal-med: 5", b"antal-med: 05", "antal-med är '05' men ska vara '5'."),
        (b"vinster: 1", b"vinster: 0", "lasbevis.txt: ska vara en rubrik och elva hela rader efter mallen."),
        (b"last: 2023-08-21", b"last: 2023-08-24", "lasbevis.txt: listan låstes inte före slumptalet."),
        (b"antal-med: 5\nantal-strukna: 1", b"antal-strukna: 1\nantal-med: 5", "efter mallen."),
        (b"mjk-test", b"mjk-prov", "lista.txt mot lasbevis.txt: tavling är 'mjk-prov-2026' men ska vara"),
    ],
)
def test_a_lasbevis_that_does_not_hold_together_is_refused(k4, line, other, said):
    assert said in faults(k4 | {"lasbevis.txt": k4["lasbevis.txt"].replace(line, other)})


WON = {"utfall": "vinnare", "tid": "2023-08-24T08:00:00Z"}
SKIPPED = {"utfall": "förbigången", "skal": "svarar inte", "tid": "2023-08-24T08:00:00Z"}


def outcomes(files, *kinds):
    """The files with these outcomes for the first places, in order."""
    places = protocol_of(files)["rangordning"]
    given_to = [{"plats": at + 1, "lott": places[at]["lott"]} | kind for at, kind in enumerate(kinds)]
    return with_protocol(files, utfall=given_to)


@pytest.mark.parametrize("reason", SKIP_REASONS)
def test_a_skip_for_a_reason_of_the_rules_is_accepted(k4, reason):
    assert faults(outcomes(k4, SKIPPED | {"skal": reason}, WON)) == ""


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([SKIPPED | {"skal": "fel kommun"}], "utfall 1: 'förbigången, fel kommun' är inget utfall som reglerna har."),
        ([SKIPPED | {"skal": None}], "utfall 1: 'förbigången, None' är inget utfall"),
        ([WON | {"utfall": "förbigången"}], "utfall 1: 'förbigången' är inget utfall"),
        ([WON | {"skal": "tackar nej"}], "utfall 1: 'vinnare, tackar nej' är inget utfall"),
        ([WON, WON], "utfall 2: alla vinster är redan utdelade."),
        ([WON, SKIPPED], "utfall 2: alla vinster är redan utdelade."),
        ([WON | {"plats": 2}], "utfall 1: plats är 2 men ska vara 1."),
        ([WON | {"lott": 64 * "0"}], "utfall 1: lott är '0000"),
        ([WON | {"tid": "2023-08-22T08:00:00Z"}], "tiderna för dragning och utfall följer inte på varandra."),
        ([WON | {"tid": "i går"}], "tiderna för dragning och utfall följer inte på varandra."),
    ],
)
def test_an_outcome_that_the_rules_do_not_allow_is_refused(k4, kinds, said):
    assert said in faults(outcomes(k4, *kinds))


def test_more_outcomes_than_places_are_refused(k4):
    given_to = [SKIPPED | {"plats": at + 1, "lott": 64 * "0"} for at in range(6)]
    assert "protokoll.json: utfallen är fler än platserna." in faults(with_protocol(k4, utfall=given_to))


def test_a_draw_before_its_value_is_refused(k4):
    assert "följer inte på varandra" in faults(with_protocol(k4, dragen="2023-08-23T15:59:23Z"))


def test_half_a_draw_is_refused(k4):
    protocol = protocol_of(k4)
    half = {key: value for key, value in protocol.items() if key not in ("varde", "kontrollsumma")}
    assert faults(k4 | {"protokoll.json": independent.sealed(half)}) == "protokoll.json: en del av dragningen saknas."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
WAYS = [("varde",), ("varde", "signatur"), ("varde", "runda"), ("rangordning",), ("rangordning", 0), ("utfall",)]
WAYS += [("utfall", 0), ("utfall", 0, "skal"), ("utfall", 0, "tid"), ("dragen",), ("fro",), ("lasbevis",), ("format",)]


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.sampled_from(WAYS), value=JSON.filter(lambda value: value != []))
def test_whatever_the_protocol_holds_the_answer_is_a_sentence(k4_decided, way, value):
    protocol = protocol_of(k4_decided)
    place = protocol
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    assert faults(with_protocol(k4_decided, **protocol)).startswith("protokoll.json")


@pytest.fixture
def k4_decided(k4):
    return outcomes(k4, SKIPPED, WON)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"[]", b"null", b"1", b"NaN", b'"x"', b"{}", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}"),
        *(b"1" * 9999, b"[" * 99999, b'{"lasbevis": ' + b"[" * 700 + b"]" * 700 + b"}", b'{"format": "\\ud800"}'),
    ],
)
def test_a_protocol_that_cannot_be_read_is_a_fault(k4, text, usual_recursion_limit):
    assert faults(k4 | {"protokoll.json": text}).startswith("protokoll.json: ")


@pytest.mark.parametrize("name", ["lista.txt", "lasbevis.txt", "regler.txt"])
def test_a_file_in_another_encoding_is_a_fault(k4, name):
    assert name in faults(k4 | {name: k4[name].decode().encode("utf-16")})


# The program as people run it.


@pytest.fixture
def run(tmp_path, drawn):
    """Runs the program in a folder with the files: run("--lott", …). Its exit code and what it wrote."""
    for name, data in drawn.items():
        (tmp_path / name).write_bytes(data)

    def start(*words, python=PYTHON):
        return run_program(PROGRAM, tmp_path, *words, python=python)

    return start


@on_sqlite
def test_four_files_or_their_folder_are_read(run):
    code, said = run(*independent.NAMES)
    assert (code, said.splitlines()[-1]) == (0, "Allt stämmer.")
    assert run(".") == run() == (code, said)


@on_sqlite
def test_without_py_ecc_it_says_what_it_could_not_check(run):
    code, said = run(python=BARE_PYTHON)
    assert (code, said.splitlines()[-1]) == (0, "Allt stämmer.")
    assert "inte prövat mot källans nyckel: paketet py_ecc saknas. Jämför med api.drand.sh, runda " in said


@on_sqlite
def test_a_fault_is_told_and_gives_another_exit_code(run, tmp_path):
    (tmp_path / "regler.txt").write_text("Andra regler.\n")
    code, said = run()
    assert code == 1
    assert "FEL: regler.txt mot lasbevis.txt: regler-sha256 är " in said
    assert said.endswith("\nAllt stämmer inte.\n")


@on_sqlite
def test_a_ticket_is_looked_for(run, drawn):
    place = protocol_of(drawn)["rangordning"][2]
    code, said = run("--lott", place["lott"].upper())
    assert (code, "Din lott: med, plats 3.\n" in said) == (0, True)
    struck = next(row[:64] for row in drawn["lista.txt"].decode().splitlines() if row.endswith(" struken"))
    assert "Din lott: inte med.\n" in run("--lott", struck)[1]
    code, said = run("--lott", "\x1b[31m")
    assert (code, "FEL: lista.txt: lotten '\\x1b[31m' finns inte i listan.\n" in said) == (1, True)


@on_sqlite
def test_a_file_that_is_missing_is_named(run, tmp_path):
    (tmp_path / "regler.txt").unlink()
    assert run() == (1, "FEL: regler.txt saknas eller går inte att läsa.\n")
    assert run("lista.txt", "lasbevis.txt") == (1, "FEL: regler.txt saknas eller går inte att läsa.\n")
    assert run("finns-inte")[0] == 1


@on_sqlite
@pytest.mark.parametrize("python", [PYTHON, BARE_PYTHON], ids=["with py_ecc", "without"])
def test_it_tests_itself(run, python):
    assert run("--självtest", python=python) == run("--sjalvtest", python=python) == (0, "Självtestet stämmer.\n")


def test_a_changed_program_fails_its_own_test(tmp_path):
    source = Path(PROGRAM).read_text("utf-8")
    for line, other in (("v1/fro", "v2/fro"), ("sorted(", "reversed(sorted(")):
        changed = tmp_path / "verifiera.py"
        changed.write_text(source.replace(line, other, 1), "utf-8")
        done = subprocess.run([*BARE_PYTHON, changed, "--självtest"], capture_output=True, text=True)
        assert done.returncode == 1
