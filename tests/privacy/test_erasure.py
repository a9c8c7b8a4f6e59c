"""Erasure: at its time, under a decision, with a record; and then no file knows anyone any more."""

import email
import json
import logging
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import jobs
from app.contest import entries, rulebook
from app.contest.models import Entry
from app.database import db
from app.draw import approval, conduct, rehearsal, rehearsing, verdicts
from app.draw.models import Lock
from app.feedback.models import Feedback
from app.mail import delivery
from app.mail.models import OutboxMail
from app.privacy import erasure, letters, stranded
from app.privacy.models import Erasure
from tests.conftest import DRAW_AT, VALUE, fill_in, on_sqlite, swedish, token_in
from tests.privacy.conftest import DECISION, OWN, shown

TOO_EARLY = "Tiden för gallring har inte kommit. Den räknas från att sista vinsten är utdelad."
PUBLIC_RECORD = ("lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json")
UNKNOWN = "Uppgifterna om deltagarna är gallrade, så listan kan inte låsas eller ändras längre."
NAMES = ("anna", "bo.ek", "cecilia_lang", "david+jul", "eva_maria", "falk", "gun")


@pytest.fixture
def app(make_app, decided):
    return make_app(CALENDAR_CONTENT=decided)


@pytest.fixture
def undecided(make_app, decided, tmp_path):
    """The calendar of the same authority, before it has decided."""
    folder = shutil.copytree(decided, tmp_path / "undecided" / "calendar_content")
    file = folder / "2026" / "edition.toml"
    file.write_text(file.read_text().replace(f'erasure_decision = "{DECISION}"', 'erasure_decision = ""'))
    return make_app(CALENDAR_CONTENT=folder)


@pytest.fixture
def finished(accept, reach, clock):
    """Three entries, a finished draw, and the day on which erasure is due."""
    receipts = [accept(f"{name}@example.se") for name in ("anna", "bo", "cecilia")]
    reach("finished")
    clock.set("2027-03-30 13:01:01")
    return receipts


@pytest.fixture
def night(app, clock):
    """The nightly round, once; returns what it told."""

    def go(on=app):
        with on.app_context():
            return erasure.erase_due(clock.now())

    return go


@pytest.fixture
def record_of(app):
    def read():
        with app.app_context():
            return db.session.execute(sa.select(Erasure.__table__)).mappings().all()

    return read


def addresses_left(app):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).where(Entry.email.is_not(None)))


def test_nothing_is_erased_before_its_time(finished, clock, night, app, record_of):
    clock.set("2027-03-30 12:59")
    assert night() == []
    assert (addresses_left(app), record_of()) == (3, [])


def test_the_night_after_the_last_day_erases_and_writes_what_it_did(finished, clock, night, app, record_of, acts):
    assert night() == [
        "Gallrat i mjk-2026: uppgifterna i 3 bidrag, 0 mejl i filer, 0 meddelanden från sidan Tillgänglighet. "
        f"Beslut: {DECISION}."
    ]
    assert addresses_left(app) == 0
    [record] = record_of()
    assert (record["erased_at"], record["entries"], record["mails"], record["feedback"]) == (clock.now(), 3, 0, 0)
    assert (record["decision"], record["ordered_by"]) == (DECISION, "nattlig gallring")
    assert acts()[-2:] == ["gallrad", "rensad"]


def test_a_second_night_has_nothing_to_do(finished, night, record_of, acts):
    night()
    before = record_of(), acts()
    assert night() == []
    assert (record_of(), acts()) == before


def test_the_tickets_answers_and_numbers_stay(finished, night, entry_of):
    night()
    for receipt in finished:
        entry = entry_of(receipt.ticket)
        assert (entry.email, entry.receipt_code, entry.duplicate_key, entry.motivation) == (None,) * 4
        assert (entry.answer, entry.municipality, entry.received_at) == ("2030", "1441", receipt.received_at)


def test_a_contest_that_was_never_drawn_is_erased_a_year_after_it_closed(accept, clock, night, app):
    accept("anna@example.se")
    clock.set("2027-12-20 23:59:58")
    assert night() == []
    clock.set("2027-12-20 23:59:59")
    assert len(night()) == 1
    assert addresses_left(app) == 0


@pytest.fixture
def never_locked(accept, clock, night):
    """Two entries in a contest that nobody locked before they were erased."""
    for name in ("anna", "bo"):
        accept(f"{name}@example.se")
    clock.set("2027-12-21 03:10")
    night()


def test_a_list_is_not_locked_when_nobody_knows_who_is_in_it(never_locked, app, contest, clock):
    with app.app_context():
        tried = clock.now(), clock.now() + timedelta(days=2)
        acts = (
            lambda: conduct.lock(contest, "Regler.\n", tried[1], rehearsal.CHAIN, tried[0]),
            lambda: approval.propose_lock(contest, "Regler.\n", tried[1], 1, tried[0]),
            lambda: conduct.strike(contest, 1, "anställd", tried[0]),
        )
        for act in acts:
            with pytest.raises(conduct.ActRefused, match=f"^{UNKNOWN}$"):
                act()
        assert db.session.get(Lock, contest.id) is None
        assert set(db.session.scalars(sa.select(Entry.struck))) == {None}


@on_sqlite
def test_organisers_and_public_read_that_there_will_be_no_draw(never_locked, organiser, client):
    page = organiser.get("/admin/dragning")
    assert "Uppgifterna om deltagarna är gallrade, så listan kan inte låsas längre." in shown(page)
    assert 'name="draw_at"' not in page.text
    sent = {"token": token_in(page), "draw_at": "2027-12-23T12:00"}
    answer = organiser.post("/admin/dragning/las", data=sent)
    assert (answer.status_code, UNKNOWN in answer.text) == (422, True)
    assert "Listan låstes aldrig, och uppgifterna om deltagarna är gallrade." in shown(organiser.get("/admin/"))
    assert "någon dragning blir det inte" in shown(client.get("/2026/dragning"))


LEFT_BEHIND = (
    "Tävlingen mjk-2026 finns inte längre i kalenderns filer, men uppgifterna om deltagarna finns kvar. Lägg tillbaka "
    "filerna, så gallras uppgifterna när tiden kommer."
)


@pytest.fixture
def next_year(make_app, decided, contest, app, clock):
    """The calendar when last year's folder has been taken away; `put_back` gives it back."""
    with app.app_context():
        rulebook.freeze(contest, app.extensions["library"].editions[2026].file.organiser, swedish("2026-12-10 00:01"))
    folder = decided / "2026"
    for file in shutil.copytree(folder, decided / "2027").rglob("*.*"):
        if file.suffix in (".toml", ".md"):
            file.write_text(file.read_text().replace("mjk-2026", "mjk-2027").replace("2026-12-", "2027-12-"))
    shutil.move(folder, decided.parent / "away")
    made = make_app(CALENDAR_CONTENT=decided)
    made.put_back = lambda: shutil.move(decided.parent / "away", folder)
    return made


def test_a_contest_that_has_left_the_content_is_told_of_every_night_until_it_is_back(
    finished, next_year, night, record_of, app
):
    assert [night(on=next_year), night(on=next_year)] == [[LEFT_BEHIND], [LEFT_BEHIND]]
    assert (addresses_left(app), record_of()) == (3, [])
    next_year.put_back()
    assert len(night()) == 1
    assert addresses_left(app) == 0
    assert night(on=next_year) == []


@on_sqlite
def test_organisers_read_on_their_first_page_of_a_contest_that_has_left_the_content(
    finished, next_year, organiser, night
):
    desk = next_year.test_client()
    [cookie] = [organiser.get_cookie("__Host-organisator")]
    desk.set_cookie(cookie.key, cookie.value)
    assert LEFT_BEHIND in shown(desk.get("/admin/"))
    next_year.put_back()
    night()
    assert LEFT_BEHIND not in shown(desk.get("/admin/"))


@on_sqlite
def test_a_rehearsal_is_never_told_of_for_nobody_is_in_it(finished, app, contest, organiser, clock):
    with app.app_context():
        rehearsing.start(contest, 2026, 1, swedish("2026-12-30 14:00"))
        rehearsed = rehearsing.find(contest, 2026, 1)
        rulebook.freeze(rehearsed, app.extensions["library"].editions[2026].file.organiser, clock.now())
        assert stranded.stranded(app.extensions["library"].editions.values()) == []


def test_an_authority_without_a_decision_erases_nothing_by_night(finished, night, undecided, record_of):
    [told] = night(on=undecided)
    assert "en myndighet behöver ett gallringsbeslut" in told
    assert "fältet erasure_decision under [privacy] i 2026/edition.toml" in told
    assert (addresses_left(undecided), record_of()) == (3, [])


def test_an_association_needs_no_decision(finished, make_app, content, night, record_of):
    file = content / "2026" / "edition.toml"
    text = file.read_text().replace('kind = "myndighet"', 'kind = "förening"')
    file.write_text(text.replace(f'erasure_decision = "{DECISION}"', 'erasure_decision = ""'))
    [told] = night(on=make_app(CALENDAR_CONTENT=content))
    assert told.endswith("Beslut: inget beslut behövs.")
    assert record_of()[0]["decision"] == ""


def erase_command(app):
    return app.test_cli_runner().invoke(args=["erase", "2026"])


def test_the_command_erases_and_says_what(finished, app, record_of):
    done = erase_command(app)
    assert (done.exit_code, "uppgifterna i 3 bidrag" in done.output) == (0, True)
    assert record_of()[0]["ordered_by"] == "flask erase"
    again = erase_command(app)
    assert (again.exit_code, "Uppgifterna är redan gallrade." in again.output) == (1, True)


def test_the_command_refuses_without_decision_or_before_its_time(finished, clock, undecided, app):
    refused = erase_command(undecided)
    assert (refused.exit_code, "gallringsbeslut" in refused.output) == (1, True)
    clock.set("2027-01-10 12:00")
    early = erase_command(app)
    assert (early.exit_code, TOO_EARLY in early.output) == (1, True)


@on_sqlite
def test_the_command_knows_which_years_have_a_contest(app):
    done = app.test_cli_runner().invoke(args=["erase", "2020"])
    assert (done.exit_code, "Det finns ingen tävling 2020." in done.output) == (1, True)


@on_sqlite
@pytest.mark.parametrize(
    ("moment", "heading"),
    [
        ("2026-12-31 12:00", "90 dagar kvar"),
        ("2027-03-29 13:01:01", "1 dag kvar"),
        ("2027-03-30 13:01", "Tiden har kommit"),
    ],
)
def test_organisers_see_how_long_it_is_until_then(finished, organiser, clock, moment, heading):
    clock.set(moment)
    page = organiser.get("/admin/gallring")
    assert heading in page.text
    assert ("Gallra uppgifterna nu" in page.text) == (heading == "Tiden har kommit")


def press_erase(organiser, **fields):
    return organiser.post("/admin/gallring", data={"token": token_in(organiser.get("/admin/gallring"))} | fields)


def test_an_organiser_erases_with_a_button_and_gets_the_record_to_print(finished, organiser, record_of):
    assert press_erase(organiser, sure="ja").status_code == 303
    page = shown(organiser.get("/admin/gallring"))
    assert "Uppgifterna är gallrade" in page
    assert f"Bidrag 3 Mejl i filer 0 Återkoppling 0 Beslut {DECISION} Gjordes av organisatör 1" in page
    assert erasure.REMAINS not in page
    assert record_of()[0]["ordered_by"] == "organisatör 1"


def test_the_button_wants_the_box_ticked(finished, organiser, record_of):
    answer = press_erase(organiser)
    assert (answer.status_code, record_of()) == (422, [])
    assert "Kryssa i rutan om du vill gallra uppgifterna." in answer.text


@pytest.fixture
def undecided_organiser(undecided, organiser):
    """Olle at the calendar without a decision: same database, same sign-in."""
    visitor = undecided.test_client()
    [cookie] = [organiser.get_cookie("__Host-organisator")]
    visitor.set_cookie(cookie.key, cookie.value)
    return visitor


def test_the_button_refuses_an_authority_without_a_decision(finished, undecided_organiser, record_of):
    page = undecided_organiser.get("/admin/gallring").text
    assert "Gallringsbeslut saknas." in page
    assert "gallras av sig själva i natt" not in page
    answer = press_erase(undecided_organiser, sure="ja")
    assert (answer.status_code, record_of()) == (422, [])
    assert "en myndighet behöver ett gallringsbeslut" in answer.text


def test_the_overview_says_when_only_the_decision_is_missing(finished, undecided_organiser, organiser, clock):
    told = "Personuppgifterna ska gallras nu"
    assert told in undecided_organiser.get("/admin/").text
    assert told not in organiser.get("/admin/").text
    clock.set("2027-01-10 12:00")
    assert told not in undecided_organiser.get("/admin/").text


def test_the_button_refuses_before_the_time(finished, organiser, clock, record_of):
    clock.set("2027-03-01 12:00")
    token = token_in(organiser.get("/admin/"))
    answer = organiser.post("/admin/gallring", data={"token": token, "sure": "ja"})
    assert (answer.status_code, TOO_EARLY in answer.text, record_of()) == (422, True, [])


def everything_public(client, clock):
    """The pages and files that everybody sees, as bytes, but for today's date on them."""
    pages = ["/", "/2026/", "/2026/dragning", "/2026/lucka/10", "/2026/tavling/villkor", "/flode.xml"]
    return {page: client.get(page).data for page in (*pages, *(f"/2026/dragning/{name}" for name in PUBLIC_RECORD))}


def test_what_is_public_is_the_same_bytes_before_and_after(finished, client, clock, night):
    before = everything_public(client, clock)
    night()
    assert everything_public(client, clock) == before
    assert json.loads(before["/2026/dragning/protokoll.json"])["utfall"]


def test_the_numbers_for_organisers_are_the_same_too(finished, organiser, night):
    def numbers():
        found = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", organiser.get("/admin/").text)
        return [(name, value) for name, value in found if "Mejl" not in name]

    before = numbers()
    assert ("Bidrag", "3") in before
    night()
    assert numbers() == before


def test_feedback_goes_when_it_is_as_old_as_the_entries(finished, app, night, clock, record_of):
    def write(text, at):
        with app.app_context():
            db.session.add(Feedback(received_at=swedish(at), kind="annat", message=text, reply_to="gun@example.se"))
            db.session.commit()

    def left():
        with app.app_context():
            return list(db.session.scalars(sa.select(Feedback.message)))

    write("gammal", "2026-12-20 08:00")
    write("ny", "2027-03-28 08:00")
    night()
    assert (left(), record_of()[0]["feedback"]) == (["ny"], 1)
    clock.set("2027-06-26 08:00:01")
    assert night() == ["Gallrad återkoppling, äldre än 90 dagar: 1."]
    assert left() == []


def test_a_mail_that_still_waits_is_never_sent(finished, app, night):
    night()
    with app.app_context():
        assert delivery.send_due() == 0
        assert set(db.session.scalars(sa.select(OutboxMail.state))) == {"dropped"}


def test_a_mail_written_while_the_data_was_erased_goes_the_next_night(finished, app, night):
    night()
    with app.app_context():
        late = delivery.folder() / f"kvitto.1.{finished[0].ticket[:16]}.eml"
        late.parent.mkdir()
        late.write_text("To: anna@example.se\n")
        night()
        assert not late.exists()


def test_mails_of_a_contest_that_is_not_over_are_left_alone(accept, app):
    receipt = accept("anna@example.se", at="2026-12-10 07:00")
    with app.app_context():
        delivery.send_due()
        assert letters.sweep() == 0
        [file] = delivery.folder().iterdir()
        assert receipt.ticket[:16] in file.name


@pytest.mark.parametrize("act", ["UPDATE erasure SET entries = 0", "DELETE FROM erasure"])
def test_the_record_of_an_erasure_is_never_changed(finished, night, app, act):
    night()
    with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="written once"):
        db.session.execute(sa.text(act))


# No trace, on a real calendar.


def everything_known(app):
    """What must not be found afterwards: addresses and their parts, duplicate keys, and codes as they are written."""
    with app.app_context():
        rows = db.session.execute(sa.select(Entry.email, Entry.duplicate_key, Entry.receipt_code)).all()
    known = set()
    for address, key, code in rows:
        known |= {address, key, code, entries.grouped(code)} if address else set()
    known |= {f"{name}@" for name in NAMES} | {f"{name}%40" for name in NAMES}
    return {text.encode() for text in known if text}


def searchable(file: Path) -> bytes:
    """A file's bytes; of a mail also what its parts say when decoded."""
    raw = file.read_bytes()
    if file.suffix != ".eml":
        return raw
    mail = email.message_from_bytes(raw, policy=policy.default)
    parts = [part.get_content().encode() for part in mail.walk() if not part.is_multipart()]
    return b"\n".join([raw, str(mail["To"]).encode(), *parts])


def traces(instance: Path, known):
    """Where in the instance folder something known is to be found, as (file, what)."""
    skipped = {instance / "static", instance / "calendar_content"}
    files = [
        file
        for file in instance.rglob("*")
        if file.is_file() and not file.is_symlink() and not skipped & {*file.parents}
    ]
    return [(file.name, text) for file in files for content in [searchable(file)] for text in known if text in content]


@pytest.fixture
def log_file(tmp_path):
    """Everything that is logged, in a file among the others, as a server would have it."""
    handler = logging.FileHandler(tmp_path / "server.log")
    logging.getLogger().addHandler(handler)
    yield tmp_path / "server.log"
    logging.getLogger().removeHandler(handler)
    handler.close()


@pytest.fixture
def season(app, client, clock, organiser, contest, log_file, tmp_path):
    """A whole contest as people and organisers make it; returns what is known of the people before erasure."""
    clock.set("2026-12-11 08:00")
    for name in NAMES:
        assert (
            fill_in(client, clock, email=f"{name}@räksmörgås.se" if name == "gun" else f"{name}@example.se").status_code
            == 200
        )
    again = fill_in(client, clock, email="falk@example.se")
    fill_in(client, clock, email="falk@")
    with app.app_context():
        jobs.run_round()
    code = re.search(r'receipt-code"[^>]*>([^<]+)<', again.text)[1]
    known = everything_known(app)
    page = client.get(OWN)
    look_up = {"token": token_in(page), "code": code, "email": "falk@example.se"}
    assert client.post(OWN, data=look_up).status_code == 200
    assert client.post(OWN, data=look_up | {"email": "gun@example.se"}).status_code == 422
    assert client.post(OWN, data=look_up | {"act": "aterkalla", "sure": "ja"}).status_code == 200
    token = token_in(client.get("/tillganglighet"))
    clock.forward(seconds=20)
    told = {"token": token, "kind": "hinder", "message": "Svårt att läsa.", "reply_to": "eva_maria@example.se"}
    assert client.post("/tillganglighet", data=told).status_code == 303
    strike = organiser.get("/admin/bidrag/2/stryk")
    assert (
        organiser.post("/admin/bidrag/2/stryk", data={"token": token_in(strike), "reason": "anställd"}).status_code
        == 303
    )
    organiser.get("/admin/bidrag?sok=anna@example.se")
    with app.app_context():
        clock.set("2026-12-21 09:00")
        conduct.lock(contest, "Regler.\n", DRAW_AT, rehearsal.CHAIN, clock.now())
        clock.set("2026-12-22 12:01")
        conduct.draw(contest, VALUE, rehearsal.CHAIN, clock.now())
        verdicts.confirm(contest, 1, clock.now())
    clock.set("2027-03-31 03:10")
    return known


def test_after_erasure_no_file_knows_anyone(season, app, client, night, tmp_path):
    before = traces(tmp_path, season)
    assert {name.split(".")[0] for name, _ in before} >= (
        {"kvitto"} if "postgresql" in app.config["SQLALCHEMY_DATABASE_URI"] else {"kalender", "kvitto"}
    )
    protocol = client.get("/2026/dragning/protokoll.json").data
    night()
    assert traces(tmp_path, season) == []
    assert client.get("/2026/dragning/protokoll.json").data == protocol
    verified = app.test_cli_runner().invoke(args=["draw", "verify", "2026"])
    assert (verified.exit_code, verified.output.startswith("Allt stämmer")) == (0, True)


def test_the_database_itself_knows_nobody(season, app, night):
    night()
    with app.app_context():
        everything = " ".join(
            str(value)
            for table in db.metadata.tables.values()
            if table.name not in ("organiser", "sign_in", "invitation")
            for row in db.session.execute(sa.select(table))
            for value in row
        ).encode()
    assert [text for text in season if text in everything] == []


@on_sqlite
def test_a_reader_who_holds_the_log_is_told_of_and_the_next_night_finishes(
    season, app, night, acts, organiser, tmp_path
):
    with closing(sqlite3.connect(tmp_path / "kalender.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchall()
        [told] = night()
        assert told.endswith(erasure.REMAINS)
        assert acts()[-1] == "gallrad"
        assert erasure.REMAINS in shown(organiser.get("/admin/gallring"))
        reader.execute("COMMIT")
    assert night() == ["Rester efter gallringen i mjk-2026. Klart: inga rester finns kvar."]
    assert traces(tmp_path, season) == []
    assert acts()[-1] == "rensad"
    assert erasure.REMAINS not in shown(organiser.get("/admin/gallring"))


def test_a_power_cut_after_the_erasure_leaves_no_trace_for_ever(season, app, night, monkeypatch, tmp_path, acts):
    class PowerCut(BaseException):
        pass

    def cut(*_):
        raise PowerCut

    with monkeypatch.context() as broken:
        broken.setattr(erasure, "_cleaned", cut)
        with pytest.raises(PowerCut):
            night()
    assert traces(tmp_path, season) != []
    night()
    assert traces(tmp_path, season) == []
    assert acts()[-2:] == ["gallrad", "rensad"]


def test_a_power_cut_before_the_erasure_is_saved_changes_nothing(season, app, night, monkeypatch, record_of):
    def cut(*_, **__):
        raise RuntimeError("cut")

    with monkeypatch.context() as broken:
        broken.setattr(erasure.records, "append", cut)
        with pytest.raises(RuntimeError):
            night()
    assert record_of() == []
    assert addresses_left(app) == len(NAMES)


def test_nothing_that_was_logged_names_anyone(season, night, log_file):
    night()
    logged = log_file.read_text()
    assert [text for text in season if text.decode() in logged] == []
