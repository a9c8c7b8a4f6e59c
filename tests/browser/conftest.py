"""A real browser in front of the app, which answers on a port of its own. One database engine is enough here."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.admin.accounts.guard import COOKIE
from app.spec.beacon import QUICKNET
from tests.browser.places import ADMIN, PLACES, Place, Scene
from tests.conftest import StoppedClock, free_port, freeze

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
# Nothing moves, so that nothing is waited for.
SETTINGS = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "reduced_motion": "reduce"}
LARGE = {"width": 1280, "height": 720}
SMALL = {"width": 320, "height": 568}
CORRECTION = 'corrections = [{date = 2026-12-10, text = "Vinsten hämtas i Lerum."}]'
# The real chain, and a relay that does not answer.
REAL = {"DRAW_CHAIN": QUICKNET, "DRAW_RELAYS": (f"http://127.0.0.1:{free_port()}",)}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": SWITCHES.split()}


@pytest.fixture(scope="session")
def early_hatch(filled_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real content, but for a contest that opens at six, whose rules have been corrected.

    The hours before that are there to be seen, too.
    """
    folder = Path(shutil.copytree(filled_in, tmp_path_factory.mktemp("content"), dirs_exist_ok=True))
    hatch = folder / "2026" / "10" / "hatch.md"
    text = hatch.read_text().replace("opens = 2026-12-10T00:00:00", "opens = 2026-12-10T06:00:00")
    hatch.write_text(text.replace("[contest]\n", f"[contest]\n{CORRECTION}\n"))
    return folder


@pytest.fixture
def app(
    make_app: Callable[..., Flask], early_hatch: Path, clock: StoppedClock, request: pytest.FixtureRequest
) -> Flask:
    """An app whose jobs loop has frozen the contest, when its time has come; as the test's place has it."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    place = PLACES.get(parameters.get("place", ""), Place(""))
    if place.at and not place.state:
        clock.set(place.at)
    app = make_app(CALENDAR_CONTENT=early_hatch, **(REAL if place.real else {}))
    edition = app.extensions["library"].editions[2026]
    if edition.file_contest.phase(clock.now()) != "before" and not place.unfrozen:
        with app.app_context():
            freeze(app)
    return app


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the app, served over HTTP for as long as the test takes."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser_context_args(site: str) -> dict[str, Any]:
    return SETTINGS | {"base_url": site}


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Give a page Olle's sign-in. The way in through invitation and code has a test of its own."""

    def give(page: Page) -> None:
        cookie = request.getfixturevalue("organiser").get_cookie(COOKIE)
        page.context.add_cookies([{"name": COOKIE, "value": cookie.value, "url": "https://127.0.0.1", "secure": True}])

    return give


@pytest.fixture(scope="module")
def shared_page(browser: Browser) -> Iterator[Page]:
    """One page for many tests: making one takes longer than most of them."""
    context = browser.new_context(**SETTINGS, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, shared_page: Page, app: Flask, site: str, clock: StoppedClock
) -> Iterator[Callable[[str], Page]]:
    """Bring the shared page to one of PLACES: visit("the thanks")."""

    def go(name: str) -> Page:
        place = PLACES[name]
        if place.state:
            for entrant in ("anna", "bo", "cecilia"):
                request.getfixturevalue("accept")(f"{entrant}@example.se")
            request.getfixturevalue("reach")(place.state)
        if place.at:
            clock.set(place.at)
        if name in ADMIN and "logga-in" not in place.path:
            request.getfixturevalue("sign_in")(shared_page)
        shared_page.goto(site + place.path)
        if place.then:
            place.then(Scene(shared_page, app, clock))
        return shared_page

    yield go
    shared_page.unroute_all()
    shared_page.context.clear_cookies()
    shared_page.set_viewport_size(LARGE)
    shared_page.emulate_media(color_scheme="null", forced_colors="null")
