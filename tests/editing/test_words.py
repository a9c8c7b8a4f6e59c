"""Versions are compared in an organiser's words, not in those of a file format."""

import pytest

from app.editing.labels import Piece, describe_file, diff_lines, field_label


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title", "Rubrik"),
        ("facts[2].year", "Fakta 2, källans årtal"),
        ("facts[2].language", "Fakta 2, källans språk"),
        ("facts[1].read", "Fakta 1, läst"),
        ("question.options[3]", "Alternativ 3"),
        ("steps[1]", "Gör så här 1"),
        ("contest.prizes[1].value", "Vinst 1, värde i kronor"),
        ("something.new", "something.new"),
    ],
)
def test_a_field_is_called_what_the_form_calls_it(field, words):
    assert field_label(field) == words


def test_hatch_is_told_line_by_line_with_its_tip_last():
    text = '+++\ntitle = "A"\n[contest]\nask_motivation = true\n[[facts]]\nyear = 2024\n+++\n\nTips.\n'
    assert describe_file(text) == "Rubrik: A\nBe om en motivering: ja\nFakta 1, källans årtal: 2024\n\nTips."


def test_file_that_cannot_be_taken_apart_is_told_whole():
    assert describe_file("title = ") == "title = "


def test_only_differences_are_shown_word_by_word_with_context():
    old, new = "a\nb\nc\nRubrik: en gammal\nd\ne\nf", "a\nb\nc\nRubrik: en ny\nd\ne\nf"
    assert diff_lines(old, new) == [
        [
            Piece("same", "c\n"),
            Piece("same", "Rubrik: en "),
            Piece("gone", "gammal"),
            Piece("new", "ny"),
            Piece("same", "\n"),
            Piece("same", "d\n"),
        ]
    ]


def test_texts_that_are_alike_differ_in_nothing():
    assert diff_lines("a\nb", "a\nb") == []
