"""The owner of the server can change everything, but not without leaving evidence: each change is told by someone."""

import re
from hashlib import sha256

import pytest

from app.database import db
from app.draw import actions, delivery, value
from tests.conftest import LOCK_AT, on_sqlite, swedish
from tests.draw.checkers import run_program
from tests.draw.crowds import published

pytestmark = on_sqlite


@pytest.fixture
def drawn(app, accept, contest, reach, clock):
    """A contest that is drawn, with the checksum that its participants were mailed."""
    for name in ("anna", "bo", "cecilia", "dag"):
        accept(f"{name}@example.se")
    accept("eva@example.se", answer="2027")
    reach("drawn")
    with app.app_context():
        return db.session.get(actions.LockedList, contest.id).proof_sha256


CHANGES = {
    "terms": "UPDATE contest_terms SET terms = replace(terms, 'vinster: 1', 'vinster: 3')",
    "rules": "UPDATE contest_terms SET rules = replace(rules, 'Arrangör', 'Arrangören')",
    "salt": "UPDATE contest_terms SET salt = '00112233445566778899aabbccddeeff'",
    "answer": "UPDATE entry SET answer = '2040' WHERE email = 'anna@example.se'",
    "address": "UPDATE entry SET email = 'zoe@example.se' WHERE email = 'anna@example.se'",
    "code": "UPDATE entry SET receipt_code = '0123456789ABCDEFGHJKMNPQRS' WHERE email = 'anna@example.se'",
    "strike": "UPDATE entry SET struck = 'anställd' WHERE email = 'bo@example.se'",
    "log": "UPDATE audit_record SET body = replace(body, 'T08:00:00Z', 'T08:00:01Z') WHERE number = 2",
    "record gone": "DELETE FROM audit_record WHERE number = 3",
    "line": "UPDATE draw_ticket SET counts = false WHERE ticket = (SELECT MIN(ticket) FROM draw_ticket WHERE counts)",
    "proof": "UPDATE draw_list SET proof = replace(proof, 'svar: 2030', 'svar: 2027')",
    "seed": f"UPDATE draw_value SET seed = '{64 * 'a'}'",  # noqa: S608 – of a test
    "value": "UPDATE draw_value SET randomness = '" + 64 * "b" + "'",
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_changed_in_the_database_is_told_by_verify(drawn, tamper, verify, name, app):
    assert verify("--kontrollsumma", drawn)[0] == 2
    tamper(CHANGES[name])
    app.extensions["terms"].clear()
    code, told = verify("--kontrollsumma", drawn)
    assert code == 1, told
    assert told[-1].startswith("Error: Det stämmer inte")


def test_places_that_are_exchanged_are_told(drawn, tamper, verify):
    tamper("UPDATE draw_rank SET place = 99 WHERE place = 1")
    tamper("UPDATE draw_rank SET place = 1 WHERE place = 2")
    tamper("UPDATE draw_rank SET place = 2 WHERE place = 99")
    code, told = verify("--kontrollsumma", drawn)
    assert (code, "Ordningen är inte den som fröet ger." in told) == (1, True)


def test_list_locked_again_is_told_by_mailed_checksum_only(drawn, tamper, app, contest, clock, client, tmp_path):
    for table in ("draw_rank", "draw_value", "draw_ticket", "draw_list"):
        tamper(f"DELETE FROM {table}")  # noqa: S608 – names of our own
    tamper("DELETE FROM audit_record WHERE kind IN ('last', 'dragen')")
    tamper("DELETE FROM outbox_mail WHERE kind IN ('last', 'vinst')")
    tamper("UPDATE entry SET struck = 'uppenbart falsk' WHERE email = 'anna@example.se'")
    with app.app_context():
        clock.set(LOCK_AT)
        again = actions.lock_list(contest, swedish(LOCK_AT)).proof_sha256
        clock.set("2026-12-22 12:01")
        value.fetch_value(contest, clock.now())
    assert again != drawn
    for name, data in published(client).items():
        (tmp_path / "f").mkdir(exist_ok=True)
        (tmp_path / "f" / name).write_bytes(data)
    program = tmp_path / "verifiera.py"
    program.write_bytes(client.get("/2026/dragning/verifiera.py").data)
    code, told = run_program(program, tmp_path / "f", ".")
    assert (code, "Räkningen stämmer, men det här är inte kontrollerat:" in told) == (2, True)
    code, told = run_program(program, tmp_path / "f", ".", "--kontrollsumma", drawn)
    assert (code, "Kontrollsumman ur mejlet är inte låsbevisets." in told) == (1, True)


def test_receipt_exposes_changes_before_locking(app, accept, client, clock, tamper, reach):
    accept("anna@example.se")
    accept("bo@example.se", at="2026-12-10 09:01")
    clock.set("2026-12-10 09:05")
    with app.app_context():
        delivery.send_due()
    mail = next(path.read_text() for path in delivery_folder(app).glob("kvitto.1.*"))
    told = re.sub(r"=\n", "", mail)
    head = re.search(r"post 1, som =C3=A4r din:\n([0-9a-f]{64})", told)[1]
    terms = re.search(r"tavling.txt\):\n([0-9a-f]{64})", told)[1]
    assert sha256(client.get("/2026/dragning/tavling.txt").data).hexdigest() == terms
    tamper("UPDATE audit_record SET head = :head WHERE number = 1", head=64 * "0")
    reach("locked")
    log = client.get("/2026/dragning/logg.txt").text
    assert head not in log


def delivery_folder(app):
    with app.app_context():
        return delivery.folder()
