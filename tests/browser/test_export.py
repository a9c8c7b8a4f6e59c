"""The exported calendar on a plain file server: looks like the live one, and recounts its draw."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.conftest import on_sqlite

pytestmark = on_sqlite


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing is told."""


@pytest.fixture
def files(app, accept, reach, tmp_path):
    """The address of the calendar as files, after its draw."""
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")
    reach("finished")
    folder = tmp_path / "sparad"
    assert app.test_cli_runner().invoke(args=["export", str(folder)]).exit_code == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_reader_goes_from_house_to_hatch(page, files):
    faults = []
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("response", lambda answer: answer.status >= 400 and faults.append(answer.url))
    page.goto(files)
    page.locator(".windows a").nth(4).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url == f"{files}/2026/lucka/5/index.html"
    assert page.locator(".opened img").evaluate("each => each.complete && each.naturalWidth > 0")
    page.locator("input.right + label").click()
    expect(page.get_by_text("Rätt!")).to_be_visible()
    assert faults == []


def test_a_reader_recounts_the_draw(page, files):
    page.goto(f"{files}/2026/dragning/")
    page.get_by_text("För dig som vill kontrollera").click()
    page.get_by_role("button", name="Räkna om dragningen").click()
    expect(page.locator("#rakna-svar")).to_contain_text("Räkningen stämmer")
