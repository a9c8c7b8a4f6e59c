"""Contests made by chance, verified by a reading of the specification that shares no line with the program."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from random import Random

import pytest
import sqlalchemy as sa

from app.contest import entries, terms
from app.contest.models import Entry
from app.database import begin_write, db
from app.draw import actions, status, value, winners
from app.draw.models import Letter, LockedList
from app.errors import NotAllowed
from tests.conftest import on_sqlite
from tests.draw import crowds, independent
from tests.draw.checkers import draw_verify

pytestmark = on_sqlite

SIZES = (0, 1, 2, 3, 5, 8, 13, 20, 40, 64, 65, 100, 150, 200, 250, 300, 400, 500, 700, 1000)


def freeze_with(app, prizes):
    """Open the contest with so many prizes."""
    edition = app.extensions["library"].editions[2026]
    contest = edition.file_contest
    prize = contest.prizes[0].model_copy(update={"count": prizes})
    begin_write()
    changed = contest.model_copy(update={"prizes": (prize,)})
    terms.add_terms(changed, 2026, 10, "Kalendern", edition.file.organiser, app.extensions["draw_chain"], contest.opens)
    db.session.commit()
    return terms.frozen_in(2026)


def strike_some(contest, sent, random):
    """Withdraw and strike some entries, restore some of those; return what their senders know then."""
    until = status.strikes_until(contest) - timedelta(seconds=1)
    found = {entry.receipt_code: (entry.id, entry.ticket) for entry in db.session.scalars(sa.select(Entry))}
    known = []
    for one in sent:
        number, ticket = found[one.code]
        chance = random.random()
        if chance < 0.05:
            assert winners.withdraw_entry(contest, ticket, until) is False
        elif chance < 0.1:
            actions.strike_entry(contest, number, random.choice(entries.STRIKE_REASONS), until)
            if random.random() < 0.3:
                actions.restore_entry(contest, number, until)
                chance = 1
        known.append(replace(one, struck=chance < 0.1))
    return known


def lock_at(contest, random):
    """On time or up to almost five steps late."""
    late = random.choice((0, 0, 1, 2, 3, 4))
    chain = contest.chain
    step = timedelta(seconds=chain.step * chain.period)
    return status.lock_due(contest) if not late else contest.round_at + step * (late - 1) + timedelta(seconds=1), late


def decide(contest, random, now):
    """Decide on everyone in line, by chance, with the letters and days that this takes."""
    while waiting := status.in_line(contest):
        rank = random.choice(waiting)
        chance = random.random()
        if chance < 0.2:
            winners.withdraw_entry(contest, rank.ticket, now)
            continue
        if db.session.get(Letter, (contest.id, rank.place)) is None:
            begin_write()
            winners.note_letter(contest.id, rank.place, now, refused=random.random() < 0.1)
            db.session.commit()
        if chance < 0.5:
            winners.confirm_winner(contest, rank.place, now)
        elif chance < 0.7:
            winners.decline_prize(contest, rank.place, rank.ticket, now)
        else:
            with pytest.raises(NotAllowed):
                winners.skip_place(contest, rank.place, "svarar inte", now)
            now += timedelta(days=contest.answer_days + 1)
            winners.skip_place(contest, rank.place, random.choice(winners.SKIP_REASONS), now)
        now += timedelta(minutes=1)
    return now


@pytest.mark.parametrize("seed", range(20))
def test_an_independent_reading_agrees(share_app, clock, seed):
    random = Random(seed)  # noqa: S311 – the same contest every time
    app = share_app(opened=False)
    client, verify = app.test_client(), draw_verify(app)
    with app.app_context():
        contest = freeze_with(app, random.choice((1, 1, 2, 3)))
        sent = crowds.enter(contest, crowds.invent(contest, SIZES[seed], random))
        sent = strike_some(contest, sent, random)
        moment, late = lock_at(contest, random)
        clock.instant = moment
        lock = actions.lock_list(contest, clock.now(), value.newest_shown(contest, clock.now()))
        assert lock.steps == late
        mailed = lock.proof_sha256
        clock.instant = lock.draw_at
        value.fetch_value(contest, clock.now())
        clock.instant = decide(contest, random, clock.now())
    files = crowds.published(client)
    assert sha256(files["lasbevis.txt"]).hexdigest() == mailed
    independent.verify(files, sent, mailed, right=contest.answer, source=crowds.source(contest))
    code, told = verify("--kontrollsumma", mailed)
    assert (code, told[-2:][0][:8]) == (2, "Räkninge"), told


def test_lock_five_steps_late_cancels(app, contest, clock):
    with app.app_context():
        chain = contest.chain
        clock.instant = contest.round_at + 4 * timedelta(seconds=chain.step * chain.period)
        assert actions.lock_list(contest, clock.now(), value.newest_shown(contest, clock.now())) is None
        assert status.contest_status(contest, clock.now()).state == "cancelled"
        assert db.session.get(LockedList, contest.id) is None
