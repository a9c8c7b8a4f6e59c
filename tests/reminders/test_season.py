"""A December of reminders over real SMTP: two job loops, two crashes, an outage, and a list that erases itself."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa

from app.database import db
from app.reminders import sender, subscriptions
from app.reminders.models import Reminder
from tests.conftest import on_sqlite
from tests.mail.conftest import HANG_UP

SUBSCRIBERS = 300 if os.environ.get("SOAK") else 20
HOURS = (6, 7, 12, 20)
DIED_AFTER = 5
# Days: the mail server answers 421 until 15:10; the calendar's own server is away from noon the day before until 15:10
# the day after; it hangs up now and then, at each of its words; the clock goes back by hours, and then by a day.
OUTAGE, AWAY, HANGING_UP, CLOCK_SET_BACK = 5, (9, 10), 12, 14


class Died(BaseException):
    """A process that is no more; nothing in it may tidy up."""


class Household:
    """One subscriber: when the mails are wanted."""

    def __init__(self, number):
        self.email = f"person{number}@kommun.se"
        self.hour = HOURS[number % len(HOURS)]
        self.weekdays_only = number % 5 == 0

    def wants(self, day):
        return not self.weekdays_only or date(2026, 12, day).weekday() < 5


@pytest.fixture
def people(app, clock):
    """All of them have confirmed in November."""
    found = [Household(number) for number in range(SUBSCRIBERS)]
    with app.app_context():
        for one in found:
            subscriptions.ask(one.email, 2026, one.hour, one.weekdays_only, clock.now())
        for token in db.session.scalars(sa.select(Reminder.token)).all():
            subscriptions.confirm(token, clock.now())
    return found


@pytest.fixture
def loops(app, make_app, serve, clock):
    """Two processes that send at the same time: loops("2026-12-01 07:00") returns how each ended, if it died."""
    serve()
    apps = (app, make_app())
    apps[1].config["MAIL_URL"] = app.config["MAIL_URL"]

    def round_in(one):
        with one.app_context():
            sender.send_due()

    def run(moment):
        clock.set(moment)
        with ThreadPoolExecutor(len(apps)) as pool:
            ended = [pool.submit(round_in, one) for one in apps]
        return [done.exception() for done in ended]

    return run


def die_once_sent(patch):
    """Die between a mail that the server has taken and whatever would be noted of it."""
    real, left = sender.open_transport, [DIED_AFTER]

    @contextmanager
    def opened(*arguments):
        with real(*arguments) as send:

            def send_and_die(mail):
                send(mail)
                left[0] -= 1
                if not left[0]:
                    raise Died

            yield send_and_die

    patch.setattr(sender, "open_transport", opened)


def die_taking_out(patch):
    """Die before the database has it that a mail was taken out."""
    real, left = sender.queue.has_due, [DIED_AFTER]

    def has_due(now):
        left[0] -= 1
        if not left[0]:
            raise Died
        return real(now)

    patch.setattr(sender.queue, "has_due", has_due)


CRASHES = {2: die_once_sent, 3: die_taking_out}


def number_in(mail):
    return int(re.match(r"Lucka (\d+): ", mail["Subject"])[1])


@on_sqlite
def test_every_mail_goes_once_and_never_early_whatever_happens(
    people, loops, clock, postmaster, app, monkeypatch, tmp_path
):
    by_address = {one.email: one for one in people}
    titles = {n: hatch.file.title for n, hatch in app.extensions["library"].editions[2026].hatches.items()}
    got = []

    def run(moment):
        before = len(postmaster.arrived)
        ended = loops(moment)
        for (email,), mail in postmaster.arrived[before:]:
            number, text = number_in(mail), mail.get_body(("plain",)).get_content()
            assert (number, by_address[email].hour <= clock.now().hour + 1) == (clock.now().day, True), moment
            assert [title for later, title in titles.items() if later > number and title in text] == []
            got.append((email, number))
        return ended

    run("2026-11-30 23:59:59")
    for day, morning in ((day, f"2026-12-{day:02}") for day in range(1, 25) if day not in AWAY):
        if day in CRASHES:
            with monkeypatch.context() as patch:
                CRASHES[day](patch)
                assert any(isinstance(end, Died) for end in run(f"{morning} 06:00"))
        if day == OUTAGE:
            postmaster.script["MAIL"] = ["421 stängt"] * 10_000
        if day == HANGING_UP:
            postmaster.script |= {stage: ["", HANG_UP, "", HANG_UP] for stage in ("EHLO", "MAIL", "RCPT", "354")}
        # What is left once all has gone wrong goes by the hours: morning and evening will do.
        for time in ("05:59:59", "06:00", "07:00", "12:00", "15:10", "20:00")[:: 1 if day <= CLOCK_SET_BACK else 5]:
            if day == OUTAGE and time == "15:10":
                del postmaster.script["MAIL"]
            if not (day == AWAY[0] - 1 and time > "12:00") and not (day == AWAY[-1] + 1 and time < "15:10"):
                run(f"{morning} {time}")
        if day == CLOCK_SET_BACK:
            for earlier in (f"{morning} 05:30", f"{morning} 07:00", "2026-12-13 20:00", f"{morning} 20:00"):
                run(earlier)
    wanted = {(one.email, day) for one in people for day in range(1, 25) if one.wants(day)}
    missed = {(one.email, day) for one in people for day in (AWAY[0] - 1, *AWAY) if day in AWAY or one.hour > 12}
    assert sorted(got) == sorted(wanted - missed)
    assert len({mail["Message-ID"] for _, mail in postmaster.arrived}) == len(got)


def test_two_loops_send_each_mail_once(people, loops, postmaster):
    assert loops("2026-12-04 20:00") == [None, None]
    assert sorted(postmaster.receivers) == sorted(one.email for one in people)
