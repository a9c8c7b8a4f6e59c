"""`flask draw verify`: says that all is well when it is, and what is not when it is not."""

import pytest
import sqlalchemy as sa

from app.contest.models import Entry
from app.database import db
from app.draw import conduct
from tests.conftest import STATES, on_sqlite
from tests.draw.crowds import enter_crowd


@pytest.fixture
def crowd(app, contest):
    with app.app_context():
        return enter_crowd(contest, 12)


@pytest.mark.parametrize("state", STATES)
def test_all_is_well_in_every_state(crowd, reach, verify, state):
    reach(state)
    code, said = verify()
    assert said[0].startswith("Allt stämmer i tävlingen mjk-2026: 12 bidrag, ")
    assert (code, len(said)) == (0, 1)


@pytest.mark.parametrize("state", ["open", "finished"])
def test_all_is_well_when_nobody_or_one_has_entered(accept, reach, verify, clock, state):
    clock.set("2026-12-11 12:00")
    assert verify() == (0, ["Allt stämmer i tävlingen mjk-2026: 0 bidrag, 0 poster i loggen."])
    accept("anna@example.se")
    reach("drawn")
    assert verify() == (0, ["Allt stämmer i tävlingen mjk-2026: 1 bidrag, 3 poster i loggen."])


def test_all_is_well_after_strikes_and_repeated_entries(accept, contest, app, reach, verify, clock):
    for name in ("anna", "anna+igen", "bo", "cecilia"):
        accept(f"{name}@example.se")
    with app.app_context():
        conduct.strike(contest, 3, "anställd", clock.now())
    reach("drawn")
    assert verify()[0] == 0


@pytest.mark.parametrize("state", ["open", "finished"])
def test_all_is_well_after_addresses_and_codes_are_erased(crowd, app, reach, verify, state):
    reach(state)
    with app.app_context():
        db.session.execute(sa.update(Entry).values(email=None, receipt_code=None, duplicate_key=None))
        db.session.commit()
    assert verify()[0] == 0


@on_sqlite
def test_a_year_without_contest_is_said_to_have_none(verify):
    assert verify("2025") == (1, ["Error: Det finns ingen tävling 2025."])


def test_another_contest_does_not_disturb(crowd, app, contest, reach, verify):
    with app.app_context():
        enter_crowd(contest.model_copy(update={"id": "mjk-2025"}), 3)
    reach("finished")
    assert verify("2026")[0] == 0


# ruff: noqa: S608 – the statements are written here, every one
OTHER = 64 * "0"
FIRST = "(SELECT min(ticket) FROM entry)"
TAMPERED = {
    "an entry taken away": (f"DELETE FROM entry WHERE ticket = {FIRST}", "finns i loggen men inte bland bidragen."),
    "an entry with another ticket": (
        f"UPDATE entry SET ticket = '{OTHER}' WHERE ticket = {FIRST}",
        f"Lotten {OTHER} finns inte i loggen men bland bidragen.",
    ),
    "an entry with another address": (
        f"UPDATE entry SET email = 'vän@example.se' WHERE ticket = {FIRST}",
        "är inte den som bidragets kvittokod och e-postadress ger.",
    ),
    "an entry that came at another time": (
        f"UPDATE entry SET received_at = '2026-12-10 00:00:59' WHERE ticket = {FIRST}",
        "kom 2026-12-10T00:00:59Z, men loggen säger ",
    ),
    "an entry struck on the side": (
        "UPDATE entry SET struck = 'anställd' WHERE struck IS NULL",
        "är struken som ”anställd”, men i loggen som ”–”.",
    ),
    "a struck entry back in": (
        "UPDATE entry SET struck = NULL WHERE struck IS NOT NULL",
        "är struken som ”–”, men i loggen som ”fel svar”.",
    ),
    "a record of the log changed": (
        "UPDATE audit_record SET body = replace(body, 'bidrag', 'struken') WHERE number = 3",
        "Loggens post 3 är ändrad, eller så saknas en post före den.",
    ),
    "a record that is not even readable": (
        "UPDATE audit_record SET body = '\"x\"' WHERE number = 3",
        "Loggens post 3 är ändrad",
    ),
    "a record of the log taken away": (
        "DELETE FROM audit_record WHERE number = 3",
        "Loggens post 4 är ändrad, eller så saknas en post före den.",
    ),
    "a head of the log changed": (f"UPDATE audit_record SET head = '{OTHER}' WHERE number = 3", "Loggens post 3 är"),
    "a line of the list changed": (
        "UPDATE draw_ticket SET counts = NOT counts",
        "har en annan status i den låsta listan än bland bidragen.",
    ),
    "a line of the list taken away": (
        "DELETE FROM draw_ticket WHERE ticket = (SELECT min(ticket) FROM draw_ticket)",
        "Den låsta listan har 11 lotter, men bidragen är 12.",
    ),
    "other rules": (
        "UPDATE draw_lock SET rules = 'Andra regler.'",
        "Låsbeviset säger ”regler-sha256: ",
    ),
    "another låsbevis": (
        "UPDATE draw_lock SET proof = replace(proof, 'vinster: 1', 'vinster: 2')",
        "Låsbeviset säger ”vinster: 2”, men omräkningen ger ”vinster: 1”.",
    ),
    "another round": ("UPDATE draw_lock SET round = round + 1", "Låsbeviset säger ”runda: "),
    "another chain": (f"UPDATE draw_lock SET chain_hash = '{OTHER}'", f"Låsbevisets kedja {OTHER} är okänd."),
    "more prizes": (
        "UPDATE draw_lock SET prizes = 2",
        "Låsbeviset säger ”vinster: 1”, men omräkningen ger ”vinster: 2”.",
    ),
    "another seed": (f"UPDATE draw_value SET seed = '{OTHER}'", f"Fröet i databasen är {OTHER}, men omräkningen ger "),
    "another value": (f"UPDATE draw_value SET randomness = '{OTHER}'", f"Slumptalet i databasen är {OTHER}"),
    "another signature": (
        "UPDATE draw_value SET signature = replace(signature, '0', '1')",
        "Slumptalet är inte äkta för runda ",
    ),
    "another entropy": ("UPDATE draw_value SET entropy = 'x'", "Entropin i databasen är x, men omräkningen ger "),
    "a place given to another": (
        f"UPDATE draw_rank SET ticket = '{OTHER}' WHERE place = 3",
        f"Plats 3 i databasen, lott {OTHER}, är inte den som omräkningen ger.",
    ),
    "a place with another key": (
        f"UPDATE draw_rank SET key = '{OTHER}' WHERE place = 3",
        "Plats 3 i databasen, lott ",
    ),
    "a last place taken away": (
        "DELETE FROM draw_rank WHERE place = (SELECT max(place) FROM draw_rank)",
        " lotter är med.",
    ),
    "a skip for another reason": (
        "UPDATE draw_verdict SET skipped = 'otrevlig' WHERE place = 1",
        "Plats 1 är förbigången av ett skäl som inte finns i reglerna: otrevlig.",
    ),
    "a winner out of turn": (
        "UPDATE draw_verdict SET skipped = NULL WHERE place = 1",
        "Utfallet för plats 2 kommer i fel ordning, eller efter den sista vinsten.",
    ),
    "an attempt on another day": (
        "UPDATE draw_contact SET tried_at = '2026-12-23 08:00:00' WHERE number = 2",
        "Kontaktförsök nummer 2 är en annan i databasen än i loggen.",
    ),
    "an attempt that nobody made": (
        "INSERT INTO draw_contact SELECT contest_id, place, 3, tried_at, how, recorded_at, recorded_by"
        " FROM draw_contact WHERE number = 2",
        "Kontaktförsök nummer 3 finns inte i loggen men i databasen.",
    ),
    "an attempt taken away": (
        "DELETE FROM draw_contact WHERE number = 2",
        "Kontaktförsök nummer 2 finns i loggen men inte i databasen.",
    ),
    "an anchor noted on the side": (
        "INSERT INTO draw_anchor SELECT contest_id, 1, 'Registrator', locked_at, 'KS 1', locked_at FROM draw_lock",
        "Förankring nummer 1 finns inte i loggen men i databasen.",
    ),
    "a second organiser who never approved": (
        "INSERT INTO draw_proposal SELECT contest_id, 1, 'last', '{}', 1, locked_at, 2, locked_at, 'godkänt'"
        " FROM draw_lock",
        "Vad två organisatörer har godkänt är inte samma i databasen som i loggen.",
    ),
    "a winner that the log does not know": (
        "DELETE FROM draw_verdict WHERE place = 2",
        "Loggen säger något annat än databasen om händelsen ”vinnare”.",
    ),
}


@pytest.mark.parametrize("change", TAMPERED)
def test_what_somebody_changed_in_the_database_is_said(crowd, reach, verify, tamper, change):
    statement, said = TAMPERED[change]
    reach("finished")
    tamper(statement)
    code, sentences = verify()
    assert code == 1
    assert said in "\n".join(sentences)
    assert sentences[-1].startswith("Error: ")
    assert all(sentence.endswith((".", "”")) for sentence in sentences)


@on_sqlite
@pytest.mark.parametrize(
    ("state", "name", "said"),
    [
        ("open", "lista.txt", "lista.txt"),
        ("finished", "lista.txt", "lista.txt"),
        ("finished", "lasbevis.txt", "lasbevis.txt är inte den text som finns i databasen."),
        ("finished", "regler.txt", "regler.txt är inte den text som finns i databasen."),
        ("finished", "protokoll.json", "protokoll.json är ändrad: kontrollsumman på sista raden stämmer inte."),
    ],
)
def test_a_changed_byte_in_a_public_file_is_said(crowd, reach, verify, app, client, state, name, said):
    reach(state)
    data = shown = client.get(f"/2026/dragning/{name}").data
    program = app.wsgi_app

    def other(environ, start_response):
        if not environ["PATH_INFO"].endswith(name):
            return program(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [shown[:100], shown[100:]]

    app.wsgi_app = other
    assert verify()[0] == 0
    for at in range(0, len(data), 43):
        shown = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        code, sentences = verify()
        assert (code, said in "\n".join(sentences)) == (1, True), f"byte {at}"


@on_sqlite
def test_only_the_first_of_very_many_differences_are_shown(app, contest, reach, verify, tamper):
    with app.app_context():
        enter_crowd(contest, 60)
    reach("locked")
    tamper("UPDATE entry SET email = 'annan@example.se'")
    code, said = verify()
    assert (code, len(said)) == (1, 51)
    assert said[-1] == "Error: Det finns fler skillnader än de 50 som visas."
