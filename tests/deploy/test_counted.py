"""Behind the shipped nginx every page that is shown is counted, also those that its cache answers."""

from app.statistics import access_log, counter
from tests.conftest import on_sqlite

pytestmark = on_sqlite


def test_what_the_cache_answers_is_counted_too(app, two_nodes, folder):
    app.config["ACCESS_LOG"] = folder / "access.log"
    with app.app_context():
        access_log.begin()
    site = two_nodes("2026-12-10T08:00", FLASK_ACCESS_LOG=str(folder / "access.log"))
    for _ in range(5):
        tag = site.ask("GET", "/2026/lucka/10").headers["etag"]
    site.ask("GET", "/2026/lucka/10", if_none_match=tag)
    site.ask("GET", "/2026/lucka/11")
    assert [line[8] for line in site.log()].count("HIT") == 5
    with app.app_context():
        access_log.count_shown()
        assert [(number, count) for (number, _), count in counter.stored_counts(2026).items()] == [(10, 6)]
