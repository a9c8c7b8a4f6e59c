"""The beacon: K2 of Öppen dragning v2, its negatives, and the choice of the round."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spec import beacon
from app.spec.beacon import PRACTICE, QUICKNET, choose_round, round_at, time_of, verify
from app.spec.lines import SpecError
from app.spec.practice_beacon import practice_answer

K2 = {
    1000: (
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    ),
    1001: (
        "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41",
        "b0a591ad1b9002cfc372ac6e30abd3da8d3088d4caae026961743474fb94235f",
    ),
    1002: (
        "ab066f9c12dd6de1336fca0f925192fb0c72a771c3e4c82ede1fd362c1a770f9eb05843c6308ce2530b53a99c0281a6e",
        "339d3f0e702ed27d36966c6ee85a2bc762a24e178e7e5c835d9b5a7509cb920c",
    ),
    657413: (
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
        "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    ),
}
GROUP_HASH = "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize("number", K2)
def test_round_is_verified_from_any_paste(number):
    signature, randomness = K2[number]
    v1 = {"round": number, "randomness": randomness, "signature": signature}
    v2 = {"round": number, "signature": signature}
    for pasted in (json.dumps(v1), json.dumps(v2), signature, f"\n {signature.upper()} \n"):
        value = verify(QUICKNET, number, pasted)
        assert (value.round, value.signature, value.randomness) == (number, signature, randomness)


def test_chain_hash_is_that_of_parameters():
    parts = (3).to_bytes(4, "big") + (1692803367).to_bytes(8, "big") + bytes.fromhex(QUICKNET.key)
    parts += bytes.fromhex(GROUP_HASH) + b"quicknet"
    assert sha256(parts).hexdigest() == QUICKNET.hash


def test_rounds_come_three_seconds_apart():
    assert time_of(QUICKNET, 1000) == at("2023-08-23T15:59:24Z")
    assert time_of(QUICKNET, 1001) == at("2023-08-23T15:59:27Z")
    assert time_of(QUICKNET, 1002) == at("2023-08-23T15:59:30Z")


LAST_BIT = K2[1002][0][:-1] + "f"
SIGN_BIT = f"{int(K2[1002][0][:2], 16) ^ 0x20:02x}" + K2[1002][0][2:]
INFINITY = "c0" + "00" * 47


@pytest.mark.parametrize(
    ("number", "signature"),
    [
        (1003, K2[1002][0]),
        (1002, LAST_BIT),
        (1002, SIGN_BIT),
        (1002, INFINITY),
        (1002, "e0" + "00" * 47),
        (0, K2[1002][0]),
        (1002, "00" * 48),
        (1002, json.loads(practice_answer(1002))["signature"]),
    ],
)
def test_what_is_not_genuine_is_refused(number, signature):
    for pasted in (signature, json.dumps({"round": number, "signature": signature})):
        with pytest.raises(SpecError, match=f"^Slumptalet är inte äkta för runda {number}: "):
            verify(QUICKNET, number, pasted)


def test_quicknets_signature_fails_on_practice():
    with pytest.raises(SpecError, match="inte äkta"):
        verify(PRACTICE, 1000, K2[1000][0])


# x + p encodes the same point of the curve, but hashes to another value.
def test_a_point_has_one_encoding():
    modulus = int(
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16
    )
    for number, (signature, _) in K2.items():
        raw = int(signature, 16)
        other = (raw & (1 << 381) - 1) + modulus
        if other < 1 << 381:
            assert not beacon.is_genuine(QUICKNET, number, f"{other | raw >> 381 << 381:096x}")


@pytest.mark.parametrize("signature", [K2[1002][0][:-2], K2[1002][0] + "00"])
def test_47_or_49_bytes_are_refused(signature):
    with pytest.raises(SpecError, match="Slumptalet är inte helt: det ska vara 96 tecken"):
        verify(QUICKNET, 1002, signature)


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("", "Klistra in slumptalet"),
        ("x" * 5000, "för lång"),
        ("hej", "går inte att läsa"),
        ("[]", "går inte att läsa"),
        ("{}", "går inte att läsa"),
        ("[" * 4000, "går inte att läsa"),
        (json.dumps({"round": True, "signature": K2[1002][0]}), "Rundans nummer saknas"),
        (json.dumps({"round": 1001, "signature": K2[1002][0]}), "från runda 1001, men dragningen väntar på runda 1002"),
        (json.dumps({"round": 1002, "signature": 5}), "är inte helt"),
        (json.dumps({"round": 1002, "signature": K2[1002][0], "randomness": "00" * 32}), "hör inte ihop"),
    ],
)
def test_each_refusal_says_what_to_do(pasted, sentence):
    with pytest.raises(SpecError, match=sentence):
        verify(QUICKNET, 1002, pasted)


@pytest.mark.parametrize(
    ("moment", "number", "comes"),
    [
        ("2023-08-23T15:09:27Z", 1, "2023-08-23T15:09:27Z"),
        ("2026-04-20T00:00:00Z", 27946612, "2026-04-20T00:00:00Z"),
        ("2026-12-21T11:00:00Z", 35015812, "2026-12-21T11:00:00Z"),
        ("2026-12-22T11:00:00Z", 35044612, "2026-12-22T11:00:00Z"),
        ("2027-01-08T11:00:01Z", 35534213, "2027-01-08T11:00:03Z"),
    ],
)
def test_round_arithmetic(moment, number, comes):
    assert round_at(QUICKNET, at(moment)) == number
    assert time_of(QUICKNET, number) == at(comes)


def test_no_round_before_the_chain_began():
    with pytest.raises(ValueError, match="had not begun"):
        round_at(QUICKNET, at("2023-08-23T15:09:26Z"))


@given(st.integers(1, 10**9), st.integers(0, 2_999_999))
def test_round_is_the_first_in_time(number, early):
    assert round_at(QUICKNET, time_of(QUICKNET, number)) == number
    assert round_at(QUICKNET, time_of(QUICKNET, number + 1) - timedelta(microseconds=early)) == number + 1


@pytest.mark.parametrize(
    ("locked_at", "number"),
    [
        ("2026-12-21T23:00:00Z", 35044612),
        ("2026-12-22T10:58:00Z", 35044612),
        ("2026-12-22T10:58:00.900Z", 35044612),  # the låsbevis says 10:58:00
        ("2026-12-22T10:58:01Z", 35246212),
        ("2026-12-29T10:58:01Z", 35044612 + 2 * 201_600),
        ("2027-01-19T10:58:00Z", 35044612 + 4 * 201_600),
        ("2027-01-19T10:58:01Z", None),
    ],
)
def test_a_late_lock_moves_whole_weeks(locked_at, number):
    assert choose_round(QUICKNET, 35044612, at(locked_at)) == number


def test_what_relay_already_shows_is_late_whatever_clock_says():
    early = at("2026-12-20T11:00:00Z")
    assert choose_round(QUICKNET, 35044612, early, 35044611) == 35044612
    assert choose_round(QUICKNET, 35044612, early, 35044612) == 35246212
    assert choose_round(QUICKNET, 35044612, early, 35044612 + 4 * 201_600) is None


def test_a_rehearsal_moves_whole_minutes():
    comes = time_of(PRACTICE, 35044612)
    assert choose_round(PRACTICE, 35044612, comes - timedelta(seconds=10)) == 35044612
    assert choose_round(PRACTICE, 35044612, comes - timedelta(seconds=9)) == 35044632
    assert time_of(PRACTICE, 35044632) - comes == timedelta(minutes=1)


@given(st.integers(0, 5 * 604_800))
def test_chosen_round_is_far_enough(late):
    locked_at = at("2026-12-22T10:58:00Z") + timedelta(seconds=late)
    number = choose_round(QUICKNET, 35044612, locked_at)
    if number is None:
        assert late > 4 * 604_800
        return
    steps = beacon.steps_between(QUICKNET, 35044612, number)
    room = time_of(QUICKNET, number) - locked_at
    assert steps == -(-late // 604_800)
    assert timedelta(seconds=120) <= room
    assert steps == 0 or room < timedelta(seconds=120, weeks=1)


def test_only_whole_steps_are_rounds():
    assert beacon.steps_between(QUICKNET, 1000, 1000 + 4 * 201_600) == 4
    assert [
        beacon.steps_between(QUICKNET, 1000, number) for number in (999, 1001, 1000 + 5 * 201_600, 1000 - 201_600)
    ] == [None] * 4


def test_practice_chain_is_verified_alike():
    answer = practice_answer(35044612)
    assert verify(PRACTICE, 35044612, answer).randomness == json.loads(answer)["randomness"]
    assert PRACTICE.hash == sha256(b"provdragning").hexdigest()
