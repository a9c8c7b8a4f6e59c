"""Where two are needed, one organiser alone locks nothing and passes nobody over."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.records import AuditRecord
from app.database import db
from app.draw import approval, conduct, rehearsal, verdicts
from app.draw.conduct import ActRefused
from app.draw.models import Lock, Proposal, Verdict
from tests.conftest import DRAW_AT, VALUE, on_sqlite, swedish

CLOSED = swedish("2026-12-21 09:00")
DRAWN = swedish("2026-12-22 12:01")
OLLE, OLGA = 4711, 4712
RULES = "Regler.\n"


@pytest.fixture
def contest(contest):
    return contest.model_copy(update={"two_person": True})


@pytest.fixture
def cast(accept, inside):
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")


@pytest.fixture
def drawn(cast, contest):
    propose_lock(contest)
    approve(contest, 1)
    conduct.draw(contest, VALUE, rehearsal.CHAIN, DRAWN)


def propose_lock(contest, by=OLLE, now=CLOSED):
    approval.propose_lock(contest, RULES, DRAW_AT, by, now)


def propose_skip(contest, by=OLLE, now=DRAWN):
    approval.propose_skip(contest, 1, "tackar nej", by, now)


def approve(contest, number, by=OLGA, now=CLOSED, rules=RULES):
    approval.approve(contest, number, rules, rehearsal.CHAIN, by, now)


def everything():
    return [db.session.execute(sa.select(each.__table__)).all() for each in (Lock, Verdict, Proposal, AuditRecord)]


def refused(act):
    before = everything()
    with pytest.raises(ActRefused) as refusal:
        act()
    db.session.rollback()
    assert everything() == before
    return str(refusal.value)


def record(kind):
    query = sa.select(AuditRecord.body).where(AuditRecord.kind == kind).order_by(AuditRecord.number.desc())
    return json.loads(db.session.scalars(query).first())


def test_nobody_locks_or_passes_over_alone(cast, contest, inside):
    alone = "I den här tävlingen behövs två. Föreslå det, så kan en annan organisatör godkänna."
    assert refused(lambda: conduct.lock(contest, RULES, DRAW_AT, rehearsal.CHAIN, CLOSED)) == alone
    propose_lock(contest)
    approve(contest, 1)
    conduct.draw(contest, VALUE, rehearsal.CHAIN, DRAWN)
    assert refused(lambda: verdicts.skip(contest, 1, "tackar nej", DRAWN)) == alone


def test_a_proposal_locks_nothing(cast, contest):
    propose_lock(contest)
    assert db.session.get(Lock, contest.id) is None
    assert approval.pending(contest, CLOSED).number == 1


def test_a_second_organiser_locks_the_list_as_it_was_proposed(cast, contest):
    propose_lock(contest)
    approve(contest, 1)
    locked = db.session.get(Lock, contest.id)
    assert (locked.draw_at, locked.rules) == (DRAW_AT, RULES)
    assert record("last")["godkand"] == "av två personer"
    assert approval.approved(contest.id) == [("last", None)]


def test_a_second_organiser_passes_over_for_the_proposed_reason(drawn, contest):
    propose_skip(contest)
    approve(contest, 2, now=DRAWN)
    assert db.session.get(Verdict, (contest.id, 1)).skipped == "tackar nej"
    assert record("forbigangen")["godkand"] == "av två personer"
    assert approval.approved(contest.id)[1:] == [("forbigangen", 1)]


def test_the_record_names_neither_organiser(drawn, contest):
    bodies = [json.loads(body) for body in db.session.scalars(sa.select(AuditRecord.body))]
    assert not {OLLE, OLGA} & {value for body in bodies for value in body.values()}


def test_nobody_approves_what_they_proposed_themselves(cast, contest):
    propose_lock(contest)
    own = refused(lambda: approve(contest, 1, by=OLLE))
    assert own == "Du kan inte godkänna ditt eget förslag. Be en annan organisatör."


@pytest.mark.parametrize(("by", "outcome"), [(OLGA, "avslaget"), (OLLE, "återtaget")])
def test_what_was_rejected_or_taken_back_cannot_be_approved(cast, contest, by, outcome):
    propose_lock(contest)
    approval.reject(contest, 1, by, CLOSED)
    assert record("avslag")["utfall"] == outcome
    assert refused(lambda: approve(contest, 1)) == approval.GONE
    propose_lock(contest)
    approve(contest, 2)
    assert db.session.get(Lock, contest.id)


def test_there_is_one_proposal_at_a_time(cast, contest):
    propose_lock(contest)
    assert refused(lambda: propose_lock(contest, by=OLGA)) == "Det finns redan ett förslag som väntar på svar."


def test_a_proposal_lasts_a_day(drawn, contest):
    propose_skip(contest)
    day_after = DRAWN + timedelta(hours=24)
    assert approval.pending(contest, day_after - timedelta(seconds=1))
    assert approval.pending(contest, day_after) is None
    assert refused(lambda: approve(contest, 2, now=day_after)) == approval.GONE
    assert refused(lambda: approval.reject(contest, 2, OLGA, day_after)) == approval.GONE


def test_a_proposal_to_lock_ends_when_its_time_for_the_draw_is_too_near(cast, contest):
    propose_lock(contest, now=DRAW_AT - timedelta(hours=1))
    near = DRAW_AT - timedelta(minutes=1)
    assert approval.pending(contest, near) is None
    assert refused(lambda: approve(contest, 1, now=near)).startswith("Dragningen måste ligga minst två minuter fram")


def test_a_proposal_ends_when_the_place_is_decided_on(drawn, contest):
    propose_skip(contest)
    verdicts.confirm(contest, 1, DRAWN)
    assert approval.pending(contest, DRAWN) is None
    assert refused(lambda: approve(contest, 2, now=DRAWN)).startswith("Det finns ingen mer att ta ställning till")


def test_the_list_is_not_locked_with_other_rules_than_those_proposed(cast, contest):
    propose_lock(contest)
    changed = refused(lambda: approve(contest, 1, rules="Andra regler.\n"))
    assert changed == "Reglerna har ändrats sedan förslaget. Avslå det och gör ett nytt."


def test_what_could_not_be_done_cannot_be_proposed(cast, contest):
    early = refused(lambda: propose_lock(contest, now=swedish("2026-12-20 12:00")))
    assert early == "Listan kan låsas först när tävlingen har stängt."
    assert refused(lambda: propose_skip(contest)).startswith("Det finns ingen mer att ta ställning till")
    propose_lock(contest)
    approve(contest, 1)
    assert refused(lambda: propose_lock(contest)) == "Listan är redan låst och kan inte ändras."
    conduct.draw(contest, VALUE, rehearsal.CHAIN, DRAWN)
    silent = refused(lambda: approval.propose_skip(contest, 1, "svarar inte", OLLE, DRAWN))
    assert silent.endswith("Inget försök är antecknat.")
    assert refused(lambda: approval.propose_skip(contest, 1, "otrevlig", OLLE, DRAWN)) == "Välj ett av skälen i listan."


@on_sqlite
def test_a_proposal_that_does_not_exist_cannot_be_answered(cast, contest):
    assert refused(lambda: approve(contest, 99)) == approval.GONE
    assert refused(lambda: approval.reject(contest, 99, OLGA, CLOSED)) == approval.GONE


@on_sqlite
def test_nothing_is_approved_where_one_is_enough(cast, contest):
    propose_lock(contest)
    assert refused(lambda: approve(contest.model_copy(update={"two_person": False}), 1)) == approval.GONE


@pytest.mark.parametrize("acts", [("ja", "ja"), ("ja", "nej"), ("nej", "nej"), ("ja", "själv")])
def test_of_two_answers_at_once_one_counts(cast, contest, app, acts):
    propose_lock(contest)
    answers = {
        "ja": lambda: approve(contest, 1, by=OLGA),
        "nej": lambda: approval.reject(contest, 1, OLGA, CLOSED),
        "själv": lambda: approval.reject(contest, 1, OLLE, CLOSED),
    }

    def press(act):
        with app.app_context():
            try:
                answers[act]()
            except ActRefused as refusal:
                return str(refusal)[-1]
            return "done"

    with ThreadPoolExecutor(2) as organisers:
        assert sorted(organisers.map(press, acts)) == [".", "done"]
    db.session.rollback()
    outcome = db.session.get(Proposal, (contest.id, 1)).outcome
    assert (db.session.get(Lock, contest.id) is not None) == (outcome == "godkänt")


def test_the_database_itself_refuses_to_change_an_answer(cast, contest, engine):
    propose_lock(contest)
    approve(contest, 1)
    ways = {"postgresql": "TRUNCATE {}", "sqlite": "REPLACE INTO {0} SELECT * FROM {0}"}
    for statement in ("UPDATE {} SET outcome = 'avslaget'", "DELETE FROM {}", ways[engine]):
        with pytest.raises(sa.exc.DBAPIError, match="written once: draw_proposal"):
            db.session.execute(sa.text(statement.format("draw_proposal")))
        db.session.rollback()
