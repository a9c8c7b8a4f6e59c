"""A locked list and its draw, recomputed from the rows: each step a generator of sentences about what differs."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from app.audit.chain import stamp
from app.contest.rules import SKIP_REASONS
from app.database import db
from app.draw import beacon, protocol, publication, readers, rehearsal, selection
from app.draw.anchors import anchors
from app.draw.approval import approved
from app.draw.models import Drawn, ListedTicket, Lock, Rank
from app.draw.standing import Outcome, outcomes_of

CHAINS = {chain.hash: chain for chain in (beacon.QUICKNET, rehearsal.CHAIN)}
Rows = Callable[[str, sa.Executable], Iterator[Any]]
"""Walks through a query's rows in batches; the text says what they are."""
Published = Callable[[str], Iterable[bytes] | None]
"""A public file in parts, by its name; None when it is not public."""


def differences(lock: Lock, rows: Rows, published: Published, acts: list[dict[str, Any]]) -> Iterator[str]:
    """A sentence for each difference. `acts` are the records of the log other than entries and strikes, in order."""
    drawn = db.session.get(Drawn, lock.contest_id)
    outcomes = outcomes_of(lock.contest_id)
    yield from _lock(lock, rows)
    yield from _text(published, "lasbevis.txt", lock.proof)
    yield from _text(published, "regler.txt", lock.rules)
    if drawn:
        yield from _value(lock, drawn)
    yield from _ranking(lock, drawn, rows, published, outcomes)
    yield from _outcomes(lock, outcomes)
    yield from _acts(lock, drawn, outcomes, acts)


def _lock(lock: Lock, rows: Rows) -> Iterator[str]:
    chain = CHAINS.get(lock.chain_hash)
    if chain is None:
        yield f"Låsbevisets kedja {lock.chain_hash} är okänd."
        return
    query = sa.select(ListedTicket.ticket, ListedTicket.counts).where(ListedTicket.contest_id == lock.contest_id)
    counts = {True: 0, False: 0}

    def counted() -> Iterator[tuple[str, bool]]:
        for ticket, counts_in in rows("den låsta listans kontrollsumma", query.order_by(ListedTicket.ticket)):
            counts[counts_in] += 1
            yield ticket, counts_in

    checksum = protocol.checksum(protocol.list_lines(lock.contest_id, counted()))
    expected = protocol.proof_text(
        protocol.Proof(
            tavling=lock.contest_id,
            last=stamp(lock.locked_at),
            antal_med=counts[True],
            antal_strukna=counts[False],
            lista_sha256=checksum,
            regler_sha256=protocol.checksum([lock.rules]),
            vinster=lock.prizes,
            kalla=chain.name,
            kedja=chain.hash,
            runda=lock.round,
            tidpunkt=stamp(beacon.time_of(chain, lock.round)),
        )
    )
    for said, right in zip_longest(lock.proof.split("\n"), expected.split("\n"), fillvalue="–"):
        if said != right:
            yield f"Låsbeviset säger ”{said}”, men omräkningen ger ”{right}”."
    if lock.proof_sha256 != protocol.checksum([lock.proof]):
        yield "Låsbevisets kontrollsumma i databasen är inte den som låsbeviset har."
    if stamp(lock.draw_at) != stamp(beacon.time_of(chain, lock.round)):
        yield f"Tiden för dragningen är {stamp(lock.draw_at)}, men runda {lock.round} kommer en annan tid."


def _text(published: Published, name: str, right: str) -> Iterator[str]:
    found = published(name)
    if found is None or b"".join(found) != right.encode():
        yield f"{name} är inte den text som finns i databasen."


def _value(lock: Lock, drawn: Drawn) -> Iterator[str]:
    chain = CHAINS.get(lock.chain_hash)
    if chain is None:
        return
    try:
        value = beacon.verified(chain, lock.round, drawn.signature)
    except beacon.BeaconError as error:
        yield str(error)
        return
    entropy = protocol.drand_entropy(chain.name, value.round, value.randomness)
    seed = selection.seed(protocol.checksum([lock.proof]), entropy).hex()
    for name, found, right in (
        ("Slumptalet", drawn.randomness, value.randomness),
        ("Entropin", drawn.entropy, entropy),
        ("Fröet", drawn.seed, seed),
    ):
        if found != right:
            yield f"{name} i databasen är {found}, men omräkningen ger {right}."


def _ranking(
    lock: Lock, drawn: Drawn | None, rows: Rows, published: Published, outcomes: list[Outcome]
) -> Iterator[str]:
    """Each place in the database recomputed, beside the same place in the public protocol; then the rest of that."""
    rest, whole = list[str](), list[bool]()
    public = readers.places(readers.unsealed(published("protokoll.json") or (), whole), rest)
    same = sa.and_(ListedTicket.contest_id == Rank.contest_id, ListedTicket.ticket == Rank.ticket)
    query = sa.select(Rank.place, Rank.ticket, Rank.key, ListedTicket.counts).outerjoin(ListedTicket, same)
    query = query.where(Rank.contest_id == lock.contest_id).order_by(Rank.place)
    seed, before, number = bytes.fromhex(drawn.seed) if drawn else b"", ("", ""), 0
    for number, (row, shown) in enumerate(zip_longest(rows("ordningen", query), public), 1):
        if row is None or shown != (row.place, row.ticket, row.key):
            yield f"Plats {number} i protokoll.json är inte den i databasen."
            continue
        right = row.counts and row.place == number and row.key == selection.rank_key(seed, row.ticket).hex()
        if not right or (row.key, row.ticket) <= before:
            yield f"Plats {number} i databasen, lott {row.ticket}, är inte den som omräkningen ger."
        before = (row.key, row.ticket)
    counted = db.session.scalar(
        sa.select(sa.func.count()).where(ListedTicket.contest_id == lock.contest_id, ListedTicket.counts)
    )
    if drawn and number != counted:
        yield f"Ordningen har {number} platser, men {counted} lotter är med."
    if whole != [True]:
        yield "protokoll.json är ändrad: kontrollsumman på sista raden stämmer inte."
    yield from _protocol(lock, drawn, "".join(rest), outcomes)


def _protocol(lock: Lock, drawn: Drawn | None, text: str, outcomes: list[Outcome]) -> Iterator[str]:
    """What the public protocol says, but for its places."""
    try:
        public = dict(json.loads(text))
    except (ValueError, TypeError):
        yield "protokoll.json går inte att läsa."
        return
    expected: dict[str, Any] = {
        "tavling": lock.contest_id,
        "lasbevis": lock.proof,
        "lasbevis_sha256": lock.proof_sha256,
        "varde": drawn and {"runda": lock.round, "signatur": drawn.signature, "slumptal": drawn.randomness},
        "entropi": drawn and drawn.entropy,
        "fro": drawn and drawn.seed,
        "dragen": drawn and stamp(drawn.drawn_at),
        "rangordning": drawn and [],
    }
    expected |= publication.witnesses(lock.contest_id, anchors(lock.contest_id), approved(lock.contest_id))
    for name, right in expected.items():
        if public.get(name) != right:
            yield f"protokoll.json: {name} är inte det som finns i databasen."
    shown = [(each.get("plats"), each.get("lott"), each.get("skal")) for each in public.get("utfall", [])]
    if shown != [(outcome.place, outcome.ticket, outcome.skipped) for outcome in outcomes]:
        yield "protokoll.json: utfallen är inte de som finns i databasen."


def _outcomes(lock: Lock, outcomes: list[Outcome]) -> Iterator[str]:
    winners = 0
    for number, outcome in enumerate(outcomes, 1):
        if outcome.place != number or winners == lock.prizes:
            yield f"Utfallet för plats {outcome.place} kommer i fel ordning, eller efter den sista vinsten."
        if outcome.skipped and outcome.skipped not in SKIP_REASONS:
            yield f"Plats {outcome.place} är förbigången av ett skäl som inte finns i reglerna: {outcome.skipped}."
        winners += outcome.skipped is None


def _acts(lock: Lock, drawn: Drawn | None, outcomes: list[Outcome], acts: list[dict[str, Any]]) -> Iterator[str]:
    """The log's word on locking, draw and outcomes, against the tables."""
    expected: list[dict[str, Any]] = [{"typ": "last", "lasbevis": lock.proof_sha256}]
    if drawn:
        expected.append({"typ": "dragen", "fro": drawn.seed, "runda": lock.round, "slumptal": drawn.randomness})
    for outcome in outcomes:
        kind = {"typ": "forbigangen", "skal": outcome.skipped} if outcome.skipped else {"typ": "vinnare"}
        expected.append(kind | {"plats": outcome.place, "lott": outcome.ticket, "tid": stamp(outcome.decided_at)})
    kinds = {"last", "dragen", "forbigangen", "vinnare"}
    logged = [act for act in acts if act.get("typ") in kinds]
    for act, right in zip_longest(logged, expected):
        if act is None or right is None or {**act, **right} != act:
            yield f"Loggen säger något annat än databasen om händelsen ”{(right or act)['typ']}”."
