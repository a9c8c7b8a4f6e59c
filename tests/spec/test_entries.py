"""Entries: K3 of Öppen dragning v2, receipt codes, tickets and settling."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contest import entries
from app.contest.entries import Candidate, Settled, canonical_email, duplicate_key, settle_entries
from app.errors import NotAllowed
from tests.draw import independent
from tests.spec import k4

CLOSES = datetime(2023, 8, 20, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "canonical", "key"),
    [
        ("Anna.Andersson@Example.SE", "anna.andersson@example.se", "anna.andersson@example.se"),
        (" anna.andersson@example.se ", "anna.andersson@example.se", "anna.andersson@example.se"),
        ("ANNA@RÄKSMÖRGÅS.SE", "anna@xn--rksmrgs-5wao1o.se", "anna@xn--rksmrgs-5wao1o.se"),
        ("a.n.n.a+jul@googlemail.com", "a.n.n.a+jul@googlemail.com", "anna@gmail.com"),
        ("bo+x@example.org", "bo+x@example.org", "bo@example.org"),
        # Not in K3:
        ("+x+y@example.org", "+x+y@example.org", "+x@example.org"),
        ("anna@Räksmörgås.se.", "anna@xn--rksmrgs-5wao1o.se", "anna@xn--rksmrgs-5wao1o.se"),
        ("ｂｏ@example。se", "bo@example.se", "bo@example.se"),
        ("bo@faß.example", "bo@xn--fa-hia.example", "bo@xn--fa-hia.example"),
        ("bo@xn--rksmrgs-5wao1o.se", "bo@xn--rksmrgs-5wao1o.se", "bo@xn--rksmrgs-5wao1o.se"),
    ],
)
def test_an_address_has_one_canonical_form(typed, canonical, key):
    assert (canonical_email(typed), duplicate_key(canonical)) == (canonical, key)
    assert (independent.canonical(typed), independent.person(canonical)) == (canonical, key)
    assert canonical_email(canonical) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "a＠evil.se@example.se",
        "",
        "anna",
        "@example.se",
        "anna@",
        "anna@example",
        "anna@.se",
        "anna@example..se",
        "anna@-example.se",
        "anna@exa mple.se",
        "anna@exa_mple.se",
        "anna@127.0.0.1",
        "anna@[127.0.0.1]",
        "an na@example.se",
        "anna\n@example.se",
        "anna.@example.se",
        ".anna@example.se",
        "an..na@example.se",
        '"anna"@example.se',
        "anna@example.se, bo@example.se",
        "Anna <anna@example.se>",
        "anna@xn--zzzzzz-.se",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(NotAllowed, match=r"^Skriv e-postadressen så här: namn@exempel.se$"):
        canonical_email(typed)


@pytest.mark.parametrize("typed", ["åsa@example.se", "zoë@example.se", "анна@example.se", "anna\u200b@example.se"])
def test_unreachable_letters_are_told(typed):
    with pytest.raises(NotAllowed, match=r"^Titta en gång till på det som står före @: "):
        canonical_email(typed)


def test_too_long_an_address_is_refused():
    for typed in ("a" * 65 + "@example.se", "a@" + "b" * 60 + "." + ("c" * 60 + ".") * 4 + "se"):
        with pytest.raises(NotAllowed):
            canonical_email(typed)


# RFC 5321 4.5.3.1: 64 characters before the @, 254 in all.
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("a" * 64 + "@example.se", "det som står före @"),
        ("a@" + ("b" * 63 + ".") * 3 + "c" * 57 + ".se", "den är för lång"),
    ],
)
def test_longest_address_is_the_limit(typed, sentence):
    assert canonical_email(typed) == typed
    with pytest.raises(NotAllowed, match=sentence):
        canonical_email("a" + typed)


# The words of the spec, the other way round: whatever is accepted is one line of lower-case ASCII.
@given(st.text(st.sampled_from("abcåÅßﬁ＠@.。+- \u200d\u0130K1"), max_size=20))
def test_accepted_address_is_lower_case_ascii(typed):
    try:
        found = canonical_email(typed)
    except NotAllowed:
        return
    assert re.fullmatch(r"[!-?A-~]+@[a-z0-9.-]+\.[a-z0-9-]+", found)
    assert found == found.lower() == canonical_email(found)
    assert found == independent.canonical(typed)


def test_receipt_code_has_130_bits():
    assert entries.receipt_code(bytes(17)) == "0" * 26
    assert entries.receipt_code(b"\xff" * 17) == "Z" * 26
    codes = {entries.receipt_code(secrets.token_bytes(17)) for _ in range(1000)}
    assert len(codes) == 1000
    assert all(re.fullmatch(f"[{entries.CROCKFORD}]{{26}}", code) for code in codes)
    for size in (0, 16, 18):
        with pytest.raises(ValueError, match="17 bytes"):
            entries.receipt_code(bytes(size))


def test_receipt_code_is_read_as_typed():
    code = "0123456789ABCDEFGHJKMNPQRS"
    assert entries.plain_code(entries.group_code(code).lower()) == code
    assert entries.plain_code("o i l") == "011"


def test_tickets_are_those_of_specification():
    assert k4.k4_tickets() == [entry[3] for entry in k4.ENTRIES]


def test_each_line_makes_another_ticket():
    code, email, answer, ticket, _ = k4.ENTRIES[0]
    others = [
        entries.make_ticket("mjk-test-2027", code, email, answer),
        entries.make_ticket(k4.CONTEST, code[:-1] + "T", email, answer),
        entries.make_ticket(k4.CONTEST, code, "bo@example.se", answer),
        entries.make_ticket(k4.CONTEST, code, email, "2031"),
    ]
    assert len({ticket, *others}) == 5


@pytest.mark.parametrize("answer", ["", " 2030", "2030\n", "20\n30", "20\x0030", "A\u030a"])
def test_label_is_one_line_in_nfc(answer):
    with pytest.raises(ValueError, match="not one line"):
        entries.make_ticket(k4.CONTEST, k4.ENTRIES[0][0], "anna@example.se", answer)


def candidates(*rows):
    """Candidates of (person, answer) or (person, answer, struck), numbered from 1, all in time."""
    return [
        Candidate(number, row[0], row[1], CLOSES - timedelta(hours=1), *row[2:]) for number, row in enumerate(rows, 1)
    ]


def test_settling_gives_statuses_of_specification():
    people = [(duplicate_key(email), answer) for _, email, answer, _, _ in k4.ENTRIES]
    assert [*settle_entries(candidates(*people), k4.RIGHT, CLOSES)] == [Settled(6, "fel svar"), Settled(7, "fel svar")]


def test_wrong_first_answer_does_not_cost_right_second_one():
    found = [*settle_entries(candidates(("a", "x"), ("a", "rätt"), ("a", "rätt")), "rätt", CLOSES)]
    assert found == [Settled(1, "fel svar"), Settled(3, "dubblett", 2)]


def test_a_withdrawn_or_struck_entry_is_as_if_never_sent():
    rows = ("a", "rätt", "återkallad"), ("a", "rätt", "anställd"), ("a", "rätt"), ("b", "fel", "uppenbart falsk")
    assert [*settle_entries(candidates(*rows), "rätt", CLOSES)] == [
        Settled(1, "återkallad"),
        Settled(2, "anställd"),
        Settled(4, "uppenbart falsk"),
    ]


def test_the_second_that_closes_still_counts():
    times = [CLOSES, CLOSES.replace(microsecond=999_999), CLOSES + timedelta(seconds=1)]
    rows = [Candidate(number, str(number), "rätt", time) for number, time in enumerate(times)]
    assert [*settle_entries(rows, "rätt", CLOSES)] == [Settled(2, "för sent")]


def test_two_reasons_strike_by_hand():
    assert entries.STRIKE_REASONS == ("anställd", "uppenbart falsk")


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["rätt", "fel"]), st.sampled_from([None, "anställd"])),
    max_size=12,
)


@given(ROWS, st.randoms())
def test_settling_ignores_order_and_keeps_one_right_answer_each(rows, chance):
    given_order = candidates(*rows)
    settled = [*settle_entries(given_order, "rätt", CLOSES)]
    shuffled = given_order.copy()
    chance.shuffle(shuffled)
    assert [*settle_entries(shuffled, "rätt", CLOSES)] == settled
    gone = {each.number for each in settled}
    counting = [each for each in given_order if each.number not in gone]
    right = [each for each in given_order if each.answer == "rätt" and not each.struck]
    assert {each.duplicate_key for each in counting} == {each.duplicate_key for each in right}
    for each in counting:
        assert each.number == min(other.number for other in right if other.duplicate_key == each.duplicate_key)


@given(ROWS)
def test_settling_agrees_with_an_independent_reading(rows):
    codes = [f"{number:026}" for number in range(len(rows))]
    sent = [
        independent.Sent(code, f"{who}@example.se", answer, "2023-08-20T20:59:59Z", struck is not None)
        for code, (who, answer, struck) in zip(codes, rows, strict=True)
    ]
    expected = independent.statuses("x-1", sent, "rätt", "2023-08-20T21:59:59Z")
    gone = {each.number for each in settle_entries(candidates(*rows), "rätt", CLOSES)}
    ours = {
        entries.make_ticket("x-1", code, f"{who}@example.se", answer): "struken" if number in gone else "med"
        for number, (code, (who, answer, _)) in enumerate(zip(codes, rows, strict=True), 1)
    }
    assert ours == expected
