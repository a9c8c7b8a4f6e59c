"""Every page in every state is in order, as checks.py has it; each is visited once."""

import pytest

from tests.browser.checks import faults_in
from tests.browser.places import PLACES
from tests.conftest import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_in_order(visit, shared_page, html_faults, place):
    answers = []

    def keep(answer):
        if answer.request.is_navigation_request():
            answers.append(answer)

    shared_page.on("response", keep)
    page = visit(place)
    shared_page.remove_listener("response", keep)
    assert faults_in(page, answers[-1].text(), html_faults) == {}
