"""Räknar om en Öppen dragning v1 av de fyra filer som arrangören publicerar. Hämtar ingenting.

    python verifiera.py lista.txt lasbevis.txt regler.txt protokoll.json
    python verifiera.py MAPP --lott LOTT    filerna i en mapp, och på vilken plats lotten kom
    python verifiera.py --självtest         räknar om en dragning med känt svar

Behöver bara Python, 3.9 eller nyare. Med paketet py_ecc (pip install py_ecc) prövas också att slumptalet är äkta.
Slutkoden är 0 när allt stämmer, annars 1 och en mening för varje fel.
"""

import argparse
import hmac
import json
import re
import sys
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

NAMES = ("lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json")
HEX, WORD, NUMBER, TIME = "[0-9a-f]{64}", r"\S+", "[1-9][0-9]{0,9}", "[0-9-]{10}T[0-9:]{8}Z"
PROOF = {"tavling": WORD, "last": TIME, "antal-med": "[0-9]+", "antal-strukna": "[0-9]+", "lista-sha256": HEX}
PROOF.update({"regler-sha256": HEX, "vinster": NUMBER, "kalla": WORD, "kedja": HEX, "runda": NUMBER, "tidpunkt": TIME})
DRAWN = {"varde", "entropi", "fro", "dragen", "rangordning", "utfall"}
OUTCOMES = ("vinnare", *(f"förbigången, {why}" for why in ("svarar inte", "tackar nej", "inte behörig", "återkallad")))
GENESIS, PERIOD, TAG = 1692803367, 3, b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SOURCES = {  # källa: kedja och publik nyckel; provdragningens hemliga nyckel är öppen för alla och bevisar ingenting
    "drand-quicknet": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971 "
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    "drand-provdragning": "397f075e7813f7f2b3f29902631fb9a2c75967a78b5b78d37067e815457cc739 "
    "a027296b5ea4c285382bec6a9b8f5929b4f6157e65389c69581bd187bf6960c47971e65493a3c90b8ff4a8739108c290"
    "07c53c8f24329435eb8ba82033082d6b74e41642f29e04382ad8d22bf1c7b063171eb072e3420818f4e88e26443a3672",
}


def seed_and_order(proof_sha256: str, entropy: str, tickets: dict[str, bool]) -> tuple[str, list[tuple[str, str]]]:
    """Fröet, och (nyckel, lott) i vinstordning: HMAC-SHA256 av varje lott med fröet som nyckel, lägst först."""
    seed = sha256(f"oppen-dragning/v1/fro\n{proof_sha256}\n{entropy}\n".encode()).digest()
    keys = ((hmac.digest(seed, bytes.fromhex(ticket), "sha256").hex(), ticket) for ticket in tickets if tickets[ticket])
    return seed.hex(), sorted(keys)


def genuine(source: str, number: int, signature: str) -> Any:
    """Om signaturen är källans för rundan: True eller False, eller None när py_ecc saknas."""
    try:
        from py_ecc.bls import hash_to_curve, point_compression
        from py_ecc.bls.g2_primitives import subgroup_check
        from py_ecc.optimized_bls12_381 import G2, is_inf, pairing

        key = tuple(int(half, 16) for half in re.findall(".{96}", SOURCES[source].split()[1]))
        public, point = point_compression.decompress_G2(key), point_compression.decompress_G1(int(signature, 16))
        message = hash_to_curve.hash_to_G1(sha256(number.to_bytes(8, "big")).digest(), TAG, sha256)
        return not is_inf(point) and subgroup_check(point) and pairing(G2, point) == pairing(public, message)
    except Exception as error:  # det som inte ens går att läsa är inte äkta
        return None if isinstance(error, ImportError) else False


class Check:
    """En genomgång av filerna: `faults` är det som inte stämmer, `facts` det som har räknats fram."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.faults, self.facts, self.tickets = list[str](), list[str](), dict[str, bool]()
        self.ranking = list[tuple[str, str]]()
        self.sums = {name: sha256(data).hexdigest() for name, data in files.items()}
        listed, proof, _, protocol = (files[name].decode("utf-8", "replace") for name in NAMES)
        self.read_list(listed.split("\n"))
        self.read_proof(proof)
        try:
            self.read_protocol(protocol, proof)
        except (KeyError, TypeError, ValueError, RecursionError):
            self.faults.append("protokoll.json: är inte ett JSON-objekt, eller har ett värde av fel slag.")

    def demand(self, holds: object, sentence: str) -> bool:
        if not holds:
            self.faults.append(sentence)
        return bool(holds)

    def same(self, name: str, found: dict[str, Any], expected: dict[str, Any]) -> None:
        for key, value in expected.items():
            self.demand(found.get(key) == value, f"{name}: {key} är {found.get(key)!r:.200} men ska vara {value!r}.")

    def read_list(self, lines: list[str]) -> None:
        """Två rader huvud, sedan en lott på varje rad, i ordning och utan dubbletter."""
        whole = lines[0] == "oppen-dragning/v1/lista" and len(lines) > 2 and not lines[-1]
        self.demand(whole, "lista.txt: ska börja med oppen-dragning/v1/lista och sluta med en hel rad.")
        for number, (above, line) in enumerate(zip(["", *lines[2:]], lines[2:-1]), 3):
            right = re.fullmatch(HEX + " (med|struken)", line) and above[:64] < line[:64]
            if not self.demand(right, f"lista.txt: rad {number} är ingen lott, står dubbelt eller i fel ordning."):
                break
            self.tickets[line[:64]] = line.endswith(" med")
        counted, struck = (list(self.tickets.values()).count(status) for status in (True, False))
        self.facts.append(f"Listan: {counted} lotter är med i dragningen, {struck} är strukna.")
        self.listed = {"tavling": "".join(lines[1:2]), "antal-med": str(counted), "antal-strukna": str(struck)}

    def read_proof(self, text: str) -> None:
        """En rubrik och elva rader i bestämd ordning, som stämmer med lista, regler och runda."""
        rows = "".join(f"{key}: ({value})\n" for key, value in PROOF.items())
        match = re.fullmatch("oppen-dragning/v1/lasbevis\n" + rows, text)
        self.proof = proof = dict(zip(PROOF, match.groups())) if match else {}
        if not self.demand(match, "lasbevis.txt: ska vara en rubrik och elva hela rader efter mallen."):
            return
        self.same("lista.txt mot lasbevis.txt", proof, {"lista-sha256": self.sums["lista.txt"], **self.listed})
        self.same("regler.txt mot lasbevis.txt", proof, {"regler-sha256": self.sums["regler.txt"]})
        time = datetime.fromtimestamp(GENESIS + PERIOD * (int(proof["runda"]) - 1), timezone.utc)
        chain = SOURCES.get(proof["kalla"], "okänd").split()[0]
        self.same("lasbevis.txt", proof, {"kedja": chain, "tidpunkt": time.strftime("%Y-%m-%dT%H:%M:%SZ")})
        self.demand(proof["last"] < proof["tidpunkt"], "lasbevis.txt: listan låstes inte före slumptalet.")
        self.facts.append(f"Låsbeviset: låst {proof['last']}, kontrollsumma {self.sums['lasbevis.txt']}.")
        if proof["kalla"] == "drand-provdragning":
            self.facts.insert(0, "ÖVNING: det här är en provdragning, den har ingen riktig vinnare.")

    def read_protocol(self, text: str, proof: str) -> None:
        """Ett JSON-objekt om samma låsbevis; på sista raden kontrollsumman för allt före den."""
        found = dict(json.loads(text, parse_int=lambda digits: int(digits[:20])))
        end = re.fullmatch(r'(.*\n) "kontrollsumma": "(.{64})"\n}\n', text, re.DOTALL)
        sealed = end and sha256(end[1].encode("utf-8", "replace")).hexdigest() == end[2]
        self.demand(sealed, "protokoll.json: filen är ändrad, kontrollsumman på sista raden stämmer inte.")
        self.same("protokoll.json", found, {"format": "oppen-dragning/v1/protokoll", "tavling": self.listed["tavling"]})
        expected = {"lasbevis": proof, "lasbevis_sha256": self.sums["lasbevis.txt"]}
        self.same("protokoll.json mot lasbevis.txt", found, expected)
        if not DRAWN & set(found):
            self.facts.append("Dragningen är inte gjord än.")
        elif self.demand(set(found) >= DRAWN, "protokoll.json: en del av dragningen saknas.") and not self.faults:
            self.read_draw(found, dict(found["varde"]))

    def read_draw(self, found: dict[str, Any], value: dict[str, Any]) -> None:
        """Slumptalet är rundans, fröet kommer av låsbeviset och slumptalet, och ordningen av fröet."""
        source, number, signature = self.proof["kalla"], int(self.proof["runda"]), value["signatur"]
        listed = isinstance(found["rangordning"], list) and isinstance(found["utfall"], list)
        if not listed or not re.fullmatch("[0-9a-f]{96}", signature):
            raise ValueError(signature)
        verdict, randomness = genuine(source, number, signature), sha256(bytes.fromhex(signature)).hexdigest()
        self.demand(verdict is not False, f"protokoll.json: signaturen är inte källans för runda {number}.")
        self.same("protokoll.json", value, {"runda": number, "slumptal": randomness})
        entropy = f"{source}:{number}:{randomness}"
        seed, self.ranking = seed_and_order(self.sums["lasbevis.txt"], entropy, self.tickets)
        self.same("protokoll.json", found, {"entropi": entropy, "fro": seed})
        unknown = f"inte prövat mot källans nyckel: paketet py_ecc saknas. Jämför med api.drand.sh, runda {number}"
        self.facts.append(f"Slumptalet: {randomness}, {'äkta enligt källans nyckel' if verdict else unknown}.")
        self.read_places(found["rangordning"], [dict(outcome) for outcome in found["utfall"]])
        times = [self.proof["tidpunkt"], found["dragen"], *(outcome["tid"] for outcome in found["utfall"])]
        in_order = re.fullmatch(f"({TIME})+", "".join(times)) and times == sorted(times)
        self.demand(in_order, "protokoll.json: tiderna för dragning och utfall följer inte på varandra.")

    def read_places(self, places: list[Any], outcomes: list[dict[str, Any]]) -> None:
        """Ordningen, och utfallen från plats 1: vinnare, eller förbigången av ett skäl, tills vinsterna är slut."""
        order = [{"plats": place, "lott": lott, "nyckel": key} for place, (key, lott) in enumerate(self.ranking, 1)]
        right = [*(place == each for place, each in zip(places, order)), len(places) == len(order), False]
        self.demand(all(right[:-1]), f"protokoll.json: ordningen är en annan från plats {right.index(False) + 1}.")
        kinds = [", ".join(str(each[key]) for key in ("utfall", "skal") if key in each) for each in outcomes]
        self.demand(len(outcomes) <= len(order), "protokoll.json: utfallen är fler än platserna.")
        for number, (place, each, kind) in enumerate(zip(order, outcomes, kinds)):
            name, won = f"protokoll.json, utfall {number + 1}", kinds[:number].count("vinnare")
            self.same(name, each, {"plats": number + 1, "lott": place["lott"]})
            self.demand(kind in OUTCOMES, f"{name}: {kind!r:.200} är inget utfall som reglerna har.")
            self.demand(won < int(self.proof["vinster"]), f"{name}: alla vinster är redan utdelade.")
            self.facts.append(f"Plats {number + 1}: lott {place['lott']}, {kind}.")


def self_test() -> int:
    """Känt svar: frö, ordning och slumptal i dragningen K4 ur specifikationen."""
    signature = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
    ticket, key = "be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea", "3babb128b184815b1934a286c00b61ff"
    proof, value = "153597c4a4f3fc79297e212643d93b3028326ce2f7a647f5ee8ee12d5a43fd70", sha256(bytes.fromhex(signature))
    seed, order = seed_and_order(proof, f"drand-quicknet:1000:{value.hexdigest()}", {ticket: True})
    verdicts = [genuine("drand-quicknet", each, signature) for each in (1000, 1001)]
    right = (seed[:16], order[0][0][:32]) == ("0ce1e7d0e79f8cf8", key) and verdicts in ([True, False], [None, None])
    print("Självtestet stämmer." if right else "FEL: självtestet stämmer inte, programmet räknar fel.")
    return 0 if right else 1


def main() -> int:
    """Läser orden på kommandoraden, skriver det som räknats fram och varje fel, och ger slutkoden."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filer", nargs="*", default=["."])
    parser.add_argument("--lott", type=str.lower)
    parser.add_argument("--självtest", "--sjalvtest", dest="test", action="store_true")
    asked = parser.parse_args()
    if asked.test:
        return self_test()
    paths = [Path(asked.filer[0], name) for name in NAMES] if len(asked.filer) == 1 else asked.filer
    try:
        check = Check({name: Path(path).read_bytes() for name, path in zip(NAMES, paths)})
    except (OSError, KeyError) as error:
        sys.exit(f"FEL: {getattr(error, 'filename', error.args[0])} saknas eller går inte att läsa.")
    if asked.lott:
        check.demand(asked.lott in check.tickets, f"lista.txt: lotten {asked.lott!r} finns inte i listan.")
        places = [f", plats {place}" for place, (_, lott) in enumerate(check.ranking, 1) if lott == asked.lott]
        check.facts += ["Din lott: " + ("med" if check.tickets.get(asked.lott) else "inte med") + "".join(places) + "."]
    end = "Allt stämmer inte." if check.faults else "Allt stämmer."
    print(*check.facts, *(f"FEL: {fault}" for fault in check.faults), end, sep="\n")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
