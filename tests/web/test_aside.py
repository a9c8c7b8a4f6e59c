"""Who sends a form gives way to who reads a page: one at a time, in order; what takes long keeps no other out."""

import os
import threading
from concurrent.futures import Future
from functools import partial

import pytest

from app.web.aside import THREADS, Aside, give_way


@pytest.fixture
def aside():
    return Aside()


def done_by(aside, work=lambda: None):
    """The thread that a job is done by, once it is done."""
    done = Future()

    def job():
        work()
        done.set_result(threading.current_thread())

    aside.put(job)
    return done


class Long:
    """A job that says that it has begun and takes until it is let on."""

    def __init__(self):
        self.begun, self.let_on = threading.Event(), threading.Event()

    def __call__(self):
        self.begun.set()
        assert self.let_on.wait(20)


def test_a_job_is_done_by_another_thread_of_lower_rank(aside):
    rank = Future()
    aside.put(lambda: rank.set_result(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
    assert rank.result(10) > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_jobs_are_done_one_at_a_time_in_the_order_they_came(aside, monkeypatch):
    monkeypatch.setattr("app.web.aside.PATIENCE", 60)
    order, at_once, most = [], [0], [0]

    def job(number):
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        order.append(number)
        at_once[0] -= 1

    for number in range(500):
        aside.put(partial(job, number))
    done_by(aside).result(10)
    assert order == list(range(500))
    assert most == [1]


def test_each_of_a_crowds_jobs_is_done_once(aside):
    seen = []
    crowd = [
        threading.Thread(target=lambda first=first: [aside.put(partial(seen.append, first + n)) for n in range(100)])
        for first in range(0, 1600, 100)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    done_by(aside).result(10)
    assert sorted(seen) == list(range(1600))


def test_what_takes_long_keeps_no_other_out(aside, monkeypatch):
    monkeypatch.setattr("app.web.aside.PATIENCE", 0.01)
    stuck = [Long() for _ in range(THREADS - 2)]
    ends = [done_by(aside, long) for long in stuck]
    assert done_by(aside).result(20)
    assert all(long.begun.is_set() for long in stuck)
    assert not any(end.done() for end in ends)
    for long in stuck:
        long.let_on.set()
    assert all(end.result(10) for end in ends)
    assert done_by(aside).result(10)


def test_who_was_already_in_line_behind_what_takes_long_is_not_forgotten(aside):
    first, long = Long(), Long()
    aside.put(first)
    assert first.begun.wait(10)
    stuck, waiting = done_by(aside, long), done_by(aside)
    first.let_on.set()
    assert long.begun.wait(10)
    assert waiting.result(10)
    assert not stuck.done()
    long.let_on.set()
    assert stuck.result(10)


@pytest.mark.parametrize("when", ["in line before", "comes after"])
def test_who_is_going_to_wait_lets_the_others_go_on_at_once(aside, monkeypatch, when):
    monkeypatch.setattr("app.web.aside.PATIENCE", 60)
    long, may_wait = Long(), threading.Event()

    def waits():
        assert may_wait.wait(10)
        give_way()
        long()

    waiting = done_by(aside, waits)
    if when == "comes after":
        may_wait.set()
        assert long.begun.wait(10)
    other = done_by(aside)
    may_wait.set()
    assert other.result(10)
    assert not waiting.done()
    assert done_by(aside).result(10)
    long.let_on.set()
    assert waiting.result(10)
    give_way()
    assert done_by(aside).result(10)


def test_what_goes_wrong_stops_nobody(aside, caplog):
    def broken():
        raise ZeroDivisionError

    aside.put(broken)
    assert done_by(aside).result(10)
    assert "ZeroDivisionError" in caplog.text


def test_a_server_that_is_about_to_end_does_what_has_come(aside):
    aside._threads.shutdown()
    assert done_by(aside).result(10) is threading.current_thread()
    give_way()
    assert done_by(aside, give_way).result(10) is threading.current_thread()


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()], ids=repr)
def test_a_machine_without_a_thread_to_spare_does_each_job_once_and_in_order(aside, monkeypatch, error):
    seen = []

    def none_to_spare(_thread):
        raise error

    def job(number):
        seen.append(number)
        for more in range(number * 1000, number * 1000 + 600 if number < 10 else 0):
            aside.put(partial(seen.append, more))

    monkeypatch.setattr("app.web.aside.PATIENCE", 0.01)
    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", none_to_spare)
        aside.put(partial(job, 1))
        assert sorted(seen) == [1, *range(1000, 1600)]
    done_by(aside).result(10)
    assert len(seen) == 601
