"""A million entries: nothing is held in memory whole, no page reads more than it shows, and the results stay the same.

What the database does in batches is held against the pure functions that define it.
"""

import json
import secrets
import shutil
from hashlib import sha256

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import database
from app.audit import records
from app.audit.records import AuditRecord
from app.contest import acceptance, settling
from app.contest.answers import Answers
from app.contest.models import Entry
from app.database import db, in_batches, write
from app.draw import conduct, listing, open_files, protocol, publication, ranking, rehearsal, selection, verdicts
from app.draw.models import Drawn, ListedTicket, Lock
from tests import oracles
from tests.conftest import DRAW_AT, STATES, VALUE, on_sqlite, swedish
from tests.draw.crowds import steps
from tests.oracles import Candidate

PAGE = "/2026/dragning"
NOW = swedish("2026-12-21 09:00")
AGAIN_AND_AGAIN = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example is undone before the next one, so they may share a database."""

SMALL = ("organiser", "draw_rehearsal", "rules_version", "stretch")
"""Tables with a handful of rows, which may be read whole; a stretch has an end."""


@pytest.fixture
def small_batches(monkeypatch):
    """Batches of three, so that a handful of entries needs several."""
    monkeypatch.setattr(database, "BATCH", 3)
    monkeypatch.setattr(records, "BATCH", 3)


@pytest.fixture
def inside(app):
    with app.app_context():
        yield


@pytest.fixture
def crowd(accept):
    """Ten people with a right answer, two with a wrong one, and three who entered twice: their receipts."""
    people = [(f"person{number}", "2030") for number in range(10)]
    people += [("fel1", "2027"), ("fel2", "2040"), ("person1+x", "2030"), ("person2+x", "2030"), ("fel1+x", "2030")]
    return [accept(f"{name}@example.se", answer) for name, answer in people]


def row(contest, number, **values):
    ticket = sha256(b"%d" % number).hexdigest()
    usual = {"answer": contest.answer, "municipality": "1441", "received_at": NOW, "ticket": ticket}
    return {"id": number, "contest_id": contest.id, **usual, **values}


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 99),
        st.sampled_from(["anna", "bo", "cecilia", ""]),
        st.sampled_from(["2030", "2027", "2040", "2030 "]),
        st.sampled_from([None, None, "anställd", "återkallad"]),
    ),
    unique_by=lambda candidate: candidate.number,
    max_size=20,
)


@AGAIN_AND_AGAIN
@given(CANDIDATES)
def test_the_database_strikes_the_entries_that_the_definition_strikes(contest, inside, small_batches, candidates):
    write()
    for each in candidates:
        values = {"duplicate_key": each.duplicate_key or None, "answer": each.answer, "struck": each.struck}
        db.session.execute(sa.insert(Entry), [row(contest, each.number, **values)])
    settling.settle(contest, NOW)
    struck = db.session.execute(sa.select(Entry.id, Entry.struck).where(Entry.struck.is_not(None))).all()
    bodies = [json.loads(body) for body in db.session.scalars(sa.select(AuditRecord.body).order_by(AuditRecord.number))]
    expected = [*oracles.settle(candidates, contest.answer)]
    by_hand = {each.number: each.struck for each in candidates if each.struck}
    tickets = [(row(contest, number)["ticket"], reason) for number, reason in expected]
    db.session.rollback()
    assert dict(struck) == by_hand | dict(expected)
    assert [(body["lott"], body["skal"]) for body in bodies] == tickets


def test_another_contest_with_the_same_people_is_left_alone(contest, inside):
    other = contest.model_copy(update={"id": "mjk-2025"})
    rows = [row(contest, 1, duplicate_key="anna"), row(other, 2, duplicate_key="anna", answer="2027")]
    write()
    db.session.execute(sa.insert(Entry), rows)
    settling.settle(contest, NOW)
    assert db.session.scalars(sa.select(Entry.struck)).all() == [None, None]


TICKETS = st.lists(
    st.tuples(st.binary(min_size=32, max_size=32).map(bytes.hex), st.booleans()), unique_by=lambda t: t[0]
)


@AGAIN_AND_AGAIN
@given(st.binary(min_size=32, max_size=32), TICKETS)
def test_the_database_ranks_the_tickets_as_the_definition_does(contest, inside, small_batches, seed, tickets):
    write()
    _stored_lock(contest)
    for ticket, counts in tickets:
        db.session.add(ListedTicket(contest_id=contest.id, ticket=ticket, counts=counts))
    db.session.flush()
    ranking.write_places(contest.id, seed)
    places = [*ranking.places(contest.id)]
    db.session.rollback()
    expected = oracles.ranking(seed, (ticket for ticket, counts in tickets if counts))
    assert places == [(place, ticket, key) for place, (key, ticket) in enumerate(expected, 1)]


def test_the_database_breaks_a_tie_as_the_definition_does(contest, inside, monkeypatch):
    monkeypatch.setattr(selection, "rank_key", lambda seed, ticket: b"same")
    tickets = [sha256(b"%d" % number).hexdigest() for number in range(9)]
    write()
    _stored_lock(contest)
    db.session.execute(
        sa.insert(ListedTicket), [{"contest_id": contest.id, "ticket": t, "counts": True} for t in tickets]
    )
    ranking.write_places(contest.id, b"")
    assert [ticket for _, ticket, _ in ranking.places(contest.id)] == sorted(tickets)


def _stored_lock(contest):
    """What lines and places refer to."""
    moments = {"locked_at": NOW, "draw_at": NOW}
    texts = dict.fromkeys(("chain_hash", "rules", "proof", "proof_sha256"), "x")
    db.session.add(Lock(contest_id=contest.id, round=1, prizes=1, **moments, **texts))
    db.session.flush()
    empty = dict.fromkeys(("signature", "randomness", "entropy", "seed"), "x")
    db.session.add(Drawn(contest_id=contest.id, drawn_at=NOW, **empty))
    db.session.flush()


@AGAIN_AND_AGAIN
@given(TICKETS)
def test_a_tally_comes_to_what_the_whole_file_does(tickets):
    text = "".join(protocol.list_lines("mjk", sorted(tickets))).encode()
    tally = protocol.Tally("mjk")
    for line in sorted(tickets):
        tally.add([line])
    counted = sum(counts for _, counts in tickets)
    assert tally.sum() == protocol.ListSum(counted, len(tickets) - counted, sha256(text).hexdigest())


@AGAIN_AND_AGAIN
@given(st.text(), st.lists(st.tuples(st.integers(1), st.text("0123456789abcdef"), st.text("0123456789abcdef"))))
def test_the_protocol_in_parts_is_the_protocol_as_a_whole(text, places):
    whole = {
        "lasbevis": text,
        "rangordning": [{"plats": p, "lott": t, "nyckel": k} for p, t, k in places],
        "utfall": [],
    }
    parts = publication.text(whole | {"rangordning": []}, places)
    assert "".join(parts) == json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def test_a_protocol_before_the_draw_has_no_ranking_to_show():
    assert "".join(publication.text({"lasbevis": "x"}, [])) == '{\n "lasbevis": "x"\n}\n'


def test_in_many_batches_the_whole_draw_is_the_same(crowd, small_batches, reach, client, contest, inside):
    reach("finished")
    kept = db.session.execute(sa.select(Entry.ticket, Entry.struck)).all()
    listed = client.get(f"{PAGE}/lista.txt").data
    assert listed.decode() == "".join(protocol.list_lines(contest.id, sorted((t, s is None) for t, s in kept)))
    assert f"lista-sha256: {sha256(listed).hexdigest()}\n" in client.get(f"{PAGE}/lasbevis.txt").text
    protocol_json = client.get(f"{PAGE}/protokoll.json").json
    expected = oracles.ranking(bytes.fromhex(protocol_json["fro"]), [t for t, s in kept if s is None])
    assert [(each["nyckel"], each["lott"]) for each in protocol_json["rangordning"]] == expected


def test_no_query_of_lock_draw_or_files_fetches_more_than_a_batch(crowd, small_batches, reach, client, inside, fetched):
    reach("finished")
    for name in ("lista.txt", "protokoll.json", "dagar.txt", "lista.txt?dag=2026-12-10"):
        assert len(client.get(f"{PAGE}/{name}").data) > 1000
    assert 0 < max(fetched) <= 3


@pytest.fixture
def fetched(inside, monkeypatch):
    """How many rows each batch had."""
    sizes = []

    def watched(*arguments, **options):
        for batch in in_batches(*arguments, **options):
            sizes.append(len(batch))
            yield batch

    for module in (listing, ranking):
        monkeypatch.setattr(module, "in_batches", watched)
    return sizes


@on_sqlite
@pytest.mark.parametrize("state", ["open", "locked", "finished"])
def test_a_reader_who_has_a_file_is_not_sent_it_again(crowd, reach, client, state):
    reach(state)
    for name in ("lista.txt", "dagar.txt", "flode.xml", *(["protokoll.json"] if state != "open" else [])):
        first = client.get(f"{PAGE}/{name}")
        again = client.get(f"{PAGE}/{name}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        other = client.get(f"{PAGE}/{name}", headers={"If-None-Match": '"annan"'})
        assert (other.status_code, other.data) == (200, first.data)
        head = client.head(f"{PAGE}/{name}")
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])


@on_sqlite
def test_a_file_that_has_changed_is_sent_anew(crowd, reach, client, clock, app, contest):
    reach("drawn")
    before = client.get(f"{PAGE}/protokoll.json")
    with app.app_context():
        verdicts.confirm(contest, 1, clock.now())
    after = client.get(f"{PAGE}/protokoll.json", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, len(after.json["utfall"])) == (200, 1)


@on_sqlite
def test_the_tag_of_the_locked_list_is_the_checksum_in_the_lasbevis(crowd, reach, client):
    reach("locked")
    answer = client.get(f"{PAGE}/lista.txt")
    assert answer.headers["ETag"] == f'"{sha256(answer.data).hexdigest()}"'


@on_sqlite
def test_a_long_file_holds_no_connection_while_its_reader_is_slow(crowd, small_batches, reach, app, monkeypatch):
    monkeypatch.setattr(open_files, "BATCH", 3)
    reach("locked")
    parts = app.test_client().get(f"{PAGE}/lista.txt").iter_encoded()
    assert next(parts)
    with app.app_context():
        assert db.engine.pool.checkedout() == 0
    assert len(b"".join(parts)) > 500


def test_a_chain_written_in_batches_is_the_chain_written_one_by_one(inside, small_batches):
    tickets = [sha256(b"%d" % number).hexdigest() for number in range(10)]
    write()
    at_once = records.append_all("a", "bidrag", NOW, ({"lott": ticket} for ticket in tickets))
    one_by_one = [records.append("b", "bidrag", NOW, lott=ticket) for ticket in tickets]
    assert at_once == one_by_one[-1] == records.last("a")[1]
    assert records.append_all("a", "bidrag", NOW, []) == at_once
    assert records.last("a")[0] == 10


@pytest.fixture
def asked(app):
    """The queries that the database is asked, with what is filled in."""
    statements = []

    def heard(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", heard)
    return statements


@on_sqlite
@pytest.mark.parametrize("state", STATES[1:])
def test_no_page_of_the_draw_reads_a_whole_table(crowd, reach, client, organiser, asked, app, state):
    reach(state)
    asked.clear()
    addresses = (
        PAGE,
        f"{PAGE}?lott={crowd[0].ticket[:8]}",
        f"{PAGE}?fran=5",
        "/admin/",
        "/admin/dragning",
        "/admin/bidrag",
    )
    for address in (*addresses, *(f"{PAGE}/{name}" for name in ("lista.txt", "dagar.txt", "protokoll.json"))):
        organiser.get(address).get_data()
    with app.app_context():
        connection = db.session.connection().connection
        plans = {
            statement: connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            for statement, values in asked
        }
    assert len(plans) > 8
    whole = {
        statement: [step[3] for step in steps]
        for statement, steps in plans.items()
        if any(step[3].startswith("SCAN") and not any(name in step[3] for name in SMALL) for step in steps)
    }
    assert whole == {}


@on_sqlite
@pytest.mark.parametrize("state", ["open", "locked", "drawn"])
def test_the_public_page_costs_the_same_however_many_have_entered(make_app, blank, tmp_path, clock, state):
    costs = []
    for size in (150, 900):
        copy = shutil.copyfile(blank, tmp_path / f"{size}.sqlite3")
        app = make_app(DATABASE_URL=f"sqlite:///{copy}")
        with app.app_context():
            _brought_to(state, app.extensions["library"].editions[2026].contest, size, clock)
        costs.append(steps(app, lambda client: client.get(PAGE)))
    assert costs[1] < costs[0] * 1.1


@on_sqlite
def test_an_entry_costs_the_same_however_many_came_before(make_app, blank, tmp_path, clock):
    def enter(client):
        contest = client.application.extensions["library"].editions[2026].contest
        answers = Answers("sen@example.se", "2030", "1441", None, secrets.token_hex(20))
        with client.application.app_context():
            return acceptance.save_entry(contest, answers, "x" * 32, clock.now())

    costs = []
    for size in (150, 900):
        copy = shutil.copyfile(blank, tmp_path / f"{size}.sqlite3")
        app = make_app(DATABASE_URL=f"sqlite:///{copy}")
        with app.app_context():
            _brought_to("open", app.extensions["library"].editions[2026].contest, size, clock)
        costs.append(steps(app, enter))
    assert costs[1] < costs[0] * 1.1


def _brought_to(state, contest, size, clock):
    """A contest with so many entries, all of the first day."""
    write()
    rows = [row(contest, number, duplicate_key=str(number)) for number in range(1, size + 1)]
    db.session.execute(sa.insert(Entry), rows)
    records.append_all(contest.id, "bidrag", swedish("2026-12-10 09:00"), ({"lott": each["ticket"]} for each in rows))
    db.session.commit()
    clock.set("2026-12-11 12:00" if state == "open" else "2026-12-21 09:00")
    if state != "open":
        conduct.lock(contest, "Regler.\n", DRAW_AT, rehearsal.CHAIN, clock.now())
        clock.set("2026-12-22 12:01")
    if state == "drawn":
        conduct.draw(contest, VALUE, rehearsal.CHAIN, clock.now())


@on_sqlite
def test_the_organiser_is_told_how_long_a_large_list_takes(crowd, reach, organiser, clock, monkeypatch):
    monkeypatch.setattr(conduct, "ENTRIES_A_SECOND", 4)
    reach("closed")
    assert (
        "Med 15 bidrag tar det ungefär 3 sekunder. Vänta tills sidan svarar." in organiser.get("/admin/dragning").text
    )
    reach("locked")
    clock.set("2026-12-22 12:01")
    assert "Med 10 lotter tar det ungefär 2 sekunder." in organiser.get("/admin/dragning").text
    monkeypatch.setattr(conduct, "ENTRIES_A_SECOND", 20_000)
    assert "sekunder" not in organiser.get("/admin/dragning").text
