"""Writers that wait are written together: everyone gets their own outcome, a bad one fails alone, nobody starves."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain

import pytest

from app.contest.queue import Queue


class Unreachable(Exception):
    """Nothing can be written at all."""


class Disk:
    """Writes that can be held back; `batches` is what was written together."""

    def __init__(self):
        self.batches, self.free, self.begun = [], threading.Event(), threading.Event()
        self.free.set()

    def __call__(self, items):
        self.begun.set()
        self.free.wait()
        if "unreachable" in items:
            raise Unreachable
        if "bad" in items:
            raise ValueError("bad")
        self.batches.append(list(items))
        return [f"{item} written" for item in items]


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def elsewhere():
    with ThreadPoolExecutor() as threads:
        yield threads.submit


@pytest.fixture
def queue(disk, elsewhere):
    return Queue(disk, (Unreachable,), most=4, elsewhere=elsewhere)


@pytest.fixture
def in_line(disk, queue):
    """The outcomes of items that all stood in line while the first one was written."""

    def send(*items):
        with ThreadPoolExecutor(len(items)) as crowd:
            disk.free.clear()
            disk.begun.clear()
            outcomes = [crowd.submit(queue.put, items[0])]
            disk.begun.wait()
            for place, item in enumerate(items[1:], start=1):
                outcomes.append(crowd.submit(queue.put, item))
                while len(queue._line) < place:
                    pass
            disk.free.set()
        return [outcome.exception() or outcome.result() for outcome in outcomes]

    return send


def test_one_who_comes_alone_is_written_at_once(disk, queue):
    assert queue.put("Anna") == "Anna written"
    assert queue.put("Bo") == "Bo written"
    assert disk.batches == [["Anna"], ["Bo"]]


def test_those_who_waited_are_written_together_in_the_order_they_came(disk, in_line):
    assert in_line("Anna", "Bo", "Cia", "Dan") == ["Anna written", "Bo written", "Cia written", "Dan written"]
    assert disk.batches == [["Anna"], ["Bo", "Cia", "Dan"]]


def test_no_more_are_written_together_than_may_be(disk, in_line):
    in_line(*"ABCDEFGHIJ")
    assert disk.batches == [["A"], ["B", "C", "D", "E"], ["F", "G", "H", "I"], ["J"]]


def test_a_bad_one_fails_alone(disk, in_line):
    anna, bo, bad, dan = in_line("Anna", "Bo", "bad", "Dan")
    assert (anna, bo, dan) == ("Anna written", "Bo written", "Dan written")
    assert isinstance(bad, ValueError)
    assert sorted(chain.from_iterable(disk.batches)) == ["Anna", "Bo", "Dan"]


def test_what_is_nobodys_fault_is_told_to_everybody_and_tried_once(disk, in_line):
    outcomes = in_line("Anna", "Bo", "unreachable", "Dan", "Eva", "Frej")
    assert outcomes[0] == "Anna written"
    assert all(isinstance(outcome, Unreachable) for outcome in outcomes[1:5])
    assert outcomes[5] == "Frej written"
    assert disk.batches == [["Anna"], ["Frej"]]


def test_the_line_goes_on_after_an_error(queue):
    for broken, error in (("bad", ValueError), ("unreachable", Unreachable)):
        with pytest.raises(error):
            queue.put(broken)
    assert queue.put("Anna") == "Anna written"


def test_each_of_a_crowd_is_written_once_and_nobody_is_left_waiting(disk, queue):
    people = [f"person {number}" for number in range(2000)]
    with ThreadPoolExecutor(32) as crowd:
        outcomes = list(crowd.map(queue.put, people))
    assert outcomes == [f"{person} written" for person in people]
    assert sorted(chain.from_iterable(disk.batches)) == sorted(people)
    assert max(map(len, disk.batches)) <= 4


def test_who_does_not_wait_is_told_of_the_same_outcomes(disk, queue):
    outcomes = {name: Future() for name in ("Anna", "bad", "Bo", "Cia", "Dan", "Eva")}
    disk.free.clear()
    for name, outcome in outcomes.items():
        queue.put_later(name, outcome.set_result)
    disk.free.set()
    told = {name: outcome.result(10) for name, outcome in outcomes.items()}
    assert isinstance(told.pop("bad"), ValueError)
    assert told == {name: f"{name} written" for name in told}
    assert sorted(chain.from_iterable(disk.batches)) == sorted(told)


def test_nobody_who_is_done_waits_for_those_who_came_later(elsewhere):
    anna_begun, bo_waits, let_on = threading.Event(), threading.Event(), threading.Event()

    def write(items):
        anna_begun.set()
        assert bo_waits.wait(10)
        assert items == ["Anna"] or let_on.wait(10)
        return items

    queue = Queue(write, (Unreachable,), most=4, elsewhere=elsewhere)
    anna, bo = elsewhere(queue.put, "Anna"), Future()
    assert anna_begun.wait(10)
    queue.put_later("Bo", bo.set_result)
    bo_waits.set()
    assert anna.result(10) == "Anna"
    assert not bo.done()
    let_on.set()
    assert bo.result(10) == "Bo"


def test_one_who_cannot_be_told_costs_nobody_their_answer(disk, queue, caplog):
    told = {name: Future() for name in "ABCD"}

    def broken(_outcome):
        raise ZeroDivisionError

    disk.free.clear()
    queue.put_later("first", lambda _: None)
    assert disk.begun.wait(10)
    for name in "AB":
        queue.put_later(name, told[name].set_result)
    queue.put_later("nobody", broken)
    queue.put_later("C", told["C"].set_result)
    queue.put_later("D", told["D"].set_result)
    disk.free.set()
    assert {name: outcome.result(10) for name, outcome in told.items()} == {name: f"{name} written" for name in told}
    assert "ZeroDivisionError" in caplog.text
