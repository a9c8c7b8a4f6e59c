"""The public random value: genuine rounds of drand quicknet (K2 of the specification), and everything that is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import compress_G1, decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import FQ12, G2, add, curve_order, final_exponentiate, multiply, neg, pairing

from app.draw import rehearsal
from app.draw.beacon import LARGEST_PASTE, QUICKNET, SIGNATURE_TAG, BeaconError, round_at, time_of, verified

VALUES = {
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
SIGNATURE, RANDOMNESS = VALUES[1000]
OTHER_SIGNATURE = VALUES[1001][0]
INFINITY = "c0" + 94 * "0"
OUTSIDE = "a0" + 93 * "0" + "4"
"""A point on the curve, but not in the prime-order subgroup."""
V1 = json.dumps({"round": 1000, "randomness": RANDOMNESS, "signature": SIGNATURE})
V2 = json.dumps({"round": 1000, "signature": SIGNATURE})


def v1(**changes: object) -> str:
    return json.dumps(json.loads(V1) | changes)


def refusal(pasted: str, expected: int = 1000) -> str:
    with pytest.raises(BeaconError) as error:
        verified(QUICKNET, expected, pasted)
    return str(error.value)


@pytest.mark.parametrize("number", VALUES)
def test_a_genuine_round_is_accepted_with_its_randomness(number):
    signature, randomness = VALUES[number]
    value = verified(QUICKNET, number, signature)
    assert (value.round, value.signature, value.randomness) == (number, signature, randomness)


@pytest.mark.parametrize(
    "pasted",
    [
        V1,
        V2,
        SIGNATURE,
        SIGNATURE.upper(),
        f"  {SIGNATURE}\r\n",
        f"\n\t{V1} \n",
        v1(signature=SIGNATURE.upper(), randomness=RANDOMNESS.upper()),
        v1(randomness=None),
        v1(previous_signature="", time="2023-08-23T15:59:24Z"),
        json.dumps(json.loads(V1), indent=4),
    ],
)
def test_a_value_is_understood_in_every_form_that_a_relay_shows_it(pasted):
    value = verified(QUICKNET, 1000, pasted)
    assert (value.round, value.signature, value.randomness) == (1000, SIGNATURE, RANDOMNESS)


def test_the_value_of_another_round_is_refused_and_both_rounds_are_named():
    assert refusal(V1, expected=1001) == "Slumptalet är från runda 1000, men dragningen väntar på runda 1001."


@pytest.mark.parametrize(
    ("expected", "signature"),
    [
        (1003, VALUES[1002][0]),
        (1000, SIGNATURE[:-1] + "8"),  # the last bit flipped
        (1000, "9" + SIGNATURE[1:]),  # the sign bit flipped
        (1000, INFINITY),
        (0, SIGNATURE),
        (-1, SIGNATURE),
        (2**64, SIGNATURE),
        (1000, 96 * "0"),
        (1000, 96 * "f"),
        (1000, OUTSIDE),
    ],
)
def test_a_value_that_is_not_genuine_is_refused(expected, signature):
    assert f"Slumptalet är inte äkta för runda {expected}" in refusal(signature, expected)


def test_a_value_that_says_it_is_of_the_right_round_is_still_checked():
    assert "inte äkta" in refusal(v1(signature=OTHER_SIGNATURE, randomness=VALUES[1001][1]))


def test_an_invented_value_with_its_right_checksum_is_refused():
    invented = bytes([0xA0, *range(47)])
    assert "inte äkta" in refusal(v1(signature=invented.hex(), randomness=sha256(invented).hexdigest()))


def test_randomness_that_does_not_come_from_the_signature_is_refused():
    assert "hör inte ihop med sin signatur" in refusal(v1(randomness=VALUES[1001][1]))


def test_a_value_from_another_chain_is_refused():
    assert "inte äkta" in refusal(rehearsal.relay_answer(1000))
    stranger = replace(QUICKNET, public_key=rehearsal.CHAIN.public_key)
    with pytest.raises(BeaconError, match="stämmer inte med källans nyckel"):
        verified(stranger, 1000, V1)


def test_there_is_no_round_zero_even_when_it_is_signed():
    with pytest.raises(BeaconError, match="inte äkta för runda 0"):
        verified(rehearsal.CHAIN, 0, rehearsal.relay_answer(0))


@pytest.mark.parametrize("signature", [SIGNATURE, INFINITY])
@pytest.mark.parametrize("key", ["c0" + 190 * "0", 192 * "0", "83cf", ""])
def test_a_chain_with_an_impossible_key_accepts_nothing(key, signature):
    with pytest.raises(BeaconError, match="inte äkta"):
        verified(replace(QUICKNET, public_key=key), 1000, signature)


@pytest.mark.parametrize("pasted", ["", " \n\t "])
def test_an_empty_paste_asks_for_the_value(pasted):
    assert refusal(pasted) == "Klistra in slumptalet i rutan."


@pytest.mark.parametrize("pasted", [(LARGEST_PASTE + 1) * "a", (LARGEST_PASTE + 1) * "[", v1(more=LARGEST_PASTE * " ")])
def test_a_paste_that_is_far_too_long_is_refused_unread(pasted):
    assert "för lång" in refusal(pasted)


@pytest.mark.parametrize(
    "pasted",
    [
        *("hej", "12.5", "NaN", "<html>404</html>", "\ud800", f"{SIGNATURE} {SIGNATURE}"),
        *("{", V1[:-1], "[]", "null", "true", "{}", '"round"', f"[{V1}]", '{"round": 1000}', '{"signature": ""}'),
    ],
)  # fmt: skip
def test_a_paste_that_is_no_value_is_refused_with_advice(pasted):
    assert "går inte att läsa som ett slumptal. Klistra in hela svaret" in refusal(pasted)


@pytest.mark.parametrize(
    "pasted", [2000 * "[", 2000 * "[" + 2000 * "]", 400 * '{"round":', v1()[:-1] + ', "x": ' + 2000 * "["]
)
def test_a_deeply_nested_paste_is_refused_with_advice(pasted, usual_recursion_limit):
    assert "går inte att läsa som ett slumptal" in refusal(pasted)


@pytest.mark.parametrize("number", [True, "1000", 1000.0, None, [1000], {}])
def test_a_round_that_is_not_a_whole_number_is_refused(number):
    assert "Rundans nummer saknas" in refusal(v1(round=number))


@pytest.mark.parametrize(
    "signature", [SIGNATURE[:-1], SIGNATURE[:-2], SIGNATURE + "00", "", 96 * "g", "0x" + SIGNATURE[2:], None, 5, [], {}]
)
def test_a_signature_that_is_not_48_bytes_in_hex_is_refused(signature):
    assert "det ska vara 96 tecken" in refusal(v1(signature=signature))


@pytest.mark.parametrize("signature", [SIGNATURE[:-2], SIGNATURE + "00", "12", 200 * "a"])
def test_a_bare_signature_of_another_length_is_refused(signature):
    assert "det ska vara 96 tecken" in refusal(signature)


@pytest.mark.parametrize("randomness", ["", RANDOMNESS[:-1], 64 * "å", 5, True, [RANDOMNESS]])
def test_randomness_that_is_not_32_bytes_in_hex_is_refused(randomness):
    assert "det ska vara 64 tecken" in refusal(v1(randomness=randomness))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)
PASTES = st.fixed_dictionaries(
    {"round": st.just(1000) | JSON, "signature": st.binary(min_size=48, max_size=48).map(bytes.hex) | JSON},
    optional={"randomness": st.just(RANDOMNESS) | JSON},
)


@settings(deadline=None)
@given(st.text() | st.binary(min_size=47, max_size=49).map(bytes.hex) | (JSON | PASTES).map(json.dumps))
def test_whatever_is_pasted_the_answer_is_a_sentence(pasted):
    assert refusal(pasted).endswith(".")


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 383))
def test_no_single_flipped_bit_of_a_signature_is_accepted(bit):
    changed = int(SIGNATURE, 16) ^ 1 << bit
    assert "inte äkta" in refusal(f"{changed:096x}")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "2023-08-23T15:09:27"),
        (1000, "2023-08-23T15:59:24"),
        (27946612, "2026-04-20T00:00:00"),
        (35015812, "2026-12-21T11:00:00"),
        (35073412, "2026-12-23T11:00:00"),
        (35534212, "2027-01-08T11:00:00"),
    ],
)
def test_rounds_and_times_belong_together(number, text):
    assert time_of(QUICKNET, number) == moment(text)
    assert round_at(QUICKNET, moment(text)) == number


def test_a_time_between_two_rounds_waits_for_the_next():
    assert round_at(QUICKNET, moment("2027-01-08T11:00:01")) == 35534213
    assert round_at(QUICKNET, moment("2027-01-08T11:00:00.000001")) == 35534213
    assert time_of(QUICKNET, 35534213) == moment("2027-01-08T11:00:03")


def test_a_time_before_the_chain_began_has_no_round():
    with pytest.raises(ValueError):
        round_at(QUICKNET, moment("2023-08-23T15:09:26.999999"))


@settings(deadline=None)
@given(st.datetimes(datetime(2023, 8, 25), datetime(2090, 1, 1), timezones=st.timezones()))
def test_the_round_of_a_time_is_the_first_that_comes_no_earlier(instant):
    number = round_at(QUICKNET, instant)
    assert timedelta(0) <= time_of(QUICKNET, number) - instant < timedelta(seconds=3)


def test_the_chain_hash_follows_from_the_parameters():
    group = "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"
    parts = QUICKNET.period.to_bytes(4, "big") + QUICKNET.genesis.to_bytes(8, "big")
    parts += bytes.fromhex(QUICKNET.public_key) + bytes.fromhex(group) + b"quicknet"
    assert sha256(parts).hexdigest() == QUICKNET.hash
    assert QUICKNET.hash == "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"


def genuine_by_py_ecc(number: int, signature: str) -> bool:
    """The equation of the signature, by a program that has no line in common with ours."""
    compressed, key = int(signature, 16), QUICKNET.public_key
    message = hash_to_G1(sha256(number.to_bytes(8, "big")).digest(), SIGNATURE_TAG, sha256)
    public = decompress_G2((int(key[:96], 16), int(key[96:], 16)))
    left = pairing(neg(G2), decompress_G1(compressed), final_exponentiate=False)
    return final_exponentiate(left * pairing(public, message, final_exponentiate=False)) == FQ12.one()


@pytest.mark.parametrize(("number", "of"), [(1000, 1000), (657413, 657413), (1003, 1002)])
def test_an_independent_program_comes_to_the_same_verdict(number, of):
    signature, _ = VALUES[of]
    try:
        ours = verified(QUICKNET, number, signature).signature == signature
    except BeaconError:
        ours = False
    assert genuine_by_py_ecc(number, signature) == ours == (number == of)


def test_nobody_can_choose_among_values_by_shifting_a_genuine_one_outside_the_subgroup():
    """The equation alone holds for about 2^126 shifted signatures of the same round; only one may count."""
    shift = multiply(decompress_G1(int(OUTSIDE, 16)), curve_order)
    shifted = f"{compress_G1(add(decompress_G1(int(SIGNATURE, 16)), shift)):096x}"
    assert shifted != SIGNATURE
    assert genuine_by_py_ecc(1000, shifted)
    assert "inte äkta" in refusal(shifted)
