"""axe-core finds nothing on any page, in any state, in light and in dark, with script and without."""

import pytest

from tests.browser.conftest import AXE
from tests.browser.places import PLACES, PUBLIC
from tests.conftest import on_sqlite

pytestmark = on_sqlite

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WITH_SCRIPT = [
    name
    for name, place in PUBLIC.items()
    if "/lucka/" in place.path or place.path in ("/mitt-bidrag", "/tillganglighet")
]
"""The public places that a script belongs to; the others are the same with script and without."""
RUN = """async tags => {
  const {violations, incomplete} = await axe.run({runOnly: tags, resultTypes: ["violations", "incomplete"]});
  return [...violations, ...incomplete.filter(({id}) => id !== "color-contrast")]
    .flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target}`)).join("\\n");
}"""
"""Also what axe is not sure of, but for colours over a gradient."""


@pytest.fixture(autouse=True, scope="module")
def axe(shared_page):
    shared_page.add_init_script(path=AXE)


@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing(visit, place):
    page = visit(place)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(RUN, TAGS) == "", scheme


@pytest.mark.parametrize("place", WITH_SCRIPT)
def test_axe_finds_nothing_without_script(visit, shared_page, place):
    shared_page.route("**/*.js", lambda route: route.abort())
    page = visit(place)
    assert page.evaluate(RUN, TAGS) == ""
