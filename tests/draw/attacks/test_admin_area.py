"""What an organiser with every right can try from the admin area or with the content's files: none of it steers."""

import re
import shutil

import pytest
from wtforms import Form

from app.admin.draw import forms as draw_forms
from app.contest import terms
from app.database import db
from app.draw.models import LockedList
from app.errors import NotAllowed
from app.operations import jobs
from tests.conftest import fill_in, on_sqlite, signed_in, token_in

DRAW = "/admin/dragning"


@pytest.fixture
def own_content(content, make_app):
    """An app on content that the test may change."""
    return make_app(opened=False, CALENDAR_CONTENT=content)


@on_sqlite
def test_no_form_takes_time_or_round(app):
    """Of all that the page of the draw posts, nothing names when or with which value."""
    forms = [form for form in vars(draw_forms).values() if isinstance(form, type) and issubclass(form, Form)]
    with app.test_request_context():
        names = {field.name for form in forms for field in form(formdata=None)}
    assert names - {"token"} == {
        *("value", "place", "reason", "sure", "first_name", "municipality", "consented_on", "agreed", "number")
    }
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods and DRAW in rule.rule}
    assert posts == {
        f"admin.{name}"
        for name in ("lock_now", "fetch_value", "paste_value", "confirm", "skip", "cancel", "publish_name")
    } | {"admin.withdraw_name", "admin.start_rehearsal"}


@pytest.mark.parametrize("moment", ["2026-12-21 09:00", "2026-12-21 23:59:59", "2026-12-22 00:04"])
def test_button_waits_for_the_program(app, contest, accept, organiser, clock, moment):
    accept("anna@example.se")
    clock.set(moment)
    page = organiser.get(DRAW)
    assert "Lås nu" not in page.text
    fields = {"token": token_in(page), "draw_at": "2026-12-21T09:05", "runda": "1", "round": "1"}
    answer = organiser.post(f"{DRAW}/las", data=fields)
    assert answer.status_code == 422
    assert "Kalendern låser listan själv." in answer.text
    with app.app_context():
        assert db.session.get(LockedList, contest.id) is None


def test_loop_that_stood_still_leaves_button_and_delay_in_public(app, contest, accept, organiser, client, clock):
    accept("anna@example.se")
    clock.instant = contest.round_at
    answer = organiser.post(f"{DRAW}/las", data={"token": token_in(organiser.get(DRAW))})
    assert answer.status_code == 303
    page = client.get("/2026/dragning").text
    assert "Listan låstes sent." in page
    assert page.index("Listan låstes sent.") < page.index("Vinnaren avgörs av")
    with app.app_context():
        lock = db.session.get(LockedList, contest.id)
        assert (lock.steps, lock.round) == (1, contest.round + contest.chain.step)


PAGES = ("/2026/tavling/villkor", "/2026/dragning", "/2026/dragning/tavling.txt", "/2026/dragning/regler.txt")
DESK = ("/admin/dragning", "/admin/bidrag", "/admin/statistik", "/admin/gallring")


def shown(client, desk):
    """What the public, a participant's mail and the organisers' pages say of a contest's terms."""
    form = client.get("/2026/lucka/10/tavla").text
    question = re.search(r"<form.*</form>", form, re.S)[0]
    pages = [question, *(client.get(page).text for page in PAGES), *(desk.get(page).text for page in DESK)]
    return [re.sub(r'value="[^"]{40,}"', "", page) for page in pages]


def _other_answer(folder):
    file = folder / "10" / "hatch.md"
    file.write_text(file.read_text().replace('answer = "2030"', 'answer = "2027"'))


def _later_draw(folder):
    file = folder / "10" / "hatch.md"
    file.write_text(file.read_text().replace("2026-12-22T12:00:00", "2026-12-29T12:00:00"))


def _other_id(folder):
    file = folder / "10" / "hatch.md"
    file.write_text(file.read_text().replace('id = "mjk-2026"', 'id = "mjk-2026-ny"'))


def _without_contest(folder):
    file = folder / "10" / "hatch.md"
    text = file.read_text()
    contest = text[text.index("[contest]") : text.index("+++", text.index("[contest]"))]
    file.write_text(text.replace(contest, ""))


def _other_hatch(folder):
    one, other = folder / "10", folder / "11"
    shutil.move(one, folder / "x")
    shutil.move(other, one)
    shutil.move(folder / "x", other)


@on_sqlite
@pytest.mark.parametrize("change", [_other_answer, _later_draw, _other_id, _without_contest, _other_hatch])
def test_files_changed_after_opening_change_nothing(own_content, content, clock, change):
    client, desk = own_content.test_client(), signed_in(own_content, "olle@example.se")
    with own_content.app_context():
        terms.freeze_terms(own_content.extensions["library"].editions[2026], clock.now(), _chain(own_content))
    before = shown(client, desk)
    change(content / "2026")
    with own_content.app_context():
        own_content.extensions["library"].refresh(at_once=True)
        jobs.run_round()
        assert [contest.id for contest in terms.all_frozen()] == ["mjk-2026"]
    assert shown(client, desk) == before
    assert fill_in(client, clock).status_code == 200
    with own_content.app_context():
        jobs.run_round()
        frozen = terms.frozen_in(2026)
    [receipt] = (own_content.extensions["library"].state.parent / "mail").glob("kvitto.*.eml")
    assert frozen.terms_sha256 in receipt.read_text()


def _chain(app):
    return app.extensions["draw_chain"]


def _moved_to_2027(content):
    """The edition's folder as next year's, with the same contest id."""
    shutil.copytree(content / "2026", content / "2027")
    file = content / "2027" / "10" / "hatch.md"
    file.write_text(file.read_text().replace("2026-12", "2027-12"))


@on_sqlite
def test_another_edition_with_same_id(own_content, content):
    with own_content.app_context():
        _moved_to_2027(content)
        library = own_content.extensions["library"]
        library.refresh(at_once=True)
        assert [*library.editions] == [2026]
        assert [fault.field for fault in library.faults] == ["contest.id"]


@on_sqlite
def test_used_id_cannot_open_when_its_edition_is_gone(own_content, content, clock, make_app, tmp_path):
    with own_content.app_context():
        terms.freeze_terms(own_content.extensions["library"].editions[2026], clock.now(), _chain(own_content))
    _moved_to_2027(content)
    shutil.rmtree(content / "2026")
    (tmp_path / "last_good" / "2026.zip").unlink()
    clock.set("2027-12-10 08:00")
    app = make_app(opened=False, CALENDAR_CONTENT=content)
    with app.app_context():
        edition = app.extensions["library"].editions[2027]
        with pytest.raises(NotAllowed, match="redan använt av tävlingen 2026"):
            terms.freeze_terms(edition, clock.now(), _chain(app))
        assert terms.freeze_due_terms(clock.now())
        assert [contest.year for contest in terms.all_frozen()] == [2026]
    page = signed_in(app, "olle@example.se").get("/admin/beredskap").text
    assert "Tävlingens id, mjk-2026, är redan använt av tävlingen 2026. Välj ett nytt." in page


@on_sqlite
def test_contest_does_not_open_without_mail_server_that_answers(make_app, clock):
    app = make_app(opened=False, MAIL_URL="smtp://127.0.0.1:9")
    with app.app_context(), pytest.raises(NotAllowed, match="Mejlservern svarar inte"):
        terms.freeze_terms(app.extensions["library"].editions[2026], clock.now(), _chain(app))


def test_two_processes_freeze_once(make_app, clock):
    apps = [make_app(opened=False), make_app(opened=False)]
    found = []
    for one in apps:
        with one.app_context():
            found.append(terms.freeze_terms(one.extensions["library"].editions[2026], clock.now(), _chain(one)))
    assert found[0] == found[1]


def test_frozen_by_another_process_meanwhile(make_app, clock, monkeypatch):
    here, other = make_app(opened=False), make_app(opened=False)
    asked = []

    def freeze_elsewhere(year):
        """The other process freezes between this one's question and its next."""
        if not asked:
            asked.append(year)
            with other.app_context():
                terms.freeze_terms(other.extensions["library"].editions[2026], clock.now(), _chain(other))
            return None
        return frozen_in(year)

    frozen_in = terms.frozen_in
    with here.app_context():
        edition = here.extensions["library"].editions[2026]
        monkeypatch.setattr(terms, "frozen_in", freeze_elsewhere)
        frozen = terms.freeze_terms(edition, clock.now(), _chain(here))
    assert (frozen.year, asked) == (2026, [2026])


@on_sqlite
def test_no_get_writes(make_app, clock):
    app = make_app(opened=False)
    client = app.test_client()
    for page in ("/", "/2026/lucka/10", "/2026/lucka/10/tavla", "/2026/tavling/villkor", "/2026/dragning"):
        assert client.get(page).status_code == 200
    with app.app_context():
        assert terms.frozen_in(2026) is None
