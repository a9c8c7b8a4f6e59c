"""The engines that this machine has. `make engines` asks for them; `make test` has a browser of its own."""

import os
from collections.abc import Iterator

import pytest

from tests.browser.engines.drivers import PACKAGES, Driver, driven, missing_packages

FOUND = [engine for engine in PACKAGES if not missing_packages(engine)]
MISSING = [package for engine in PACKAGES for package in missing_packages(engine)]
INSTALL = f"apt-get install {' '.join(MISSING)}"
ASKED = "ENGINES" in os.environ
collect_ignore = [] if ASKED else ["test_engines.py"]
if ASKED and not FOUND:
    raise pytest.UsageError(f"Ingen av webbläsarna finns. {INSTALL}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud which engines were tried and which were not."""
    if ASKED:
        terminalreporter.write_line(f"Provat i {', '.join(FOUND)}.")
        for engine in PACKAGES.keys() - FOUND:
            terminalreporter.write_line(f"Inte provat i {engine}. {INSTALL}")


@pytest.fixture(scope="module", params=[390, 1440])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module", params=FOUND)
def window(request: pytest.FixtureRequest, width: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with driven(request.param, width, tmp_path_factory.mktemp("profile")) as driver:
        yield driver
