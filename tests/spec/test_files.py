"""The public files of Öppen dragning v2: K4, and every way in which a file can be another."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import SWEDEN
from app.spec import files, lines
from app.spec.files import read_proof, read_terms
from app.spec.lines import SpecError, checksum
from tests.spec import k4


def test_rules_and_answer_match_the_specification():
    assert checksum([k4.RULES]) == k4.RULES_SUM
    assert files.answer_sum(k4.CONTEST, k4.RIGHT, k4.SALT) == k4.ANSWER_SUM


def test_terms_are_those_of_specification():
    text = k4.k4_terms()
    assert (len(text.encode()), checksum([text])) == (414, k4.TERMS_SUM)
    terms = read_terms(text.encode())
    assert (terms.tavling, terms.vinster, terms.runda) == (k4.CONTEST, 1, 1000)
    assert files.terms_text(terms) == text


def test_list_is_that_of_specification():
    text = k4.k4_list()
    assert (len(text.encode()), checksum([text])) == (529, k4.LIST_SUM)


def test_proof_is_that_of_specification():
    text = k4.k4_proof()
    assert (len(text.encode()), checksum([text])) == (433, k4.PROOF_SUM)
    proof = read_proof(text.encode())
    assert (proof.log_number, proof.log_head) == (7, k4.SEVENTH_HEAD)
    assert (proof.antal_med, proof.antal_strukna, proof.svar) == (5, 2, k4.RIGHT)
    assert files.proof_text(proof) == text


def test_list_without_entries_has_two_lines():
    text = "".join(files.list_lines("tom-2026", []))
    assert text == "oppen-dragning/v2/lista\ntom-2026\n"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("/v2/", "/v1/", "rad 1 ska vara oppen-dragning/v2/tavling"),
        ("oppen-dragning", "\ufeffoppen-dragning", "rad 1"),
        ("\n", "\r\n", "rad 1"),
        ("tavling: mjk", "tavling:  mjk", "rad 2 ska vara ”tavling: ” och ett id"),
        ("tavling: mjk", "Tavling: mjk", "rad 2"),
        ("oppnar: 2023-08-10T06:00:00Z", "oppnar: 2023-08-10T06:00:00", "rad 3 ska vara ”oppnar: ” och en tid i UTC"),
        ("oppnar: 2023-08-10T06:00:00Z", "oppnar: 2023-02-30T06:00:00Z", "rad 3"),
        ("oppnar: 2023-08-10T06:00:00Z", "oppnar: 2023-08-10T24:00:00Z", "rad 3"),
        ("regler-sha256: 0760", "regler-sha256: 076", "rad 5 ska vara ”regler-sha256: ” och 64 tecken"),
        ("regler-sha256: 0760c", "regler-sha256: 0760C", "rad 5"),
        ("vinster: 1", "vinster: 0", "rad 7 ska vara ”vinster: ” och ett heltal, minst 1"),
        ("vinster: 1", "vinster: 01", "rad 7"),
        ("vinster: 1", "vinster: ١", "rad 7"),
        ("runda: 1000\n", "", "ska ha 11 rader, men har 10"),
        ("runda: 1000\n", "runda: 1000\nrunda: 1000\n", "ska ha 11 rader, men har 12"),
        ("24Z\n", "24Z", "sista raden är inte hel"),
        ("24Z\n", "24Z\n\n", "ska ha 11 rader"),
    ],
)
def test_terms_of_another_form_are_refused(old, new, sentence):
    with pytest.raises(SpecError, match=f"^tavling.txt: .*{sentence}"):
        read_terms(k4.k4_terms().replace(old, new).encode())


def test_binary_file_is_refused():
    with pytest.raises(SpecError, match=r"^lasbevis.txt: filen är inte text i UTF-8"):
        read_proof(b"\xff\n")
    with pytest.raises(SpecError, match=r"^lasbevis.txt: filen är inte text i UTF-8"):
        read_proof("å".encode()[:1])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"svar": "2030\nrunda: 5"}, "svar"),
        ({"svar": " 2030"}, "svar"),
        ({"salt": "00"}, "salt"),
        ({"logg": "7"}, "logg"),
        ({"antal_med": -1}, "antal-med"),
        ({"tavling": "MJK"}, "tavling"),
        ({"last": "igår"}, "last"),
    ],
)
def test_a_proof_that_would_be_read_otherwise_is_never_written(changes, fault):
    with pytest.raises(ValueError, match=f"^{fault} cannot be written"):
        k4.k4_proof(**changes)


def test_list_is_written_sorted():
    for rows in ([("b", True), ("a", True)], [("a", True), ("a", False)]):
        with pytest.raises(ValueError, match="not sorted"):
            [*files.list_lines("x-1", rows)]


@given(st.data())
def test_one_flipped_byte_is_another_file(data):
    """It is refused, or its checksum is another: so are those of all that rests on it."""
    name, text, read = data.draw(
        st.sampled_from([("tavling", k4.k4_terms(), read_terms), ("lasbevis", k4.k4_proof(), read_proof)])
    )
    raw = bytearray(text.encode())
    place, flip = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    raw[place] ^= flip
    try:
        found = read(bytes(raw))
    except SpecError as fault:
        assert str(fault).startswith(f"{name}.txt: ")
        return
    written = (files.terms_text if name == "tavling" else files.proof_text)(found)
    assert written.encode() == bytes(raw)
    assert checksum([written]) != checksum([text])


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(9998, 1, 1), timezones=st.just(SWEDEN)))
def test_stamp_is_same_instant_without_fraction(moment):
    text = lines.format_time(moment)
    assert lines.is_time(text)
    assert lines.read_time(text) == moment.astimezone(UTC).replace(microsecond=0)
