"""Recomputes a contest from its entries to its protocol, and holds the public files against that."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from app import audit
from app.contest import entries
from app.contest.entries import Candidate
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import BATCH, db, in_batches
from app.draw import files as draw_files
from app.draw import status
from app.draw.models import DrawnValue, LockedList
from app.spec import beacon, files, log, selection
from app.spec.lines import SpecError, checksum, format_time
from app.spec.log import RecordKind

PublicFile = Callable[[str], Iterable[bytes] | None]


class Verification:
    """`facts` is what was computed, `unchecked` what could not be checked or was not, with how to do it."""

    def __init__(self, contest: FrozenContest, public: PublicFile, mailed: str = "") -> None:
        self.contest = contest
        self.public = public
        self.mailed = mailed
        self.facts: list[str] = []
        self.unchecked: list[str] = []
        self.lock = db.session.get(LockedList, contest.id)
        self.drawn = db.session.get(DrawnValue, contest.id)

    def run(self) -> Iterator[str]:
        """Give a sentence for each check that fails."""
        checks = [self._terms, self._log, self._tickets]
        checks += [self._list, self._proof] if self.lock else []
        checks += [self._draw] if self.drawn else []
        for check in (*checks, self._public_files):
            try:
                check()
            except SpecError as fault:
                yield str(fault)
        if self.lock is None:
            self.unchecked.append("Listan är inte låst ännu.")
        elif self.drawn is None:
            self.unchecked.append("Slumptalet är inte hämtat ännu.")
        if self.lock and not self.mailed:
            self.unchecked.append("Kontrollsumman: skriv --kontrollsumma och alla 64 tecken ur mejlet före slumptalet.")
        if self.contest.chain.is_practice:
            self.unchecked.append("ÖVNING: slumptalet kommer från en övningskälla och bevisar ingenting.")

    def _terms(self) -> None:
        contest, found = self.contest, files.read_terms(self.contest.terms.encode())
        sealed = files.answer_sum(contest.id, contest.answer, contest.salt)
        number = beacon.round_at(contest.chain, contest.draw_at)
        expected = (contest.id, contest.rules_sha256, sealed, contest.prize_count, number, format_time(contest.closes))
        told = (found.tavling, found.regler_sha256, found.svar_sha256, found.vinster, found.runda, found.stanger)
        _demand(expected == told, "Villkoren i databasen stämmer inte med tavling.txt.")

    def _log(self) -> None:
        """Recompute the chain, and hold what it tells of entries against the entries."""
        kinds: dict[str, int] = {}
        lines = (line.removesuffix("\n") for line in audit.log_lines(self.contest.id))
        for record in log.read_log(lines):
            kinds[record.kind] = kinds.get(record.kind, 0) + 1
        total = db.session.scalar(sa.select(sa.func.count()).where(Entry.contest_id == self.contest.id)) or 0
        entered = kinds.get(RecordKind.ENTERED, 0)
        _demand(entered == total, f"Loggen har {entered} bidrag, men databasen {total}.")
        logged: Any = audit.AuditRecord
        its = (logged.contest_id == Entry.contest_id, logged.number == Entry.nr, logged.kind == RecordKind.ENTERED)
        query = sa.select(Entry.id, Entry.receipt_code, logged.kvitto).outerjoin(logged, sa.and_(*its))
        query = query.where(Entry.contest_id == self.contest.id, Entry.receipt_code.is_not(None))
        for batch in in_batches(query, Entry.id, after=0):
            for number, code, kvitto in batch:
                _demand(kvitto == log.receipt_sum(code), f"Bidrag {number} har ingen post i loggen.")
        self.facts.append(f"Loggen: {sum(kinds.values())} poster, hela kedjan är omräknad.")

    def _tickets(self) -> None:
        gone = 0
        for row in _entries(self.contest.id):
            if row.receipt_code is None:
                gone += 1
                continue
            ticket = entries.make_ticket(self.contest.id, row.receipt_code, row.email or "", row.answer)
            _demand(ticket == row.ticket, f"Lotten för bidrag {row.id} stämmer inte med kod, adress och svar.")
        if gone and audit.has_record(self.contest.id, RecordKind.ERASED):
            self.unchecked.append(
                "Uppgifterna är gallrade: lotterna kan inte räknas om ur koder och adresser, loggen inte jämföras med "
                "bidragen, och strykningarna inte räknas om."
            )
        elif gone:
            self.facts.append(f"{gone} bidrag är återkallade och kan inte räknas om.")

    def _list(self) -> None:
        """Settle the entries anew, as the specification defines it, and compare with the list."""
        lines = dict(draw_files.locked_tickets(self.contest.id))
        rows = [*_entries(self.contest.id)]
        _demand({row.ticket for row in rows} == {*lines}, "Listan har andra lotter än databasen.")
        if audit.has_record(self.contest.id, RecordKind.ERASED):
            return
        # Who withdrew after the locking is still in the list, and settled nothing anew.
        withdrawn_late = [row for row in rows if row.nr is None and lines[row.ticket]]
        if withdrawn_late:
            self.facts.append(f"{len(withdrawn_late)} återkallade efter låsningen.")
            return
        by_hand = (*entries.STRIKE_REASONS, entries.WITHDRAWN)
        candidates = []
        for row in rows:
            if row.nr is not None:
                struck = row.struck if row.struck in by_hand else None
                candidates.append(Candidate(row.nr, row.duplicate_key or "", row.answer, row.received_at, struck))
        settled = entries.settle_entries(candidates, self.contest.answer, self.contest.closes)
        out = {each.number for each in settled}
        for row in rows:
            if row.nr is not None:
                _demand(lines[row.ticket] == (row.nr not in out), f"Lotten {row.ticket} har fel status i listan.")

    def _proof(self) -> None:
        lock = self.lock
        assert lock  # noqa: S101 – the caller has seen to it
        proof = files.read_proof(lock.proof.encode())
        digest = checksum(draw_files.locked_list(self.contest.id))
        counted = [counts for _, counts in draw_files.locked_tickets(self.contest.id)]
        head = audit.head_of(self.contest.id, proof.log_number) if proof.log_number else log.START
        steps = beacon.steps_between(self.contest.chain, self.contest.round, proof.runda)
        expected = (self.contest.terms_sha256, digest, counted.count(True), counted.count(False), head)
        told = (proof.tavling_sha256, proof.lista_sha256, proof.antal_med, proof.antal_strukna, proof.log_head)
        _demand(expected == told, "Låsbeviset stämmer inte med villkoren, listan eller loggen.")
        _demand((proof.svar, proof.salt) == (self.contest.answer, self.contest.salt), "Svaret är inte villkorens.")
        _demand(steps is not None, "Rundan är ingen som villkoren tillåter.")
        _demand(lock.proof_sha256 == checksum([lock.proof]), "Låsbevisets kontrollsumma i databasen är fel.")
        _demand(self.mailed in ("", lock.proof_sha256), "Kontrollsumman ur mejlet är inte låsbevisets.")
        self.facts.append(f"Låsbeviset: låst {proof.last}, kontrollsumma {lock.proof_sha256}.")

    def _draw(self) -> None:
        lock, drawn = self.lock, self.drawn
        assert lock and drawn  # noqa: S101 – the caller has seen to it
        value = beacon.verify(self.contest.chain, lock.round, drawn.signature)
        entropy = selection.entropy_string(self.contest.chain.name, value.round, value.randomness)
        seed = selection.make_seed(checksum([lock.proof]), entropy)
        _demand((drawn.randomness, drawn.seed) == (value.randomness, seed.hex()), "Slumptalet eller fröet är fel.")
        counted = (ticket for ticket, counts in draw_files.locked_tickets(self.contest.id) if counts)
        order = selection.order_tickets(seed, counted)
        _demand([*order] == [*draw_files.ordered_tickets(self.contest.id)], "Ordningen är inte den som fröet ger.")
        for outcome in status.outcomes_of(self.contest.id):
            is_told = bool(outcome.letter) or outcome.skipped == entries.WITHDRAWN
            _demand(is_told, f"Plats {outcome.place} fick inget mejl.")
        self.facts.append(f"Slumptalet: {value.randomness}, runda {value.round}, äkta signatur.")

    def _public_files(self) -> None:
        """Hold each public file against what it should be."""
        expected: dict[str, Iterable[str]] = {"tavling.txt": [self.contest.terms], "regler.txt": [self.contest.rules]}
        if self.lock:
            expected["lista.txt"] = draw_files.locked_list(self.contest.id)
            expected["lasbevis.txt"] = [self.lock.proof]
            expected["logg.txt"] = audit.log_lines(self.contest.id)
        if self.drawn:
            expected["protokoll.json"] = draw_files.protocol(self.contest)
        for name, parts in expected.items():
            found = self.public(name)
            _demand(found is not None, f"{name} går inte att hämta.")
            digest = sha256()
            for chunk in found or ():
                digest.update(chunk)
            _demand(digest.hexdigest() == checksum(parts), f"{name} på webben är inte den som databasen ger.")


def _entries(contest_id: str) -> Iterator[Entry]:
    """Give the entries, read in batches; none stays in memory."""
    query = sa.select(Entry).where(Entry.contest_id == contest_id).order_by(Entry.id)
    for entry in db.session.scalars(query.execution_options(yield_per=BATCH)):
        yield entry
        db.session.expunge(entry)


def _demand(holds: bool, sentence: str) -> None:
    if not holds:
        raise SpecError(sentence)
