"""What goes when, in which order, and what a refusal leads to."""

import asyncio

import pytest

from app.database import db
from app.outbox.models import OutboxMail
from app.reminders import sender
from tests.conftest import on_sqlite, token_in
from tests.mail.conftest import CUT_OFF, HANG_UP, PATIENCE, Postmaster

pytestmark = on_sqlite
ANNA = "anna@kommun.se"


def subjects(postmaster):
    return [str(mail["Subject"]) for _, mail in postmaster.arrived]


def test_reminder_has_days_words_twice_and_way_out(serve, subscribe, run_at, postmaster, app, client):
    serve()
    key = subscribe(ANNA)
    run_at("2026-12-05 07:00")
    ((_, mail),) = postmaster.arrived
    hatch = app.extensions["library"].editions[2026].hatches[5].file
    texts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    for part in (
        hatch.summary,
        "http://127.0.0.1:5000/2026/lucka/5",
        f"http://127.0.0.1:5000/paminnelse/avsluta/{key}",
    ):
        assert all(part in text for text in texts), part
    assert (mail["Subject"], mail["Auto-Submitted"]) == (f"Lucka 5: {hatch.title}", "auto-generated")
    assert mail["List-Unsubscribe"] == f"<http://127.0.0.1:5000/paminnelse/avsluta/{key}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<img" not in texts[1]


def test_weekday_mails_rest_on_weekends_and_only_last_says_goodbye(serve, subscribe, run_at, postmaster):
    serve()
    subscribe(ANNA, weekdays_only=True)
    for day in (4, 5, 6, 7, 24):
        run_at(f"2026-12-{day:02} 08:00")
    assert [subject.partition(":")[0] for subject in subjects(postmaster)] == ["Lucka 4", "Lucka 7", "Lucka 24"]
    last = [mail.get_body(("plain",)).get_content() for _, mail in postmaster.arrived]
    assert ["/2026/januari" in text for text in last] == [False, False, True]


def test_nothing_goes_in_the_night(serve, subscribe, run_at, postmaster):
    serve()
    subscribe(ANNA, hour=20)
    run_at("2026-12-05 22:00")
    assert postmaster.arrived == []


def test_subscriber_gets_no_mail_about_day_whose_hour_had_passed(serve, subscribe, run_at, postmaster, clock):
    serve()
    clock.set("2026-12-05 09:00")
    subscribe(ANNA, hour=7)
    run_at("2026-12-05 09:01")
    assert postmaster.arrived == []
    run_at("2026-12-06 07:00")
    assert len(postmaster.arrived) == 1


def test_receipts_go_first(serve, subscribe, run_at, postmaster, accept):
    serve()
    accept("bo@kommun.se", at="2026-12-11 06:59")
    subscribe(ANNA)
    run_at("2026-12-11 07:00")
    assert postmaster.receivers == ["bo@kommun.se", ANNA]


def test_a_receipt_that_is_due_keeps_reminders_waiting(app, accept, subscribe, clock):
    subscribe(ANNA)
    accept("bo@kommun.se", at="2026-12-11 06:59")
    clock.set("2026-12-11 07:00")
    with app.app_context():
        assert sender.claim(clock.now()) is None
        db.session.query(OutboxMail).update({"state": "sent"})
        db.session.commit()
        assert sender.claim(clock.now()).email == ANNA


def test_receiver_that_asks_to_wait_is_tried_again_same_day(serve, subscribe, run_at, postmaster):
    serve()
    subscribe(ANNA)
    postmaster.script["RCPT"] = ["450 grå"]
    for clock_time in ("07:00", "07:14", "07:15"):
        run_at(f"2026-12-05 {clock_time}")
    assert subjects(postmaster)[0].startswith("Lucka 5")
    run_at("2026-12-05 12:00")
    assert len(postmaster.arrived) == 1


@pytest.mark.parametrize("trouble", [HANG_UP, CUT_OFF])
def test_a_mail_that_may_have_gone_is_not_sent_again(serve, subscribe, run_at, postmaster, trouble):
    serve()
    subscribe(ANNA)
    postmaster.script["DATA"] = [trouble]
    for clock_time in ("07:00", "07:02", "12:00"):
        run_at(f"2026-12-05 {clock_time}")
    assert len(postmaster.arrived) == (trouble == HANG_UP)
    run_at("2026-12-06 07:00")
    assert len(postmaster.arrived) == (trouble == HANG_UP) + 1


@pytest.mark.parametrize("granted", [0, 2, 5])
def test_server_that_hangs_up_gets_all_but_what_it_refused_at_once(serve, subscribe, run_at, postmaster, granted):
    serve()
    for number in range(12):
        subscribe(f"person{number}@kommun.se")
    postmaster.script["MAIL"] = [*[""] * granted, "421 nog nu", "421 nog nu"]
    run_at("2026-12-05 07:00")
    assert len(postmaster.arrived) == 10
    run_at("2026-12-05 07:01")
    assert sorted(postmaster.receivers) == sorted(f"person{number}@kommun.se" for number in range(12))


def test_server_that_takes_no_mail_is_left_alone_for_a_minute(serve, subscribe, run_at, postmaster):
    serve()
    for number in range(12):
        subscribe(f"person{number}@kommun.se")
    postmaster.script["MAIL"] = ["421 nog nu"] * 12
    run_at("2026-12-05 07:00")
    asked = list(postmaster.heard)
    assert 1 <= len(asked) <= sender.CONNECTIONS
    run_at("2026-12-05 07:00:59")
    assert postmaster.heard == asked
    postmaster.script.clear()
    run_at("2026-12-05 07:01")
    assert len(postmaster.arrived) == 12


class Crowded(Postmaster):
    """Takes no mail before as many come at once as there are connections."""

    async def handle_DATA(self, *told):  # noqa: N802
        self.barrier = getattr(self, "barrier", None) or asyncio.Barrier(sender.CONNECTIONS)
        async with asyncio.timeout(PATIENCE):
            await self.barrier.wait()
        return await super().handle_DATA(*told)


def test_several_go_at_once(serve, subscribe, run_at, postmaster):
    postmaster.__class__ = Crowded
    serve()
    everyone = [f"person{number}@kommun.se" for number in range(2 * sender.CONNECTIONS)]
    for email in everyone:
        subscribe(email)
    run_at("2026-12-05 07:00")
    assert sorted(postmaster.receivers) == everyone


def test_a_greeting_of_the_organisers_stands_first(serve, subscribe, run_at, postmaster, organiser, clock):
    serve()
    subscribe(ANNA)
    page = organiser.get("/admin/paminnelser")
    saved = organiser.post("/admin/paminnelser", data={"token": token_in(page), "day_13": "Glad Lucia från Lerum!"})
    assert saved.status_code == 303
    for day in (12, 13):
        run_at(f"2026-12-{day} 07:00")
    reminders = [mail for _, mail in postmaster.arrived if mail["List-Unsubscribe"]]
    first_lines = [mail.get_body(("plain",)).get_content().splitlines()[0] for mail in reminders]
    assert [line == "Glad Lucia från Lerum!" for line in first_lines] == [False, True]


def test_the_organisers_see_how_many_wait_and_never_who(serve, subscribe, postmaster, organiser, clock):
    subscribe(ANNA, hour=7)
    subscribe("bo@kommun.se", hour=20)
    clock.set("2026-12-05 07:00")
    page = organiser.get("/admin/paminnelser").text
    assert "1 av dagens mejl ska gå nu." in page
    assert "anna@" not in page


def test_sample_goes_to_organiser_alone_and_tells_of_no_hatch(serve, subscribe, postmaster, organiser, app):
    serve()
    subscribe(ANNA)
    assert "Skicka en testpåminnelse till dig själv" in organiser.get("/admin/beredskap").text
    page = organiser.get("/admin/paminnelser")
    done = organiser.post("/admin/paminnelser/prov", data={"token": token_in(page)})
    assert "Skickat." in organiser.get(done.location).text
    assert postmaster.receivers == ["olle@example.se"]
    text = postmaster.arrived[0][1].get_body(("plain",)).get_content()
    titles = [hatch.file.title for hatch in app.extensions["library"].editions[2026].hatches.values()]
    assert [title for title in titles if title in text] == []
    assert "Skicka en testpåminnelse till dig själv" not in organiser.get("/admin/beredskap").text


def test_a_sample_that_is_refused_says_what_to_do(serve, postmaster, organiser):
    serve()
    postmaster.script["MAIL"] = ["421 stängt"]
    page = organiser.get("/admin/paminnelser")
    failed = organiser.post("/admin/paminnelser/prov", data={"token": token_in(page)})
    assert failed.status_code == 503
    assert "E-postservern svarar inte" in failed.text
