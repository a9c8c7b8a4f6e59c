"""The acts of a draw, each one transaction that leaves the state before or after it, never between.

Forward only: strike and restore, lock, draw, and then `verdicts`. Each raises ActRefused with a Swedish sentence and
changes nothing when its time has not come or has passed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.audit import records
from app.audit.chain import stamp
from app.calendar.schema import Contest
from app.contest import entries, settling
from app.contest.models import Entry
from app.database import db, write
from app.draw import beacon, listing, protocol, ranking, selection
from app.draw.models import Drawn, Lock

ENTRIES_A_SECOND = 20_000
"""How many entries are locked or ranked in a second, rounded down from what `make bench` measures."""
LONGEST_LEAD = timedelta(days=90)
SHORTEST_LEAD = timedelta(minutes=2)
"""A draw made in front of people needs no longer; the protocol then says how short it was."""
REHEARSED_LEAD = timedelta(seconds=10)
"""In a rehearsal nobody has to wait."""
Consent = Callable[[], None]
"""A second organiser's consent: taken in the act's own transaction, it is used up or refuses."""


class ActRefused(Exception):
    """The act was not carried out. The text is a Swedish sentence for the organiser."""


def shortest_lead(contest: Contest) -> timedelta:
    """How long before the draw the list must be locked at least."""
    return REHEARSED_LEAD if contest.is_rehearsal else SHORTEST_LEAD


def agreed(contest: Contest, consent: Consent | None) -> dict[str, object]:
    """Takes the consent that a contest for two organisers asks for; gives what the record says of it."""
    if not contest.two_person:
        return {}
    if consent is None:
        raise ActRefused("I den här tävlingen behövs två. Föreslå det, så kan en annan organisatör godkänna.")
    consent()
    return {"godkand": "av två personer"}


def strike(contest: Contest, entry_id: int, reason: str, now: datetime) -> None:
    """Strikes one entry before locking, for a reason of the closed list."""
    entry = _unsettled(contest, entry_id, reason in entries.STRIKE_REASONS)
    if entry.struck:
        raise ActRefused(f"Bidraget är redan struket: {entry.struck}.")
    entry.struck = reason
    records.append(contest.id, records.STRUCK, now, lott=entry.ticket, skal=reason)
    db.session.commit()


def restore(contest: Contest, entry_id: int, reason: str, now: datetime) -> None:
    """Takes the strike of one entry back before locking, for a reason of the closed list; both stay on record."""
    entry = _unsettled(contest, entry_id, reason in entries.RESTORE_REASONS)
    if entry.email is None or not entry.struck:
        raise ActRefused("Bidraget är inte struket, eller så har den som skickade det själv tagit tillbaka det.")
    entry.struck = None
    records.append(contest.id, records.RESTORED, now, lott=entry.ticket, skal=reason)
    db.session.commit()


def _unsettled(contest: Contest, entry_id: int, reason_is_known: bool) -> Entry:
    """An entry whose fate may still be changed, in the transaction that changes it."""
    if not reason_is_known:
        raise ActRefused("Välj ett av skälen i listan.")
    write()
    refuse_when_settled(contest)
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.contest_id != contest.id:
        raise ActRefused("Bidraget finns inte.")
    return entry


def refuse_too_soon(contest: Contest, draw_at: datetime, now: datetime) -> None:
    """Raises ActRefused when the contest has not closed, or the time of the draw will not do."""
    if contest.phase(now) != "closed":
        raise ActRefused("Listan kan låsas först när tävlingen har stängt.")
    if draw_at < now + shortest_lead(contest):
        least = "tio sekunder" if contest.is_rehearsal else "två minuter"
        raise ActRefused(f"Dragningen måste ligga minst {least} fram i tiden. Välj en senare tid.")
    if draw_at > now + LONGEST_LEAD:
        raise ActRefused("Dragningen ligger mer än 90 dagar bort. Se efter att dagen är rätt.")


def lock(
    contest: Contest,
    rules: str,
    draw_at: datetime,
    chain: beacon.Chain,
    now: datetime,
    consent: Consent | None = None,
) -> Lock:
    """Settles duplicates and wrong answers and writes list and låsbevis, once and for good."""
    refuse_too_soon(contest, draw_at, now)
    write()
    refuse_when_settled(contest)
    approval = agreed(contest, consent)
    settling.settle(contest, now)
    tally = protocol.Tally(contest.id)
    tally.add(listing.entered(contest.id))
    locked = _locked(_proof(contest, rules, tally.sum(), draw_at, chain, now), rules, chain, now)
    db.session.add(locked)
    db.session.flush()
    listing.write_lines(contest.id)
    records.append(contest.id, "last", now, lasbevis=locked.proof_sha256, **approval)
    db.session.commit()
    return locked


def _proof(
    contest: Contest,
    rules: str,
    found: protocol.ListSum,
    draw_at: datetime,
    chain: beacon.Chain,
    now: datetime,
) -> protocol.Proof:
    number = beacon.round_at(chain, draw_at)
    return protocol.Proof(
        tavling=contest.id,
        last=stamp(now),
        antal_med=found.counted,
        antal_strukna=found.struck,
        lista_sha256=found.sha256,
        regler_sha256=protocol.checksum([rules]),
        vinster=contest.prize_count,
        kalla=chain.name,
        kedja=chain.hash,
        runda=number,
        tidpunkt=stamp(beacon.time_of(chain, number)),
    )


def _locked(proof: protocol.Proof, rules: str, chain: beacon.Chain, now: datetime) -> Lock:
    text = protocol.proof_text(proof)
    return Lock(
        contest_id=proof.tavling,
        locked_at=now.replace(microsecond=0),
        draw_at=beacon.time_of(chain, proof.runda),
        chain_hash=chain.hash,
        round=proof.runda,
        prizes=proof.vinster,
        rules=rules,
        proof=text,
        proof_sha256=protocol.checksum([text]),
    )


def draw(contest: Contest, pasted: str, chain: beacon.Chain, now: datetime) -> None:
    """Checks the value of the round named in the låsbevis and writes the ranking, once and for good."""
    locked = db.session.get(Lock, contest.id)
    if locked is None:
        raise ActRefused("Lås listan först. Slumptalet får inte vara känt när listan låses.")
    if locked.chain_hash != chain.hash:
        raise ActRefused("Listan är låst mot en annan källa än den som kalendern är inställd på.")
    value = _verified(chain, locked, pasted, now)
    write()
    if db.session.get(Drawn, contest.id):
        raise ActRefused("Dragningen är redan gjord. Den görs en gång.")
    entropy = protocol.drand_entropy(chain.name, value.round, value.randomness)
    seed = selection.seed(locked.proof_sha256, entropy)
    db.session.add(
        Drawn(
            contest_id=contest.id,
            drawn_at=now,
            signature=value.signature,
            randomness=value.randomness,
            entropy=entropy,
            seed=seed.hex(),
        )
    )
    db.session.flush()
    ranking.write_places(contest.id, seed)
    records.append(contest.id, "dragen", now, fro=seed.hex(), runda=value.round, slumptal=value.randomness)
    db.session.commit()


def _verified(chain: beacon.Chain, locked: Lock, pasted: str, now: datetime) -> beacon.Value:
    if now < locked.draw_at:
        raise ActRefused("Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit.")
    try:
        return beacon.verified(chain, locked.round, pasted)
    except beacon.BeaconError as error:
        raise ActRefused(str(error)) from None


def refuse_when_settled(contest: Contest) -> None:
    """Raises ActRefused when the list is locked, or when nobody knows any more who the entries are from."""
    if db.session.get(Lock, contest.id):
        raise ActRefused("Listan är redan låst och kan inte ändras.")
    # Without addresses no duplicates are found and no winner is reached: a draw would be one of the wrong people.
    if records.has(contest.id, records.ERASED):
        raise ActRefused("Uppgifterna om deltagarna är gallrade, så listan kan inte låsas eller ändras längre.")
