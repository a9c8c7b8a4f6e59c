"""Writers that wait are written together: everyone gets their own outcome, a bad one fails alone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from app.contest.batch_writer import BatchWriter


class Unreachable(Exception):
    """Nothing can be written at all."""


class Disk:
    """Writes that can be held back; `batches` is what was written together."""

    def __init__(self):
        self.batches, self.free = [], threading.Event()
        self.free.set()

    def __call__(self, items):
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
def writer(disk):
    return BatchWriter(disk, (Unreachable,), max_batch=4)


def test_single_item_is_written_at_once(disk, writer):
    assert writer.submit("Anna") == "Anna written"
    assert writer.submit("Bo") == "Bo written"
    assert disk.batches == [["Anna"], ["Bo"]]


def outcomes_of(writer, items):
    with ThreadPoolExecutor(len(items)) as crowd:
        sent = [crowd.submit(writer.submit, item) for item in items]
        return [outcome.exception() or outcome.result() for outcome in sent]


def test_crowd_is_written_in_batches(disk, writer):
    people = [f"person {number}" for number in range(2000)]
    with ThreadPoolExecutor(32) as crowd:
        outcomes = list(crowd.map(writer.submit, people))
    assert outcomes == [f"{person} written" for person in people]
    assert sorted(chain.from_iterable(disk.batches)) == sorted(people)
    assert max(map(len, disk.batches)) <= 4


def test_a_bad_one_fails_alone(disk, writer):
    anna, bo, bad, dan = outcomes_of(writer, ["Anna", "Bo", "bad", "Dan"])
    assert (anna, bo, dan) == ("Anna written", "Bo written", "Dan written")
    assert isinstance(bad, ValueError)
    assert sorted(chain.from_iterable(disk.batches)) == ["Anna", "Bo", "Dan"]


def test_shared_error_is_told_to_all_who_met_it(writer):
    outcomes = outcomes_of(writer, ["unreachable"] * 6)
    assert all(isinstance(outcome, Unreachable) for outcome in outcomes)


def test_line_goes_on_after_error(writer):
    for broken, error in (("bad", ValueError), ("unreachable", Unreachable)):
        with pytest.raises(error):
            writer.submit(broken)
    assert writer.submit("Anna") == "Anna written"
