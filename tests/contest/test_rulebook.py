"""The rules' versions: the first is written when the contest opens, each change is one more, none is ever changed."""

import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app import jobs
from app.audit.records import AuditRecord
from app.contest import rulebook, rules
from app.contest.models import RulesVersion
from app.database import db
from app.draw.models import Lock
from tests.conftest import on_sqlite, swedish, token_in

RULES = "/2026/tavling/villkor"
MORNING = swedish("2026-12-10 08:00")


@pytest.fixture
def organiser_of(app):
    return app.extensions["library"].editions[2026].file.organiser


@pytest.fixture
def freeze(app, contest, organiser_of):
    """Freezes the rules as an entry or the minute round does: freeze("2026-12-10 08:00", tax="Ny text.")."""

    def at(moment, **changes):
        with app.app_context():
            return rulebook.freeze(contest.model_copy(update=changes), organiser_of, swedish(moment)).number

    return at


@pytest.fixture
def versions(app, contest):
    """The versions as (number, text, checksum, from when)."""

    def read():
        with app.app_context():
            return [(v.number, v.text, v.sha256, v.in_force_at) for v in rulebook.versions(contest.id)]

    return read


@pytest.fixture
def edited(make_app, content):
    """The same calendar after an edit of its contest: edited('keep_days = 90', 'keep_days = 30')."""

    def after(old, new):
        file = content / "2026" / "10" / "hatch.md"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        return make_app(CALENDAR_CONTENT=content)

    return after


def shown(client):
    section = BeautifulSoup(client.get(RULES).text, "html.parser").select_one("section[aria-labelledby=versioner]")
    return " ".join(section.text.split())


def test_the_first_entry_freezes_the_rules_it_was_sent_under(enter, versions, contest, organiser_of, clock):
    assert versions() == []
    enter()
    text = rules.text(contest, organiser_of)
    assert versions() == [(1, text, sha256(text.encode()).hexdigest(), clock.now())]


def test_the_minute_in_which_the_contest_opens_freezes_them_without_any_entry(app, versions, clock):
    clock.set("2026-12-09 23:59")
    with app.app_context():
        jobs.run_round()
        assert versions() == []
        clock.set("2026-12-10 00:00")
        jobs.run_round()
        jobs.run_round()
    assert [number for number, *_ in versions()] == [1]


def test_a_contest_that_lacks_something_freezes_nothing(edited, versions):
    app = edited("tax = ", "# tax = ")
    with app.app_context():
        jobs.run_round()
    assert versions() == []


def test_the_same_rules_are_frozen_once(freeze, versions):
    assert [freeze("2026-12-10 08:00"), freeze("2026-12-11 08:00"), freeze("2026-12-19 08:00")] == [1, 1, 1]
    assert len(versions()) == 1


def test_a_change_is_a_new_version_and_so_is_taking_it_back(freeze, versions):
    freeze("2026-12-10 08:00")
    assert freeze("2026-12-11 08:00", tax="En ny mening.") == 2
    assert freeze("2026-12-12 08:00") == 3
    first, second, third = versions()
    assert first[1:3] == third[1:3] != second[1:3]
    assert [each[3] for each in (first, second, third)] == [swedish(f"2026-12-{day} 08:00") for day in (10, 11, 12)]


def test_a_process_that_has_not_read_the_change_yet_makes_no_version_of_the_old_text(freeze, versions):
    freeze("2026-12-10 08:00")
    freeze("2026-12-11 08:00:00", tax="En ny mening.")
    assert freeze("2026-12-11 08:00:01") == 2
    assert freeze("2026-12-11 08:00:02", tax="En ny mening.") == 2
    assert len(versions()) == 2


def test_a_change_after_the_closing_is_a_version_too_but_the_closing_itself_makes_none(edited, versions, clock):
    clock.set("2026-12-21 08:00")
    app = edited("keep_days = 90", "keep_days = 30")
    with app.app_context():
        jobs.run_round()
        assert versions() == []
        clock.set("2026-12-11 08:00")
        jobs.run_round()
        clock.set("2026-12-21 08:00")
    app = edited("keep_days = 30", "keep_days = 60")
    with app.app_context():
        jobs.run_round()
    assert [number for number, *_ in versions()] == [1, 2]


def test_every_version_is_on_the_record(freeze, app, versions):
    freeze("2026-12-10 08:00")
    freeze("2026-12-11 08:00", tax="En ny mening.")
    with app.app_context():
        bodies = list(db.session.scalars(sa.select(AuditRecord.body).order_by(AuditRecord.number)))
    assert [re.search('"regler":"([0-9a-f]{64})"', body)[1] for body in bodies] == [each[2] for each in versions()]


def test_entries_at_the_same_moment_make_one_version(app, contest, organiser_of, versions):
    start = Barrier(6)

    def go(tax):
        with app.app_context():
            start.wait()
            return rulebook.freeze(contest.model_copy(update={"tax": tax}), organiser_of, MORNING).number

    with ThreadPoolExecutor(6) as crowd:
        assert [*crowd.map(go, ["Normalt skattefri."] * 6)] == [1] * 6
        assert [*crowd.map(go, ["Normalt skattefri.", "Inte skattefri."] * 3)] == [1] * 6
    assert len(versions()) == 1


@pytest.mark.parametrize(
    "act",
    ["UPDATE rules_version SET text = 'x'", "DELETE FROM rules_version", "UPDATE rules_version SET in_force_at = NULL"],
)
def test_a_version_is_never_changed(freeze, app, act):
    freeze("2026-12-10 08:00")
    with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="written once"):
        db.session.execute(sa.text(act))


def test_a_version_is_never_put_in_the_place_of_another(freeze, app, contest):
    freeze("2026-12-10 08:00")
    row = {"contest_id": contest.id, "number": 1, "text": "x", "sha256": "x", "in_force_at": MORNING}
    with app.app_context(), pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.insert(RulesVersion).values(row))


def test_the_page_says_that_nothing_is_frozen_yet(client):
    assert shown(client) == (
        "Versioner Reglerna låses när tävlingen öppnar. Ändras de efter det visas den nya versionen bredvid den gamla."
    )


def test_the_page_shows_which_version_is_in_force_and_its_checksum(enter, client, versions):
    enter()
    [(_, _, checksum, _)] = versions()
    told = "Det här är version 1. Den gäller sedan torsdag 10 december 2026 kl. 08.00.20. Kontrollsumma: "
    assert shown(client) == f"Versioner {told}{checksum}"


def test_an_edit_is_shown_beside_the_first_version(enter, edited, clock, versions):
    enter()
    clock.set("2026-12-12 08:00")
    app = edited("keep_days = 90", "keep_days = 30")
    assert "Reglerna har just ändrats. Den nya versionen får sitt nummer inom en minut." in shown(app.test_client())
    with app.app_context():
        jobs.run_round()
    page = app.test_client().get(RULES).text
    assert "Uppgifterna raderas 30 dagar efter" in page.partition("Versioner")[0]
    assert "Uppgifterna raderas 90 dagar efter" in page.partition("Versioner")[2]
    words = shown(app.test_client())
    assert "Det här är version 2. Den gäller sedan lördag 12 december 2026 kl. 08.00." in words
    assert "Version 1, gällde från torsdag 10 december 2026 kl. 08.00.20" in words
    assert [words.count(checksum) for _, _, checksum, _ in versions()] == [1, 1]


def test_going_back_to_the_first_text_is_a_third_version_beside_both(enter, edited, clock):
    enter()
    clock.set("2026-12-12 08:00")
    with edited("keep_days = 90", "keep_days = 30").app_context():
        jobs.run_round()
    clock.set("2026-12-13 08:00")
    app = edited("keep_days = 30", "keep_days = 90")
    assert "Reglerna har just ändrats." in shown(app.test_client())
    with app.app_context():
        jobs.run_round()
    words = shown(app.test_client())
    assert "Det här är version 3. Den gäller sedan söndag 13 december 2026 kl. 08.00." in words
    assert words.index("Version 1, gällde från") < words.index("Version 2, gällde från lördag 12 december")


def test_the_lasbevis_vouches_for_the_version_in_force_when_the_list_was_locked(
    enter, edited, clock, organiser, versions, contest
):
    enter()
    clock.set("2026-12-12 08:00")
    app = edited("keep_days = 90", "keep_days = 30")
    with app.app_context():
        jobs.run_round()
    clock.set("2026-12-21 09:00")
    desk = app.test_client()
    cookie = organiser.get_cookie("__Host-organisator")
    desk.set_cookie(cookie.key, cookie.value)
    token = token_in(desk.get("/admin/dragning"))
    assert desk.post("/admin/dragning/las", data={"token": token, "draw_at": "2026-12-22T12:00"}).status_code == 303
    with app.app_context():
        lock = db.session.get(Lock, contest.id)
        assert f"regler-sha256: {versions()[-1][2]}\n" in lock.proof
        assert lock.rules == versions()[-1][1]
    assert len(versions()) == 2


@on_sqlite
def test_html_in_an_earlier_version_is_shown_as_text(freeze, client, clock):
    freeze("2026-12-10 07:00", tax="<b>Skatt</b>")
    freeze("2026-12-10 07:30")
    assert "&lt;b&gt;Skatt&lt;/b&gt;" in client.get(RULES).text
