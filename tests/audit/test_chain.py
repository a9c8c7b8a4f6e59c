"""The audit chain: each record's checksum rests on all before it. The values are K6 of the specification."""

from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit.chain import START, compact, next_head

ENTRY = {
    "typ": "bidrag",
    "tid": "2026-12-01T05:00:00Z",
    "nr": 1,
    "lott": "be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea",
}
LOCK = {
    "typ": "last",
    "tid": "2026-12-21T11:00:00Z",
    "nr": 2,
    "lasbevis": "153597c4a4f3fc79297e212643d93b3028326ce2f7a647f5ee8ee12d5a43fd70",
}


def head_after(records: list[str]) -> str:
    return [*accumulate(records, next_head, initial=START)][-1]


def test_the_chain_begins_with_64_zeros():
    assert head_after([]) == 64 * "0"


def test_the_chain_is_as_the_specification_has_it():
    first = head_after([compact(ENTRY)])
    assert first == "6776d914420cce43a9e20da6872d01dfc4ae27441ad6872b2e896610a7202cec"
    assert next_head(first, compact(LOCK)) == "b4d103b4daf86433655f34e315f89ab48062c8e4b54a5bf63a2c26dec3f577d0"


def test_a_record_is_written_with_sorted_keys_and_swedish_letters_and_without_spaces():
    assert compact({"typ": "struken", "skal": "återkallad", "nr": 7}) == '{"nr":7,"skal":"återkallad","typ":"struken"}'


def test_the_order_in_which_fields_are_given_changes_nothing():
    assert compact(dict(reversed(ENTRY.items()))) == compact(ENTRY)


RECORDS = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers() | st.text()).map(compact), min_size=1)


@settings(deadline=None)
@given(RECORDS, st.data())
def test_a_changed_record_changes_the_head(records, data):
    at = data.draw(st.integers(0, len(records) - 1))
    changed = [*records[:at], compact({"ny": 1}), *records[at + 1 :]]
    assert head_after(changed) != head_after(records)


@settings(deadline=None)
@given(RECORDS, st.data())
def test_a_removed_record_changes_the_head(records, data):
    at = data.draw(st.integers(0, len(records) - 1))
    assert head_after(records[:at] + records[at + 1 :]) != head_after(records)


def test_two_records_that_change_places_change_the_head():
    assert head_after([compact(ENTRY), compact(LOCK)]) != head_after([compact(LOCK), compact(ENTRY)])
