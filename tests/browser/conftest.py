"""A real browser in front of the app, which answers on a port of its own. One database engine is enough here."""

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from app.admin.accounts import credentials
from app.admin.accounts.guard import COOKIE
from app.spec.beacon import QUICKNET
from app.web.headers import SECURITY_HEADERS
from tests.browser.acts import AXE
from tests.browser.places import ADMIN, PLACES, Place, Scene
from tests.conftest import StoppedClock, free_port, freeze

CHROMIUM = shutil.which("chromium")
AXE_SOURCE = (Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js").read_bytes()
# An empty page of the tests' server. With the headers of the others, it keeps their process: a new one is half a test.
BLANK = "/blank"
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
# Nothing moves, so that nothing is waited for.
SETTINGS = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "reduced_motion": "reduce"}
LARGE = {"width": 1280, "height": 720}
SMALL = {"width": 320, "height": 568}
CORRECTION = 'corrections = [{date = 2026-12-10, text = "Vinsten hämtas i Lerum."}]'
CORRECTED = '[[corrections]]\ndate = 2026-12-10\nwrong = "Var femte resa."\nright = "Var fjärde resa."\n'
# The real chain, and a relay that does not answer.
REAL = {"DRAW_CHAIN": QUICKNET, "DRAW_RELAYS": (f"http://127.0.0.1:{free_port()}",)}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": SWITCHES.split()}


@pytest.fixture(autouse=True)
def hash_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with less work than a third of a second; tests/admin has how much it is."""
    monkeypatch.setattr(credentials, "hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def early_hatch(filled_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real content, but for a contest that opens at six, whose rules have been corrected, and a corrected hatch.

    The hours before that are there to be seen, too.
    """
    folder = Path(shutil.copytree(filled_in, tmp_path_factory.mktemp("content"), dirs_exist_ok=True))
    hatch = folder / "2026" / "10" / "hatch.md"
    text = hatch.read_text().replace("opens = 2026-12-10T00:00:00", "opens = 2026-12-10T06:00:00")
    hatch.write_text(text.replace("[contest]\n", f"[contest]\n{CORRECTION}\n"))
    corrected = folder / "2026" / "09" / "hatch.md"
    corrected.write_text(corrected.read_text().replace("[question]", f"{CORRECTED}\n[question]"))
    return folder


@pytest.fixture
def app(
    share_app: Callable[..., Flask], early_hatch: Path, clock: StoppedClock, request: pytest.FixtureRequest
) -> Flask:
    """An app whose jobs loop has frozen the contest, when its time has come; as the test's place has it."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    place = PLACES.get(parameters.get("place", ""), Place(""))
    if place.at and not place.state:
        clock.set(place.at)
    app = share_app(not place.unfrozen, CALENDAR_CONTENT=early_hatch, **(REAL if place.real else {}))
    edition = app.extensions["library"].editions[2026]
    if edition.file_contest.phase(clock.now()) != "before" and not place.unfrozen:
        with app.app_context():
            freeze(app)
    return app


class Server:
    """HTTP in front of the app that a test has, and axe-core beside it, on one port for all tests of a worker."""

    app: Flask

    def __init__(self) -> None:
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.port}"

    def _answer(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == AXE:
            start_response("200 OK", [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=3600")])
            return [AXE_SOURCE]
        if environ["PATH_INFO"] == BLANK:
            start_response("200 OK", [("Content-Type", "text/html"), *SECURITY_HEADERS])
            return [b"<!doctype html>"]
        # Read to its end first: Werkzeug's server leaves a file open whose reader has hung up.
        body, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        start_response(status, headers.to_wsgi_list())
        return body

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def site(app: Flask, server: Server) -> str:
    """The address of the app, served over HTTP."""
    server.app = app
    return server.address


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


@pytest.fixture(scope="session")
def kept_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """One page for many tests, for each choice of settings: making one takes longer than most of them."""
    pages: dict[str, Page] = {}

    def give(**settings: Any) -> Page:
        if repr(settings) not in pages:
            context = browser.new_context(**SETTINGS | {"base_url": server.address} | settings)
            pages[repr(settings)] = context.new_page()
        return pages[repr(settings)]

    yield give
    for page in pages.values():
        page.context.close()


@pytest.fixture(scope="session")
def shared_page(kept_page: Callable[..., Page]) -> Page:
    return kept_page(bypass_csp=True)


@pytest.fixture
def lend(kept_page: Callable[..., Page], site: str) -> Iterator[Callable[..., Page]]:
    """Lend a page with these settings to one test: lend(java_script_enabled=False)."""
    lent: list[Page] = []

    def give(**settings: Any) -> Page:
        lent.append(kept_page(**settings))
        return lent[-1]

    yield give
    for page in lent:
        make_as_new(page, site)


def make_as_new(page: Page, site: str) -> None:
    page.unroute_all()
    # What it still does by itself would be asked of the next test's app, at the same address.
    page.goto(site + BLANK)
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()
    page.context.clear_cookies()
    page.emulate_media(media="null", color_scheme="null", forced_colors="null")


@pytest.fixture(scope="session")
def html_faults() -> Iterator[Callable[[str], list[str]]]:
    """What html-validate finds in a page, asked of one process for all pages."""
    command = ["node", Path(__file__).parent / "validate.mjs"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:

        def ask(html: str) -> list[str]:
            node.stdin.write(json.dumps(html) + "\n")
            node.stdin.flush()
            return list(json.loads(node.stdout.readline()))

        yield ask
        node.stdin.close()


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
    make_as_new(shared_page, site)
    shared_page.set_viewport_size(LARGE)
