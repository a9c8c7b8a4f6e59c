"""Long files in parts, and sorted rows side by side: the same as when all of it is read at once."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from app.draw import readers
from tests.draw import independent

KEYS = st.dictionaries(st.text("abc", max_size=3), st.integers(1, 9), max_size=9)
CUTS = st.lists(st.integers(0, 400), max_size=8)
TICKET, KEY = 64 * "a", 64 * "b"


def cut(data, at):
    """The bytes in parts, some of them empty."""
    bounds = [0, *sorted(at), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(bounds)]


@given(KEYS, KEYS)
def test_every_key_of_both_sides_comes_once_in_order(left, right):
    rows = [*readers.side_by_side(sorted(left.items()), sorted(right.items()))]
    assert rows == [(key, left.get(key), right.get(key)) for key in sorted(left.keys() | right.keys())]


@given(st.text("aå\n"), CUTS)
def test_lines_are_those_of_the_whole_text(text, at):
    assert [*readers.lines(cut(text.encode(), at))] == text.split("\n")


def test_lines_of_a_list_are_told_from_others():
    others = []
    rows = ["oppen-dragning/v1/lista", "mjk", f"{TICKET} med", f"{KEY} struken", f"{TICKET} MED", ""]
    assert [*readers.listed(rows, others)] == [(TICKET, "med"), (KEY, "struken")]
    assert others == ["oppen-dragning/v1/lista", "mjk", f"{TICKET} MED", ""]


@given(st.integers(0, 4), CUTS, st.sampled_from([None, 1]))
def test_places_are_read_out_of_a_protocol_and_the_rest_is_left(number, at, indent):
    ranking = [{"plats": place, "lott": TICKET, "nyckel": KEY} for place in range(1, number + 1)]
    protocol = {"fro": "å", "rangordning": ranking, "utfall": [{"plats": 1, "lott": TICKET}]}
    rest = []
    found = [*readers.places(cut(json.dumps(protocol, indent=indent).encode(), at), rest)]
    assert found == [(place, TICKET, KEY) for place in range(1, number + 1)]
    assert json.loads("".join(rest)) == protocol | {"rangordning": []}


@given(CUTS)
def test_a_seal_is_checked_while_the_file_goes_by(at):
    data = independent.sealed({"fro": "å", "utfall": []})
    for changed, right in ((data, True), (data.replace(b"fro", b"fra"), False), (data[:-1], False), (b"", False)):
        whole = []
        assert b"".join(readers.unsealed(cut(changed, at), whole)) == changed
        assert whole == [right]
