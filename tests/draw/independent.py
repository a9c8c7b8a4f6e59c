"""Öppen dragning v1 a second time, written from its specification alone: shares no line with the program.

Only the value comes from elsewhere, as it does for anyone who checks: from the chain's relay.
"""

import hashlib
import hmac
import json
import random
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

import idna

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAMES = ("lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json")


@dataclass(frozen=True)
class Answer:
    """What a draw comes to: the files' bytes up to the låsbevis, the seed in hex, and (key, ticket) in order."""

    list_file: bytes
    proof: bytes
    seed: str
    ranking: list[tuple[str, str]]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def lines(*rows: object) -> str:
    return "".join(f"{row}\n" for row in rows)


def canonical(address: str) -> str:
    name, domain = unicodedata.normalize("NFKC", address).strip().rsplit("@", 1)
    return (name + "@" + idna.encode(domain.lower()).decode("ascii")).lower()


def ticket(contest: str, code: str, address: str) -> str:
    return digest(lines("oppen-dragning/v1/lott", contest, code, canonical(address)))


def people(number: int, chance: random.Random) -> list[tuple[str, str, bool]]:
    """Invented (receipt code, address as typed, whether the entry counts); letters and domains of several languages."""
    names = ["Åsa", "örjan.ÄNG", "zoë.jul", "Łukasz", "jul∕tomte", "ﬁnn", "anna"]
    domains = [
        "Räksmörgås.SE",
        "example.se",
        "bücher.example",
        "例え.テスト",
        "Göteborg.example",
        "xn--rksmrgs-5wao1o.se",
    ]
    return [
        (
            "".join(chance.choice(CROCKFORD) for _ in range(26)),
            f"{chance.choice(['', ' '])}{chance.choice(names)}{at}@{chance.choice(domains)}",
            chance.random() < 0.8,
        )
        for at in range(number)
    ]


def answer(contest: str, entries: list[tuple[str, bool]], proof: dict[str, str], randomness: str) -> Answer:
    """The draw among (ticket, counts). `proof` gives what the organiser decided: times, prizes, source, rules' sum."""
    rows = sorted(f"{each} {'med' if counts else 'struken'}" for each, counts in entries)
    listed = lines("oppen-dragning/v1/lista", contest, *rows)
    counted = [each for each, counts in entries if counts]
    began = datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC).timestamp()
    moment = datetime.fromtimestamp(began + 3 * (int(proof["runda"]) - 1), UTC)
    text = lines(
        "oppen-dragning/v1/lasbevis",
        f"tavling: {contest}",
        f"last: {proof['last']}",
        f"antal-med: {len(counted)}",
        f"antal-strukna: {len(entries) - len(counted)}",
        f"lista-sha256: {digest(listed)}",
        f"regler-sha256: {proof['regler-sha256']}",
        f"vinster: {proof['vinster']}",
        f"kalla: {proof['kalla']}",
        f"kedja: {proof['kedja']}",
        f"runda: {proof['runda']}",
        f"tidpunkt: {moment:%Y-%m-%dT%H:%M:%SZ}",
    )
    entropy = f"{proof['kalla']}:{proof['runda']}:{randomness}"
    seed = digest(lines("oppen-dragning/v1/fro", digest(text), entropy))
    keys = [(hmac.new(bytes.fromhex(seed), bytes.fromhex(each), hashlib.sha256).hexdigest(), each) for each in counted]
    return Answer(listed.encode(), text.encode(), seed, sorted(keys))


def decisions(files: dict[str, bytes]) -> dict[str, str]:
    """What the organiser decided, as the låsbevis has it."""
    return dict(row.split(": ", 1) for row in files["lasbevis.txt"].decode().splitlines()[1:])


def agrees(files: dict[str, bytes], entries: list[tuple[str, bool]]) -> Answer:
    """Asserts that published files are what the entries and the decisions come to; gives the draw."""
    proof, protocol = decisions(files), json.loads(files["protokoll.json"])
    signature = bytes.fromhex(protocol["varde"]["signatur"])
    expected = answer(proof["tavling"], entries, proof, hashlib.sha256(signature).hexdigest())
    assert files["lista.txt"] == expected.list_file
    assert files["lasbevis.txt"] == expected.proof
    assert digest(files["regler.txt"].decode()) == proof["regler-sha256"]
    assert protocol["fro"] == expected.seed
    assert [(row["plats"], row["nyckel"], row["lott"]) for row in protocol["rangordning"]] == [
        (place, *each) for place, each in enumerate(expected.ranking, 1)
    ]
    return expected


def sealed(protocol: dict[str, object]) -> bytes:
    """A protocol as a file, with the checksum of what stands above as its last line."""
    body = json.dumps({**protocol, "kontrollsumma": ""}, ensure_ascii=False, indent=1)
    above = body[: body.rindex(' "kontrollsumma"')]
    return f'{above} "kontrollsumma": "{digest(above)}"\n}}\n'.encode()
