"""verifiera.py of Öppen dragning v2, and the independent reading: right about K4 and about every way to bend it."""

import ast
import builtins
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.draw import verifiera
from app.spec import beacon, lines
from app.spec.beacon import PRACTICE, QUICKNET
from app.spec.practice_beacon import practice_answer
from app.spec.record import Skip, Winner
from tests.draw import independent
from tests.oracles import read_record
from tests.spec import k4
from tests.spec.bent import BENT, outcomes

PROGRAM = Path(verifiera.__file__)
REHEARSED = independent.Source(PRACTICE.name, PRACTICE.hash, PRACTICE.key, 10, 20)
SENT = [
    independent.Sent(code, email, answer, f"2023-08-10T06:{number:02}:00Z")
    for number, (code, email, answer, *_) in enumerate(k4.ENTRIES, 1)
]
# 48 bytes that are no signature
INVENTED = "a" * 96


@pytest.fixture
def run(tmp_path, capsys):
    """Run the program on files in a folder: its exit code and what it wrote."""

    def run(published, *words):
        for name, data in published.items():
            (tmp_path / name).write_bytes(data)
        code = verifiera.main([str(tmp_path), *words])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def no_py_ecc(monkeypatch):
    imported = builtins.__import__

    def refuse(name, *more):
        if name.startswith("py_ecc"):
            raise ImportError(name)
        return imported(name, *more)

    monkeypatch.setattr(builtins, "__import__", refuse)


def mailed(checksum=k4.PROOF_SUM):
    return "--kontrollsumma", checksum


def test_all_is_right_only_when_all_three_are_checked(run):
    code, said = run(k4.k4_files(), *mailed())
    assert code == 0
    assert said.splitlines()[-1] == "Allt stämmer."
    assert f"Slumptalet: {k4.RANDOMNESS}, runda 1000, äkta signatur." in said
    assert f"Plats 2: vinnare, lott {k4.BO}." in said
    assert "Plats 1: förbigången 2023-08-24T08:00:00Z, tackar nej, brev 2023-08-23T16:00:05Z." in said
    assert "Loggen: 13 poster, hela kedjan är omräknad." in said


def test_unmailed_checksum_leaves_only_computation(run):
    code, said = run(k4.k4_files())
    assert code == 2
    assert "Allt stämmer" not in said
    assert said.splitlines()[-2:] == [
        "Räkningen stämmer, men det här är inte kontrollerat:",
        "Kontrollsumman: skriv --kontrollsumma och alla 64 tecken ur mejlet före slumptalet.",
    ]


# 16 characters are what pages show large; they are not what is to be compared.
@pytest.mark.parametrize("typed", ["", k4.PROOF_SUM[:16], k4.PROOF_SUM[:63], k4.PROOF_SUM + "0"])
def test_part_of_checksum_is_no_check(run, typed):
    code, said = run(k4.k4_files(), *mailed(typed))
    assert (code, "Allt stämmer" in said) == (2, False)


def test_no_py_ecc_leaves_only_computation(run, no_py_ecc):
    code, said = run(k4.k4_files(), *mailed())
    assert code == 2
    assert "Allt stämmer" not in said
    assert f"https://api.drand.sh/{QUICKNET.hash}/public/1000" in said
    assert "pip install py_ecc" in said


def test_another_checksum_than_mailed_one_differs(run):
    code, said = run(k4.k4_files(), *mailed("0" * 64))
    assert code == 1
    assert said == "FEL: Kontrollsumman ur mejlet är inte låsbevisets.\nDet stämmer inte.\n"


def test_py_ecc_tells_an_invented_value(run):
    files, checksum = k4.redrawn({}, signature=INVENTED)
    code, said = run(files, *mailed(checksum))
    assert code == 1
    assert said == "FEL: protokoll.json: signaturen är inte källans för runda 1000.\nDet stämmer inte.\n"
    with pytest.raises((AssertionError, ValueError)):
        independent.verify(files)


def test_an_invented_value_is_never_called_right_without_py_ecc(run, no_py_ecc):
    files, checksum = k4.redrawn({}, signature=INVENTED)
    code, said = run(files, *mailed(checksum))
    assert (code, "Allt stämmer" in said) == (2, False)
    assert "jämför slumptalet med https://api.drand.sh/" in said


# The list was ground, or locked again after the value: all files agree with each other, but not with the mail.
def test_mail_tells_an_exchanged_proof(run):
    files, _ = k4.redrawn({"last": "2023-08-23T03:59:25Z"})
    assert run(files)[0] == 2
    assert run(files, *mailed())[0] == 1
    independent.verify(files)
    with pytest.raises(AssertionError):
        independent.verify(files, mailed=k4.PROOF_SUM)


def test_a_rehearsal_is_never_called_right(run):
    value = beacon.verify(PRACTICE, 1000, practice_answer(1000))
    terms = {"kalla": PRACTICE.name, "kedja": PRACTICE.hash}
    files, checksum = k4.redrawn({"last": "2023-08-23T15:59:14Z"}, terms, value.signature)
    code, said = run(files, *mailed(checksum))
    assert code == 2
    assert said.splitlines()[-1] == "ÖVNING: slumptalet kommer från en övningskälla och bevisar ingenting."
    independent.verify(files, source=REHEARSED)


WEEK_LATER = {"runda": 1000 + 201_600, "tidpunkt": "2023-08-30T15:59:24Z"}


def test_late_lock_and_week_stand_first(run, no_py_ecc):
    files, _ = k4.redrawn(WEEK_LATER | {"last": "2023-08-23T15:57:25Z"})
    code, said = run(files)
    assert code == 2
    assert said.splitlines()[0] == "Slumptalet är flyttat 1 steg framåt, till 2023-08-30T15:59:24Z."
    assert "Rundan:" not in said


def test_week_that_time_of_locking_does_not_explain_is_told(run, no_py_ecc):
    files, _ = k4.redrawn(WEEK_LATER | {"last": "2023-08-23T15:57:24Z"})
    code, said = run(files)
    assert code == 2
    assert "Rundan: tiden för låsningen räckte för en tidigare." in said
    with pytest.raises(AssertionError):
        independent.verify(files)


@pytest.mark.parametrize("name", BENT)
def test_what_is_bent_is_told(run, name):
    code, said = run(BENT[name], *mailed(sha256(BENT[name]["lasbevis.txt"]).hexdigest()))
    assert (code, said.splitlines()[-1]) == (1, "Det stämmer inte.")
    assert said.startswith("FEL: ")
    assert "'" not in said.split(": ")[1]


@pytest.mark.parametrize("name", BENT)
def test_independent_reading_tells_what_is_bent(name):
    with pytest.raises((AssertionError, KeyError, IndexError, TypeError, ValueError)):
        independent.verify(BENT[name])


def test_the_independent_reading_agrees():
    draw = independent.verify(k4.k4_files(), SENT, k4.PROOF_SUM, right="2030")
    assert (draw.seed, draw.order) == (k4.SEED, [ticket for ticket, _ in k4.RANKING])
    with pytest.raises(AssertionError):
        independent.verify(k4.k4_files(), SENT[:-1])


# With two prizes two places are in line at once, and the second may be confirmed before the first.
def test_several_prizes_in_any_order(run, no_py_ecc):
    files, checksum = k4.redrawn({}, {"vinster": 2})
    result = read_record(files["protokoll.json"])[1]
    order = [*result.ordning]
    won = [Winner(2, order[1], "2023-08-25T08:00:00Z"), Winner(3, order[2], "2023-09-25T08:00:00Z")]
    passed = [Skip(1, "svarar inte", "2023-09-24T08:00:00Z", "2023-08-23T16:00:05Z")]
    acts = [
        (k4.ACTS[0][0], "last", {"lasbevis": checksum}),
        (k4.ACTS[1][0], "dragen", {"runda": 1000, "slumptal": result.slumptal, "fro": result.fro}),
        (won[0].tid, "vinnare", {"plats": 2}),
        (passed[0].tid, "forbigangen", {"plats": 1, "skal": "svarar inte"}),
        (won[1].tid, "vinnare", {"plats": 3}),
    ]
    files = k4.with_protocol(files, replace(result, forbigangna=passed, vinnare=won))
    files["logg.txt"] = k4.k4_log(acts).encode()
    assert run(files)[0] == 2
    independent.verify(files)


def test_late_withdrawal_needs_no_letter(run, no_py_ecc):
    files = outcomes([Skip(1, "återkallad", "2023-08-23T16:00:01Z", None)], [])
    assert run(files)[0] == 2
    independent.verify(files)


def test_the_protocol_alone_is_enough(run):
    code, said = run({"protokoll.json": k4.k4_files()["protokoll.json"]}, *mailed(k4.PROOF_SUM.upper()))
    assert code == 0
    assert "Loggen: logg.txt är inte med och är inte omräknad." in said


def test_before_draw_list_is_checked(run):
    published = {name: data for name, data in k4.k4_files().items() if name != "protokoll.json"}
    published["logg.txt"] = k4.k4_log(k4.ACTS[:1]).encode()
    code, said = run(published, *mailed())
    assert code == 2
    assert "Dragningen: protokoll.json är inte med, så inget slumptal är prövat." in said
    assert independent.verify(published, SENT, k4.PROOF_SUM).order == []


def test_files_may_have_browsers_names(tmp_path, capsys, no_py_ecc):
    path = tmp_path / "protokoll (1).json"
    path.write_bytes(k4.k4_files()["protokoll.json"])
    assert verifiera.main([str(path), *mailed()]) == 2
    assert verifiera.main([str(tmp_path / "ingen.json")]) == 1
    assert "Det saknas: lasbevis.txt, lista.txt, regler.txt, tavling.txt." in capsys.readouterr().out
    assert verifiera.main([str(tmp_path / "protokoll.json")]) == 1
    # 2 means that the computation is right, so a slip of the pen must not end so.
    assert verifiera.main([str(path), "--annat"]) == 1
    assert verifiera.main([str(path), "--kontrollsumma"]) == 2


def test_it_runs_on_a_bare_python(tmp_path):
    (tmp_path / "protokoll.json").write_bytes(k4.k4_files()["protokoll.json"])
    words = [sys.executable, "-I", "-S", str(PROGRAM), "protokoll.json", *mailed()]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "")
    assert "Räkningen stämmer" in done.stdout


def test_program_is_short_and_needs_only_standard_python_3_9():
    text = PROGRAM.read_text("utf-8")
    assert len(text.splitlines()) < 220
    tree = ast.parse(text, feature_version=(3, 9))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name.split(".")[0] for name in named} - sys.stdlib_module_names == {"py_ecc"}


NAMES = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "logg.txt")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(NAMES), place=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_one_flipped_byte_is_told(run, no_py_ecc, name, place, flip):
    """Also where the protocol agrees with the flipped file: the mailed checksum, or what rests on it, tells."""
    files = k4.k4_files()
    raw = bytearray(files[name])
    raw[place % len(raw)] ^= flip
    files[name] = bytes(raw)
    try:
        files = k4.with_protocol(files, k4.k4_result())
    except UnicodeDecodeError:
        return
    assert run(files, *mailed())[0] == 1


def test_practice_key_is_same_everywhere():
    chain, key, lead, step = verifiera.SOURCES[PRACTICE.name].split()
    assert (chain, key, int(lead), int(step)) == (PRACTICE.hash, PRACTICE.key, PRACTICE.lead, PRACTICE.step)
    chain, key, lead, step = verifiera.SOURCES[QUICKNET.name].split()
    assert (chain, key, int(lead), int(step)) == (QUICKNET.hash, QUICKNET.key, QUICKNET.lead, QUICKNET.step)
    assert lines.format_time(beacon.time_of(QUICKNET, 1)) == f"{verifiera.GENESIS.isoformat()}Z"
