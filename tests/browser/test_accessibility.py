"""axe-core finds nothing on any page, in any state, in light and in dark, with script and without."""

import pytest

from tests.browser.acts import axe_faults
from tests.browser.conftest import AXE
from tests.browser.places import PLACES, PUBLIC
from tests.conftest import on_sqlite

pytestmark = on_sqlite

SCRIPTED = ("/lucka/", "/dragning", "/mitt-svar", "/tillganglighet", "/paminnelse")
# The public places that a script belongs to; the others are the same with script and without.
WITH_SCRIPT = [name for name, place in PUBLIC.items() if any(part in place.path for part in SCRIPTED)]


@pytest.fixture(autouse=True, scope="module")
def axe(shared_page):
    shared_page.add_init_script(path=AXE)


@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing(visit, place):
    page = visit(place)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe_faults(page) == "", scheme


@pytest.mark.parametrize("place", WITH_SCRIPT)
def test_axe_finds_nothing_without_script(visit, shared_page, place):
    shared_page.route("**/*.js", lambda route: route.abort())
    page = visit(place)
    assert axe_faults(page) == ""
