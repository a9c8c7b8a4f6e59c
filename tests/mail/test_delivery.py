"""Mails against a real SMTP server that refuses, delays, hangs up, hangs or is not there: each arrives once."""

import logging
import secrets
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app.contest import entries, store
from app.contest.forms import EntryInput
from app.contest.models import Entry
from app.database import db
from app.draw import delivery
from app.outbox import queue, transport
from app.privacy import own_entry
from tests.conftest import configured, on_sqlite, swedish
from tests.mail.conftest import CUT_OFF, HANG_UP, HOLD, PATIENCE, knows_the_password

ANNA, BO = "anna@example.se", "bo@example.se"
# A host that is on this machine without the calendar knowing it.
REMOTE = "127.0.0.2"
OLLE = "olle:ses%40m@"


def text_of(arrival):
    return arrival[1].get_body(("plain",)).get_content().replace("\r\n", "\n")


def states(rows):
    return [(row.state, row.tries) for row in rows()]


@on_sqlite
def test_receipt_arrives_once(serve, accept, send, rows, postmaster):
    serve()
    receipt = accept(ANNA)
    assert (send(), send()) == (1, 0)
    ((receivers, mail),) = postmaster.arrived
    assert receivers == [ANNA]
    assert mail["To"] == ANNA
    assert entries.group_code(receipt.code) in text_of(postmaster.arrived[0])
    assert receipt.ticket in text_of(postmaster.arrived[0])
    assert states(rows) == [("sent", 1)]


def test_many_mails_go_in_one_round_in_order_of_entries(serve, accept, send, postmaster):
    serve()
    everybody = [f"person{number}@example.se" for number in range(60)]
    for email in everybody:
        accept(email)
    assert send() == 60
    assert postmaster.receivers == everybody


@on_sqlite
def test_entry_is_thanked_though_server_is_down_and_mailed_later(nobody, serve, enter, send, rows, clock, postmaster):
    page = enter(email=ANNA)
    assert page.status_code == 200
    assert send() == 0
    assert states(rows) == [("waiting", 1)]
    serve(port=nobody)
    clock.forward(minutes=1)
    assert send() == 1
    assert postmaster.receivers == [ANNA]


@on_sqlite
def test_server_that_is_down_for_hour_gets_every_mail_once(nobody, serve, accept, send, rows, clock, postmaster):
    for number in range(5):
        accept(f"person{number}@example.se")
    for _ in range(60):
        clock.forward(minutes=1)
        assert send() == 0
    accept(BO, at="2026-12-10 10:00")
    assert max(tries for _, tries in states(rows)) <= 6, "it lets the server be, more and more"
    serve(port=nobody)
    for _ in range(60):
        clock.forward(minutes=1)
        send()
    assert sorted(postmaster.receivers) == [BO, *(f"person{number}@example.se" for number in range(5))]
    assert {row.state for row in rows()} == {"sent"}


@on_sqlite
def test_wait_between_tries_grows_to_hour_and_stays_there(nobody, accept, send, rows, clock):
    accept(ANNA)
    waits = []
    for _ in range(7):
        send()
        waits.append((rows()[0].next_try_at - clock.now()).total_seconds() / 60)
        clock.instant = rows()[0].next_try_at
    assert waits == [1, 5, 15, 30, 60, 60, 60]


@on_sqlite
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_noted_and_not_tried_again(serve, accept, send, rows, clock, postmaster, command):
    serve()
    accept(ANNA)
    accept(BO)
    postmaster.script[command] = ["550 No such user anna@example.se"]
    assert send() == 1
    clock.forward(days=2)
    assert send() == 0
    assert postmaster.receivers == [BO]
    assert states(rows) == [("refused", 1), ("sent", 1)]
    assert rows()[0].trouble == {"RCPT": "mottagaren: 550", "DATA": "innehållet: 550"}[command]


@on_sqlite
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_greylisting_costs_a_minute(serve, accept, send, rows, clock, postmaster, command):
    serve()
    accept(ANNA)
    accept(BO)
    postmaster.script[command] = ["450 Greylisted, come back"]
    assert send() == 1
    assert postmaster.receivers == [BO]
    clock.forward(minutes=1)
    assert send() == 1
    assert postmaster.receivers == [BO, ANNA]
    assert states(rows) == [("sent", 2), ("sent", 1)]


@on_sqlite
@pytest.mark.parametrize("answer", ["421 Closing", "451 Not now", "550 We do not know you", "553 No"])
def test_sender_that_server_does_not_want_loses_no_mail(serve, accept, send, rows, clock, postmaster, answer):
    serve()
    accept(ANNA)
    postmaster.script["MAIL"] = [answer]
    assert send() == 0
    assert states(rows) == [("waiting", 1)]
    assert rows()[0].trouble == f"servern: SMTPSenderRefused {answer[:3]}"
    clock.forward(minutes=1)
    assert send() == 1
    assert postmaster.receivers == [ANNA]


@on_sqlite
@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "354", "DATA"])
@pytest.mark.parametrize("answer", ["554 5.7.1 Relay access denied", HANG_UP])
def test_mail_that_server_keeps_out_goes_later(serve, accept, send, rows, clock, postmaster, stage, answer):
    serve()
    accept(ANNA)
    accept(BO)
    postmaster.script[stage] = [answer]
    for _ in range(3):
        send()
        clock.forward(minutes=1)
    assert {row.state for row in rows()} == {"sent"}
    assert set(postmaster.receivers) == {ANNA, BO}


@on_sqlite
def test_mail_kept_out_for_days_is_given_up(serve, accept, send, rows, clock, postmaster):
    serve()
    accept(ANNA)
    for days, state in ((2, "waiting"), (3, "refused")):
        postmaster.script["RCPT"] = ["554 5.7.1 Relay access denied"]
        clock.forward(days=days)
        send()
        assert (rows()[0].state, rows()[0].trouble) == (state, "mottagaren: 554 5.7.1")


@on_sqlite
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_server_that_closes_ends_round_and_untried_counts_no_try(serve, accept, send, rows, clock, postmaster, command):
    serve()
    accept(ANNA)
    accept(BO)
    postmaster.script[command] = ["421 Closing down"]
    assert send() == 0
    assert states(rows) == [("waiting", 1), ("waiting", 0)]
    clock.forward(minutes=1)
    assert send() == 2
    assert sorted(postmaster.receivers) == [ANNA, BO]


@on_sqlite
def test_mail_that_is_cut_off_half_way_goes_whole_later(serve, accept, send, rows, clock, postmaster):
    serve()
    receipt = accept(ANNA)
    postmaster.script["DATA"] = [CUT_OFF]
    assert send() == 0
    assert postmaster.arrived == []
    assert states(rows) == [("waiting", 1)]
    clock.forward(minutes=1)
    assert send() == 1
    assert receipt.ticket in text_of(postmaster.arrived[0])
    assert postmaster.receivers == [ANNA]


@on_sqlite
def test_server_that_takes_mail_unsaid_gets_same_one_again(serve, accept, send, clock, postmaster):
    """Nobody can know then whether the mail went: it goes again, and its Message-ID tells mail programs it is one."""
    serve()
    accept(ANNA)
    postmaster.script["DATA"] = [HANG_UP]
    assert send() == 0
    clock.forward(minutes=1)
    assert send() == 1
    first, second = (mail for _, mail in postmaster.arrived)
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes().split(b"boundary=")[0] == second.as_bytes().split(b"boundary=")[0]


@on_sqlite
def test_silent_server_is_given_up(app, accept, send, rows, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", 0.1)
    accept(ANNA)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        assert send() == 0
    assert states(rows) == [("waiting", 1)]
    assert rows()[0].trouble.startswith("servern: ")


def test_while_server_is_slow_entries_come_and_no_worker_doubles(serve, accept, send, postmaster):
    serve()
    accept(ANNA)
    postmaster.script["DATA"] = [HOLD]
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(send)
        assert postmaster.holding.wait(PATIENCE)
        accept(BO)
        assert send() == 1
        assert postmaster.receivers == [BO]
        postmaster.release.set()
        assert slow.result(PATIENCE) == 1
    assert postmaster.receivers == [BO, ANNA]


def test_four_workers_send_each_mail_once(serve, accept, send, rows, postmaster):
    serve()
    everybody = [f"person{number}@example.se" for number in range(12)]
    for email in everybody:
        accept(email)
    together = threading.Barrier(4)

    def work(_):
        together.wait(PATIENCE)
        return send()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 12
    assert sorted(postmaster.receivers) == sorted(everybody)
    assert set(states(rows)) == {("sent", 1)}


def test_worker_that_dies_with_mail_in_its_hand_loses_nothing(app, serve, accept, send, clock, postmaster):
    serve()
    accept(ANNA)
    with app.app_context():
        assert queue.claim(clock.now())
    assert send() == 0
    clock.instant += queue.TAKEN_FOR
    assert send() == 1
    assert postmaster.receivers == [ANNA]


def test_late_worker_changes_nothing(app, accept, rows, clock):
    accept(ANNA)
    with app.app_context():
        late = queue.claim(clock.now())
        clock.instant += queue.TAKEN_FOR
        quick = queue.claim(clock.now())
        queue.reschedule(late, clock.now(), "servern: för sen")
        assert rows()[0].next_try_at == clock.now() + queue.TAKEN_FOR
        queue.mark_done(quick, "sent", clock.now())
        queue.mark_done(late, "refused", clock.now(), "mottagaren: 550")
    assert [(row.state, row.trouble) for row in rows()] == [("sent", None)]


def test_sent_mail_is_noted_though_database_is_busy_first(serve, accept, send, rows, clock, postmaster, monkeypatch):
    serve()
    accept(ANNA)
    begin = queue.begin_write
    # The mail is taken at once; to note that it went takes three tries.
    trouble = [None, *[OperationalError("BEGIN", None, TimeoutError())] * 2]

    def busy():
        if trouble and (error := trouble.pop(0)):
            raise error
        begin()

    monkeypatch.setattr(queue, "begin_write", busy)
    assert send() == 1
    clock.forward(days=1)
    assert send() == 0
    assert states(rows) == [("sent", 1)]
    assert postmaster.receivers == [ANNA]


@on_sqlite
def test_round_that_is_told_to_end_takes_no_more_mails(app, serve, accept, rows):
    serve()
    accept(ANNA)
    ending = threading.Event()
    ending.set()
    with app.app_context():
        assert delivery.send_due(ending) == 0
    assert states(rows) == [("waiting", 0)]


def test_mail_of_withdrawn_entry_is_dropped(app, serve, accept, send, rows, clock, postmaster):
    serve()
    receipt = accept(ANNA)
    with app.app_context():
        found = own_entry.find_own_entry(receipt.code, ANNA)
        own_entry.withdraw_own_entry(found, clock.now())
    assert send() == 0
    assert states(rows) == [("dropped", 0)]
    assert postmaster.heard == []


def test_mail_of_erased_entry_is_dropped(app, serve, accept, send, rows, postmaster):
    serve()
    accept(ANNA)
    with app.app_context():
        db.session.execute(sa.update(Entry).values(email=None, receipt_code=None, duplicate_key=None))
        db.session.commit()
    assert send() == 0
    assert states(rows) == [("dropped", 1)]
    assert postmaster.heard == []


@on_sqlite
def test_mail_outlives_its_contests_content(app, serve, accept, send, monkeypatch):
    serve()
    accept(ANNA)
    monkeypatch.setattr(app.extensions["library"], "editions", {})
    assert send() == 1


def test_unsaved_entry_has_no_mail(serve, accept, send, rows, monkeypatch):
    serve()
    put = queue.queue_mails

    def put_and_break(*rows):
        put(*rows)
        raise RuntimeError("strömmen gick")

    monkeypatch.setattr(queue, "queue_mails", put_and_break)
    with pytest.raises(RuntimeError):
        accept(ANNA)
    assert rows() == []
    assert send() == 0


def test_form_sent_twice_is_one_receipt(app, serve, contest, send, postmaster):
    serve()
    answers = EntryInput(ANNA, "2030", "1441", None, secrets.token_hex(20))
    with app.app_context():
        for second in (0, 1):
            moment = swedish(f"2026-12-10 08:59:0{second}")
            store.save_entry(contest, answers, moment)
    assert send() == 2
    first, second = map(text_of, postmaster.arrived)
    assert first == second


# -- addresses --


@on_sqlite
def test_address_with_swedish_letters_goes_to_server_that_takes_it(serve, accept, send, postmaster):
    serve()
    accept("åsa@example.se")
    assert send() == 1
    assert postmaster.receivers == ["åsa@example.se"]


@on_sqlite
def test_server_without_swedish_letters_in_addresses_still_gets_next_mail(serve, accept, send, rows, postmaster):
    serve(enable_SMTPUTF8=False)
    accept("åsa@example.se")
    accept(BO)
    assert send() == 1
    assert postmaster.receivers == [BO]
    assert rows()[0].trouble == "servern tar inte emot adresser med å, ä eller ö"


@on_sqlite
def test_address_that_would_be_two_in_header_goes_to_neither(serve, accept, send, rows, postmaster):
    serve()
    accept("anna,bo@example.se")
    accept(BO)
    assert send() == 1
    assert postmaster.receivers == [BO]
    assert (rows()[0].state, rows()[0].trouble) == ("refused", "adressen går inte att skriva till")


# -- what is kept and told --


@on_sqlite
@pytest.mark.parametrize(
    ("command", "answer"),
    [("RCPT", "550 anna@example.se"), ("RCPT", "450 anna"), ("DATA", "554 anna"), ("MAIL", "451 anna"), ("DATA", "")],
)
def test_neither_outbox_nor_log_ever_holds_address_or_code(
    serve, accept, send, rows, postmaster, caplog, capfd, command, answer
):
    serve()
    receipt = accept(ANNA)
    postmaster.script[command] = [answer] if answer else []
    with caplog.at_level(logging.DEBUG):
        send()
    (row,) = rows()
    kept = " ".join(str(value) for name, value in vars(row).items() if not name.startswith("_"))
    # aiosmtpd, which plays the server, writes down all it hears.
    ours = [record for record in caplog.records if record.name != "mail.log"]
    told = " ".join([kept, *(record.getMessage() for record in ours), *capfd.readouterr()]).lower()
    assert receipt.ticket in told
    for secret in ("anna", "example.se", receipt.code.lower(), entries.group_code(receipt.code).lower()):
        assert secret not in told


# -- passwords and TLS --


@on_sqlite
def test_starttls_and_password_open_server_elsewhere(serve, accept, send, postmaster, tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    serve(
        REMOTE, user=OLLE, tls_context=tls, require_starttls=True, auth_required=True, authenticator=knows_the_password
    )
    accept(ANNA)
    assert send() == 1
    assert postmaster.receivers == [ANNA]
    assert postmaster.heard == [("AUTH", True), ("MAIL", True)]


@on_sqlite
def test_nothing_is_said_to_server_elsewhere_that_offers_no_starttls(serve, accept, send, rows, postmaster):
    serve(REMOTE, user=OLLE, auth_require_tls=False, authenticator=knows_the_password)
    accept(ANNA)
    assert send() == 0
    assert postmaster.heard == []
    assert rows()[0].trouble == "servern: SMTPNotSupportedError"


@on_sqlite
def test_nothing_is_said_to_distant_server_with_bad_certificate(serve, accept, send, rows, postmaster, tls):
    serve(REMOTE, user=OLLE, tls_context=tls, auth_require_tls=False, authenticator=knows_the_password)
    accept(ANNA)
    assert send() == 0
    assert postmaster.heard == []
    assert rows()[0].trouble == "servern: SSLCertVerificationError"


@on_sqlite
def test_tls_from_the_start_works(serve, accept, send, postmaster, tls, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    serve(REMOTE, scheme="smtps", ssl_context=tls)
    accept(ANNA)
    assert send() == 1
    assert postmaster.receivers == [ANNA]


@on_sqlite
def test_local_server_needs_no_certificate(serve, accept, send, postmaster, tls):
    serve(tls_context=tls)
    accept(ANNA)
    assert send() == 1
    assert postmaster.heard == [("MAIL", True)]


@on_sqlite
@pytest.mark.parametrize("user", ["olle:fel@", "olle:felet%C3%B6@"])
def test_a_wrong_password_loses_no_mail_and_is_never_told(app, serve, accept, send, rows, clock, postmaster, user):
    server = serve(user=user, auth_require_tls=False, authenticator=knows_the_password)
    accept(ANNA)
    assert send() == 0
    assert states(rows) == [("waiting", 1)]
    assert rows()[0].trouble.startswith("servern: ")
    assert "fel" not in rows()[0].trouble
    app.config["MAIL_URL"] = f"smtp://{OLLE}127.0.0.1:{server.port}"
    clock.forward(minutes=1)
    assert send() == 1
    assert postmaster.receivers == [ANNA]


# -- without a server --


def files(app):
    return sorted((Path(app.instance_path) / "mail").iterdir())


@on_sqlite
def test_without_server_mail_is_file_only_its_user_can_read(app, accept, send, rows):
    receipt = accept(ANNA)
    assert send() == 1
    (file,) = files(app)
    assert file.name == f"kvitto.1.{receipt.ticket[:16]}.eml"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["To"] == ANNA
    assert mail["Subject"] == "Du är med i tävlingen i Miljöjulkalendern 2026"
    assert entries.group_code(receipt.code) in text_of(([], mail))
    assert states(rows) == [("sent", 1)]


@on_sqlite
def test_file_with_swedish_letters_in_address_has_it_in_plain(app, accept, send):
    accept("åsa@example.se")
    send()
    assert "\nTo: åsa@example.se\n" in files(app)[0].read_text()


@on_sqlite
def test_second_try_replaces_the_file(app, accept, send, clock, monkeypatch):
    accept(ANNA)
    with monkeypatch.context() as dying:
        dying.setattr(queue, "mark_done", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send()
    clock.instant += queue.TAKEN_FOR
    assert send() == 1
    assert len(files(app)) == 1


@on_sqlite
def test_full_disk_loses_no_mail(app, accept, send, rows, clock):
    in_the_way = Path(app.instance_path) / "mail"
    in_the_way.touch()
    accept(ANNA)
    accept(BO)
    assert send() == 0
    assert states(rows) == [("waiting", 1), ("waiting", 0)]
    assert rows()[0].trouble.startswith("filen: ")
    in_the_way.unlink()
    clock.forward(minutes=1)
    assert send() == 2
    assert len(files(app)) == 2


@on_sqlite
@configured(DEMO=True)
def test_demo_writes_files_and_to_nobody(app, serve, accept, send, postmaster):
    serve()
    accept(ANNA)
    assert send() == 1
    assert postmaster.heard == []
    assert len(files(app)) == 1
