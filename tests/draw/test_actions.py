"""The actions of a draw: when they may be done, what they change, and who is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import AuditRecord
from app.contest import store
from app.contest.forms import EntryInput
from app.contest.models import Entry
from app.database import db
from app.draw import actions, status, value, winners
from app.draw.models import DrawnValue, LockedList, Rank, Verdict
from app.errors import NotAllowed
from app.outbox.models import OutboxMail
from app.spec.lines import SpecError
from tests.conftest import LOCK_AT, VALUE, on_sqlite, send_letter, swedish


@pytest.fixture
def cast(accept):
    return {name: accept(f"{name}@example.se") for name in ("anna", "bo", "cecilia")}


def log():
    return [(record.kind) for record in db.session.scalars(sa.select(AuditRecord).order_by(AuditRecord.number))]


def mails(kind):
    query = sa.select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id)
    return [(mail.ticket, mail.state) for mail in db.session.scalars(query)]


def entry(name):
    return db.session.scalars(sa.select(Entry).where(Entry.email == f"{name}@example.se").limit(1)).one()


def test_strike_is_mailed_and_can_be_taken_back_until_locking(cast, contest, inside, clock):
    until = status.strikes_until(contest)
    assert until == swedish("2026-12-21 12:00")
    number, ticket = entry("anna").id, cast["anna"].ticket
    actions.strike_entry(contest, number, "anställd", until - timedelta(seconds=1))
    assert mails("struken") == [(ticket, "waiting")]
    actions.restore_entry(contest, number, status.lock_due(contest) - timedelta(seconds=1))
    assert mails("aterstalld") == [(ticket, "waiting")]
    assert log() == ["bidrag", "bidrag", "bidrag", "struken", "aterstalld"]
    with pytest.raises(NotAllowed, match="Tävlingssvar kunde strykas till måndag 21 december 2026"):
        actions.strike_entry(contest, number, "anställd", until)


@on_sqlite
@pytest.mark.parametrize("reason", ["fel svar", "dubblett", "återkallad", "", "otrevlig"])
def test_organiser_strikes_for_two_reasons_only(cast, contest, inside, reason):
    with pytest.raises(NotAllowed, match="Välj ett av skälen i listan"):
        actions.strike_entry(contest, entry("anna").id, reason, swedish("2026-12-15 12:00"))
    assert log() == ["bidrag"] * 3


def test_the_program_settles_without_a_record(cast, contest, accept, inside, clock):
    wrong, again = accept("bo@example.se", answer="2027"), accept("Anna+igen@example.se".lower())
    lock = actions.lock_list(contest, swedish(LOCK_AT))
    assert (lock.counted, lock.struck, lock.steps) == (3, 2, 0)
    reasons = dict(db.session.execute(sa.select(Entry.ticket, Entry.struck).where(Entry.struck.is_not(None))).all())
    assert reasons == {wrong.ticket: "fel svar", again.ticket: "dubblett"}
    assert db.session.scalars(sa.select(Entry.stays).where(Entry.stays.is_not(None))).all() == [cast["anna"].ticket]
    assert log() == ["bidrag"] * 5 + ["last"]
    assert len(mails("last")) == 5


def test_right_second_answer_counts(contest, accept, inside):
    accept("dag@example.se", answer="2027")
    right = accept("dag@example.se")
    actions.lock_list(contest, swedish(LOCK_AT))
    counted = db.session.scalars(sa.select(Entry.ticket).where(Entry.struck.is_(None))).all()
    assert counted == [right.ticket]


@on_sqlite
def test_list_is_locked_once_in_time(cast, contest, inside):
    with pytest.raises(NotAllowed, match="Listan låses tisdag 22 december 2026"):
        actions.lock_list(contest, swedish("2026-12-21 23:59:59"))
    actions.lock_list(contest, swedish(LOCK_AT))
    with pytest.raises(NotAllowed, match="redan låst"):
        actions.lock_list(contest, swedish("2026-12-22 00:05"))
    with pytest.raises(store.NotReceived):
        store.save_entry(contest, _late(contest), swedish("2026-12-20 23:59:59"))


def _late(contest):
    return EntryInput("sen@example.se", contest.answer, "1441", None, "n")


# Between the form's look at the contest and the saving, it may close or be cancelled.
def test_closing_refuses_entries_still_in_line(contest, accept, inside):
    accept("anna@example.se", at="2026-12-20 23:59:59.999")
    with pytest.raises(store.NotReceived):
        accept("sen@example.se", at="2026-12-21 00:00:00")
    assert log() == ["bidrag"]


def test_cancelling_refuses_entries_still_in_line(contest, accept, inside, clock):
    actions.cancel_contest(contest, "Vi har ångrat oss alla.", clock.now())
    assert clock.now() < contest.closes
    with pytest.raises(store.NotReceived):
        accept("sen@example.se")
    assert log() == ["installd"]


def test_draw_queues_the_first_letter(cast, contest, inside, reach):
    reach("drawn")
    first = db.session.get(Rank, (contest.id, 1))
    assert mails("vinst") == [(first.ticket, "waiting")]
    with pytest.raises(NotAllowed, match="Den görs en gång"):
        value.draw_winners(contest, VALUE, swedish("2026-12-23 12:00"))


def test_nobody_is_passed_over_before_letter_left_and_days_ended(cast, contest, inside, reach, clock):
    reach("drawn")
    with pytest.raises(NotAllowed, match="Mejlet till personen har inte gått i väg ännu"):
        winners.skip_place(contest, 1, "svarar inte", swedish("2027-12-22 12:00"))
    send_letter(contest, 1, clock.now())
    until = swedish("2026-12-30 00:00")
    assert status.answer_by(contest, clock.now()) == until
    with pytest.raises(NotAllowed, match="tidigast onsdag 30 december 2026"):
        winners.skip_place(contest, 1, "inte behörig", until - timedelta(seconds=1))
    winners.skip_place(contest, 1, "inte behörig", until)
    first, second = (db.session.get(Rank, (contest.id, place)).ticket for place in (1, 2))
    assert mails("forbigangen") == [(first, "waiting")]
    assert mails("vinst") == [(first, "dropped"), (second, "waiting")]
    assert log()[-2:] == ["brev", "forbigangen"]


@on_sqlite
@pytest.mark.parametrize("reason", ["tackar nej", "återkallad", "ful"])
def test_only_the_winner_says_no(cast, contest, inside, reach, clock, reason):
    reach("drawn")
    send_letter(contest, 1, clock.now())
    with pytest.raises(NotAllowed, match="Välj ett av skälen"):
        winners.skip_place(contest, 1, reason, swedish("2027-02-01 12:00"))


def test_winners_own_no_takes_effect(cast, contest, inside, reach, clock):
    reach("drawn")
    send_letter(contest, 1, clock.now())
    ticket = db.session.get(Rank, (contest.id, 1)).ticket
    with pytest.raises(NotAllowed, match="Länken gäller inte"):
        winners.decline_prize(contest, 1, "0" * 64, clock.now())
    db.session.rollback()
    winners.decline_prize(contest, 1, ticket, clock.now())
    assert [rank.place for rank in status.in_line(contest)] == [2]
    with pytest.raises(NotAllowed, match="redan avgjord"):
        winners.decline_prize(contest, 1, ticket, clock.now())


def test_late_withdrawal_is_passed_over(cast, contest, inside, reach, clock):
    reach("locked")
    lock = db.session.get(LockedList, contest.id)
    assert lock.counted == 3
    order = ["anna", "bo", "cecilia"]
    for name in order[:2]:
        assert winners.withdraw_entry(contest, cast[name].ticket, clock.now()) is True
    clock.set("2026-12-22 12:01")
    value.draw_winners(contest, VALUE, clock.now())
    assert [rank.ticket for rank in status.in_line(contest)] == [cast["cecilia"].ticket]
    skipped = db.session.scalars(sa.select(Verdict.skipped)).all()
    assert set(skipped) <= {"återkallad"}
    assert mails("vinst") == [(cast["cecilia"].ticket, "waiting")]
    assert winners.withdraw_entry(contest, cast["cecilia"].ticket, clock.now()) is True
    assert status.contest_status(contest, clock.now()).state == "finished"
    assert status.contest_status(contest, clock.now()).winners == []


def test_withdrawn_entry_is_blocked_and_its_sender_may_enter_again(cast, contest, accept, inside, clock):
    assert winners.withdraw_entry(contest, cast["anna"].ticket, clock.now()) is False
    assert winners.withdraw_entry(contest, cast["anna"].ticket, clock.now()) is None
    again = accept("anna@example.se")
    assert again.ticket != cast["anna"].ticket
    assert mails("kvitto")[0] == (cast["anna"].ticket, "dropped")
    assert log() == ["bidrag"] * 3 + ["aterkallad", "bidrag"]
    assert actions.lock_list(contest, swedish(LOCK_AT)).counted == 3


def test_contest_is_cancelled_only_before_the_value(cast, contest, inside, reach, clock):
    with pytest.raises(NotAllowed, match="Skriv varför"):
        actions.cancel_contest(contest, "kort", clock.now())
    reach("locked")
    with pytest.raises(NotAllowed, match="Slumptalet finns redan"):
        actions.cancel_contest(contest, "Vi har ångrat oss alla.", contest.round_at)
    with pytest.raises(NotAllowed, match="Slumptalet finns redan"):
        actions.cancel_contest(contest, "Vi har ångrat oss alla.", clock.now(), newest_shown=contest.round)
    db.session.rollback()
    actions.cancel_contest(contest, "  Vi har ångrat\noss alla.  ", clock.now())
    found = status.contest_status(contest, clock.now())
    assert (found.state, found.cancelled.reason) == ("cancelled", "Vi har ångrat oss alla.")
    assert len(mails("installd")) == 3
    with pytest.raises(NotAllowed, match="Tävlingen är inställd"):
        value.draw_winners(contest, VALUE, contest.round_at)
    with pytest.raises(NotAllowed, match="redan inställd"):
        actions.cancel_contest(contest, "Vi har ångrat oss alla.", clock.now())


@on_sqlite
def test_no_value_within_thirty_days_cancels(cast, contest, inside, reach, clock, monkeypatch):
    reach("locked")

    def away(*_args):
        raise SpecError

    monkeypatch.setattr(value, "ask_relays", away)
    monkeypatch.setattr(value, "practice_answer", lambda _: "{}")
    clock.instant = contest.round_at + timedelta(days=30) - timedelta(seconds=1)
    assert value.fetch_due_values(clock.now())
    clock.forward(seconds=1)
    value.fetch_due_values(clock.now())
    assert status.contest_status(contest, clock.now()).cancelled.reason == value.NO_VALUE
    assert db.session.get(DrawnValue, contest.id) is None
