"""Öppen dragning v2 a second time, written from its specification alone: shares no line with the program.

`verify` holds the published files of a contest against the text, and against what was sent in where that is known.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import idna
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import G2, curve_order, is_inf, multiply, pairing

TERMS = "tavling oppnar stanger regler-sha256 svar-sha256 vinster kalla kedja runda tidpunkt".split()  # noqa: SIM905
PROOF = (
    "tavling tavling-sha256 last logg antal-med antal-strukna lista-sha256 svar salt runda tidpunkt".split()  # noqa: SIM905
)
RECORDS = {
    "bidrag": {"kvitto"},
    "struken": {"kvitto"},
    "aterstalld": {"kvitto"},
    "aterkallad": {"kvitto"},
    "last": {"lasbevis"},
    "dragen": {"runda", "slumptal", "fro"},
    "brev": {"plats"},
    "forbigangen": {"plats", "skal"},
    "vinnare": {"plats"},
    "installd": {"skal"},
    "aterlast": set[str](),
    "gallrad": set[str](),
}


@dataclass(frozen=True)
class Source:
    """A chain: its name and hash, its key (hex), seconds that a list is locked before, rounds to the next try."""

    name: str
    chain: str
    key: str
    lead: int
    step: int
    genesis: int = 1692803367
    period: int = 3

    def time(self, number: int) -> datetime:
        return datetime.fromtimestamp(self.genesis + self.period * (number - 1), UTC)


QUICKNET = Source(
    "drand-quicknet",
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    120,
    201_600,
)


@dataclass(frozen=True)
class Sent:
    """An entry as its sender knows it; `received` as a stamp, `struck` when withdrawn or struck by hand."""

    code: str
    email: str
    answer: str
    received: str
    struck: bool = False


@dataclass(frozen=True)
class Draw:
    """What a contest came to: its seed and the tickets in order; nothing when it is not drawn."""

    seed: str
    order: list[str]


def digest(*rows: str) -> str:
    return hashlib.sha256("".join(row + "\n" for row in rows).encode("utf-8")).hexdigest()


def canonical(address: str) -> str:
    """NFKC, one @, ASCII before it, the domain as A-label without final dot, trimmed, all in lower case."""
    local, domain = unicodedata.normalize("NFKC", address).strip().split("@")
    local.encode("ascii")
    mapped = idna.uts46_remap(domain, std3_rules=True, transitional=False)
    labels = mapped.removesuffix(".").split(".")
    return (local + "@" + ".".join(idna.alabel(label).decode("ascii") for label in labels)).lower()


def person(address: str) -> str:
    """The duplicate key of a canonical address."""
    local, domain = address.split("@")
    local = local[0] + local[1:].split("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return local + "@" + domain


def ticket(contest: str, entry: Sent) -> str:
    return digest("oppen-dragning/v2/lott", contest, entry.code, canonical(entry.email), entry.answer)


def statuses(contest: str, entries: Iterable[Sent], right: str, closes: str) -> dict[str, str]:
    """Each ticket's status once settled; entries are in the order of their records."""
    found, counted = {}, set[str]()
    for entry in entries:
        who = person(canonical(entry.email))
        counts = not entry.struck and entry.received <= closes and entry.answer == right and who not in counted
        counted |= {who} if counts else set()
        found[ticket(contest, entry)] = "med" if counts else "struken"
    return found


def rows(name: str, data: bytes) -> list[str]:
    text = data.decode("utf-8")
    assert text.endswith("\n"), f"{name} does not end with a line feed"
    assert "\r" not in text
    return text[:-1].split("\n")


def pairs(name: str, data: bytes, keys: list[str]) -> dict[str, str]:
    first, *rest = rows(name, data)
    assert first == f"oppen-dragning/v2/{name.removesuffix('.txt')}"
    found = [row.split(": ", 1) for row in rest]
    assert [key for key, _ in found] == keys, f"{name} has other lines"
    return {key: value for key, value in found}  # noqa: C416 – the pairs are lists


def moment(stamp: str) -> datetime:
    found = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert f"{found:%Y-%m-%dT%H:%M:%SZ}" == stamp
    return found


def compact(record: dict[str, str | int]) -> str:
    """RFC 8785, for strings and integers."""
    for value in record.values():
        assert type(value) in (str, int)
    return "{" + ",".join(f"{_quoted(key)}:{_quoted(record[key])}" for key in sorted(record)) + "}"


def _quoted(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    return '"' + "".join(short.get(sign, sign if sign >= " " else f"\\u{ord(sign):04x}") for sign in value) + '"'


def read_log(data: bytes) -> list[tuple[str, dict[str, str | int]]]:
    """(checksum, record) of each line, each checked against the one before."""
    head, found = 64 * "0", []
    for number, row in enumerate(rows("logg.txt", data), 1):
        said, body = row.split(" ", 1)
        record = json.loads(body)
        head = digest("oppen-dragning/v2/logg", head, body)
        assert said == head, f"logg.txt, line {number}"
        assert compact(record) == body
        assert record["nr"] == number
        assert set(record) == {"nr", "tid", "typ"} | RECORDS[record["typ"]]
        moment(str(record["tid"]))
        found.append((head, record))
    return found


@cache
def is_genuine(source: Source, number: int, signature: bytes) -> bool:
    """BLS12-381 with the signature on G1 and the key on G2: e(signature, g2) = e(H(message), key)."""
    tag = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
    point = decompress_G1(int.from_bytes(signature, "big"))  # type: ignore[arg-type]
    if is_inf(point) or not is_inf(multiply(point, curve_order)):
        return False
    key = decompress_G2((int(source.key[:96], 16), int(source.key[96:], 16)))  # type: ignore[arg-type]
    hashed = hash_to_G1(hashlib.sha256(number.to_bytes(8, "big")).digest(), tag, hashlib.sha256)  # type: ignore[arg-type]
    return bool(pairing(G2, point) == pairing(key, hashed))


def right_round(source: Source, first: int, locked: datetime) -> int:
    """The first round, in whole steps from that of the terms, that the locking came early enough for."""
    steps = 0
    while source.time(first + steps * source.step) - locked < timedelta(seconds=source.lead):
        steps += 1
    assert steps <= 4, "the contest should have been cancelled"
    return first + steps * source.step


def verify(
    files: dict[str, bytes],
    sent: list[Sent] | None = None,
    mailed: str | None = None,
    source: Source = QUICKNET,
    right: str | None = None,
) -> Draw:
    """Assert that published files follow the specification, and return the draw.

    `files` are bytes by name: tavling.txt, regler.txt, lista.txt, lasbevis.txt, logg.txt and, once drawn,
    protokoll.json. `sent` are all entries in the order of their records, `mailed` a checksum out of a lock mail.
    """
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    terms, proof = (
        pairs("tavling.txt", files["tavling.txt"], TERMS),
        pairs("lasbevis.txt", files["lasbevis.txt"], PROOF),
    )
    contest = terms["tavling"]
    assert (terms["kalla"], terms["kedja"]) == (source.name, source.chain)
    assert terms["regler-sha256"] == sums["regler.txt"]
    assert terms["svar-sha256"] == digest("oppen-dragning/v2/svar", contest, proof["svar"], proof["salt"])
    assert right in (None, proof["svar"])
    assert moment(terms["tidpunkt"]) == source.time(int(terms["runda"]))
    assert terms["oppnar"] < terms["stanger"] < terms["tidpunkt"]
    assert proof["tavling"] == contest
    assert proof["tavling-sha256"] == sums["tavling.txt"]
    assert int(proof["runda"]) == right_round(source, int(terms["runda"]), moment(proof["last"]))
    assert moment(proof["tidpunkt"]) == source.time(int(proof["runda"]))
    assert proof["last"] > terms["stanger"]
    assert mailed in (None, sums["lasbevis.txt"])
    listed = _verify_list(files["lista.txt"], contest, proof, sums["lista.txt"])
    log = read_log(files["logg.txt"])
    _verify_log(log, proof, sums["lasbevis.txt"], len(listed), terms["stanger"])
    if sent is not None:
        assert listed == statuses(contest, sent, proof["svar"], terms["stanger"])
        _verify_receipts(log, sent)
    if "protokoll.json" not in files:
        return Draw("", [])
    return _verify_draw(files, source, terms, proof, listed, [record for _, record in log])


def _verify_list(data: bytes, contest: str, proof: dict[str, str], checksum: str) -> dict[str, str]:
    first, second, *lines = rows("lista.txt", data)
    assert (first, second) == ("oppen-dragning/v2/lista", contest)
    assert lines == sorted(set(lines))
    listed = {line[:64]: line[65:] for line in lines}
    assert len(listed) == len(lines)
    assert all(bytes.fromhex(line[:64]).hex() == line[:64] and line[64] == " " for line in lines)
    assert set(listed.values()) <= {"med", "struken"}
    assert proof["lista-sha256"] == checksum
    counts = [*listed.values()]
    assert (proof["antal-med"], proof["antal-strukna"]) == (str(counts.count("med")), str(counts.count("struken")))
    return listed


def _verify_log(
    log: list[tuple[str, dict[str, str | int]]], proof: dict[str, str], checksum: str, entries: int, closes: str
) -> None:
    number, head = proof["logg"].split(" ")
    before, after = log[: int(number)], [record for _, record in log[int(number) :]]
    assert head == (before[-1][0] if before else 64 * "0")
    entered = [record for _, record in before if record["typ"] == "bidrag"]
    assert len(entered) == entries
    assert all(str(record["tid"]) <= closes for record in entered)
    struck = set[str | int]()
    for _, record in before:
        if record["typ"] in ("struken", "aterkallad"):
            struck.add(record["kvitto"])
        elif record["typ"] == "aterstalld":
            struck.remove(record["kvitto"])
    assert struck <= {record["kvitto"] for record in entered}
    assert len(struck) <= int(proof["antal-strukna"])
    assert (after[0]["typ"], after[0]["lasbevis"]) == ("last", checksum)
    assert not {"bidrag", "struken", "aterstalld", "last"} & {record["typ"] for record in after[1:]}


def _verify_receipts(log: list[tuple[str, dict[str, str | int]]], sent: list[Sent]) -> None:
    said = [(record["kvitto"], record["tid"]) for _, record in log if record["typ"] == "bidrag"]
    assert said == [(digest(entry.code), entry.received) for entry in sent]


def _verify_draw(
    files: dict[str, bytes],
    source: Source,
    terms: dict[str, str],
    proof: dict[str, str],
    listed: dict[str, str],
    log: list[dict[str, str | int]],
) -> Draw:
    protocol = json.loads(files["protokoll.json"])
    for name in ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt"):
        assert protocol[name].encode("utf-8") == files[name], f"{name} in protokoll.json is another"
    number, signature = int(proof["runda"]), bytes.fromhex(protocol["signatur"])
    assert is_genuine(source, number, signature)
    randomness = hashlib.sha256(signature).hexdigest()
    checksum = hashlib.sha256(files["lasbevis.txt"]).hexdigest()
    seed = digest("oppen-dragning/v2/fro", checksum, f"{source.name}:{number}:{randomness}")
    assert (protocol["slumptal"], protocol["fro"]) == (randomness, seed)
    keys = {
        each: hmac.new(bytes.fromhex(seed), bytes.fromhex(each), hashlib.sha256).hexdigest()
        for each, status in listed.items()
        if status == "med"
    }
    order = sorted(keys, key=lambda each: (keys[each], each))
    assert protocol["ordning"] == order
    drawn = [record for record in log if record["typ"] == "dragen"]
    assert [(record["runda"], record["slumptal"], record["fro"]) for record in drawn] == [(number, randomness, seed)]
    _verify_outcomes(protocol, int(terms["vinster"]), proof["tidpunkt"], order, log)
    return Draw(seed, order)


def _verify_outcomes(
    protocol: dict[str, list[dict[str, str | int]]],
    prizes: int,
    value_came: str,
    order: list[str],
    log: list[dict[str, str | int]],
) -> None:
    """Prizes go to the first places; each place passed over gives the prize to the next one in line."""
    skips, winners = protocol["forbigangna"], protocol["vinnare"]
    passed = {int(each["plats"]) for each in skips}
    won = {int(each["plats"]) for each in winners}
    assert len(passed) == len(skips)
    assert len(won) == len(winners)
    assert not passed & won
    for place in sorted(passed | won):
        assert 1 <= place <= min(len(order), prizes + len([other for other in passed if other < place]))
    for skip in skips:
        assert set(skip) == {"plats", "skal", "tid", "brev"}
        assert skip["skal"] in ("svarar inte", "tackar nej", "inte behörig", "återkallad")
        assert skip["skal"] == "återkallad" or skip["brev"]
        assert value_came <= str(skip["brev"] or skip["tid"]) <= str(skip["tid"])
    for winner in winners:
        assert set(winner) in ({"plats", "lott", "tid"}, {"plats", "lott", "tid", "namn"})
        assert winner["lott"] == order[int(winner["plats"]) - 1]
        assert value_came <= str(winner["tid"])
    said = [(record["plats"], record["skal"]) for record in log if record["typ"] == "forbigangen"]
    assert sorted(said) == sorted((skip["plats"], skip["skal"]) for skip in skips)
    assert sorted(int(record["plats"]) for record in log if record["typ"] == "vinnare") == sorted(won)
