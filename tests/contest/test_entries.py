"""What an entry is: addresses, receipt codes and tickets byte for byte as Öppen dragning v1 has them."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar.content import read_edition
from app.contest import entries
from tests.conftest import ROOT, swedish
from tests.oracles import Candidate, settle

CONTEST = read_edition(ROOT / "calendar_content" / "2026").contest
FIRST_CODE = "0123456789ABCDEFGHJKMNPQRS"
TICKETS = [
    (FIRST_CODE, "anna@example.se", "be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea"),
    ("7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z", "bo@example.se", "bae73b8b1817b6123fb9348109b6b169e7a69210de00fcb096d730f8fe881279"),
    (26 * "A", "cecilia@example.se", "e4fa6f2b852ea1ec941f110611cf557f54256171571715956f9d0e52cde37e0e"),
    (26 * "B", "david@xn--rksmrgs-5wao1o.se", "cbb0e1a6d99ae63c5c2e0d5be31eaf285288ce5d49da9e74d1590627d5ffec49"),
    (26 * "C", "eva+jul@example.se", "09cf900ee82e5400daa022a85e4c6d50f9bb0d06f146ea532e3af6c455721b47"),
    (26 * "D", "anna@example.se", "c3be53f85feafff72629ea668d20bad73c6219a8ddb762a2249faa02394366f4"),
]  # fmt: skip
"""K4 of the specification."""


@pytest.mark.parametrize(
    ("typed", "canonical", "key"),
    [
        ("Anna.Andersson@Example.SE", "anna.andersson@example.se", "anna.andersson@example.se"),
        (" anna.andersson@example.se ", "anna.andersson@example.se", "anna.andersson@example.se"),
        ("ANNA@RÄKSMÖRGÅS.SE", "anna@xn--rksmrgs-5wao1o.se", "anna@xn--rksmrgs-5wao1o.se"),
        ("a.n.n.a+jul@googlemail.com", "a.n.n.a+jul@googlemail.com", "anna@gmail.com"),
        ("bo+x@example.org", "bo+x@example.org", "bo@example.org"),
    ],
)
def test_an_address_is_kept_in_one_form_and_compared_in_another(typed, canonical, key):
    assert entries.canonical_email(typed) == canonical
    assert entries.duplicate_key(canonical) == key


@pytest.mark.parametrize(
    "typed", ["ａｎｎａ＠ｅｘａｍｐｌｅ．ｓｅ", "anna@example。se", "\u00a0anna@example.se\u3000", "anna@EXAMPLE.se"]
)
def test_the_same_address_in_other_letter_forms_is_the_same(typed):
    assert entries.canonical_email(typed) == "anna@example.se"


def test_the_same_letters_composed_in_two_ways_are_the_same_address():
    assert entries.canonical_email("pa\u030al@ra\u0308ksmo\u0308rga\u030as.se") == "pål@xn--rksmrgs-5wao1o.se"


@pytest.mark.parametrize("typed", ["", " ", "anna", "@example.se", "anna@", "anna@.se", "anna@a..se", "anna@a b.se"])
def test_what_is_not_an_address_is_refused(typed):
    with pytest.raises(ValueError):
        entries.canonical_email(typed)


@settings(deadline=None)
@given(st.text() | st.text(alphabet="@.a+-å\u0301\u00df\u200d\uff20 "))
def test_no_typed_text_gives_anything_but_an_address_or_a_refusal(typed):
    try:
        canonical = entries.canonical_email(typed)
    except ValueError:
        return
    assert "@" in entries.duplicate_key(canonical)


@settings(deadline=None)
@given(st.from_regex(r"[a-z]{1,9}(\.[a-z]{1,9})?@[a-z]{1,9}\.(se|com)", fullmatch=True))
def test_capitals_and_spaces_never_make_another_person(address):
    assert entries.canonical_email(f" {address.upper()}\t") == entries.canonical_email(address) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@gmail.com", "a.nna@gmail.com"),
        ("anna@gmail.com", "anna+jul@googlemail.com"),
        ("anna@example.se", "anna+jul+mer@example.se"),
    ],
)
def test_addresses_of_one_person_share_a_key(one, other):
    assert entries.duplicate_key(one) == entries.duplicate_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna.a@example.se", "annaa@example.se"),
        ("anna@example.se", "anna@example.com"),
        ("+a@example.se", "+b@example.se"),
        ("anna@gmail.com", "anna@gmail.com.example.se"),
    ],
)
def test_addresses_that_may_be_two_people_have_two_keys(one, other):
    assert entries.duplicate_key(one) != entries.duplicate_key(other)


@settings(deadline=None)
@given(st.binary(min_size=17, max_size=32))
def test_a_receipt_code_spells_the_first_130_bits_of_chance(chance):
    code = entries.receipt_code(chance)
    assert len(code) == 26
    number = 0
    for character in code:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    assert number == int.from_bytes(chance[:17], "big") >> 6


def test_the_smallest_and_the_largest_receipt_code():
    assert entries.receipt_code(bytes(17)) == 26 * "0"
    assert entries.receipt_code(17 * b"\xff") == 26 * "Z"


def test_a_receipt_code_is_not_made_from_too_little_chance():
    with pytest.raises(ValueError):
        entries.receipt_code(bytes(16))


def test_a_receipt_code_is_shown_in_groups():
    assert entries.grouped(FIRST_CODE) == "01234-56789-ABCDE-FGHJK-MNPQRS"


@settings(deadline=None)
@given(st.text(alphabet=entries.CROCKFORD, min_size=26, max_size=26))
def test_a_receipt_code_is_understood_as_shown_and_as_typed(code):
    assert entries.plain_code(entries.grouped(code)) == code
    assert entries.plain_code(f" {' '.join(code.lower())}\n") == code


def test_letters_that_look_like_digits_are_read_as_digits():
    assert entries.plain_code("oO iI-lL 01") == "00111101"


@pytest.mark.parametrize(("code", "address", "ticket"), TICKETS)
def test_a_ticket_is_as_the_specification_has_it(code, address, ticket):
    assert entries.ticket("mjk-test-2026", code, address) == ticket


def test_a_ticket_binds_contest_code_and_address():
    tickets = {entries.ticket(*parts) for parts in (("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x"))}
    assert len(tickets) == 4


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        ("2026-12-09 23:59:59.999999", "before"),
        ("2026-12-10 00:00:00", "open"),
        ("2026-12-20 23:59:59", "open"),
        ("2026-12-20 23:59:59.999999", "open"),
        ("2026-12-21 00:00:00", "closed"),
        ("2027-12-15 12:00:00", "closed"),
    ],
)
def test_entries_are_taken_from_the_first_second_to_the_end_of_the_last(moment, phase):
    assert CONTEST.phase(swedish(moment)) == phase


@settings(deadline=None)
@given(st.timedeltas(timedelta(days=-2), timedelta(days=13)), st.timezones())
def test_the_phase_does_not_depend_on_the_zone_that_the_time_is_told_in(span, zone):
    moment = CONTEST.opens.astimezone(zone) + span
    assert CONTEST.phase(moment.astimezone(zone)) == CONTEST.phase(moment)


ANNA, ANNA_AGAIN = Candidate(1, "anna", "2030", None), Candidate(2, "anna", "2030", None)
ANNA_WRONG, BO = Candidate(1, "anna", "2027", None), Candidate(3, "bo", "2030", None)


def test_the_first_entry_of_a_person_counts():
    assert dict(settle([ANNA, ANNA_AGAIN, BO], "2030")) == {2: "dubblett"}


def test_a_wrong_answer_does_not_count():
    assert dict(settle([ANNA_WRONG, BO], "2030")) == {1: "fel svar"}


def test_a_wrong_answer_cannot_be_mended_with_a_second_entry():
    assert dict(settle([ANNA_WRONG, ANNA_AGAIN], "2030")) == {1: "fel svar", 2: "dubblett"}


def test_when_the_organiser_has_struck_the_first_entry_the_next_one_counts():
    struck = Candidate(1, "anna", "2030", "uppenbart falsk")
    third = Candidate(4, "anna", "2030", None)
    assert dict(settle([struck, ANNA_AGAIN, third], "2030")) == {4: "dubblett"}


def test_the_order_in_which_entries_are_read_changes_nothing():
    all_of_them = [
        ANNA_WRONG,
        ANNA_AGAIN,
        BO,
        Candidate(4, "bo", "2027", None),
        Candidate(5, "eva", "2040", "anställd"),
    ]
    results = {tuple(settle(order, "2030")) for order in permutations(all_of_them)}
    assert results == {((1, "fel svar"), (2, "dubblett"), (4, "dubblett"))}


CANDIDATES = st.builds(
    Candidate, st.integers(1, 99), st.sampled_from("abcd"), st.sampled_from(["ja", "nej"]), st.none()
)


@settings(deadline=None)
@given(st.lists(CANDIDATES, unique_by=lambda candidate: candidate.number))
def test_what_is_left_is_each_persons_first_entry_when_it_is_right(candidates):
    firsts = {each.duplicate_key: each for each in sorted(candidates, key=lambda each: -each.number)}
    struck = dict(settle(candidates, "ja"))
    left = {each.number for each in candidates if each.number not in struck}
    assert left == {first.number for first in firsts.values() if first.answer == "ja"}
