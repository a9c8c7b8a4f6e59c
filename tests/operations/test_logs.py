"""Log lines: one a request, readable by programs, and nothing in them about who sent it."""

import io
import json
import logging
from types import SimpleNamespace

import pytest

from app.web import logging as web_logging
from tests.conftest import ENTRY_URL, on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def log(monkeypatch):
    """What is written to the log, as a text; the root logger is as before afterwards."""
    root = logging.getLogger()
    handlers, level, stream = list(root.handlers), root.level, io.StringIO()
    monkeypatch.setattr(web_logging, "sys", SimpleNamespace(stderr=stream))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def app(log, make_app):
    return make_app(JSON_LOG=True, TRUSTED_PROXIES=1)


def lines(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_each_request_is_a_line(client, log):
    client.get(ENTRY_URL + "?namn=anna@example.se")
    (line,) = [line for line in lines(log) if line["event"] == "request"]
    assert line["rule"] == "/<year:year>/lucka/<hatch:number>/tavla"
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["ms"] >= 0
    assert line["time"].endswith("+00:00")


def test_page_from_cache_costs_no_line(client, log):
    client.get("/")
    once = len(lines(log))
    for _ in range(5):
        client.get("/")
    assert len(lines(log)) == once


def test_proxys_request_number_is_kept_and_nothing_else(client, log):
    client.get("/finns-inte", headers={"X-Request-Id": "0123456789abcdef0123456789abcdef"})
    client.get("/finns-inte", headers={"X-Request-Id": 'anna@example.se", "level": "error'})
    first, second = lines(log)
    assert first["request"] == "0123456789abcdef0123456789abcdef"
    assert len(second["request"]) == 16
    assert first["rule"] == second["rule"] == "-"


def test_visitor_without_proxy_cannot_choose_number(make_app, log):
    site = make_app(JSON_LOG=True).test_client()
    site.get("/finns-inte", headers={"X-Request-Id": "0123456789abcdef0123456789abcdef"})
    assert lines(log)[0]["request"] != "0123456789abcdef0123456789abcdef"


def test_nothing_about_people_is_in_log(app, client, enter, accept, organiser, clock, log):
    clock.set("2026-12-10 12:00")
    receipt = accept("bo@example.se")
    enter(email="anna@example.se", motivation="Jag heter Anna")
    enter(email="inte en adress anna@example.se", answer="")
    client.post("/mitt-svar", data={"code": receipt.code, "email": "bo@example.se"})
    client.get("/admin/inbjudan/hemlig-inbjudan-1234567890")
    client.get("/mitt-svar?kod=" + receipt.code)
    client.post("/tillganglighet", data={"message": "Anna bor här", "reply_to": "anna@example.se"})
    organiser.get("/admin/")
    organiser.get("/admin/bidrag?q=anna@example.se")
    written = log.getvalue()
    assert len(lines(log)) > 8
    for secret in (
        "anna",
        "Anna",
        "bo@",
        "example.se",
        receipt.code,
        receipt.ticket,
        "hemlig-inbjudan",
        "olle",
        "127.0.",
    ):
        assert secret not in written, secret


def test_error_is_its_kind_and_place_never_what_it_quotes(app, log, monkeypatch):
    def fail():
        raise ValueError("anna@example.se skrev fel")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    app.view_functions["health.up"] = fail
    assert app.test_client().get("/healthz").status_code == 500
    (line,) = [line for line in lines(log) if line["level"] == "error"]
    assert line["error"] == "ValueError"
    assert line["at"][-1].startswith("tests/operations/test_logs.py:")
    assert "anna" not in log.getvalue()
    assert "request" in line


def test_what_other_libraries_say_is_cleaned(app, log):
    logging.getLogger("annat").warning("mail to %s with ABCDEFGHJKMNPQRSTVWXYZ0123 failed", "anna@example.se")
    assert lines(log)[-1]["event"] == "mail to … with … failed"


def test_two_apps_write_each_line_once(make_app, client, log):
    make_app(JSON_LOG=True)
    client.get("/finns-inte")
    assert len([line for line in lines(log) if line["event"] == "request"]) == 1


def test_without_the_setting_nothing_is_written(make_app, log, clock):
    logs_before = log.getvalue()
    make_app().test_client().get("/finns-inte")
    assert log.getvalue() == logs_before
    assert not any(handler.name == web_logging.HANDLER for handler in logging.getLogger().handlers)
