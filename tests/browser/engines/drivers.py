"""Three engines as Debian ships them, driven by the commands that all three know (W3C WebDriver).

Chromium and WebKitGTK come with a driver that speaks HTTP. Firefox has the same commands within, as Marionette, which
counts each message's bytes; so it needs no driver of its own, which Debian does not have.
"""

import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import free_port, until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver names an element in JSON
COMMANDS = {
    "Navigate": "url",
    "Back": "back",
    "SetWindowRect": "window/rect",
    "ExecuteScript": "execute/sync",
    "FindElement": "element",
    "ElementClick": "element/{id}/click",
    "ElementSendKeys": "element/{id}/value",
    "TakeScreenshot": "element/{id}/screenshot",
}
# What each engine needs, by the packages of Debian that bring it.
PACKAGES = {
    "Chromium": {"chromium": "chromium", "chromedriver": "chromium-driver"},
    "Firefox": {"firefox-esr": "firefox-esr"},
    "WebKitGTK": {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"},
}
HEIGHT = 900


def program(name: str) -> str | None:
    """Return where the machine's own program is, not the one that the tests brought."""
    return shutil.which(name, path="/usr/bin:/usr/local/bin")


def missing_packages(engine: str) -> list[str]:
    return [package for name, package in PACKAGES[engine].items() if not program(name)]


class Driver:
    """One window of one engine."""

    def command(self, name: str, **parameters: Any) -> Any:
        raise NotImplementedError

    def open(self, address: str) -> None:
        self.command("Navigate", url=address)

    def run(self, script: str) -> Any:
        return self.command("ExecuteScript", script=f"return {script}", args=[])

    def click(self, css: str) -> None:
        # WebKit's driver scrolls some elements half into view and then does not find them there.
        self.run(f"document.querySelector({json.dumps(css)}).scrollIntoView({{block: 'center'}})")
        self.command("ElementClick", id=self._element(css))

    def write(self, css: str, text: str) -> None:
        self.command("ElementSendKeys", id=self._element(css), text=text)

    def picture(self, css: str) -> bytes:
        return b64decode(self.command("TakeScreenshot", id=self._element(css)))

    def _element(self, css: str) -> str:
        return str(self.command("FindElement", using="css selector", value=css)[ELEMENT])


class HttpDriver(Driver):
    """A driver that is a program of its own."""

    def __init__(self, port: int, capabilities: dict[str, Any]) -> None:
        self._base = f"http://127.0.0.1:{port}/session"
        made = self._ask("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self._base += f"/{made['sessionId']}"

    def command(self, name: str, **parameters: Any) -> Any:
        path = COMMANDS[name].format(**parameters)
        return self._ask("GET", f"/{path}") if name == "TakeScreenshot" else self._ask("POST", f"/{path}", parameters)

    def quit(self) -> None:
        self._ask("DELETE", "")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 – on loopback
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None


class MarionetteDriver(Driver):
    """Firefox itself: each message is its length, a colon and [kind, number, …] in JSON."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._answers = self._socket.makefile("rb")
        self._read()
        self.command("NewSession")

    def command(self, name: str, **parameters: Any) -> Any:
        message = json.dumps([0, 1, f"WebDriver:{name}", parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        assert error is None, error
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def quit(self) -> None:
        self._answers.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (digit := self._answers.read(1)) not in (b":", b""):
            length += digit
        return json.loads(self._answers.read(int(length)))


@contextmanager
def driven(engine: str, width: int, profile: Path) -> Iterator[Driver]:
    """Open a window of an engine, `width` pixels of the page wide, with what it keeps in a folder of its own."""
    with ExitStack() as stack:
        driver = {"Chromium": _chromium, "Firefox": _firefox, "WebKitGTK": _webkit}[engine](stack, width, profile)
        driver.command("SetWindowRect", width=width, height=HEIGHT)
        yield driver


def _chromium(stack: ExitStack, width: int, profile: Path) -> Driver:
    port = free_port()
    _start(stack, [program("chromedriver") or "", f"--port={port}"], port)
    switches = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    switches += ["--no-first-run", "--disable-background-networking"]
    # No window of its own is narrower than 500 pixels.
    screen = {"width": width, "height": HEIGHT, "pixelRatio": 1, "mobile": False, "touch": False}
    options = {"binary": program("chromium"), "args": switches, "mobileEmulation": {"deviceMetrics": screen}}
    driver = HttpDriver(port, {"goog:chromeOptions": options})
    stack.callback(driver.quit)
    return driver


def _firefox(stack: ExitStack, width: int, profile: Path) -> Driver:
    port = free_port()
    # No window of its own is narrower than 500 pixels, but the page in it is where its style sheet says so.
    (profile / "chrome").mkdir()
    (profile / "chrome" / "userChrome.css").write_text(f"browser {{ max-width: {width}px; }}")
    chosen = {"marionette.port": port, "toolkit.legacyUserProfileCustomizations.stylesheets": True}
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items())
    (profile / "user.js").write_text("".join(lines))
    _start(stack, [program("firefox-esr") or "", "--headless", "--marionette", "--profile", str(profile)], port)
    driver = MarionetteDriver(port)
    stack.callback(driver.quit)
    return driver


def _webkit(stack: ExitStack, _width: int, profile: Path) -> Driver:
    # Its window is as wide as its buttons, so they are made small.
    (profile / "gtk-3.0").mkdir()
    (profile / "gtk-3.0" / "gtk.css").write_text("* { padding: 0; margin: 0; min-width: 0; font-size: 1px; }")
    display = _display(stack)
    port = free_port()
    settings = {"DISPLAY": display, "XDG_CONFIG_HOME": str(profile), "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    _start(stack, [program("WebKitWebDriver") or "", f"--port={port}"], port, settings)
    browser = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    driver = HttpDriver(port, {"webkitgtk:browserOptions": {"binary": str(browser), "args": ["--automation"]}})
    stack.callback(driver.quit)
    return driver


def _display(stack: ExitStack) -> str:
    """Start a screen that nothing shows; returns its name."""
    reader, writer = os.pipe()
    arguments = [program("Xvfb") or "", "-displayfd", str(writer), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(arguments, pass_fds=[writer], stderr=subprocess.DEVNULL)
    stack.callback(_end, screen)
    os.close(writer)
    with os.fdopen(reader) as told:
        return f":{told.readline().strip()}"


def _start(stack: ExitStack, arguments: list[str], port: int, settings: dict[str, str] | None = None) -> None:
    """Start a program and wait until it listens; it ends with the stack."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(arguments, env=os.environ | (settings or {}), **quiet)
    stack.callback(_end, process)
    until(lambda: _listens(port), process)


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
