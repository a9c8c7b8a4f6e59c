"""What the tests of the specification share."""

from functools import cache

import pytest

from app.draw import verifiera

check_once = cache(verifiera.is_genuine)


@pytest.fixture(autouse=True)
def once(request, monkeypatch):
    """Check each signature once: py_ecc needs a second for it."""
    if "no_py_ecc" not in request.fixturenames:
        monkeypatch.setattr(verifiera, "is_genuine", check_once)
