"""What the tests of answers, pledges and January share."""

import pytest
from bs4 import BeautifulSoup

from app.pledges.counter import replies_of
from app.pledges.models import Reply


@pytest.fixture
def counted(app):
    """What has been counted of 2026, as {(kind, number, choice): count}."""

    def read():
        with app.app_context():
            return {tuple(reply)[1:]: count for reply, count in replies_of(2026).items()}

    return read


@pytest.fixture
def add(app):
    """Count replies behind the forms: add("pledge", 9, times=12)."""

    def count(kind, number=0, choice="", times=1):
        app.extensions["replies"].count(*[Reply(2026, kind, number, choice)] * times)

    return count


@pytest.fixture
def words(client):
    """A page's main text, in one line."""

    def read(path):
        return " ".join(BeautifulSoup(client.get(path).text, "html.parser").main.get_text(" ").split())

    return read
