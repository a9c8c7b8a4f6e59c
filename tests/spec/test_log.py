"""The audit chain of Öppen dragning v2: K4, RFC 8785, and what a changed line does."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spec import log
from app.spec.lines import SpecError, split_lines
from app.spec.log import RecordKind, canonical_json, make_record, read_log
from tests.draw import independent
from tests.spec import k4

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def read(text):
    return [*read_log(split_lines("logg.txt", text.encode()))]


def test_records_are_those_of_specification():
    records = k4.k4_records()
    assert records[0] == (k4.FIRST_HEAD, k4.FIRST_RECORD)
    assert records[6][0] == k4.SEVENTH_HEAD


def test_the_whole_log_is_read_back():
    records = read(k4.k4_log())
    assert [record.number for record in records] == [*range(1, 14)]
    assert [str(record.kind) for record in records[7:]] == ["last", "dragen", "brev", "forbigangen", "brev", "vinnare"]
    assert records[0].fields == {"kvitto": log.receipt_sum(k4.ENTRIES[0][0])}
    assert independent.read_log(k4.k4_log().encode())[-1][0] == records[-1].head


def test_every_kind_has_its_fields():
    values = {"hex": "0" * 64, "int": 7, "text": "skäl"}
    head, text = log.START, ""
    for number, kind in enumerate(RecordKind, 1):
        fields = {name: values[shape] for name, shape in log.FIELDS[kind].items()}
        body = make_record(number, "2026-12-22T11:00:00Z", kind, **fields)
        head = log.next_head(head, body)
        text += log.log_line(head, body)
    assert [record.kind for record in read(text)] == [*RecordKind]
    assert len(independent.read_log(text.encode())) == len(RecordKind) == 12


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (RecordKind.ENTERED, {}),
        (RecordKind.ENTERED, {"kvitto": "0" * 63}),
        (RecordKind.STRUCK, {"kvitto": "0" * 64, "skal": "anställd"}),
        (RecordKind.ERASED, {"antal": 3}),
        (RecordKind.LETTER, {"plats": -1}),
        (RecordKind.LETTER, {"plats": "1"}),
        (RecordKind.LETTER, {"plats": True}),
        (RecordKind.CANCELLED, {"skal": ""}),
    ],
)
def test_record_with_other_fields_is_refused(kind, fields):
    with pytest.raises(ValueError, match="fält"):
        make_record(1, "2026-12-22T11:00:00Z", kind, **fields)


def test_record_has_time_that_exists():
    with pytest.raises(ValueError, match="tid"):
        make_record(1, "2026-13-22T11:00:00Z", RecordKind.ERASED)


def rechained(*bodies):
    head, text = log.START, ""
    for body in bodies:
        head = log.next_head(head, body)
        text += log.log_line(head, body)
    return text


FIRST, SECOND = (body for _, body in k4.k4_records()[:2])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hej\n", "rad 1 ska vara en kontrollsumma och en post"),
        (rechained(FIRST)[:-1], "sista raden är inte hel"),
        (rechained(FIRST, SECOND).replace(k4.FIRST_HEAD, "0" * 64), "rad 1 har en annan kontrollsumma"),
        (rechained(SECOND), "posten på rad 1 har nummer 2"),
        (rechained(FIRST, FIRST), "posten på rad 2 har nummer 1"),
        (rechained(FIRST.replace('"nr":1', '"nr": 1')), "inte skriven enligt RFC 8785"),
        (rechained(FIRST.replace('"nr":1', '"nr":1.0')), "går inte att läsa"),
        (rechained(FIRST.replace('"nr":1', '"nr":1e0')), "går inte att läsa"),
        (rechained(FIRST.replace('"nr":1', '"nr":1,"nr":1')), "inte skriven enligt RFC 8785"),
        (rechained(FIRST.replace("bidrag", "bidr\\u0061g")), "inte skriven enligt RFC 8785"),
        (rechained(FIRST.replace("bidrag", "annat")), "posttypen 'annat' är okänd"),
        (rechained(FIRST.replace('"kvitto"', '"kvittot"')), "ska ha fälten kvitto, nr, tid, typ"),
        (rechained(FIRST.replace("06:01:00Z", "26:01:00Z")), "fältet tid har ett värde av fel slag"),
        (rechained(FIRST.replace("06:01:00Z", "06:01:00+00:00")), "fältet tid har ett värde av fel slag"),
        (rechained("{}"), "har nummer None"),
        (rechained('{"nr":{}}'), "går inte att läsa"),
        (rechained('{"nr":9007199254740993}'), "går inte att läsa"),
        (rechained('{"nr":"\\ud800"}'), "går inte att läsa"),
    ],
)
def test_log_of_another_form_is_refused(text, sentence):
    with pytest.raises(SpecError, match=f"^logg.txt: .*{sentence}"):
        read(text)


@given(st.integers(0, len(k4.k4_log().encode()) - 1), st.integers(1, 255))
def test_one_flipped_byte_is_refused(place, flip):
    raw = bytearray(k4.k4_log().encode())
    raw[place] ^= flip
    with pytest.raises(SpecError):
        [*read_log(split_lines("logg.txt", bytes(raw)))]


# RFC 8785 3.2.2.2, with the string of its example.
def test_strings_are_escaped_as_in_standard():
    assert canonical_json({"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"}) == (
        '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


# RFC 8785 3.2.3: by UTF-16 code units, so that a smile (a surrogate pair) stands before U+FB33.
def test_keys_are_sorted_as_in_standard():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    assert [*json.loads(canonical_json(dict.fromkeys(keys, 1)))] == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@pytest.mark.parametrize("value", [1.0, None, True, [], {}, 2**53, -(2**53), "\ud800"])
def test_only_strings_and_integers_are_written(value):
    with pytest.raises(ValueError):
        canonical_json({"x": value})


@given(st.dictionaries(TEXT.filter(str.isascii), TEXT | st.integers(-(2**53) + 1, 2**53 - 1)))
def test_json_agrees_with_an_independent_writer(record):
    text = canonical_json(record)
    assert json.loads(text) == record
    assert text == independent.compact(record)
