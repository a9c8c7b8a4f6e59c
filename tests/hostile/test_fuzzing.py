"""Whatever is sent to whatever address: an answer in order, and nothing that breaks. `make soak` sends the many."""

import logging
import os
from urllib.parse import urlsplit

import pytest

from tests.conftest import ENTRY_URL, configured, on_sqlite
from tests.hostile.fuzzing import Generator, ask

pytestmark = [
    on_sqlite,
    # Werkzeug leaves what was sent with a broken form to the garbage collector.
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning"),
]
SOAK = int(os.environ.get("SOAK", "0"))
SHARES = 4
# Of a redirect: none, or one that is answered.
OWN_HOSTS = {None, "localhost", "127.0.0.1", "::1"}
# 100,000 for each of SOAK on top of what every run sends.
REQUESTS = 3_000 + 100_000 * SOAK
FORMS = (ENTRY_URL, "/mitt-svar", "/tillganglighet", "/admin/logga-in", "/admin/redigera/lucka/9", "/admin/konto")


@configured(ENTRY_LIMIT="1000000 per hour", ENTRY_LIMIT_ALL="1000000 per hour", DRAW_RELAYS="")
@pytest.mark.parametrize("share", range(SHARES))
def test_no_request_breaks_anything(app, organiser, clock, content, share, caplog):
    caplog.set_level(logging.CRITICAL)
    library = app.extensions["library"]
    library.root = content
    library.refresh(at_once=True)
    cookie = "; ".join(f"{each.key}={each.value}" for each in organiser._cookies.values())
    strange = Generator(app, share, cookies=(cookie, ""))
    asked = 0
    for environ in strange.requests(REQUESTS // SHARES):
        if asked % 500 == 0:
            for form in FORMS:
                strange.learn(form, organiser.get(form).text)
            clock.forward(seconds=20)
        asked += 1
        told = {key: value for key, value in environ.items() if not key.startswith("wsgi.")}
        sent = environ["wsgi.input"].getvalue()[:500]
        try:
            answer = ask(app, environ)
        except Exception as error:
            raise AssertionError(f"{told} {sent!r}") from error
        assert answer.status < 500, f"{answer.status} {told} {sent!r}"
        assert b"Traceback" not in answer.body, told
        if not environ["PATH_INFO"].startswith("/admin"):
            assert answer.all("set-cookie") == [], told
        assert all("\n" not in value and "\r" not in value for _, value in answer.headers), told
        assert {urlsplit(value).hostname for value in answer.all("location")} <= OWN_HOSTS, told
    assert asked == REQUESTS // SHARES
