"""Mails to organisers: what each wants, once, and nothing that is not theirs."""

import email
import os
from email import policy
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database import db
from app.draw import value
from app.feedback import Feedback
from app.operations import jobs
from app.pledges.models import Reply
from app.reminders import subscriptions
from app.reminders.models import Reminder
from tests.conftest import on_sqlite, swedish, token_in


@pytest.fixture
def run_round(app):
    """Do what is due, as `flask jobs` does, and return the subjects of the mails that organisers have got."""

    def run():
        with app.app_context():
            jobs.run_round()
        return subjects(app)

    return run


def letters(app):
    files = sorted((Path(app.instance_path) / "mail").glob("redaktion.*.eml"), key=os.path.getmtime)
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def subjects(app):
    return [letter["Subject"] for letter in letters(app)]


def choose(organiser, **wishes):
    token = token_in(organiser.get("/admin/konto"))
    assert organiser.post("/admin/konto/mejl", data={"token": token} | wishes).status_code == 303


def write(app, message="Lucka 3 går inte att läsa.", at="2026-12-10 08:00", kind="hinder"):
    with app.app_context():
        db.session.add(Feedback(received_at=swedish(at), kind=kind, message=message))
        db.session.commit()


def test_a_report_goes_each_morning_to_those_who_want_it(app, organiser, other_organiser, run_round, clock):
    choose(organiser, daily_report="ja")
    choose(other_organiser)
    clock.set("2026-12-11 07:29")
    assert run_round() == []
    clock.set("2026-12-11 07:30")
    assert run_round() == run_round() == ["Läget i Miljöjulkalendern 2026 11 december"]
    clock.set("2026-12-12 12:00")
    assert run_round()[-1:] == ["Läget i Miljöjulkalendern 2026 12 december"]
    assert {letter["To"] for letter in letters(app)} == {"olle@example.se"}


def test_the_report_tells_of_today_and_yesterday(app, organiser, run_round, clock, enter):
    choose(organiser, daily_report="ja")
    assert enter().status_code == 200
    clock.set("2026-12-11 08:00")
    write(app)
    run_round()
    text = letters(app)[0].get_body(("plain",)).get_content()
    title = app.extensions["library"].editions[2026].hatches[11].file.title
    assert f"I dag öppnade lucka 11: {title}." in text
    assert "1 tävlingssvar kom i går, 1 sammanlagt." in text
    assert "Ett meddelande från besökare väntar på svar." in text


def test_report_tells_what_readers_do(app, client, organiser, run_round, clock):
    choose(organiser, daily_report="ja")
    client.post("/2026/lucka/5/svar", data={"svar": "3"})
    client.post("/2026/lucka/5/testar")
    client.post("/2026/lucka/6/testar")
    with app.app_context():
        subscriptions.ask("gun@example.se", 2026, 7, False, clock.now())
        subscriptions.confirm(db.session.scalars(sa.select(Reminder.token)).one(), clock.now())
    clock.set("2026-12-11 08:00")
    run_round()
    text = letters(app)[0].get_body(("plain",)).get_content()
    assert "Frågorna i luckorna har fått 1 svar hittills." in text
    assert "2 har tryckt på Jag testar hittills." in text
    assert "1 person får påminnelser med mejl." in text


def test_report_tells_municipalities_from_five_on(app, organiser, run_round, clock):
    choose(organiser, daily_report="ja")
    for code, times in (("1441", 7), ("1440", 2), ("1480", 3), ("1481", 6)):
        app.extensions["replies"].count(*[Reply(2026, "municipality", 0, code)] * times)
    clock.set("2026-12-11 08:00")
    run_round()
    text = " ".join(letters(app)[0].get_body(("plain",)).get_content().split())
    assert "Jag testar per kommun: Lerum 7, Mölndal 6, Göteborg färre än 5, Ale färre än 5." in text


def test_report_tells_what_is_kept_in_january(app, organiser, run_round, clock):
    choose(organiser, daily_report="ja")
    for outcome, times in (("some", 15), ("none", 5)):
        app.extensions["replies"].count(*[Reply(2026, "follow_up", 0, outcome)] * times)
    told = "Håller du fast? har fått 20 svar hittills, och 75 % av dem håller fast."
    for moment, is_told in (("2027-01-15 08:00", True), ("2027-02-01 08:00", True), ("2027-02-02 08:00", False)):
        clock.set(moment)
        run_round()
        texts = [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in letters(app)[-1:]]
        assert any(told in text for text in texts) == is_told, (moment, texts)


def test_messages_that_come_together_make_one_mail(app, organiser, run_round, clock):
    choose(organiser, alerts="ja")
    before = run_round()
    write(app, at="2026-12-10 08:10")
    write(app, at="2026-12-10 08:11")
    clock.set("2026-12-10 08:12")
    run_round()
    write(app, at="2026-12-10 08:20")
    clock.set("2026-12-10 08:21")
    assert run_round()[len(before) :] == ["Nytt meddelande från en besökare"]
    clock.set("2026-12-10 09:30")
    assert len(run_round()) == len(before) + 2


def test_what_there_is_to_do_is_told_once(organiser, run_round, clock):
    choose(organiser, alerts="ja")
    assert run_round() == run_round() == ["Att göra i Miljöjulkalendern 2026"]


def test_one_who_wants_no_mail_gets_none(app, organiser, run_round):
    choose(organiser)
    write(app)
    assert run_round() == []


@on_sqlite
def test_jobs_that_stood_still_are_told_of(app, organiser, run_round):
    choose(organiser, alerts="ja")
    run_round()
    heartbeat = Path(app.instance_path) / jobs.HEARTBEAT
    os.utime(heartbeat, (heartbeat.stat().st_atime, heartbeat.stat().st_mtime - 7200))
    assert "Bakgrundsjobben har stått stilla" in run_round()


@on_sqlite
def test_a_job_that_fails_again_and_again_is_told_of(app, organiser, run_round, clock, monkeypatch):
    choose(organiser, alerts="ja")
    monkeypatch.setattr(value, "lock_due", lambda _: 1 / 0)
    run_round()
    clock.forward(minutes=31)
    assert "Ett bakgrundsjobb går inte" in run_round()


def test_a_mail_that_could_not_go_goes_later(app, organiser, run_round, clock):
    choose(organiser, daily_report="ja")
    folder = Path(app.instance_path) / "mail"
    folder.write_text("i vägen")
    clock.set("2026-12-11 08:00")
    assert run_round() == []
    folder.unlink()
    assert run_round() == ["Läget i Miljöjulkalendern 2026 11 december"]


def test_a_mail_can_be_tried(app, organiser):
    token = token_in(organiser.get("/admin/konto"))
    answer = organiser.post("/admin/konto/testmejl", data={"token": token}, follow_redirects=True)
    assert "Testmejlet är skickat." in answer.text
    assert [letter["To"] for letter in letters(app)] == ["olle@example.se"]


def test_a_mail_that_fails_is_told_in_words(app, organiser):
    (Path(app.instance_path) / "mail").write_text("i vägen")
    token = token_in(organiser.get("/admin/konto"))
    answer = organiser.post("/admin/konto/testmejl", data={"token": token}, follow_redirects=True)
    assert "Testmejlet gick inte iväg." in answer.text


def test_a_message_is_marked_as_answered_and_by_whom(app, organiser, other_organiser):
    write(app)
    assert "Ett meddelande från besökare" in organiser.get("/admin/").text
    page = organiser.get("/admin/aterkoppling")
    organiser.post("/admin/aterkoppling/1", data={"token": token_in(page), "besvarad": "ja"})
    assert "av olle@example.se." in " ".join(other_organiser.get("/admin/aterkoppling").text.split())
    assert "meddelande från besökare" not in organiser.get("/admin/").text
    organiser.post("/admin/aterkoppling/1", data={"token": token_in(page)})
    assert "Ett meddelande från besökare" in " ".join(organiser.get("/admin/").text.split())


def test_request_for_accessible_content_keeps_its_decision(app, organiser):
    write(app, kind="begaran")
    page = organiser.get("/admin/aterkoppling")
    sent = {"token": token_in(page), "besvarad": "ja", "beslut": "nej", "diarienummer": "2026-0042"}
    refused = organiser.post("/admin/aterkoppling/1", data=sent | {"diarienummer": "9" * 61})
    assert (refused.status_code, "Skriv diarienumret med högst 60 tecken." in refused.text) == (422, True)
    assert "9" * 61 in refused.text
    assert organiser.post("/admin/aterkoppling/1", data=sent).status_code == 303
    told = " ".join(organiser.get("/admin/aterkoppling").text.split())
    assert "Vi säger nej, i ett beslut som går att överklaga. Diarienummer 2026-0042." in told
