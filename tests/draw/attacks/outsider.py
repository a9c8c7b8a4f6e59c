"""What an outsider can do: fetch what was published, and recompute it with the standard library alone.

Written from the specification and sharing no line with the program or with verifiera.py. Only the curve is py_ecc's.
"""

import hmac
import json
from hashlib import sha256

from bs4 import BeautifulSoup
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import FQ12, G2, final_exponentiate, neg, pairing

from app.draw import rehearsal
from tests.draw import independent

PAGE = "/2026/dragning"
DESK = "/admin/dragning"


def lines_hash(*lines):
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def tickets_in(listed, word="med"):
    return [line.split()[0] for line in listed.decode().splitlines()[2:] if line.endswith(f" {word}")]


def ranking_of(files, randomness):
    """Seed and ranking, from list, låsbevis and value alone."""
    proof = sha256(files["lasbevis.txt"]).hexdigest()
    fields = dict(line.split(": ") for line in files["lasbevis.txt"].decode().splitlines()[1:])
    seed = lines_hash("oppen-dragning/v1/fro", proof, f"{fields['kalla']}:{fields['runda']}:{randomness}")
    keys = (
        (hmac.new(bytes.fromhex(seed), bytes.fromhex(ticket), "sha256").hexdigest(), ticket)
        for ticket in tickets_in(files["lista.txt"])
    )
    return seed, sorted(keys)


def faults(files):
    """What an outsider finds wrong with the published files, in words."""
    fields = dict(line.split(": ") for line in files["lasbevis.txt"].decode().splitlines()[1:])
    protocol = json.loads(files["protokoll.json"])
    found = {
        "the list is not the locked one": sha256(files["lista.txt"]).hexdigest() != fields["lista-sha256"],
        "the rules are not the locked ones": sha256(files["regler.txt"]).hexdigest() != fields["regler-sha256"],
        "the counts are wrong": [len(tickets_in(files["lista.txt"], word)) for word in ("med", "struken")]
        != [int(fields["antal-med"]), int(fields["antal-strukna"])],
        "the protocol has another låsbevis": protocol["lasbevis"].encode() != files["lasbevis.txt"],
    }
    if "varde" in protocol:
        value = protocol["varde"]
        seed, ranking = ranking_of(files, value["slumptal"])
        shown = [(each["nyckel"], each["lott"]) for each in protocol["rangordning"]]
        found |= {
            "the value is of another round": str(value["runda"]) != fields["runda"],
            "the value is not its signature's": sha256(bytes.fromhex(value["signatur"])).hexdigest()
            != value["slumptal"],
            "the value is not signed by the source": not genuine(value["runda"], value["signatur"]),
            "the seed is another": protocol["fro"] != seed,
            "the ranking is another": shown != ranking,
        }
    return {sentence for sentence, wrong in found.items() if wrong}


def genuine(number, signature):
    """The equation of a drand signature under the rehearsal's key, by py_ecc."""
    key = rehearsal.CHAIN.public_key
    message = hash_to_G1(
        sha256(number.to_bytes(8, "big")).digest(), b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", sha256
    )
    public = decompress_G2((int(key[:96], 16), int(key[96:], 16)))
    try:
        left = pairing(neg(G2), decompress_G1(int(signature, 16)), final_exponentiate=False)
    except ValueError:
        return False
    return final_exponentiate(left * pairing(public, message, final_exponentiate=False)) == FQ12.one()


def words(client, address=PAGE):
    return " ".join(BeautifulSoup(client.get(address).text, "html.parser").main.get_text(" ").split())


def resealed(files, **changes):
    """The files with another protocol, whole and with its right checksum: only what it says is wrong."""
    return files | {"protokoll.json": independent.sealed(json.loads(files["protokoll.json"]) | changes)}
