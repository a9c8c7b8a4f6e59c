"""Räknar om en Öppen dragning v2 av de filer som arrangören publicerar. Hämtar ingenting.

    python verifiera.py protokoll.json --kontrollsumma SUMMA
    python verifiera.py MAPP --kontrollsumma SUMMA        alla filer i en mapp, också logg.txt

SUMMA är låsbevisets kontrollsumma, alla 64 tecken, ur mejlet som kom före slumptalet.
Behöver bara Python, 3.9 eller nyare, och paketet py_ecc (pip install py_ecc) för att pröva slumptalets signatur.
Slutkod 0: Allt stämmer. 2: Räkningen stämmer, men allt är inte kontrollerat. 1: något stämmer inte.
"""

import argparse
import hmac
import json
import re
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

TEXTS = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt")
DRAWN = ("signatur", "slumptal", "fro", "ordning", "forbigangna", "vinnare", "mejl")
HEX, TIME = "[0-9a-f]{64}", "[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}Z"
KINDS = {"id": "[a-z0-9-]{3,60}", "h": HEX, "t": TIME, "n": "[1-9][0-9]{0,15}", "n0": "0|[1-9][0-9]{0,15}"}
KINDS.update({"post": f"(?:{KINDS['n0']}) {HEX}", "salt": "[0-9a-f]{32}", "text": "[^\n]+"})
TERMS = "tavling=id oppnar=t stanger=t regler-sha256=h svar-sha256=h vinster=n kalla=id kedja=h runda=n tidpunkt=t"
PROOF = "tavling=id tavling-sha256=h last=t logg=post antal-med=n0 antal-strukna=n0 lista-sha256=h svar=text salt=salt"
REASONS = ("svarar inte", "tackar nej", "inte behörig", "återkallad")
GENESIS, PERIOD, TAG = datetime(2023, 8, 23, 15, 9, 27), 3, b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SOURCES = {  # källa: kedja, publik nyckel, sekunder från låsning till runda, rundor i ett steg
    "drand-quicknet": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971 "
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a 120 201600",
    "drand-provdragning": "397f075e7813f7f2b3f29902631fb9a2c75967a78b5b78d37067e815457cc739 "
    "a027296b5ea4c285382bec6a9b8f5929b4f6157e65389c69581bd187bf6960c47971e65493a3c90b8ff4a8739108c290"
    "07c53c8f24329435eb8ba82033082d6b74e41642f29e04382ad8d22bf1c7b063171eb072e3420818f4e88e26443a3672 10 20",
}


def sum_of(*lines: str) -> str:
    """SHA-256 av rader, var och en med radbrytning."""
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def is_genuine(source: str, number: int, signature: str) -> Any:
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


def demand(holds: object, sentence: str) -> None:
    if not holds:
        raise AssertionError(sentence)


def agree(name: str, found: "dict[str, Any]", expected: "dict[str, Any]") -> None:
    for key, value in expected.items():
        demand(found.get(key) == value, f"{name}: {key} är {found.get(key)!r:.200} men ska vara {value!r:.200}.")


def fields(name: str, text: str, form: str) -> "dict[str, str]":
    """Raderna i en fil: en rubrik och sedan ”namn: värde” i bestämd ordning, alla hela."""
    kinds = dict(pair.split("=") for pair in form.split())
    rows = "".join(f"{key}: ({KINDS[kind]})\n" for key, kind in kinds.items())
    match = re.fullmatch(f"oppen-dragning/v2/{name[:-4]}\n{rows}", text)
    demand(match, f"{name}: filen ska vara en rubrik och {len(kinds)} hela rader efter mallen.")
    return dict(zip(kinds, match.groups())) if match else {}


class Check:
    """En genomgång: `facts` är det som har räknats fram, `unchecked` det som inte är kontrollerat."""

    def __init__(self, files: "dict[str, bytes]", mailed: str) -> None:
        self.facts, self.unchecked, self.tickets = list[str](), list[str](), dict[str, bool]()
        self.protocol = dict(json.loads(files.get("protokoll.json", b"{}")))
        if self.protocol:
            demand(set(self.protocol) == {*TEXTS, *DRAWN}, f"protokoll.json: ska ha just {', '.join(TEXTS + DRAWN)}.")
            for name in TEXTS:
                text = self.protocol[name].encode()
                demand(files.setdefault(name, text) == text, f"{name}: filen är inte den som står i protokoll.json.")
        demand(set(TEXTS) <= set(files), f"Det saknas: {', '.join(sorted(set(TEXTS) - set(files)))}.")
        self.sums = {name: sha256(data).hexdigest() for name, data in files.items()}
        self.read_list(files["lista.txt"].decode().split("\n"))
        self.read_proof(files["tavling.txt"].decode(), files["lasbevis.txt"].decode())
        if self.protocol:
            self.read_draw(self.protocol)
        else:
            self.unchecked.append("Dragningen: protokoll.json är inte med, så inget slumptal är prövat.")
        log = files.get("logg.txt", b"").decode().split("\n")
        self.facts.append(self.read_log(log) if log[0] else "Loggen: logg.txt är inte med och är inte omräknad.")
        whole = re.fullmatch(HEX, mailed) and mailed
        demand(whole in (None, self.sums["lasbevis.txt"]), "Kontrollsumman ur mejlet är inte låsbevisets.")
        if not whole:
            self.unchecked.append("Kontrollsumman: skriv --kontrollsumma och alla 64 tecken ur mejlet före slumptalet.")

    def read_list(self, lines: "list[str]") -> None:
        """Två rader huvud, sedan en lott på varje rad, i ordning och utan dubbletter."""
        demand(lines[0] == "oppen-dragning/v2/lista" and len(lines) > 2 and not lines[-1], "lista.txt: är inte hel.")
        for number, (above, line) in enumerate(zip(["", *lines[2:]], lines[2:-1]), 3):
            right = re.fullmatch(HEX + " (med|struken)", line) and above[:64] < line[:64]
            demand(right, f"lista.txt: rad {number} är ingen lott, står dubbelt eller i fel ordning.")
            self.tickets[line[:64]] = line.endswith(" med")
        counted, struck = (list(self.tickets.values()).count(status) for status in (True, False))
        self.listed = {"tavling": lines[1], "antal-med": str(counted), "antal-strukna": str(struck)}
        self.facts.append(f"Listan: {counted} lotter är med i dragningen, {struck} är strukna.")

    def read_proof(self, terms_file: str, proof_file: str) -> None:
        """Låsbeviset stämmer med tävlingens villkor, reglerna, listan, det rätta svaret och rundan."""
        self.terms = terms = fields("tavling.txt", terms_file, TERMS)
        self.proof = proof = fields("lasbevis.txt", proof_file, PROOF + " runda=n tidpunkt=t")
        sealed = sum_of("oppen-dragning/v2/svar", proof["tavling"], proof["svar"], proof["salt"])
        chain, _, lead, step = SOURCES.get(terms["kalla"], "okänd - 0 1").split()
        came = [GENESIS + timedelta(seconds=PERIOD * (int(each["runda"]) - 1)) for each in (terms, proof)]
        agree("tavling.txt", terms, {"regler-sha256": self.sums["regler.txt"], "svar-sha256": sealed, "kedja": chain})
        agree("tavling.txt", terms, {"tavling": proof["tavling"], "tidpunkt": f"{came[0].isoformat()}Z"})
        sums = {"tavling-sha256": self.sums["tavling.txt"], "lista-sha256": self.sums["lista.txt"]}
        agree("lasbevis.txt", proof, {**sums, **self.listed, "tidpunkt": f"{came[1].isoformat()}Z"})
        times = [terms["oppnar"], terms["stanger"], proof["last"], proof["tidpunkt"]]
        demand(times == sorted(times), "tavling.txt, lasbevis.txt: tiderna följer inte på varandra.")
        steps, rest = divmod(int(proof["runda"]) - int(terms["runda"]), int(step))
        demand(rest == 0 and 0 <= steps <= 4, "lasbevis.txt: rundan är ingen som villkoren tillåter.")
        room = (came[1] - datetime.fromisoformat(proof["last"][:-1])).total_seconds()
        demand(room >= int(lead), f"lasbevis.txt: listan låstes inte {lead} sekunder före slumptalet.")
        self.facts.append(f"Låsbeviset: låst {proof['last']}, kontrollsumma {self.sums['lasbevis.txt']}.")
        if steps:
            self.facts.insert(0, f"Slumptalet är flyttat {steps} steg framåt, till {proof['tidpunkt']}.")
        if steps and room >= int(lead) + PERIOD * int(step):
            self.unchecked.append("Rundan: tiden för låsningen räckte för en tidigare. Fråga varför den flyttades.")
        if terms["kalla"] == "drand-provdragning":
            self.unchecked.append("ÖVNING: slumptalet kommer från en övningskälla och bevisar ingenting.")

    def read_draw(self, found: "dict[str, Any]") -> None:
        """Slumptalet är rundans, fröet kommer av låsbeviset och slumptalet, och ordningen av fröet."""
        source, number, signature = self.terms["kalla"], int(self.proof["runda"]), found["signatur"]
        demand(re.fullmatch("[0-9a-f]{96}", signature), "protokoll.json: signaturen ska vara 96 tecken, 0–9 och a–f.")
        genuine, value = is_genuine(source, number, signature), sha256(bytes.fromhex(signature)).hexdigest()
        demand(genuine is not False, f"protokoll.json: signaturen är inte källans för runda {number}.")
        seed = sum_of("oppen-dragning/v2/fro", self.sums["lasbevis.txt"], f"{source}:{number}:{value}")
        agree("protokoll.json", found, {"slumptal": value, "fro": seed})
        key, counted = bytes.fromhex(seed), [ticket for ticket, counts in self.tickets.items() if counts]
        order = sorted(counted, key=lambda each: (hmac.digest(key, bytes.fromhex(each), "sha256"), each))
        demand(found["ordning"] == order, "protokoll.json: ordningen är inte den som fröet ger.")
        self.facts.append(f"Slumptalet: {value}, runda {number}{', äkta signatur' if genuine else ''}.")
        if genuine is None:
            where = f"https://api.drand.sh/{self.terms['kedja']}/public/{number}"
            self.unchecked.append(f"Signaturen: kör pip install py_ecc, eller jämför slumptalet med {where}")
        demand(all(each["skal"] for each in found["forbigangna"]), "protokoll.json: ett skäl saknas.")
        outcomes = found["forbigangna"] + [{**each, "skal": "", "brev": ""} for each in found["vinnare"]]
        self.read_outcomes(order, sorted(outcomes, key=lambda each: int(each["plats"])))

    def read_outcomes(self, order: "list[str]", outcomes: "list[dict[str, Any]]") -> None:
        """Vinnaren har platsens lott. Den som är förbigången har ett skäl, och ett brev som gick före beslutet."""
        skipped, above = 0, 0
        for each in outcomes:
            place, reason, left = each["plats"], each["skal"], each["brev"] or ""
            name, times = f"protokoll.json, plats {place}", [self.proof["tidpunkt"], left or each["tid"], each["tid"]]
            turn = above < place <= min(int(self.terms["vinster"]) + skipped, len(order))
            demand(turn, f"{name}: stod inte på tur, eller är avgjord två gånger.")
            demand(re.fullmatch(TIME * 3, "".join(times)) and times == sorted(times), f"{name}: fel följd i tiderna.")
            skipped, above = skipped + bool(reason), place
            if reason:
                demand(reason in REASONS, f"{name}: {reason!r:.60} är inget skäl i reglerna.")
                demand(left or reason == "återkallad", f"{name}: inget brev gick till den som förbigicks.")
                self.facts.append(f"Plats {place}: förbigången {each['tid']}, {reason}, brev {left or '–'}.")
            else:
                agree(name, each, {"lott": order[place - 1]})
                self.facts.append(f"Plats {place}: vinnare, lott {each['lott']}.")

    def read_log(self, lines: "list[str]") -> str:
        """Varje kontrollsumma vilar på raden före, och loggen säger detsamma som låsbeviset och protokollet."""
        heads, told, entered, (locked, _, head) = ["0" * 64], dict[str, Any](), 0, self.proof["logg"].partition(" ")
        demand(lines[-1] == "" and int(locked) < len(lines), "logg.txt: är inte hel.")
        for number, line in enumerate(lines[:-1], 1):
            act = dict(json.loads(line[65:]))
            plain = json.dumps(act, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            heads.append(sum_of("oppen-dragning/v2/logg", heads[-1], plain))
            demand(line == f"{heads[-1]} {plain}" and act["nr"] == number, f"logg.txt: rad {number} är ändrad.")
            demand(act["typ"] != "bidrag" or number <= int(locked), "logg.txt: ett bidrag kom efter låsningen.")
            told[act["typ"]], entered = act, entered + (act["typ"] == "bidrag")
        demand(heads[int(locked)] == head, "lasbevis.txt: logg är inte loggens kontrollsumma före låsningen.")
        agree("logg.txt", told.get("last", {}), {"nr": int(locked) + 1, "lasbevis": self.sums["lasbevis.txt"]})
        demand(entered == len(self.tickets), f"logg.txt: {entered} bidrag, men {len(self.tickets)} lotter i listan.")
        agree("logg.txt", told.get("dragen", {}), {"fro": self.protocol["fro"]} if self.protocol else {})
        return f"Loggen: {len(heads) - 1} poster, hela kedjan är omräknad."


def main(argv: "list[str]") -> int:
    """Läser kommandoraden, skriver det som räknats fram och vad som inte är kontrollerat, och ger slutkoden."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filer", nargs="*", type=Path, default=[Path()])
    parser.add_argument("--kontrollsumma", default="", nargs="?", const="", type=str.lower)
    asked, strange = parser.parse_known_args(argv)
    names = (*TEXTS, "logg.txt", "protokoll.json")
    try:
        demand(not strange, f"Okända ord på kommandoraden: {' '.join(strange)}.")
        found = [path for each in asked.filer for path in (sorted(each.iterdir()) if each.is_dir() else [each])]
        files = {name: path for name in names for path in found if path.name.startswith(name.split(".")[0])}
        check = Check({name: path.read_bytes() for name, path in files.items()}, asked.kontrollsumma)
    except Exception as error:  # det som inte ens går att läsa stämmer inte
        what = "" if isinstance(error, (AssertionError, OSError)) else "en fil har ett värde av fel slag: "
        print(f"FEL: {what}{error!s:.500}\nDet stämmer inte.")
        return 1
    end = "Räkningen stämmer, men det här är inte kontrollerat:" if check.unchecked else "Allt stämmer."
    print(*check.facts, end, *check.unchecked, sep="\n")
    return 2 if check.unchecked else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
