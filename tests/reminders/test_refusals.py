"""What a no of the mail server leads to, wherever in the dialogue it comes: who stays on the list, who is mailed."""

import pytest

from tests.conftest import on_sqlite
from tests.mail.conftest import HANG_UP, Postmaster, hang_up

pytestmark = on_sqlite
ANNA = "anna@kommun.se"
EVERYONE = [f"person{number}@kommun.se" for number in range(8)]
# Where a server can answer: as one says who one is, who sends, who receives, that the mail comes, and after the mail.
STAGES = ["EHLO", "MAIL", "RCPT", "354", "DATA"]
GONE = ["550 5.1.1 No such user", "550 5.2.1 Mailbox disabled", "550 No such user"]
NOT_FROM_US = [
    "554 5.7.1 Relay access denied",
    "550 5.7.1 Client host blocked using Spamhaus",
    "550 5.7.26 Unauthenticated sender",
    "550 5.1.8 Sender rejected",
    "552 5.2.2 Mailbox full",
    "501 5.5.4 Helo command rejected",
]
ALWAYS = 10_000


@pytest.fixture
def crowd(serve, subscribe):
    serve()
    for email in EVERYONE:
        subscribe(email)


def day_and_night(run_at, day):
    for time in ("07:00", "12:00"):
        run_at(f"2026-12-{day:02} {time}")
    run_at(f"2026-12-{day + 1:02} 04:10")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("answer", [GONE[-1], NOT_FROM_US[0], HANG_UP])
def test_server_that_refuses_everyone_ends_no_subscription(crowd, run_at, postmaster, rows, stage, answer):
    postmaster.script[stage] = [answer] * ALWAYS
    day_and_night(run_at, 4)
    assert len(rows()) == len(EVERYONE)
    postmaster.script.clear()
    before = len(postmaster.arrived)
    run_at("2026-12-05 07:00")
    assert sorted(postmaster.receivers[before:]) == sorted(EVERYONE)


@pytest.mark.parametrize("answer", GONE)
def test_mailbox_that_is_gone_ends_its_subscription(crowd, run_at, postmaster, rows, organiser, answer):
    postmaster.script["RCPT"] = [answer]
    run_at("2026-12-04 07:00")
    assert "1 mejl avvisades senast" in organiser.get("/admin/paminnelser").text
    day_and_night(run_at, 4)
    assert len(postmaster.receivers) == len(rows()) == len(EVERYONE) - 1


@pytest.mark.parametrize(
    ("stage", "answer"), [("354", NOT_FROM_US[0]), ("DATA", NOT_FROM_US[0]), *(("RCPT", no) for no in NOT_FROM_US)]
)
def test_mail_a_server_keeps_out_goes_same_day(crowd, run_at, postmaster, rows, organiser, stage, answer):
    postmaster.script[stage] = [answer]
    run_at("2026-12-04 07:00")
    assert len(postmaster.receivers) == len(EVERYONE) - 1
    assert "1 mejl avvisades senast" in organiser.get("/admin/paminnelser").text
    day_and_night(run_at, 4)
    assert sorted(postmaster.receivers) == sorted(EVERYONE)
    assert len(rows()) == len(EVERYONE)
    assert "avvisades senast" not in organiser.get("/admin/paminnelser").text


@pytest.mark.parametrize("stage", STAGES)
def test_everyone_is_mailed_once_whenever_server_hangs_up(crowd, run_at, postmaster, stage):
    postmaster.script[stage] = ["", HANG_UP, HANG_UP, "", HANG_UP, "", "", "", HANG_UP]
    for minute in range(8):
        run_at(f"2026-12-04 07:{minute:02}")
    assert sorted(postmaster.receivers) == sorted(EVERYONE)


class Impatient(Postmaster):
    """Takes two mails over each connection, then hangs up without a word, as a third begins."""

    async def handle_MAIL(self, server, session, *told):  # noqa: N802
        session.mails = getattr(session, "mails", 0) + 1
        return hang_up(server) if session.mails > 2 else await super().handle_MAIL(server, session, *told)


def test_everyone_is_mailed_once_by_impatient_server(crowd, subscribe, run_at, postmaster):
    more = [f"more{number}@kommun.se" for number in range(16)]
    for email in more:
        subscribe(email)
    postmaster.__class__ = Impatient
    for minute in range(4):
        run_at(f"2026-12-04 07:{minute:02}")
    assert sorted(postmaster.receivers) == sorted(EVERYONE + more)


def test_receivers_that_refuse_hold_up_no_others(crowd, subscribe, run_at, postmaster):
    barred = set(EVERYONE)
    subscribe(ANNA)

    async def only_anna(_server, _session, envelope, address, _options):
        if address in barred:
            return NOT_FROM_US[1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    postmaster.handle_RCPT = only_anna
    for minute in range(0, 60, 15):
        run_at(f"2026-12-04 07:{minute:02}")
    assert postmaster.receivers == [ANNA]


def test_refused_content_ends_it_second_day_in_row(serve, subscribe, run_at, postmaster, rows):
    serve()
    subscribe(ANNA)
    for day, answers in ((4, ["554 skräp"]), (5, []), (6, ["554 skräp"])):
        postmaster.script["DATA"] = answers
        run_at(f"2026-12-{day:02} 07:00")
        run_at(f"2026-12-{day + 1:02} 04:10")
    assert len(rows()) == 1
    postmaster.script["DATA"] = ["554 skräp"]
    run_at("2026-12-07 07:00")
    run_at("2026-12-08 04:10")
    assert rows() == []


@pytest.mark.parametrize("wrong", ["kalender@" + "å" * 70 + ".se", "kalender@kommun..se"], ids=["long", "dots"])
def test_wrong_sender_address_ends_nothing(serve, app, subscribe, accept, run_at, postmaster, rows, wrong):
    serve()
    subscribe(ANNA)
    accept("bo@kommun.se")
    app.config["MAIL_FROM"] = wrong
    day_and_night(run_at, 11)
    assert (postmaster.receivers, len(rows())) == ([], 1)
    app.config["MAIL_FROM"] = "kalender@kommun.se"
    run_at("2026-12-12 07:00")
    assert {ANNA, "bo@kommun.se"} <= set(postmaster.receivers)
