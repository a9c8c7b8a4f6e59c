"""False values, relays that lie, and clocks that are wrong."""

import json
from datetime import timedelta

import pytest

from app.database import db
from app.draw import actions, value
from app.draw.models import DrawnValue
from app.errors import NotAllowed
from app.spec.beacon import PRACTICE, QUICKNET, time_of
from app.spec.lines import SpecError
from app.spec.practice_beacon import practice_answer
from tests.conftest import VALUE, on_sqlite, token_in

GOOD = json.loads(VALUE)
LAST = GOOD["signature"]
K1000 = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
FALSE = {
    "another round": practice_answer(GOOD["round"] + 1),
    "another round's signature": json.dumps(GOOD | {"signature": json.loads(practice_answer(1))["signature"]}),
    "last bit flipped": LAST[:-1] + format(int(LAST[-1], 16) ^ 1, "x"),
    "sign flipped": format(int(LAST[0], 16) ^ 2, "x") + LAST[1:],
    "infinity": "c0" + 94 * "0",
    "zeros": 96 * "0",
    "47 bytes": LAST[:-2],
    "49 bytes": LAST + "00",
    "another chain": K1000,
    "invented randomness": json.dumps(GOOD | {"randomness": 64 * "7"}),
    "nothing": "",
    "text": "vinnaren är Kalle",
}


@on_sqlite
@pytest.mark.parametrize("name", FALSE)
def test_false_value_is_refused_in_words(app, accept, reach, organiser, clock, contest, name):
    accept("anna@example.se")
    reach("locked")
    clock.set("2026-12-22 12:01")
    page = organiser.get("/admin/dragning")
    answer = organiser.post("/admin/dragning/slumptal", data={"token": token_in(page), "value": FALSE[name]})
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.get(DrawnValue, contest.id) is None


@pytest.fixture
def relay(monkeypatch):
    """What each relay answers, whatever is asked."""
    answers = {}
    monkeypatch.setattr(value, "read_relay", lambda address, _patience: answers[address.split("/")[2]])

    def ask(*texts):
        answers.clear()
        answers.update({f"relay{number}": text for number, text in enumerate(texts)})
        return [f"https://relay{number}" for number in range(len(texts))]

    return ask


def test_only_a_signed_latest_counts(relay):
    signed, lie = practice_answer(5000), json.dumps(GOOD | {"round": 9_999_999_999})
    assert value.newest_round(relay(lie, "{}", "x", 96 * "0"), PRACTICE) == 0
    assert value.newest_round(relay(lie, signed, practice_answer(4000)), PRACTICE) == 5000


def test_the_first_genuine_relay_is_enough(relay):
    number = GOOD["round"]
    assert value.ask_relays(relay("{}", FALSE["zeros"], VALUE), PRACTICE, number) == VALUE
    with pytest.raises(SpecError):
        value.ask_relays(relay("{}", FALSE["another round"]), PRACTICE, number)


def test_clock_that_is_slow_locks_late_for_what_relay_shows(app, accept, contest):
    """Our clock says twelve hours before; the relay shows that the round is there."""
    accept("anna@example.se")
    with app.app_context():
        now = contest.round_at - timedelta(hours=12)
        lock = actions.lock_list(contest, now, newest_shown=contest.round)
        assert (lock.steps, lock.round) == (1, contest.round + contest.chain.step)
        with pytest.raises(NotAllowed, match="Slumptalet finns inte ännu"):
            value.draw_winners(contest, VALUE, contest.round_at)


def test_rounds_of_the_specification():
    assert time_of(QUICKNET, 27946612).isoformat() == "2026-04-20T00:00:00+00:00"
