"""The browser's recount of Öppen dragning v2, run by node: right about K4, about every way to bend it, and modest."""

import json
import subprocess
from base64 import b64encode
from hashlib import sha256
from random import Random

import pytest

from app.spec import beacon, files, lines, selection
from app.spec.beacon import PRACTICE
from app.spec.practice_beacon import practice_answer
from tests.conftest import ROOT
from tests.spec import k4
from tests.spec.bent import BENT

SCRIPT = ROOT / "app" / "static" / "check.js"


def recount(*cases):
    """What the script says of each (files, mailed checksum)."""
    given = [
        {"files": {name: b64encode(data).decode() for name, data in published.items()}, "mailed": mailed}
        for published, mailed in cases
    ]
    words = ["node", ROOT / "tests" / "spec" / "recount.js", SCRIPT]
    done = subprocess.run(words, input=json.dumps(given), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_computation_is_right_rest_is_told():
    said, without = recount((k4.k4_files(), f" {k4.PROOF_SUM.upper()[:32]} {k4.PROOF_SUM[32:]}\n"), (k4.k4_files(), ""))
    assert said["verdict"] == (f"Räkningen stämmer. Vinnare: plats 2, lott {k4.BO}. Det här är inte kontrollerat:")
    assert said["order"] == [ticket for ticket, _ in k4.RANKING]
    assert [step[1] for step in said["steps"]] == [
        "Filerna",
        "Listan",
        "Villkoren",
        "Låsbeviset",
        "Loggen",
        "Slumptalet",
        "Fröet",
        "Ordningen",
        "Utfallet",
        "Kontrollsumman",
    ]
    assert said["unchecked"] == [
        "Signaturen: webbläsaren kan inte pröva den. Kontrollera att runda 1000 har samma slumptal här:"
    ]
    assert said["addresses"] == [
        f"https://{host}/{beacon.QUICKNET.hash}/public/1000"
        for host in ("api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com")
    ]
    assert without["unchecked"][1:] == ["Kontrollsumman: skriv alla 64 tecken ur mejlet som du fick före slumptalet."]


def test_it_never_calls_everything_right():
    assert "Allt stämmer" not in SCRIPT.read_text("utf-8")


def test_what_is_bent_is_told():
    cases = [(published, sha256(published["lasbevis.txt"]).hexdigest()) for published in BENT.values()]
    # Where all files agree with each other, only a check of the signature tells.
    signature = [
        name for name, said in zip(BENT, recount(*cases), strict=True) if "stämmer inte" not in said["verdict"]
    ]
    assert signature == []


def test_the_mailed_checksum_is_compared_whole():
    said = recount((k4.k4_files(), "0" * 64), (k4.k4_files(), k4.PROOF_SUM[:16]))
    assert said[0]["steps"][-1] == [
        False,
        "Kontrollsumman",
        "Kontrollsumman i ditt mejl är inte låsbevisets. Spara mejlet.",
    ]
    assert said[1]["verdict"].startswith("Räkningen stämmer.")
    assert "skriv alla 64 tecken" in said[1]["unchecked"][-1]


# What it cannot check, it says that it has not.
def test_invented_value_is_never_called_genuine():
    published, checksum = k4.redrawn({}, signature="a" * 96)
    (said,) = recount((published, checksum))
    assert said["unchecked"][0].startswith("Signaturen: webbläsaren kan inte pröva den.")
    assert not any("äkta" in step[2] for step in said["steps"])


def test_a_rehearsal_proves_nothing():
    value = beacon.verify(PRACTICE, 1000, practice_answer(1000))
    terms = {"kalla": PRACTICE.name, "kedja": PRACTICE.hash}
    (said,) = recount((k4.redrawn({"last": "2023-08-23T15:59:14Z"}, terms, value.signature)[0], ""))
    assert "ÖVNING: slumptalet kommer från en övningskälla och bevisar ingenting." in said["unchecked"]
    assert said["addresses"] == []


def test_protocol_alone_is_enough():
    protocol = {"protokoll.json": k4.k4_files()["protokoll.json"]}
    locked = {name: data for name, data in k4.k4_files().items() if name not in ("protokoll.json", "logg.txt")}
    said = recount((protocol, k4.PROOF_SUM), (locked, k4.PROOF_SUM), ({}, ""))
    assert said[0]["verdict"].startswith("Räkningen stämmer. Vinnare: plats 2")
    assert "Dragningen: den är inte gjord än, eller så är protokoll.json inte med." in said[1]["unchecked"]
    assert said[2]["steps"] == [[False, "Filerna", "Det saknas: tavling.txt, regler.txt, lista.txt, lasbevis.txt."]]


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_it_agrees_among_many(count):
    chance = Random(count)  # noqa: S311 – the same tickets every time
    tickets = sorted(chance.randbytes(32).hex() for _ in range(count))
    listed = "".join(files.list_lines(k4.CONTEST, ((ticket, True) for ticket in tickets)))
    terms = k4.k4_terms()
    changes = {
        "logg": f"0 {'0' * 64}",
        "antal_med": count,
        "antal_strukna": 0,
        "lista_sha256": lines.checksum([listed]),
    }
    proof = k4.k4_proof(**changes)
    seed = selection.make_seed(lines.checksum([proof]), f"drand-quicknet:1000:{k4.RANDOMNESS}")
    order = [*selection.order_tickets(seed, tickets)]
    texts = {"tavling.txt": terms, "regler.txt": k4.RULES, "lista.txt": listed, "lasbevis.txt": proof}
    published = {name: text.encode() for name, text in texts.items()}
    result = k4.k4_result(fro=seed.hex(), ordning=order, forbigangna=[], vinnare=[])
    (said,) = recount((k4.with_protocol(published, result), ""))
    assert (said["order"], said["verdict"][:18]) == (order, "Räkningen stämmer.")


def test_figures_are_those_of_program():
    text = SCRIPT.read_text("utf-8")
    for chain in beacon.CHAINS:
        assert f'["{chain.hash}", {chain.lead}, {chain.step}]' in text
