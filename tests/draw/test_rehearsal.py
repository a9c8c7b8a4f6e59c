"""The rehearsal chain: works like the real one, and is never taken for it."""

import json

import pytest

from app.draw import rehearsal
from app.draw.beacon import QUICKNET, BeaconError, round_at, time_of, verified
from tests.conftest import swedish


def test_a_rehearsed_round_is_accepted_by_the_rehearsal_chain():
    number = round_at(rehearsal.CHAIN, swedish("2026-12-22 12:00"))
    value = verified(rehearsal.CHAIN, number, rehearsal.relay_answer(number))
    assert value.round == number
    assert value.randomness == json.loads(rehearsal.relay_answer(number))["randomness"]


def test_each_rehearsed_round_has_a_value_of_its_own_and_always_the_same():
    assert rehearsal.relay_answer(1000) == rehearsal.relay_answer(1000)
    assert len({json.loads(rehearsal.relay_answer(number))["randomness"] for number in range(1, 20)}) == 19


def test_a_rehearsed_value_is_refused_for_another_round():
    signature = json.loads(rehearsal.relay_answer(1000))["signature"]
    with pytest.raises(BeaconError, match="inte äkta för runda 1001"):
        verified(rehearsal.CHAIN, 1001, signature)


def test_a_rehearsed_value_is_refused_in_a_real_draw():
    with pytest.raises(BeaconError, match="inte äkta"):
        verified(QUICKNET, 1000, rehearsal.relay_answer(1000))


def test_a_real_value_is_refused_in_a_rehearsal():
    real = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
    with pytest.raises(BeaconError, match="inte äkta"):
        verified(rehearsal.CHAIN, 1000, real)


def test_a_lasbevis_tells_a_rehearsal_from_a_draw():
    assert rehearsal.CHAIN.name == "drand-provdragning"
    assert rehearsal.CHAIN.hash != QUICKNET.hash
    assert rehearsal.CHAIN.public_key != QUICKNET.public_key


def test_a_rehearsal_keeps_the_times_of_the_real_chain():
    assert time_of(rehearsal.CHAIN, 35015812) == time_of(QUICKNET, 35015812)
