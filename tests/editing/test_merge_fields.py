"""What two people changed in the same form, put together field by field."""

import pytest

from app.editing.form_mapping import SameField, merge_fields


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ({"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "3"}, {"a": "2", "b": "3"}),
        ({"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"}),
        ([{"a": "1"}, {"a": "2"}], [{"a": "9"}, {"a": "2"}], [{"a": "1"}, {"a": "8"}], [{"a": "9"}, {"a": "8"}]),
        ({"a": [], "b": ""}, {"a": [{"c": "1"}], "b": ""}, {"a": [], "b": "2"}, {"a": [{"c": "1"}], "b": "2"}),
    ],
)
def test_different_fields_are_put_together(base, theirs, mine, merged):
    assert merge_fields(base, theirs, mine) == merged


@pytest.mark.parametrize(
    ("base", "theirs", "mine"),
    [
        ({"a": "1"}, {"a": "2"}, {"a": "3"}),
        ([{"a": "1"}], [{"a": "1"}, {"a": "2"}], [{"a": "3"}]),
        (
            {"options": ["ja", "nej"], "answer": "0"},
            {"options": ["nej", "ja"], "answer": "0"},
            {"options": ["ja", "nej"], "answer": "1"},
        ),
    ],
)
def test_the_same_field_is_never_put_together(base, theirs, mine):
    with pytest.raises(SameField):
        merge_fields(base, theirs, mine)
