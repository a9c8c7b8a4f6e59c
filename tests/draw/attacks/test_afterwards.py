"""After the draw: what is rewritten, who is passed over, who withdraws, and who checks (rows 17 to 21)."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database import db
from app.draw import selection, verifiera
from tests.conftest import VALUE
from tests.draw import independent
from tests.draw.attacks.outsider import DESK, PAGE, faults, ranking_of, resealed, words
from tests.draw.checkers import BARE_PYTHON, run_program

# 17. The database is edited afterwards.


@pytest.mark.parametrize("statement", ["UPDATE {} SET contest_id = contest_id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_written(cast, reach, app, statement, published):
    reach("finished")
    before = published()
    with app.app_context():
        for table in ("draw_lock", "draw_ticket", "draw_value", "draw_rank", "draw_verdict", "audit_record"):
            with pytest.raises(sa.exc.DBAPIError, match="written once"):
                db.session.execute(sa.text(statement.format(table)))
            db.session.rollback()
    assert published() == before


def test_a_log_rewritten_with_every_trigger_gone_gives_other_lists_than_readers_kept(
    cast, tamper, published, clock, make_app, verify
):
    clock.set("2026-12-12 08:00")
    kept = published()["dagar.txt"].decode().splitlines()[2:]
    tamper("UPDATE audit_record SET body = REPLACE(body, :old, :new)", old=cast["bo"].ticket, new="b" * 64)
    shown = make_app().test_client().get(f"{PAGE}/dagar.txt").text.splitlines()[2:]
    assert len(shown) == len(kept) == 2
    assert not {*shown} & {*kept}
    assert [each for each in verify()[1] if each.endswith("är ändrad, eller så saknas en post före den.")]


def test_a_ranking_rewritten_in_the_database_is_found(cast, reach, tamper, published, told, verify):
    reach("drawn")
    ranked = json.loads(published()["protokoll.json"])["rangordning"]
    tamper("UPDATE draw_rank SET ticket = :other WHERE place = 1", other="c" * 64)
    assert "the ranking is another" in faults(published())
    assert "FEL: protokoll.json: ordningen är en annan från plats 1." in told(published())
    assert f"Plats 1 i databasen, lott {64 * 'c'}, är inte den som omräkningen ger." in verify()[1]
    assert ranked[0]["lott"] not in published()["protokoll.json"].decode()


# 18. Passing people over until a friend's turn comes.


def outcomes(published):
    return json.loads(published()["protokoll.json"])["utfall"]


def test_nobody_is_passed_over_without_a_reason_of_the_rules_for_all_to_see(cast, reach, press, published, client):
    reach("drawn")
    for reason in ("", "fel kommun", "anställd"):
        assert press("avgor", place="1", verdict=reason).status_code == 422
    assert press("avgor", place="1", verdict="tackar nej").status_code == 303
    [skip] = outcomes(published)
    assert (skip["plats"], skip["utfall"], skip["skal"]) == (1, "förbigången", "tackar nej")
    assert "förbigången: tackar nej" in words(client)


def test_a_reason_of_ones_own_put_into_the_database_is_told_of(cast, reach, press, tamper, published, told, verify):
    reach("drawn")
    press("avgor", place="1", verdict="tackar nej")
    tamper("UPDATE draw_verdict SET skipped = 'fel kommun'")
    wrong = "FEL: protokoll.json, utfall 1: 'förbigången, fel kommun' är inget utfall som reglerna har."
    assert wrong in told(published())
    assert "Plats 1 är förbigången av ett skäl som inte finns i reglerna: fel kommun." in verify()[1]


def test_one_organiser_alone_passes_nobody_over(
    for_two, cast, reach, press, olga_presses, organiser, clock, published, client, told, verify
):
    reach("closed")
    press("las", draw_at="2026-12-22T12:00")
    olga_presses("forslag", number="1", answer="ja")
    clock.set("2026-12-22 12:01")
    press("slumptal", value=VALUE)
    assert press("avgor", place="1", verdict="tackar nej").status_code == 303
    assert press("forslag", number="2", answer="ja").status_code == 422
    assert (outcomes(published), "Plats 1 är på tur" in words(organiser, DESK)) == ([], True)
    assert olga_presses("forslag", number="2", answer="ja").status_code == 303
    assert outcomes(published)[0]["skal"] == "tackar nej"
    assert "förbigången: tackar nej, godkänt av två personer" in words(client)
    assert told(published()).endswith("Allt stämmer.\n")
    assert verify()[0] == 0


def test_nobody_is_called_silent_before_a_week_with_two_attempts(cast, reach, press, clock, published):
    reach("drawn")
    answers = []
    for moment, tried in (("12-22 12:01", True), ("12-28 12:00", True), ("12-29 12:00", False)):
        answers.append(press("avgor", place="1", verdict="svarar inte").status_code)
        clock.set(f"2026-{moment}")
        if tried:
            noted = {"place": "1", "how": "telefon", "tried_at": f"2026-{moment.replace(' ', 'T')}"}
            assert press("kontakt", **noted).status_code == 303
    assert (answers, outcomes(published)) == ([422, 422, 422], [])
    assert press("avgor", place="1", verdict="svarar inte").status_code == 303
    assert outcomes(published)[0]["skal"] == "svarar inte"


INVENTED = """INSERT INTO draw_contact
    SELECT contest_id, 1, 1, drawn_at, 'telefon', drawn_at, 1 FROM draw_value UNION ALL
    SELECT contest_id, 1, 2, '2026-12-24 12:00:00', 'telefon', drawn_at, 1 FROM draw_value"""


def test_attempts_that_nobody_made_are_not_on_record(cast, reach, press, tamper, clock, verify):
    reach("drawn")
    tamper(INVENTED)
    clock.set("2026-12-30 12:00")
    assert press("avgor", place="1", verdict="svarar inte").status_code == 303
    assert "Kontaktförsök nummer 1 finns inte i loggen men i databasen." in verify()[1]


def test_whoever_was_passed_over_reads_it_with_their_receipt_and_can_object(cast, reach, press, published, client, ask):
    reach("drawn")
    [name] = [name for name, receipt in cast.items() if receipt.ticket == ranked(published)[0]]
    press("avgor", place="1", verdict="tackar nej")
    own = ask(cast[name].code, f"{name}@example.se").text
    assert "Bidraget var med i dragningen och fick plats 1." in own
    assert "förbigången: tackar nej" in words(client, f"{PAGE}?lott={cast[name].ticket}")


def test_who_comes_next_is_hidden_until_it_is_their_turn(cast, reach, organiser, published):
    reach("drawn")
    names = {receipt.ticket: f"{name}@example.se" for name, receipt in cast.items()}
    in_order = [names[ticket] for ticket in ranked(published)]
    shown = organiser.get(DESK).text
    assert [address for address in in_order if address in shown] == in_order[:1]


def ranked(published):
    """The tickets in the order of the draw."""
    return [each["lott"] for each in json.loads(published()["protokoll.json"])["rangordning"]]


def test_a_place_further_down_cannot_be_confirmed_first(cast, reach, press, published):
    reach("drawn")
    assert press("avgor", place="2", verdict="vinnare").status_code == 422
    assert outcomes(published) == []


# 19. Ties.


def test_equal_keys_are_ranked_by_ticket_and_a_ticket_is_there_once(cast, reach, published, monkeypatch, app, contest):
    monkeypatch.setattr(selection, "rank_key", lambda seed, ticket: bytes(32))
    reach("drawn")
    ranked = [each["lott"] for each in json.loads(published()["protokoll.json"])["rangordning"]]
    assert ranked == sorted(receipt.ticket for receipt in cast.values())
    with app.app_context(), pytest.raises(sa.exc.DBAPIError):
        again = "INSERT INTO draw_ticket VALUES (:id, :ticket, true)"
        db.session.execute(sa.text(again), {"id": contest.id, "ticket": ranked[0]})


# 20. Somebody withdraws after the list is locked.


@pytest.mark.parametrize("state", ["locked", "drawn"])
def test_whoever_withdraws_after_locking_is_forgotten_and_nothing_public_changes(
    cast, reach, published, press, organiser, ask, clock, state, told, verify
):
    reach("drawn" if state == "drawn" else "locked")
    before = published()
    tickets = {receipt.ticket: name for name, receipt in cast.items()}
    value = json.loads(VALUE)["randomness"]
    winner = ranking_of(before, value)[1][0][1]
    name = tickets[winner]
    taken_back = ask(cast[name].code, f"{name}@example.se", act="aterkalla", sure="ja")
    assert taken_back.status_code == 200
    assert published() == before
    if state == "locked":
        clock.set("2026-12-22 12:01")
        press("slumptal", value=VALUE)
    assert ranked(published)[0] == winner
    desk = words(organiser, DESK)
    assert ("Uppgifterna om personen är raderade." in desk, f"{name}@" in desk) == (True, False)
    assert press("avgor", place="1", verdict="återkallad").status_code == 303
    assert outcomes(published)[0]["skal"] == "återkallad"
    assert faults(published()) == set()
    assert told(published()).endswith("Allt stämmer.\n")
    assert verify()[0] == 0


# 21. A verifier from the organiser that always says yes.


@pytest.fixture
def forged(cast, reach, published):
    """The files of a draw whose first two places were swapped; the protocol is whole and has its right checksum."""
    reach("finished")
    honest = published()
    first, second, *others = json.loads(honest["protokoll.json"])["rangordning"]
    return resealed(honest, rangordning=[second | {"plats": 1}, first | {"plats": 2}, *others])


def test_a_program_that_always_says_yes_is_contradicted_by_any_other(forged, told, tmp_path):
    """The browser's own count says no as well: tests/browser/test_recount.py gives both the same files."""
    source = Path(verifiera.__file__).read_text("utf-8")
    (tmp_path / "ja.py").write_text(source.replace("if not holds:", "if False:"), "utf-8")
    for name in independent.NAMES:
        (tmp_path / name).write_bytes(forged[name])
    assert run_program("ja.py", tmp_path, python=BARE_PYTHON)[1].endswith("\nAllt stämmer.\n")
    assert "FEL: protokoll.json: ordningen är en annan från plats 1." in told(forged)
    assert faults(forged) == {"the ranking is another"}


def test_the_server_itself_tells_when_what_it_publishes_was_swapped_on_the_way(forged, app, verify):
    program = app.wsgi_app

    def swapped(environ, start_response):
        if not environ["PATH_INFO"].endswith("protokoll.json"):
            return program(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [forged["protokoll.json"]]

    app.wsgi_app = swapped
    code, said = verify()
    assert (code, said[0]) == (1, "Plats 1 i protokoll.json är inte den i databasen.")


def test_a_stranger_needs_no_program_of_ours_to_check(cast, reach, client):
    """What `faults` does, from the specification and the standard library, is all there is to check."""
    reach("finished")
    for explained in ("SHA-256", "HMAC-SHA256", "oppen-dragning/v1/fro", "lasbevis.txt"):
        assert explained in words(client)
