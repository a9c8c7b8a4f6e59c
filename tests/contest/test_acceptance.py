"""Those who send at the same moment share a transaction; each gets the answer they would have got alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.audit import chain, records
from app.audit.records import AuditRecord
from app.contest import acceptance
from app.contest.answers import Answers
from app.contest.models import Entry
from app.database import db
from app.mail.models import OutboxMail
from tests.conftest import swedish

MOMENT = swedish("2026-12-10 09:00")


@pytest.fixture
def sent(app, contest):
    """An entry that waits to be stored: sent("anna@example.se")."""

    def make(email, nonce="n", at=MOMENT, answer="2030"):
        answers = Answers(email, answer, "1441", None, nonce)
        receipt = acceptance.receipt(contest, answers, "secret", at)
        return acceptance.pending_entry(contest, answers, receipt)

    return make


def tickets(model):
    return list(db.session.scalars(sa.select(model.ticket).order_by(model.id)))


def test_entries_stored_together_have_their_records_and_mails_in_the_order_they_came(inside, contest, sent):
    crowd = [sent(f"{name}@example.se", at=MOMENT.replace(second=n)) for n, name in enumerate(("anna", "bo", "cia"))]
    assert acceptance.save_entries(crowd) == [each.at for each in crowd]
    assert tickets(Entry) == tickets(OutboxMail) == [each.ticket for each in crowd]
    log = db.session.execute(sa.select(AuditRecord).order_by(AuditRecord.number)).scalars().all()
    assert [(act.kind, act.ticket, act.at) for act in log] == [
        ("bidrag", each.ticket, chain.stamp(each.at)) for each in crowd
    ]
    head = chain.START
    for act in log:
        head = chain.next_head(head, act.body)
        assert act.head == head


def test_the_same_form_twice_among_those_stored_together_is_one_entry(inside, sent):
    first, second = sent("anna@example.se"), sent("anna@example.se", at=MOMENT.replace(second=1))
    assert acceptance.save_entries([first, sent("bo@example.se"), second]) == [MOMENT] * 3
    assert len(tickets(Entry)) == len(tickets(OutboxMail)) == 2
    assert acceptance.save_entries([second]) == [MOMENT]
    assert len(tickets(Entry)) == 2


def test_nothing_is_stored_once_the_list_is_locked(app, contest, reach, sent):
    reach("locked")
    with app.app_context():
        before = records.last(contest.id)
        assert acceptance.save_entries([sent("anna@example.se"), sent("bo@example.se")]) == [None, None]
        assert records.last(contest.id) == before
        assert tickets(Entry) == []


def test_an_entry_that_the_database_refuses_takes_nobody_with_it(app, contest, sent):
    bad = sent("bo@example.se")
    bad.row["answer"] = None
    queue = app.extensions["entries"]
    places = [sent("anna@example.se"), bad, sent("cia@example.se")]
    outcomes = []
    with app.app_context():
        with pytest.raises(sa.exc.IntegrityError):
            acceptance.save_entries(places)
        assert tickets(Entry) == []
        for place in places:
            try:
                outcomes.append(queue.submit(place))
            except sa.exc.IntegrityError:
                outcomes.append("refused")
        assert outcomes == [MOMENT, "refused", MOMENT]
        db.session.rollback()
        assert tickets(Entry) == [places[0].ticket, places[2].ticket]


def test_a_crowd_in_two_processes_is_stored_once_each_in_one_unbroken_chain(app, make_app, contest, sent):
    apps = [app, make_app()]
    crowd = [sent(f"person{number}@example.se") for number in range(60)]

    def send(number):
        """Each is sent twice, to one process and to the other."""
        one = apps[number % 2]
        with one.app_context():
            return one.extensions["entries"].submit(crowd[number // 2])

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(send, range(120))) == [MOMENT] * 120
    with app.app_context():
        assert sorted(tickets(Entry)) == sorted(each.ticket for each in crowd)
        log = list(records.whole(contest.id, 60))
        assert len(log) == 60
        head = chain.START
        for found, body in log:
            head = chain.next_head(head, body)
            assert found == head
