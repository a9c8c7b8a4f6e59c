"""A server's process holds only what it serves with: memory that nobody uses is paid for in every worker."""

import os
import subprocess
import sys

from tests.conftest import ROOT

SERVED = """
import sys
from wsgi import app

client = app.test_client()
for path in ("/", "/2026/lucka/10", "/2026/lucka/10/tavla", "/readyz"):
    assert client.get(path).status_code == 200, path
assert client.post("/2026/lucka/10/tavla").status_code == 422
print(*sys.modules)
"""
ONLY_COMMANDS_AND_JOBS = {"alembic", "mako", "flask_migrate", "huey", "prometheus_client"}
ONLY_ORGANISERS = {
    "webauthn",
    "cryptography",
    "OpenSSL",
    "PIL",
    "xlsxwriter",
    "zxcvbn",
    "disposable_email_domains",
    "argon2",
}
ONLY_ELSEWHERE = {
    "psycopg",
    "redis",
    "structlog",
    "py_arkworks_bls12381",
    "sqlalchemy.dialects.postgresql",
    "icalendar",
}


def test_who_serves_pages_and_forms_has_not_read_what_only_commands_and_rare_pages_use(tmp_path):
    settings = {
        "FLASK_DEMO": "1",
        "FLASK_NOW": "2026-12-10T08:00",
        "FLASK_INSTANCE_PATH": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    flask = [sys.executable, "-m", "flask", "prepare"]
    subprocess.run(flask, cwd=ROOT, env=settings, check=True, capture_output=True)
    server = [sys.executable, "-c", SERVED]
    read = set(
        subprocess.run(server, cwd=ROOT, env=settings, check=True, capture_output=True, text=True).stdout.split()
    )
    assert "sqlalchemy" in read
    assert read & (ONLY_COMMANDS_AND_JOBS | ONLY_ORGANISERS | ONLY_ELSEWHERE) == set()
