"""Replies are counted in memory and written at most once a second; none is lost, and none is counted twice."""

import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from app.pledges import counter
from app.pledges.counter import ReplyCounter
from app.pledges.models import Reply, ReplyCount, stored_replies

PLEDGE = Reply(2026, "pledge", 5)


class Store:
    """A database that can be out of order."""

    def __init__(self):
        self.broken, self.written = False, []

    def __call__(self, counts):
        if self.broken:
            raise OperationalError("INSERT", None, sqlite3.OperationalError("database is locked"))
        self.written.append(dict(counts))


@pytest.fixture
def every(monkeypatch):
    """Set how often is written; an hour stands for a second that is not over."""
    return lambda seconds: monkeypatch.setattr(counter, "EVERY", seconds)


def test_a_crowd_is_written_once_a_second(every):
    store = Store()
    every(3600)
    replies = ReplyCounter(store)
    for _ in range(500):
        replies.count(PLEDGE)
    assert (store.written, replies.waiting()) == ([{PLEDGE: 1}], {PLEDGE: 499})
    every(0)
    replies.count(PLEDGE)
    assert (store.written[1:], replies.waiting()) == ([{PLEDGE: 500}], {})


def test_what_cannot_be_written_is_kept_for_the_next_time(every, caplog):
    store = Store()
    every(0)
    replies = ReplyCounter(store)
    store.broken = True
    replies.count(PLEDGE)
    assert "kunde inte sparas" in caplog.text
    store.broken = False
    replies.count(PLEDGE)
    assert store.written == [{PLEDGE: 2}]


def test_server_that_ends_writes_what_is_left_and_nothing_twice(every):
    store = Store()
    every(3600)
    replies = ReplyCounter(store)
    for _ in range(3):
        replies.count(PLEDGE)
    replies.flush()
    replies.flush()
    assert store.written == [{PLEDGE: 1}, {PLEDGE: 2}]


def test_two_processes_that_count_at_once_lose_nothing(app, make_app, every):
    every(0.01)
    processes = [app, make_app()]

    def send(number):
        process = processes[number % 2]
        path, data = ("svar", {"svar": str(number % 3 + 1)}) if number % 4 else ("testar", {})
        return process.test_client().post(f"/2026/lucka/{number % 5 + 1}/{path}", data=data).status_code

    with ThreadPoolExecutor(8) as crowd:
        assert set(crowd.map(send, range(400))) == {303}
    for process in processes:
        process.extensions["replies"].flush()
    with app.app_context():
        found = Counter(stored_replies(2026))
    assert found.total() == 400
    assert sum(count for reply, count in found.items() if reply.kind == "pledge") == 100
    assert {reply.number for reply in found} == {1, 2, 3, 4, 5}


def test_the_table_has_nothing_about_who_sent_it():
    columns = [column.name for column in ReplyCount.__table__.columns]
    assert columns == ["year", "kind", "number", "choice", "count"]
