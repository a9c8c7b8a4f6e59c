"""Measure the shape of the code as one table: `python tools/measure.py [REVISION]`, subjects of commits since REVISION.

Shares of comments and docstrings are of lines that are not blank; a/b/c is median, 90 % and the largest.
"""

import ast
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from statistics import median

ROOT = Path.cwd()
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HAVE_DOCSTRINGS = (*FUNCTIONS, ast.ClassDef, ast.Module)
IMPORTS = (ast.Import, ast.ImportFrom)
ROUTES = {"route", "get", "post"}
VAGUE = re.compile(r"\b(?:whoever|nobody|somebody|anybody)\b", re.IGNORECASE)
Graph = dict[str, set[str]]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def read(files: Iterable[Path]) -> dict[Path, ast.Module]:
    return {path: ast.parse(text) for path in sorted(files) if (text := path.read_text("utf-8")).strip()}


def nodes(trees: Iterable[ast.AST], *kinds: type[ast.AST]) -> list[ast.AST]:
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)]


def length(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def spread(numbers: Iterable[int]) -> str:
    ordered = sorted(numbers) or [0]
    return f"{median(ordered):g}/{ordered[int(len(ordered) * 0.9)] if len(ordered) > 1 else ordered[0]}/{ordered[-1]}"


def imported(tree: ast.AST, known: set[str]) -> set[str]:
    """Return the modules of ours that a module imports, at its top or inside functions."""
    found: set[str] = set()
    for node in nodes([tree], ast.ImportFrom):
        full = {f"{node.module}.{alias.name}" for alias in node.names}
        found |= full & known
        if full - known:
            found |= {node.module} & known
    return found | {alias.name for node in nodes([tree], ast.Import) for alias in node.names} & known


def reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [*graph[start]]
    while waiting:
        if (name := waiting.pop()) not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen


def cycles(graph: Graph) -> str:
    """Describe the groups whose members import each other."""
    reach = {name: reachable(graph, name) for name in graph}
    groups = {frozenset(other for other in reach[name] if name in reach[other]) for name in graph} - {frozenset()}
    return str(len(groups)) + (f" ({', '.join(' '.join(sorted(group)) for group in groups)})" if groups else "")


def merged(graph: Graph, depth: int) -> Graph:
    """Join modules to what they lie in: the part below app (depth 2), or their folder (-1)."""

    def part(name: str) -> str:
        parts = name.split(".")
        return name if len(parts) < 3 else ".".join(parts[:depth])

    joined: Graph = {part(name): set() for name in graph}
    for name, others in graph.items():
        joined[part(name)] |= {part(other) for other in others} - {part(name)}
    return joined


def comments(files: Iterable[Path]) -> int:
    found = 0
    for path in files:
        with path.open("rb") as file:
            found += sum(
                token.type == tokenize.COMMENT and not re.match(r"# ?(noqa|type:)", token.string)
                for token in tokenize.tokenize(file.readline)
            )
    return found


def is_exception(node: ast.ClassDef) -> bool:
    return any(re.search(r"(Error|Exception)$", ast.unparse(base)) for base in node.bases)


def is_view(node: ast.AST) -> bool:
    calls = [call.func for call in node.decorator_list if isinstance(call, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ROUTES for call in calls)


def rows(since: str) -> Iterator[tuple[str, object]]:
    app, tests = read((ROOT / "app").rglob("*.py")), read((ROOT / "tests").rglob("*.py"))
    text = {path: path.read_text("utf-8") for path in (*app, *tests)}
    lines = sum(len(text[path].splitlines()) for path in app)
    full = sum(bool(line.strip()) for path in app for line in text[path].splitlines())
    functions = nodes(app.values(), *FUNCTIONS)
    whole = "".join(text[path] for path in app)
    docstrings = [node for node in nodes(app.values(), *HAVE_DOCSTRINGS) if ast.get_docstring(node, clean=False)]
    graph = {
        name_of(path): imported(tree, {name_of(path) for path in app}) - {name_of(path)} for path, tree in app.items()
    }
    inner = {node for function in functions for node in nodes([function], *IMPORTS)}
    yield "modules, lines", f"{len(app)}, {lines}"
    yield "lines of a module", spread(len(text[path].splitlines()) for path in app)
    yield "functions; lines", f"{len(functions)}; {spread(map(length, functions))}"
    views = [node for node in functions if is_view(node)]
    yield "view functions; lines", f"{len(views)}; {spread(map(length, views))}"
    private = sum(node.name.startswith("_") and not node.name.startswith("__") for node in functions)
    yield "private functions", f"{private / len(functions):.0%}"
    yield "own imports per module", f"{sum(map(len, graph.values())) / len(graph):.1f}"
    yield "import cycles of modules", cycles(graph)
    yield "import cycles of packages in app", cycles(merged(graph, 2))
    yield "import cycles of folders", cycles(merged(graph, -1))
    yield "lines with a comment", f"{comments(app) / full:.1%}"
    yield "docstring lines", f"{sum(length(node.body[0]) for node in docstrings) / full:.1%}"
    yield (
        "functions with a docstring",
        f"{sum(isinstance(node, FUNCTIONS) for node in docstrings) / len(functions):.0%}",
    )
    named = sum(node.id == "Any" for node in nodes(app.values(), ast.Name))
    ignores = len(re.findall(r"# type: ignore", whole))
    yield "Any per 1,000 lines", f"{named / lines * 1000:.1f}"
    yield "type: ignore; per 1,000 lines", f"{ignores}; {ignores / lines * 1000:.1f}"
    yield "imports in functions per 1,000 lines", f"{len(inner) / lines * 1000:.1f}"
    yield "exception classes", sum(map(is_exception, nodes(app.values(), ast.ClassDef)))
    yield "test lines : app lines", f"{sum(len(text[path].splitlines()) for path in tests) / lines:.2f}"
    cases = [node for node in nodes(tests.values(), *FUNCTIONS) if node.name.startswith("test_")]
    yield "test functions; lines", f"{len(cases)}; {spread(map(length, cases))}"
    yield "words in a test's name", spread(node.name.count("_") for node in cases)
    readme = (ROOT / "README.md").read_text("utf-8")
    yield "README words, lines", f"{len(readme.split())}, {len(readme.splitlines())}"
    markup = [*chain(*(path.read_text("utf-8").splitlines() for path in (ROOT / "app" / "templates").rglob("*.html")))]
    longest, count = max(map(len, markup)), len(markup)
    indented, wide = sum(line[:1] == " " for line in markup), sum(len(line) > 120 for line in markup)
    yield "template lines indented", f"{indented / count:.0%}"
    yield "template lines over 120; longest", f"{wide / count:.0%}; {longest}"
    yield "whoever, nobody, somebody, anybody", len(VAGUE.findall(whole + readme))
    if since:
        command = ["git", "log", "--no-merges", "--format=%s", f"{since}..HEAD"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 – git
        yield f"commit subjects since {since}", spread(map(len, done.stdout.splitlines()))


if __name__ == "__main__":
    for label, value in rows(sys.argv[1] if len(sys.argv) > 1 else ""):
        print(f"{label:<36} {value}")
