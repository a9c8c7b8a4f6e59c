"""What other mail servers want: passwords in UTF-8, and a word to those that answer by themselves."""

import pytest
from aiosmtpd.smtp import AuthResult

from tests.conftest import on_sqlite

pytestmark = on_sqlite


def knows_asa(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=(data.login, data.password) == ("åsa".encode(), "lösenord".encode()))


@pytest.mark.parametrize("missing", [(), ("PLAIN",)], ids=["plain", "login"])
@pytest.mark.parametrize("user", ["%C3%A5sa:l%C3%B6senord@", "åsa:lösenord@"])
def test_a_password_with_swedish_letters_opens_the_server(serve, accept, send, postmaster, user, missing):
    serve(user=user, auth_require_tls=False, authenticator=knows_asa, auth_exclude_mechanism=missing)
    accept("anna@example.se")
    assert send() == 1
    assert postmaster.receivers == ["anna@example.se"]


def test_a_mail_asks_not_to_be_answered_by_a_program(serve, accept, send, postmaster):
    serve()
    accept("anna@example.se")
    send()
    [(_, mail)] = postmaster.arrived
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")
