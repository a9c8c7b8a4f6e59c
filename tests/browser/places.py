"""Every page in every state that it can be met in, by name, and what has to happen before."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask
from playwright.sync_api import Page

from app.admin import access
from tests.browser.acts import fill_in, press, send
from tests.conftest import ENTRY_URL, STATES, StoppedClock


class Scene(NamedTuple):
    page: Page
    app: Flask
    clock: StoppedClock


class Place(NamedTuple):
    """A path, the state that the contest has reached, the time if another than that of the state, and a last act."""

    path: str
    state: str = ""
    at: str = ""
    then: Callable[[Scene], None] | None = None


def send_empty(scene: Scene) -> None:
    send(scene.page, scene.clock)


def send_filled_in(scene: Scene) -> None:
    fill_in(scene.page)
    send(scene.page, scene.clock)


def send_when_too_many_do(scene: Scene) -> None:
    scene.app.config["ENTRY_LIMIT"] = "0 per hour"
    send_filled_in(scene)


def pressing(button: str) -> Callable[[Scene], None]:
    return lambda scene: press(scene.page, button)


def follow_an_invitation(scene: Scene) -> None:
    with scene.app.app_context():
        token = access.invite(None, scene.clock.now())
    scene.page.goto(scene.page.url.replace("logga-in", f"inbjudan/{token}"))


def follow_it_and_send_nothing(scene: Scene) -> None:
    follow_an_invitation(scene)
    press(scene.page, "Skapa kontot")


def lock_without_a_time(scene: Scene) -> None:
    scene.page.get_by_label("Tid för dragningen").fill("")
    press(scene.page, "Lås listan")


NOON = "2026-12-22 12:01"
"""When the value of the draw has come."""

PUBLIC = {
    "the calendar in November": Place("/", at="2026-11-20 08:00"),
    "the calendar on 1 December": Place("/", at="2026-12-01 08:00"),
    "the calendar on 10 December": Place("/"),
    "the calendar on 24 December": Place("/", at="2026-12-24 08:00"),
    "the calendar after Christmas": Place("/", at="2026-12-27 08:00"),
    "the calendar within another site": Place("/inbaddning"),
    "the same in November": Place("/inbaddning", at="2026-11-20 08:00"),
    "a hatch": Place("/2026/lucka/9"),
    "the hatch of the contest": Place("/2026/lucka/10"),
    "the hatch before the contest opens": Place("/2026/lucka/10", at="2026-12-10 05:00"),
    "the hatch after the contest": Place("/2026/lucka/10", "closed"),
    "a locked hatch": Place("/2026/lucka/20"),
    "the form": Place(ENTRY_URL),
    "the form with faults": Place(ENTRY_URL, then=send_empty),
    "the form when too many enter": Place(ENTRY_URL, then=send_when_too_many_do),
    "the form before the contest opens": Place(ENTRY_URL, at="2026-12-10 05:00"),
    "the form after the contest": Place(ENTRY_URL, "closed"),
    "the receipt": Place(ENTRY_URL, then=send_filled_in),
    "the rules": Place("/2026/tavling/villkor"),
    "about the calendar": Place("/om"),
    "a page that is not there": Place("/finns-inte"),
    "the draw before the contest opens": Place("/2026/dragning", at="2026-12-10 05:00"),
    **{f"the draw, {state}": Place("/2026/dragning", state) for state in STATES[1:]},
}
ADMIN = {
    "the sign-in": Place("/admin/logga-in"),
    "the sign-in with faults": Place("/admin/logga-in", then=pressing("Logga in")),
    "an invitation": Place("/admin/logga-in", then=follow_an_invitation),
    "an invitation with faults": Place("/admin/logga-in", then=follow_it_and_send_nothing),
    "an invitation that is used up": Place("/admin/inbjudan/borta"),
    "the overview in November": Place("/admin/", at="2026-11-20 08:00"),
    "the overview": Place("/admin/", "open"),
    "no entries": Place("/admin/bidrag"),
    "the entries": Place("/admin/bidrag", "open"),
    "the entries, locked": Place("/admin/bidrag", "locked"),
    "a search that finds nothing": Place("/admin/bidrag?sok=nisse", "open"),
    "a strike": Place("/admin/bidrag/1/stryk", "open"),
    "the overview after the draw": Place("/admin/", "finished"),
    "the statistics": Place("/admin/statistik", "closed"),
    "the statistics in November": Place("/admin/statistik", at="2026-11-20 08:00"),
    "the readiness": Place("/admin/beredskap"),
    "the choice of a preview": Place("/admin/forhandsvisning"),
    "the calendar in a preview": Place("/admin/forhandsvisning/2026-12-13T0800/"),
    "a hatch in a preview": Place("/admin/forhandsvisning/2026-12-13T0800/2026/lucka/13"),
    "a form in a preview": Place("/admin/forhandsvisning/2026-12-13T0800/2026/lucka/10/tavla"),
    "a form that was not sent": Place(
        "/admin/forhandsvisning/2026-12-13T0800/2026/lucka/10/tavla", then=pressing("Skicka mitt svar")
    ),
    **{f"the desk, {state}": Place("/admin/dragning", state) for state in STATES},
    "the desk, locked without a time": Place("/admin/dragning", "closed", then=lock_without_a_time),
    "the desk, with the value to come": Place("/admin/dragning", "locked", at=NOON),
    "the desk, with no value pasted": Place("/admin/dragning", "locked", at=NOON, then=pressing("Gör dragningen")),
}
PLACES = PUBLIC | ADMIN
