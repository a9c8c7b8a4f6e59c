"""What `flask doctor` says, and when it ends with a fault."""

import ast
import inspect
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from app.database import write_problem
from app.operations import jobs
from app.outbox import transport
from app.web import health, rate_limit
from tests.conftest import on_sqlite

pytestmark = on_sqlite
PUBLIC = {"PUBLIC_URL": "https://jul.example.se", "TRUSTED_PROXIES": 1}


@pytest.fixture
def doctor(make_app, content, tmp_path):
    """`flask doctor` with settings: its exit code and its lines."""
    tmp_path.chmod(0o700)

    def run(**settings):
        app = make_app(**(PUBLIC | {"CALENDAR_CONTENT": content} | settings))
        result = app.test_cli_runner().invoke(args=["doctor"])
        return result.exit_code, result.output.splitlines()

    return run


def test_server_in_order_is_said_so(doctor, tmp_path):
    for name in ("backup.done", jobs.HEARTBEAT):
        (tmp_path / name).touch()
    code, lines = doctor()
    assert code == 0, lines
    assert [line for line in lines if line.startswith("fel")] == []
    for sentence in (
        "Inställningarna går att läsa.",
        "Databasen svarar och är i ordning.",
        "Innehållet har inga fel.",
        "Det går att skriva på disken.",
        "Klockan är ställd.",
        "Bara serverns användare kommer åt instansmappen.",
        "Filen med antal försök svarar.",
        "Antalet egna proxyer är satt till 1.",
        "security.txt gäller.",
    ):
        assert f"bra  {sentence}" in lines


def test_each_line_is_a_swedish_sentence(doctor):
    _, lines = doctor(MAIL_URL="smtp://127.0.0.1:1")
    assert all(line[:5] in ("bra  ", "obs  ", "fel  ") and line.endswith(".") for line in lines[:-1])
    assert lines[-1] == "Error: 1 fel att rätta till."


def test_missing_backup_or_jobs_is_told(doctor):
    code, lines = doctor()
    assert code == 0
    assert "obs  Det finns ingen säkerhetskopia. Be den som sköter servern köra flask backup." in lines
    assert any(line.startswith("obs  Bakgrundsjobben har aldrig körts") for line in lines)


def test_age_of_old_backup_is_told(doctor, tmp_path):
    (tmp_path / "backup.done").touch()
    five_days_ago = time.time() - 5 * 86_400
    os.utime(tmp_path / "backup.done", (five_days_ago, five_days_ago))
    assert "obs  Den senaste säkerhetskopian är 5 dagar gammal." in doctor()[1]


def test_unmigrated_database_is_a_fault(doctor, tmp_path):
    (tmp_path / "ny.sqlite3").touch()
    code, lines = doctor(DATABASE_URL=f"sqlite:///{tmp_path}/ny.sqlite3")
    assert code == 1
    assert "fel  Databasen: är inte migrerad: kör flask db upgrade." in lines


STATES = {
    ("database", "does not answer"): "Databasen: svarar inte.",
    ("database", "is not migrated: run flask db upgrade"): "Databasen: är inte migrerad: kör flask db upgrade.",
    ("database", "is read-only"): "Databasen: går bara att läsa.",
    ("database", "is locked"): "Databasen: är låst av ett annat program.",
    ("database", "cannot be written"): "Databasen: går inte att skriva till.",
    ("disk", "cannot be written"): "Disken: går inte att skriva till.",
    ("content", "7 faults: run flask content check"): "Innehållet: 7 fel: kör flask content check.",
    ("clock", "is before 2026"): "Klockan: står före 2026.",
}


@pytest.mark.parametrize(("part", "state"), STATES)
def test_each_fault_is_told_in_swedish(doctor, monkeypatch, part, state):
    monkeypatch.setattr(health, f"_{part}", lambda: state)
    code, lines = doctor()
    assert code == 1
    assert f"fel  {STATES[part, state]}" in lines


def told_by(check):
    """The texts that a function of the program may return, a number in them as 7."""

    def texts(node):
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return ["".join(texts(part)[0] if isinstance(part, ast.Constant) else "7" for part in parts)]
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                return texts(one) + texts(other)
        return []

    tree = ast.parse(inspect.getsource(check))
    returned = [text for node in ast.walk(tree) if isinstance(node, ast.Return) for text in texts(node.value)]
    return {text for text in returned if text not in ("", "ok")}


def test_there_is_swedish_for_everything_that_can_ail_a_part(client):
    checks = {(part, getattr(health, f"_{part}")) for part in client.get("/readyz").json} | {
        ("database", write_problem)
    }
    assert {(part, state) for part, check in checks for state in told_by(check)} == set(STATES)


def test_database_that_does_not_answer_stops_none_of_other_checks(doctor, tmp_path):
    code, lines = doctor(DATABASE_URL=f"sqlite:///{tmp_path}/finns/inte.sqlite3")
    assert code == 1
    assert "fel  Databasen: svarar inte." in lines
    assert "bra  security.txt gäller." in lines


def test_readable_secrets_are_named(doctor, tmp_path):
    doctor()
    tmp_path.chmod(0o755)
    (tmp_path / "secret_key").write_text("x" * 40)
    (tmp_path / "secret_key").chmod(0o644)
    code, lines = doctor()
    assert code == 1
    assert any(line.startswith("fel  Andra på servern kan läsa secret_key, kalender.sqlite3") for line in lines)


@pytest.fixture
def silent():
    """The port of a server that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []
        thread = threading.Thread(target=lambda: held.append(server.accept()), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        for connection, _ in held:
            connection.close()


def test_a_mail_server_that_never_answers_is_not_waited_for(doctor, silent, monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT", 0.2)
    code, lines = doctor(MAIL_URL=f"smtp://127.0.0.1:{silent}")
    assert code == 1
    said = "fel  E-postservern nekar oss (servern: SMTPServerDisconnected). Mejlen väntar tills den gör det."
    assert [line for line in lines if "E-postservern" in line] == [said]


def test_mail_servers_password_is_never_shown(doctor):
    _, lines = doctor(MAIL_URL="smtp://kalender:hemligt@127.0.0.1:1")
    assert any("E-postservern nekar oss" in line for line in lines)
    assert "hemligt" not in "\n".join(lines)


def test_silent_counters_are_a_fault(doctor, monkeypatch):
    monkeypatch.setattr(rate_limit.SQLiteStorage, "check", lambda _: False)
    code, lines = doctor()
    assert code == 1
    assert "fel  Filen med antal försök svarar inte. Gränserna för antal försök gäller inte." in lines


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TRUSTED_PROXIES": 0}, "obs  FLASK_TRUSTED_PROXIES är 0. Står en egen proxy framför"),
        ({"PUBLIC_URL": "http://jul.example.se"}, "obs  FLASK_TRUSTED_PROXIES är 1. Står det inte så många proxyer"),
    ],
)
def test_proxies_that_do_not_fit_address_are_worth_look(doctor, settings, words):
    assert any(line.startswith(words) for line in doctor(**settings)[1])


def test_faults_in_the_content_are_told(share_app, content):
    app = share_app(CALENDAR_CONTENT=content)
    (content / "2026" / "07" / "hatch.md").unlink()
    app.extensions["library"].refresh(at_once=True)
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "fel  Innehållet: 1 fel: kör flask content check." in result.output


def test_setting_that_cannot_be_used_stops_it_with_sentence(doctor):
    with pytest.raises(Exception, match="FLASK_SECURITY_CONTACT ska vara en e-postadress"):
        doctor(SECURITY_CONTACT="ring oss")


def test_nothing_is_changed_by_looking(doctor, tmp_path):
    def files():
        return {path.name: path.read_bytes() for path in Path(tmp_path).iterdir() if path.is_file()}

    doctor()
    before = files()
    doctor()
    assert {name: body for name, body in files().items() if "ratelimit" not in name} == {
        name: body for name, body in before.items() if "ratelimit" not in name
    }
