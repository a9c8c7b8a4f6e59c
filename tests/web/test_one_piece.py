"""What is short leaves whole; what is long, or made on the way, in pieces."""

import pytest

from app.web.headers import InOnePiece


class Stream:
    """The body of an answer, in pieces; it notes when it is closed."""

    def __init__(self, *pieces):
        self._pieces = iter(pieces)
        self.closed = False

    def __iter__(self):
        return self._pieces

    def close(self):
        self.closed = True


def through(body, *headers):
    def answers(_environ, start_response):
        start_response("200 OK", [*headers])
        return body

    return InOnePiece(answers)({}, lambda *_: None)


def test_what_is_short_leaves_in_one_piece():
    body = Stream(b"kort", b" och ", b"gott")
    assert through(body, ("Content-Length", "13")) == [b"kort och gott"]
    assert body.closed


@pytest.mark.parametrize("headers", [[], [("Content-Length", str(10**9))]])
def test_what_is_long_or_made_on_the_way_leaves_as_it_comes(headers):
    body = Stream(b"ett", b"stycke")
    assert through(body, *headers) is body
    assert not body.closed
