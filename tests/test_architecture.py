"""The shape of the code: who may import whom, which modules are pure, and how long things may be."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

READING_ORDER = """
    typed clock settings config
    spec.lines spec.files spec.log spec.record spec.selection spec.beacon spec.practice_beacon
    calendar.fields calendar.schema calendar.faults calendar.miniatures calendar.hatches calendar.house
    calendar.markdown calendar.street calendar.feeds calendar.gaps calendar.advice calendar.security_txt
    contest.entries contest.ages contest.rules contest.municipalities contest.answers
    mail.messages privacy.retention
    draw.verifiera
    sqlite_file database write_once migrations audit.records
    calendar.content calendar.last_good calendar.library calendar.commands
    editing.toml_text editing.document editing.words editing.differences editing.sheets editing.drawings
    editing.pictures editing.leaves editing.history editing.trial editing.conduct editing.archive editing.editions
    contest.models contest.counts contest.hints
    statistics.charts statistics.figures statistics.counting statistics.models
    mail.models mail.outbox mail.post
    contest.terms contest.opening contest.batch_writer contest.store
    feedback.models
    draw.models draw.listing draw.status draw.page_state draw.actions draw.winners draw.withdrawal draw.relays
    draw.drawing
    statistics.summary
    draw.links draw.mails draw.delivery draw.tickets draw.rehearsing draw.public_files draw.verify draw.commands
    operations.bundle operations.copies operations.backup operations.restoring
    web.converters web.headers web.bulkhead web.cross_site
    web.assets web.weight web.errors web.health web.limits web.form_token web.templating
    web.pages web.page_cache web.zipped
    calendar.lookup contest.lookup
    privacy.models privacy.letters privacy.own_entry privacy.erasure privacy.guide privacy.archive
    calendar.views calendar.feed_views
    contest.forms contest.views
    draw.open_files draw.views
    privacy.forms privacy.views privacy.commands
    feedback.forms feedback.views
    admin.roles admin.moments admin.season admin.readiness admin.upkeep
    admin.browsers admin.models admin.log admin.sealing
    admin.letters admin.attempts admin.passwords admin.codes admin.passkeys admin.access admin.accounts
    demo
    admin.commands admin.kept admin.proof admin.sheets admin.forms admin.account_forms admin.guard
    jobs admin.inspection
    operations.logs operations.metrics operations.doctor operations.commands
    admin.overview_views admin.readiness_views admin.preview_views
    admin.entry_search admin.entry_views admin.privacy_views
    admin.draw_forms admin.draw_page admin.draw_views admin.rehearsal_views
    admin.sheet_form admin.editing_forms admin.edition_forms admin.editing_desk
    admin.editing_views admin.version_views admin.picture_views admin.edition_views
    admin.statistics_views admin.sign_in_views admin.own_account_views admin.accounts_views
    admin.demo_views
    admin.pages
    commands
""".split()  # noqa: SIM905 – to be read as lines
"""A module may import only what stands above it; the root package, create_app, stands last and imports them all."""

PURE = """
    calendar.fields calendar.schema calendar.hatches calendar.house calendar.miniatures calendar.faults
    calendar.markdown calendar.feeds
    calendar.gaps calendar.advice calendar.security_txt typed
    contest.entries contest.ages contest.rules contest.answers
    spec.lines spec.files spec.log spec.record spec.selection spec.beacon spec.practice_beacon
    privacy.guide web.zipped
    editing.toml_text editing.document editing.words editing.differences editing.sheets editing.drawings
    admin.roles admin.browsers admin.moments admin.season admin.readiness admin.upkeep
    statistics.charts statistics.figures
""".split()  # noqa: SIM905
OUTSIDE_WORLD = {
    "flask",
    "sqlalchemy",
    "sqlite3",
    "os",
    "pathlib",
    "io",
    "random",
    "secrets",
    "time",
    "threading",
    "logging",
}
NEVER_IMPORTS = {
    "calendar": {"contest", "draw", "editing", "admin"},
    "contest": {"draw", "admin"},
    "draw": {"admin"},
    "audit": {"calendar", "contest", "draw", "admin"},
    "mail": {"draw", "privacy", "feedback", "admin"},
    "privacy": {"admin"},
    "editing": {"contest", "draw", "mail", "privacy", "feedback", "admin"},
    "feedback": {"contest", "draw", "privacy", "admin"},
    "statistics": {"mail", "privacy", "feedback", "admin"},
    "web": {"draw", "mail", "privacy", "feedback", "statistics", "admin"},
}
ASKS_THE_TIME = {"clock", "web.health"}
"""The clock, and the check that the host's own time can be right."""
LONGEST_MODULE, LONGEST_FUNCTION, LONG_FUNCTION = 220, 40, 25

FILES = {
    ".".join(path.relative_to(ROOT / "app").with_suffix("").parts): path
    for path in sorted((ROOT / "app").rglob("*.py"))
    if path.name != "__init__.py"
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """Every imported name in full: {"json", "app.clock.SWEDEN", "flask.request"}."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules_imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, as in READING_ORDER; the root package is ""."""
    ours = [name.split(".")[1:] for name in imported(path) if name.split(".")[0] == "app"]
    return {next((".".join(parts[:end]) for end in (2, 1) if ".".join(parts[:end]) in FILES), "") for parts in ours}


def test_every_module_has_a_place_in_the_reading_order():
    assert sorted(READING_ORDER) == sorted(FILES)


@pytest.mark.parametrize("module", READING_ORDER)
def test_a_module_imports_only_what_stands_above_it(module):
    above = READING_ORDER[: READING_ORDER.index(module)]
    assert modules_imported(FILES[module]) - set(above) == set()


def test_only_wsgi_takes_the_app_from_the_root_package():
    assert "app.create_app" in imported(ROOT / "wsgi.py")
    assert [module for module, path in FILES.items() if "" in modules_imported(path)] == []


def test_package_files_are_empty():
    packages = [path for path in (ROOT / "app").rglob("__init__.py") if path.parent != ROOT / "app"]
    assert packages
    assert [path for path in packages if path.stat().st_size] == []


@pytest.mark.parametrize("feature", NEVER_IMPORTS)
def test_a_feature_does_not_know_the_features_that_build_on_it(feature):
    known = {
        (module, used.split(".")[0])
        for module, path in FILES.items()
        if module.startswith(f"{feature}.")
        for used in modules_imported(path)
    }
    assert {(module, used) for module, used in known if used in NEVER_IMPORTS[feature]} == set()


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_touches_nothing_outside(module):
    names = imported(FILES[module])
    assert {name.split(".")[0] for name in names} & OUTSIDE_WORLD == set()
    assert modules_imported(FILES[module]) - {*PURE, "clock"} == set()
    assert {name for name in names if name.startswith("app.clock")} <= {"app.clock.SWEDEN"}


def test_choosing_the_winner_needs_nothing_but_the_standard_library():
    assert {name.split(".")[0] for name in imported(FILES["spec.selection"])} <= sys.stdlib_module_names


def test_only_the_clock_asks_what_time_it_is():
    asking = {
        module
        for module, path in FILES.items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    }
    assert asking == ASKS_THE_TIME


def test_no_module_is_longer_than_may_be_read_at_once():
    lengths = {module: len(path.read_text("utf-8").splitlines()) for module, path in FILES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_forty_lines():
    lengths = {
        f"{module}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module, path in FILES.items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    long = {name: lines for name, lines in lengths.items() if lines > LONG_FUNCTION}
    assert max(lengths.values()) <= LONGEST_FUNCTION, f"look at these again: {long}"
