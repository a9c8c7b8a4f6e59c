"""What layers cannot hold (pyproject.toml, import-linter): empty packages, and one place that asks the time."""

import ast

from tests.conftest import ROOT

# The clock, and the check that the host's own time can be right.
ASKS_THE_TIME = {"clock.py", "web/health.py"}
FILES = {str(path.relative_to(ROOT / "app")): path for path in sorted((ROOT / "app").rglob("*.py"))}


def test_package_files_are_empty():
    packages = {name: path for name, path in FILES.items() if name.endswith("/__init__.py")}
    assert packages
    assert {name for name, path in packages.items() if path.stat().st_size} == set()


def test_no_folder_has_thirteen_modules():
    folders = [path.parent for path in FILES.values() if path.name != "__init__.py"]
    assert {str(folder): folders.count(folder) for folder in folders if folders.count(folder) > 12} == {}


def test_only_clock_tells_the_time():
    asking = {
        name
        for name, path in FILES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    }
    assert asking == ASKS_THE_TIME
