"""The acts of a draw: each in its state only, each written once, each on the record."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import chain
from app.audit.records import AuditRecord
from app.contest.acceptance import ContestLocked
from app.contest.models import Entry
from app.contest.rules import SKIP_REASONS
from app.database import db
from app.draw import conduct, rehearsal, verdicts
from app.draw.beacon import QUICKNET
from app.draw.conduct import ActRefused
from app.draw.models import Drawn, ListedTicket, Lock, Rank, Verdict
from app.draw.ranking import ranked
from app.draw.standing import standing
from tests import oracles
from tests.conftest import DRAW_AT, VALUE, on_sqlite, swedish

CLOSED = swedish("2026-12-21 09:00")
DRAWN = swedish("2026-12-22 12:01")
RULES = "Regler.\n"


@pytest.fixture
def cast(accept):
    """Three people with a right answer, one who is wrong, and one who entered twice: receipts by name."""
    people = ("anna", "bo", "cecilia", "anna+igen")
    return {name: accept(f"{name}@example.se") for name in people} | {"fel": accept("fel@example.se", answer="2027")}


def everything():
    """Every row of what a draw may change."""
    tables = (Entry, Lock, ListedTicket, Drawn, Rank, Verdict, AuditRecord)
    return [db.session.execute(sa.select(table.__table__)).all() for table in tables]


def lock(contest, rules=RULES, draw_at=DRAW_AT, now=CLOSED):
    return conduct.lock(contest, rules, draw_at, rehearsal.CHAIN, now)


def draw(contest, value=VALUE, source=rehearsal.CHAIN, now=DRAWN):
    conduct.draw(contest, value, source, now)


def refused(act):
    """The sentence with which an act is refused; nothing in the database has changed."""
    before = everything()
    with pytest.raises(ActRefused) as refusal:
        act()
    db.session.rollback()
    assert everything() == before
    return str(refusal.value)


def entry_of(receipt):
    return db.session.scalar(sa.select(Entry).where(Entry.ticket == receipt.ticket))


ACTS = {
    "strike": lambda contest, now: conduct.strike(contest, 1, "anställd", now),
    "lock": lambda contest, now: lock(contest, now=now, draw_at=now + timedelta(days=1)),
    "draw": lambda contest, now: draw(contest, now=now),
    "confirm": lambda contest, now: verdicts.confirm(contest, 1, now),
    "skip": lambda contest, now: verdicts.skip(contest, 1, "tackar nej", now),
}


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("open", {"strike"}),
        ("closed", {"strike", "lock"}),
        ("locked", set()),
        ("drawn", {"confirm", "skip"}),
        ("contact", set()),  # place 1 is decided on
        ("finished", set()),
    ],
)
def test_a_state_refuses_the_acts_of_the_others(cast, reach, contest, clock, inside, state, allowed):
    reach(state)
    for act in ACTS.keys() - allowed:
        assert refused(lambda act=act: ACTS[act](contest, clock.now())).endswith(".")
    for act in sorted(allowed)[:1]:
        ACTS[act](contest, clock.now())


def test_a_struck_entry_is_not_in_the_draw(cast, contest, inside):
    conduct.strike(contest, entry_of(cast["bo"]).id, "anställd", CLOSED)
    lock(contest)
    draw(contest)
    assert cast["bo"].ticket not in [rank.ticket for rank in ranked(contest.id)]
    assert f"{cast['bo'].ticket} struken" in _listed(contest)


def test_an_entry_is_struck_for_a_reason_of_the_list_only(cast, contest, inside):
    number = entry_of(cast["bo"]).id
    assert refused(lambda: conduct.strike(contest, number, "otrevlig", CLOSED)) == "Välj ett av skälen i listan."


def test_an_entry_is_struck_once(cast, contest, inside):
    number = entry_of(cast["bo"]).id
    conduct.strike(contest, number, "anställd", CLOSED)
    again = refused(lambda: conduct.strike(contest, number, "återkallad", CLOSED))
    assert again == "Bidraget är redan struket: anställd."


def test_an_entry_that_does_not_exist_cannot_be_struck(cast, contest, inside):
    assert refused(lambda: conduct.strike(contest, 4711, "anställd", CLOSED)) == "Bidraget finns inte."


def test_an_entry_of_another_contest_cannot_be_struck(cast, contest, inside):
    other = contest.model_copy(update={"id": "mjk-2025"})
    number = entry_of(cast["bo"]).id
    assert refused(lambda: conduct.strike(other, number, "anställd", CLOSED)) == "Bidraget finns inte."


def test_locking_strikes_repeated_and_wrong_entries(cast, contest, inside):
    lock(contest)
    assert {name: entry_of(receipt).struck for name, receipt in cast.items()} == {
        "anna": None,
        "bo": None,
        "cecilia": None,
        "anna+igen": "dubblett",
        "fel": "fel svar",
    }


def test_a_persons_next_entry_counts_when_the_first_was_struck_by_hand(cast, contest, inside):
    conduct.strike(contest, entry_of(cast["anna"]).id, "uppenbart falsk", CLOSED)
    lock(contest)
    assert entry_of(cast["anna+igen"]).struck is None


def test_the_lasbevis_says_how_many_are_in_and_names_the_round_to_come(cast, contest, inside):
    locked = lock(contest)
    lines = dict(line.split(": ") for line in locked.proof.splitlines()[1:])
    assert (lines["antal-med"], lines["antal-strukna"], lines["vinster"]) == ("3", "2", "1")
    assert (lines["last"], lines["tidpunkt"]) == ("2026-12-21T08:00:00Z", "2026-12-22T11:00:00Z")
    assert json.loads(VALUE)["round"] == int(lines["runda"])


def test_a_list_is_locked_once(cast, contest, inside):
    lock(contest)
    assert refused(lambda: lock(contest)) == "Listan är redan låst och kan inte ändras."


def test_a_list_cannot_be_locked_while_entries_come_in(cast, contest, inside):
    early = refused(lambda: lock(contest, now=contest.closes))
    assert early == "Listan kan låsas först när tävlingen har stängt."


@on_sqlite
def test_a_draw_too_close_to_the_locking_is_refused(cast, contest, inside):
    for ahead in (timedelta(days=-1), timedelta(0), timedelta(minutes=1, seconds=59)):
        sentence = refused(lambda ahead=ahead: lock(contest, draw_at=CLOSED + ahead))
        assert sentence == "Dragningen måste ligga minst två minuter fram i tiden. Välj en senare tid."


def test_a_draw_in_front_of_people_two_minutes_later_is_fine(cast, contest, inside):
    assert lock(contest, draw_at=CLOSED + timedelta(minutes=2)).draw_at - CLOSED >= timedelta(minutes=2)


def test_a_draw_years_away_is_taken_for_a_slip_of_the_pen(cast, contest, inside):
    assert refused(lambda: lock(contest, draw_at=swedish("2062-12-22 12:00"))).endswith(".")


def test_an_entry_that_comes_after_locking_is_refused(cast, contest, accept, app):
    with app.app_context():
        lock(contest)
    with pytest.raises(ContestLocked):
        accept("sen@example.se", at="2026-12-20 23:59:59")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Entry.id))) == len(cast)


def test_a_draw_before_the_list_is_locked_is_refused(cast, contest, inside):
    assert refused(lambda: draw(contest)) == "Lås listan först. Slumptalet får inte vara känt när listan låses."


def test_a_draw_before_its_time_is_refused(cast, contest, inside):
    lock(contest)
    early = refused(lambda: draw(contest, now=DRAW_AT - timedelta(milliseconds=1)))
    assert early == "Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit."


@on_sqlite
def test_a_value_of_another_round_is_refused(cast, contest, inside):
    number = lock(contest).round
    sentence = refused(lambda: draw(contest, rehearsal.relay_answer(number + 1)))
    assert sentence == f"Slumptalet är från runda {number + 1}, men dragningen väntar på runda {number}."


@on_sqlite
def test_another_rounds_signature_under_the_right_number_is_refused(cast, contest, inside):
    number = lock(contest).round
    other = json.loads(rehearsal.relay_answer(number + 1)) | {"round": number}
    assert "inte äkta" in refused(lambda: draw(contest, json.dumps(other)))


@on_sqlite
def test_an_invented_value_is_refused(cast, contest, inside):
    lock(contest)
    for value in ("", "hej", "{}", "[]", "0" * 96, "c0" + "0" * 94, "a" * 95, "{" * 5000):
        assert refused(lambda value=value: draw(contest, value)).endswith(".")


@on_sqlite
def test_one_flipped_bit_in_the_value_is_refused(cast, contest, inside):
    lock(contest)
    signature = bytearray.fromhex(json.loads(VALUE)["signature"])
    signature[-1] ^= 1
    assert "inte äkta" in refused(lambda: draw(contest, signature.hex()))


@on_sqlite
def test_a_value_of_another_chain_is_refused(cast, contest, inside):
    lock(contest)
    sentence = refused(lambda: draw(contest, source=QUICKNET))
    assert sentence == "Listan är låst mot en annan källa än den som kalendern är inställd på."


def test_a_draw_is_made_once(cast, contest, inside):
    lock(contest)
    draw(contest)
    assert refused(lambda: draw(contest)) == "Dragningen är redan gjord. Den görs en gång."


def test_the_ranking_holds_each_ticket_that_counts_once(cast, contest, inside):
    lock(contest)
    draw(contest)
    ranking = ranked(contest.id)
    assert [rank.place for rank in ranking] == [1, 2, 3]
    assert {rank.ticket for rank in ranking} == {cast[name].ticket for name in ("anna", "bo", "cecilia")}
    assert [rank.key for rank in ranking] == sorted(rank.key for rank in ranking)


def test_a_struck_entry_changes_nothing_in_the_order_of_the_others(cast, contest, inside):
    lock(contest)
    draw(contest)
    with_all = [rank.ticket for rank in ranked(contest.id)]
    seed = bytes.fromhex(db.session.get(Drawn, contest.id).seed)
    assert [ticket for _, ticket in oracles.ranking(seed, with_all[1:])] == with_all[1:]


@pytest.fixture
def drawn(cast, reach, inside):
    reach("drawn")


def test_the_first_in_line_is_decided_on_first(drawn, contest):
    assert refused(lambda: verdicts.confirm(contest, 2, DRAWN)) == "Plats 2 är redan avgjord. Nu gäller det plats 1."


def test_a_place_is_decided_on_once(drawn, contest):
    verdicts.skip(contest, 1, "tackar nej", DRAWN)
    sentence = refused(lambda: verdicts.skip(contest, 1, "tackar nej", DRAWN))
    assert sentence == "Plats 1 är redan avgjord. Nu gäller det plats 2."


def test_nobody_is_passed_over_for_a_reason_outside_the_rules(drawn, contest):
    assert refused(lambda: verdicts.skip(contest, 1, "fel kommun", DRAWN)) == "Välj ett av skälen i listan."


def test_one_prize_has_one_winner(drawn, contest):
    verdicts.confirm(contest, 1, DRAWN)
    assert standing(contest, DRAWN).state == "finished"
    sentence = refused(lambda: verdicts.confirm(contest, 2, DRAWN))
    assert sentence == "Det finns ingen mer att ta ställning till: vinsterna är utdelade eller listan är slut."


def test_the_draw_ends_when_nobody_is_left(drawn, contest):
    for place, reason in enumerate(SKIP_REASONS[1:], 1):
        verdicts.skip(contest, place, reason, DRAWN)
    found = standing(contest, DRAWN)
    assert (found.state, found.winners) == ("finished", [])


def test_several_prizes_go_to_the_first_in_line_who_are_not_passed_over(cast, contest, inside):
    prizes = (contest.prizes[0].model_copy(update={"count": 2}),)
    contest = contest.model_copy(update={"prizes": prizes})
    lock(contest)
    draw(contest)
    verdicts.confirm(contest, 1, DRAWN)
    verdicts.skip(contest, 2, "inte behörig", DRAWN)
    assert standing(contest, DRAWN).state == "contact"
    verdicts.confirm(contest, 3, DRAWN)
    assert [winner.place for winner in standing(contest, DRAWN).winners] == [1, 3]
    assert standing(contest, DRAWN).state == "finished"


def test_a_contest_without_entries_is_locked_and_drawn_as_any_other(contest, inside):
    assert "antal-med: 0\n" in lock(contest).proof
    draw(contest)
    assert standing(contest, DRAWN).state == "finished"
    assert refused(lambda: verdicts.confirm(contest, 1, DRAWN)).endswith("listan är slut.")


@pytest.mark.parametrize(("state", "act"), [("closed", "lock"), ("locked", "draw"), ("drawn", "confirm")])
def test_of_two_organisers_who_press_at_once_one_is_first(cast, reach, contest, clock, app, state, act):
    reach(state)
    clock.set("2026-12-22 12:01")

    def press(_):
        with app.app_context():
            try:
                ACTS[act](contest, clock.now())
            except ActRefused:
                return "refused"
            return "done"

    with ThreadPoolExecutor(2) as organisers:
        assert sorted(organisers.map(press, range(2))) == ["done", "refused"]


def test_every_act_is_on_record_in_a_chain_that_anyone_can_check(cast, contest, inside):
    conduct.strike(contest, entry_of(cast["bo"]).id, "anställd", CLOSED)
    lock(contest)
    draw(contest)
    verdicts.skip(contest, 1, "tackar nej", DRAWN)
    verdicts.confirm(contest, 2, DRAWN)
    head = chain.START
    records = db.session.scalars(sa.select(AuditRecord).order_by(AuditRecord.number)).all()
    for number, record in enumerate(records, 1):
        head = chain.next_head(head, record.body)
        assert (record.number, record.head, json.loads(record.body)["nr"]) == (number, head, number)
    kinds = [record.kind for record in records]
    assert kinds == ["bidrag"] * 5 + ["struken"] * 3 + ["last", "dragen", "forbigangen", "vinnare"]


WRITTEN_ONCE = ("draw_lock", "draw_ticket", "draw_value", "draw_rank", "draw_verdict", "audit_record")


def assert_refused_by_the_database(statement):
    before = everything()
    for table in WRITTEN_ONCE:
        with pytest.raises(sa.exc.DBAPIError, match=f"written once: {table}"):
            columns = [column.name for column in db.metadata.tables[table].c if not column.server_default]
            db.session.execute(sa.text(statement.format(table, ", ".join(columns))))
        db.session.rollback()
    assert everything() == before


@pytest.mark.parametrize("statement", ["UPDATE {} SET contest_id = contest_id", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_the_record(cast, reach, inside, statement):
    reach("finished")
    assert_refused_by_the_database(statement)


def test_the_database_has_no_other_way_to_take_the_record_away(cast, reach, inside, engine):
    reach("finished")
    ways = {"postgresql": "TRUNCATE {0} CASCADE", "sqlite": "REPLACE INTO {0} ({1}) SELECT {1} FROM {0}"}
    assert_refused_by_the_database(ways[engine])


def _listed(contest):
    rows = db.session.scalars(sa.select(ListedTicket).where(ListedTicket.contest_id == contest.id))
    return [f"{row.ticket} {'med' if row.counts else 'struken'}" for row in rows]
