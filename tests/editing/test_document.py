"""Changing a content file: what nobody touched stays byte for byte, and whatever is typed can be read again."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.editing.hatch_file import HatchFileError, change_toml, parse_hatch, parse_toml, render_hatch
from tests.conftest import ROOT

FOLDER = ROOT / "calendar_content" / "2026"
SOURCE = """# Överst
title = "A" # rubriken

# Före frågan
[question]
options = ["x", "y"] # två

[[facts]]
text = "ett"

[[facts]]
text = "två" # den andra
"""
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1)


@pytest.mark.parametrize("number", range(1, 25))
def test_saving_what_stands_there_changes_no_byte_of_a_hatch(number):
    text = (FOLDER / f"{number:02}" / "hatch.md").read_text("utf-8")
    head, tip = parse_hatch(text)
    assert render_hatch(text, head, tip) == text


def test_saving_what_stands_there_changes_no_byte_of_the_edition():
    text = (FOLDER / "edition.toml").read_text("utf-8")
    assert change_toml(text, parse_toml(text)) == text


def test_comments_and_order_survive_a_change():
    new = change_toml(SOURCE, {"title": "B", "question": {"options": ["x", "z", "å"]}})
    assert new == SOURCE.replace('title = "A"', 'title = "B"').replace('["x", "y"]', '["x", "z", "å"]')


def test_row_more_comes_last_and_row_less_leaves_others_alone():
    rows = [{"text": "ett"}, {"text": "två"}, {"text": "tre"}]
    longer = change_toml(SOURCE, {"facts": rows})
    assert longer == SOURCE + '\n[[facts]]\ntext = "tre"\n'
    assert parse_toml(change_toml(longer, {"facts": rows[:1]}))["facts"] == rows[:1]


def test_a_list_that_is_emptied_can_be_filled_again():
    emptied = change_toml(SOURCE, {"facts": []})
    assert "facts" not in parse_toml(emptied)
    assert parse_toml(change_toml(emptied, {"facts": [{"text": "ny"}]}))["facts"] == [{"text": "ny"}]


def test_field_without_value_goes_and_empty_one_is_not_added():
    assert "title" not in parse_toml(change_toml(SOURCE, {"title": None}))
    assert "summary" not in parse_toml(change_toml(SOURCE, {"summary": ""}))


def test_a_new_table_has_room_for_lists_of_its_own():
    contest = {"id": "x", "prizes": [{"title": "A", "value": 1}]}
    assert parse_toml(change_toml(SOURCE, {"contest": contest}))["contest"] == contest


@given(TEXTS)
def test_whatever_is_typed_is_read_again_as_it_was(typed):
    typed = typed.strip() or "x"
    new = change_toml(SOURCE, {"title": typed, "facts": [{"text": typed}, {"text": "två"}]})
    read = tomllib.loads(new)
    assert (read["title"].strip(), read["facts"][0]["text"].strip()) == (typed, typed)
    assert "# den andra" in new


@pytest.mark.parametrize("text", ["inget huvud", "+++\ntitle = \n+++\ntips", "+++\nx = " + "[" * 5000 + "\n+++\n"])
def test_a_file_that_cannot_be_taken_apart_says_so(text, usual_recursion_limit):
    with pytest.raises(HatchFileError):
        parse_hatch(text)
    with pytest.raises(HatchFileError):
        render_hatch(text, {"title": "x"})
