"""A kommunredaktör at a copy of the real content."""

import pytest

from tests.conftest import signed_in


@pytest.fixture
def lerums(app):
    """A browser that is signed in for Lerum."""
    return signed_in(app, "eva@lerum.se", role="municipality", municipality="lerum")
