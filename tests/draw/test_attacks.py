"""Every attack of the specification's table, tried against the running program: prevented, or plain to outsiders.

An outsider here has what was published and nothing else, and recomputes it with the standard library alone. Whoever
has the database can do anything in it; what outsiders kept copies of shows it.
"""

import hmac
import json
import re
from hashlib import sha256
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import FQ12, G2, final_exponentiate, neg, pairing

from app.database import db
from app.draw import rehearsal, selection
from app.draw.beacon import QUICKNET
from tests.conftest import DRAW_AT, ENTRY_URL, VALUE, configured, filled, on_sqlite, token_in

PAGE = "/2026/dragning"
DESK = "/admin/dragning"
FORWARD = {f"{DESK}/{act}" for act in ("avgor", "brev", "forankra", "kontakt", "ova")}
"""What the desk offers once drawn: about the winner, a copy elsewhere, a rehearsal. Nothing that goes back."""
PEOPLE = ("anna", "bo", "cecilia", "david", "eva")


@pytest.fixture
def cast(accept):
    """Five people with a right answer: their receipts by name."""
    return {name: accept(f"{name}@example.se") for name in PEOPLE}


@pytest.fixture
def press(organiser):
    """The organiser presses a button of the desk: press("las", draw_at="2026-12-22T12:00")."""
    return lambda button, **fields: organiser.post(
        f"{DESK}/{button}", data=fields | {"token": token_in(organiser.get(DESK))}
    )


@pytest.fixture
def published(client):
    """Every file that anyone can fetch, by name."""
    names = ("lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json", "dagar.txt", "flode.xml")
    return lambda: {name: client.get(f"{PAGE}/{name}").data for name in names}


@pytest.fixture
def root(app):
    """Whoever has the database itself: carries out a statement with every trigger out of the way."""

    def carry_out(statement, **values):
        with app.app_context():
            connection = db.session.connection()
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            else:
                triggers = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for trigger in connection.execute(triggers).scalars().all():
                    connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
            assert connection.execute(sa.text(statement), values).rowcount != 0
            db.session.commit()

    return carry_out


def lines_hash(*lines):
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def tickets_in(listed, word="med"):
    return [line.split()[0] for line in listed.decode().splitlines()[2:] if line.endswith(f" {word}")]


def ranking_of(files, randomness):
    """Seed and ranking, from list, låsbevis and value alone."""
    proof = sha256(files["lasbevis.txt"]).hexdigest()
    fields = dict(line.split(": ") for line in files["lasbevis.txt"].decode().splitlines()[1:])
    seed = lines_hash("oppen-dragning/v1/fro", proof, f"{fields['kalla']}:{fields['runda']}:{randomness}")
    keys = (
        (hmac.new(bytes.fromhex(seed), bytes.fromhex(ticket), "sha256").hexdigest(), ticket)
        for ticket in tickets_in(files["lista.txt"])
    )
    return seed, sorted(keys)


def faults(files):
    """What an outsider finds wrong with the published files, in words."""
    fields = dict(line.split(": ") for line in files["lasbevis.txt"].decode().splitlines()[1:])
    protocol = json.loads(files["protokoll.json"])
    found = {
        "the list is not the locked one": sha256(files["lista.txt"]).hexdigest() != fields["lista-sha256"],
        "the rules are not the locked ones": sha256(files["regler.txt"]).hexdigest() != fields["regler-sha256"],
        "the counts are wrong": [len(tickets_in(files["lista.txt"], word)) for word in ("med", "struken")]
        != [int(fields["antal-med"]), int(fields["antal-strukna"])],
        "the protocol has another låsbevis": protocol["lasbevis"].encode() != files["lasbevis.txt"],
    }
    if "varde" in protocol:
        value = protocol["varde"]
        seed, ranking = ranking_of(files, value["slumptal"])
        shown = [(each["nyckel"], each["lott"]) for each in protocol["rangordning"]]
        found |= {
            "the value is of another round": str(value["runda"]) != fields["runda"],
            "the value is not its signature's": sha256(bytes.fromhex(value["signatur"])).hexdigest()
            != value["slumptal"],
            "the value is not signed by the source": not genuine(value["runda"], value["signatur"]),
            "the seed is another": protocol["fro"] != seed,
            "the ranking is another": shown != ranking,
        }
    return {sentence for sentence, wrong in found.items() if wrong}


def genuine(number, signature):
    """The equation of a drand signature under the rehearsal's key, by py_ecc."""
    key = rehearsal.CHAIN.public_key
    message = hash_to_G1(
        sha256(number.to_bytes(8, "big")).digest(), b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", sha256
    )
    public = decompress_G2((int(key[:96], 16), int(key[96:], 16)))
    try:
        left = pairing(neg(G2), decompress_G1(int(signature, 16)), final_exponentiate=False)
    except ValueError:
        return False
    return final_exponentiate(left * pairing(public, message, final_exponentiate=False)) == FQ12.one()


def words(client, address=PAGE):
    return " ".join(BeautifulSoup(client.get(address).text, "html.parser").main.get_text(" ").split())


def test_the_files_of_an_honest_draw_hold(cast, reach, published):
    reach("finished")
    assert faults(published()) == set()


@on_sqlite
@pytest.mark.parametrize(
    ("name", "before", "sentence"),
    [
        ("lista.txt", b"\nmjk-2026\n", "the list is not the locked one"),
        ("regler.txt", b"Reg", "the rules are not the locked ones"),
        ("lasbevis.txt", b"vinster: ", "the protocol has another låsbevis"),
        ("protokoll.json", b'"slumptal": "', "the value is not its signature's"),
        ("protokoll.json", b'"fro": "', "the seed is another"),
        ("protokoll.json", b'"nyckel": "', "the ranking is another"),
    ],
)
def test_one_changed_byte_in_any_file_is_found(cast, reach, published, name, before, sentence):
    reach("finished")
    files = published()
    at = files[name].index(before) + len(before)
    changed = b"1" if files[name][at : at + 1] == b"0" else b"0"
    assert sentence in faults(files | {name: files[name][:at] + changed + files[name][at + 1 :]})


# 1. The organiser draws again until a friend wins.


def test_redrawing_is_refused_and_anyone_knew_the_winner_before_the_organiser(cast, reach, press, published, clock):
    reach("locked")
    _, foretold = ranking_of(published(), json.loads(VALUE)["randomness"])
    clock.set("2026-12-22 12:01")
    assert press("slumptal", value=VALUE).status_code == 303
    drawn = published()["protokoll.json"]
    for button, fields in (("slumptal", {"value": VALUE}), ("las", {"draw_at": "2026-12-23T12:00"})):
        assert press(button, **fields).status_code == 422
    assert published()["protokoll.json"] == drawn
    assert [each["lott"] for each in json.loads(drawn)["rangordning"]] == [ticket for _, ticket in foretold]


def test_a_draw_made_again_in_the_database_is_another_lasbevis_than_people_kept(cast, reach, root, published):
    reach("drawn")
    kept = published()
    root("UPDATE draw_lock SET proof = REPLACE(proof, 'vinster: 1', 'vinster: 2')")
    assert published()["lasbevis.txt"] != kept["lasbevis.txt"]
    assert "the seed is another" in faults(published())


# 2. The organiser waits, calls the draw off, blames the technology.


def test_waiting_changes_nothing_since_the_result_can_be_computed_without_the_organiser(
    cast, reach, client, published, clock, press
):
    reach("locked")
    before = published()
    clock.set("2027-01-20 12:00")
    assert "Listan låstes måndag 21 december 2026 kl. 09.00." in words(client)
    after = published()
    assert (after["lasbevis.txt"], after["lista.txt"]) == (before["lasbevis.txt"], before["lista.txt"])
    _, foretold = ranking_of(before, json.loads(VALUE)["randomness"])
    assert press("slumptal", value=VALUE).status_code == 303
    ranked = json.loads(published()["protokoll.json"])["rangordning"]
    assert [each["lott"] for each in ranked] == [ticket for _, ticket in foretold]


@on_sqlite
def test_there_is_no_button_that_takes_a_lock_or_a_draw_back(app, organiser, cast, reach):
    reach("drawn")
    page = BeautifulSoup(organiser.get(DESK).text, "html.parser")
    assert {form["action"].split("?")[0] for form in page.select("main form[method=post]")} == FORWARD
    assert [rule.rule for rule in app.url_map.iter_rules() if rule.methods & {"DELETE", "PUT", "PATCH"}] == []


# 3. Entries are added or changed after the value is known.


def test_an_entry_sent_in_after_locking_is_refused_and_the_list_stays(cast, reach, client, clock, published):
    clock.set("2026-12-11 08:00")
    token = token_in(client.get(ENTRY_URL))
    reach("locked")
    before = published()["lista.txt"]
    for moment in ("2026-12-21 09:00", "2026-12-11 08:01"):  # even when the clock is turned back
        clock.set(moment)
        assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 409
    clock.set("2026-12-21 09:00")
    assert published()["lista.txt"] == before


def test_a_line_added_in_the_database_is_not_in_the_lasbevis(cast, reach, root, published, contest):
    reach("drawn")
    root("INSERT INTO draw_ticket VALUES (:id, :ticket, true)", id=contest.id, ticket="f" * 64)
    assert {"the list is not the locked one", "the counts are wrong"} <= faults(published())


def test_a_line_struck_in_the_database_is_not_in_the_lasbevis(cast, reach, root, published):
    reach("drawn")
    root("UPDATE draw_ticket SET counts = false WHERE ticket = :ticket", ticket=cast["eva"].ticket)
    assert "the list is not the locked one" in faults(published())


# 4. A låsbevis with an earlier date than it has.


def test_a_back_dated_lasbevis_is_not_the_one_whose_sum_others_have(cast, reach, root, published, client):
    reach("locked")
    shown = BeautifulSoup(client.get(PAGE).text, "html.parser").select_one("code.fingerprint").text
    kept = sha256(published()["lasbevis.txt"]).hexdigest()
    assert kept.startswith(shown.replace(" ", ""))
    root("UPDATE draw_lock SET proof = REPLACE(proof, 'last: 2026-12-21', 'last: 2026-12-20')")
    assert sha256(published()["lasbevis.txt"]).hexdigest() != kept


def test_a_lasbevis_cannot_be_older_than_the_lists_that_readers_kept(cast, reach, accept, published, clock):
    """What was still coming in on the 19th cannot have been locked before it."""
    late = accept("sen@example.se", at="2026-12-19 12:00")
    clock.set("2026-12-19 08:00")
    kept = published()["lista.txt"]
    reach("locked")
    assert late.ticket in tickets_in(published()["lista.txt"])
    assert late.ticket not in tickets_in(kept)


@on_sqlite
def test_a_list_that_nobody_outside_has_a_copy_of_says_so_in_plain_sight(cast, reach, client):
    reach("locked")
    assert "Listan är inte förankrad" in words(client)


# 5. Two lists for two readers.


def test_everyone_is_shown_the_same_list_and_the_same_sums(cast, reach, client, organiser):
    reach("locked")
    readers = [{}, {"User-Agent": "curl"}, {"Accept-Language": "en"}, {"X-Forwarded-For": "192.0.2.1"}]
    for name in ("lista.txt", "dagar.txt", "lasbevis.txt", "flode.xml"):
        answers = {client.get(f"{PAGE}/{name}", headers=headers).data for headers in readers}
        assert answers == {organiser.get(f"{PAGE}/{name}").data}


def test_a_list_made_for_one_reader_does_not_have_the_sum_that_the_others_see(cast, reach, published):
    reach("locked")
    files = published()
    forged = files["lista.txt"].replace(cast["anna"].ticket.encode(), b"0" * 64)
    assert "the list is not the locked one" in faults(files | {"lista.txt": forged})


# 6. The organiser drops an unwelcome entry before locking.


def test_an_entry_struck_by_hand_stays_in_the_list_and_is_counted(cast, organiser, clock, reach, client, published):
    clock.set("2026-12-11 08:00")
    kept = published()["lista.txt"]
    address = "/admin/bidrag/2/stryk"
    organiser.post(address, data={"reason": "anställd", "token": token_in(organiser.get(address))})
    assert "Strukna: anställd 1" in words(client)
    reach("locked")
    assert cast["bo"].ticket in tickets_in(kept)
    assert cast["bo"].ticket in tickets_in(published()["lista.txt"], "struken")


def test_an_entry_deleted_from_the_database_is_missed_by_the_lists_of_the_nights(cast, reach, root, published, clock):
    clock.set("2026-12-11 08:00")
    kept = published()["lista.txt"]
    root("DELETE FROM entry WHERE ticket = :ticket", ticket=cast["bo"].ticket)
    reach("locked")
    assert {*tickets_in(kept)} - {*tickets_in(published()["lista.txt"])} == {cast["bo"].ticket}
    clock.set("2026-12-22 08:00")
    assert sha256(published()["lista.txt"]).hexdigest() not in published()["dagar.txt"].decode()


def test_an_entry_deleted_with_its_record_changes_the_days_that_readers_kept(cast, root, published, clock, make_app):
    clock.set("2026-12-12 08:00")
    kept = published()["dagar.txt"].splitlines()
    root("DELETE FROM entry WHERE ticket = :ticket", ticket=cast["eva"].ticket)
    root("DELETE FROM audit_record WHERE ticket = :ticket", ticket=cast["eva"].ticket)
    assert not {*published()["dagar.txt"].splitlines()[2:]} & {*kept}


# 7. The organiser stuffs the list with invented entries.


def test_a_night_of_invented_entries_shows_as_a_jump_in_the_count(cast, accept, client, clock):
    for number in range(30):
        accept(f"hittepa{number}@example.se", at="2026-12-12 03:00")
    clock.set("2026-12-14 08:00")
    rows = BeautifulSoup(client.get(PAGE).text, "html.parser").select("table.days tbody tr")
    assert [row.td.text for row in rows] == ["0", "30", "0", "5"]


def test_entries_put_into_the_database_are_in_no_list_of_any_night(cast, reach, root, published, clock):
    ticket = "a" * 64
    columns = "contest_id, ticket, answer, municipality, received_at"
    taken = f"SELECT contest_id, '{ticket}', answer, municipality, received_at FROM entry WHERE ticket = :like"  # noqa: S608
    root(f"INSERT INTO entry ({columns}) {taken}", like=cast["anna"].ticket)
    clock.set("2026-12-21 08:00")
    kept = published()["lista.txt"]
    reach("locked")
    assert {*tickets_in(published()["lista.txt"])} - {*tickets_in(kept)} == {ticket}
    clock.set("2026-12-22 08:00")
    assert sha256(published()["lista.txt"]).hexdigest() not in published()["dagar.txt"].decode()


# 8. The winning ticket is given to a friend.


def test_a_ticket_cannot_be_moved_to_another_address(cast, reach, root, published, contest):
    reach("drawn")
    winner = json.loads(published()["protokoll.json"])["rangordning"][0]["lott"]
    [(name, receipt)] = [each for each in cast.items() if each[1].ticket == winner]
    root("UPDATE entry SET email = 'van@example.se' WHERE ticket = :ticket", ticket=winner)
    claims = {
        address: lines_hash("oppen-dragning/v1/lott", contest.id, receipt.code, address)
        for address in (f"{name}@example.se", "van@example.se")
    }
    assert [address for address, ticket in claims.items() if ticket == winner] == [f"{name}@example.se"]


# 9. A participant enters many times.


def test_many_entries_from_one_person_give_one_ticket_in_the_draw(enter, reach, published, client):
    for _ in range(4):
        assert enter(email="anna@example.se").status_code == 200
    reach("locked")
    listed = published()["lista.txt"]
    assert (len(tickets_in(listed)), len(tickets_in(listed, "struken"))) == (1, 3)
    assert "Strukna: dubblett 3" in words(client)


@configured(ENTRY_LIMIT="2 per hour")
def test_a_flood_from_one_address_is_held_back(enter):
    answers = [enter(email=f"person{number}@example.se").status_code for number in range(3)]
    assert answers == [200, 200, 429]


# 10. Other spellings of the same address.


@pytest.mark.parametrize(
    "addresses",
    [("anna@example.se", "anna+jul@example.se", "ANNA@EXAMPLE.SE"), ("a.nna@gmail.com", "ann.a+x@googlemail.com")],
)
def test_other_spellings_of_an_address_are_one_person(enter, reach, published, addresses):
    for address in addresses:
        assert enter(email=address).status_code == 200
    reach("locked")
    assert len(tickets_in(published()["lista.txt"])) == 1


def test_the_receipt_of_an_alias_still_proves_its_ticket(accept, contest):
    receipt = accept("eva+jul@example.se")
    lines = ("oppen-dragning/v1/lott", contest.id, receipt.code, "eva+jul@example.se")
    assert lines_hash(*lines) == receipt.ticket


# 11. Finding out who has entered.


def test_a_new_and_a_known_address_get_the_same_answer(cast, enter, client, clock):
    answers = [enter(email=address) for address in ("anna@example.se", "ny@example.se")]
    receipts = [
        re.sub(r"[0-9a-f]{16,}|[0-9A-Z]{5}(-[0-9A-Z]{5,6})+|kl\. [0-9.]+", "", unquote(each.text)) for each in answers
    ]
    assert receipts[0] == receipts[1]
    assert [each.status_code for each in answers] == [200, 200]


def test_before_locking_a_repeated_address_shows_nowhere(cast, enter, client, clock):
    enter(email="anna@example.se")
    clock.set("2026-12-12 08:00")
    assert "dubblett" not in words(client)
    assert tickets_in(client.get(f"{PAGE}/lista.txt").data, "struken") == []


# 12. A participant makes an entry that wins.


def test_whoever_enters_cannot_choose_code_or_ticket(enter, client):
    answer = enter(email="anna@example.se", code="0" * 26, ticket="0" * 64, receipt_code="0" * 26)
    assert (answer.status_code, "0" * 26 in answer.text) == (200, False)
    assert client.post(ENTRY_URL, data=filled(token="x")).status_code == 422


def test_the_value_is_still_unknown_when_the_list_is_locked(cast, reach, press):
    reach("closed")
    answer = press("las", draw_at="2026-12-21T09:01")
    assert (answer.status_code, "minst två minuter fram i tiden" in answer.text) == (422, True)


# 13. Whoever reveals last decides.


def test_no_secret_of_the_server_goes_into_the_seed(cast, reach, published):
    reach("drawn")
    files = published()
    seed, ranking = ranking_of(files, json.loads(VALUE)["randomness"])
    protocol = json.loads(files["protokoll.json"])
    assert protocol["fro"] == seed
    assert protocol["rangordning"][0]["lott"] == ranking[0][1]


@on_sqlite
def test_a_round_has_one_signature_and_no_other_is_taken(cast, reach, press, clock):
    reach("locked")
    clock.set("2026-12-22 12:01")
    signature = bytes.fromhex(json.loads(VALUE)["signature"])
    for bit in (0, 5, 100, 383):
        other = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(48, "big")
        assert press("slumptal", value=other.hex()).status_code == 422
    assert press("slumptal", value=signature.hex()).status_code == 303


# 14. Someone inside drand knows the value beforehand.


def test_whoever_knows_the_value_early_finds_the_list_locked(cast, reach, organiser, published, client):
    reach("locked")
    before = published()
    address = "/admin/bidrag/1/stryk"
    token = token_in(organiser.get(DESK.replace("dragning", "bidrag/1/stryk")))
    assert organiser.post(address, data={"reason": "anställd", "token": token}).status_code == 422
    assert published() == before
    assert "Mellan låsning och dragning: 27 timmar." in words(client)


# 15. The operator types a false value.


@on_sqlite
def test_a_made_up_value_is_refused_even_when_it_is_its_own_checksum(cast, reach, press, clock, published):
    reach("locked")
    clock.set("2026-12-22 12:01")
    before, number = published(), json.loads(VALUE)["round"]
    for signature in (b"\xa0" + bytes(range(47)), bytes(48), bytes([0xC0] + 47 * [0])):
        made_up = {"round": number, "signature": signature.hex(), "randomness": sha256(signature).hexdigest()}
        assert press("slumptal", value=json.dumps(made_up)).status_code == 422
    assert published() == before


def test_a_made_up_value_put_into_the_database_is_not_signed_by_the_source(cast, reach, root, published):
    reach("drawn")
    other = json.loads(rehearsal.relay_answer(json.loads(VALUE)["round"] + 1))
    statement = "UPDATE draw_value SET signature = :signature, randomness = :randomness"
    root(statement, signature=other["signature"], randomness=other["randomness"])
    assert "the value is not signed by the source" in faults(published())


# 16. The organiser picks a convenient round or source.


def test_the_round_follows_from_the_time_and_the_source_from_the_program(cast, reach, press, published):
    reach("closed")
    assert (
        press("las", draw_at="2026-12-22T12:00", runda="1", round="1", kalla="svenskaspel", kedja="0").status_code
        == 303
    )
    fields = dict(line.split(": ") for line in published()["lasbevis.txt"].decode().splitlines()[1:])
    chain = rehearsal.CHAIN
    assert (fields["kalla"], fields["kedja"]) == (chain.name, chain.hash)
    assert int(fields["runda"]) == (int(DRAW_AT.timestamp()) - chain.genesis) // chain.period + 1


@on_sqlite
def test_another_source_than_the_locked_one_is_refused_afterwards(cast, reach, app, press, clock):
    reach("locked")
    clock.set("2026-12-22 12:01")
    app.extensions["draw_chain"] = QUICKNET
    answer = press("slumptal", value=VALUE)
    assert (answer.status_code, "låst mot en annan källa" in answer.text) == (422, True)


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
    cast, root, published, clock, make_app
):
    clock.set("2026-12-12 08:00")
    kept = published()["dagar.txt"].decode().splitlines()[2:]
    root("UPDATE audit_record SET body = REPLACE(body, :old, :new)", old=cast["bo"].ticket, new="b" * 64)
    shown = make_app().test_client().get(f"{PAGE}/dagar.txt").text.splitlines()[2:]
    assert len(shown) == len(kept) == 2
    assert not {*shown} & {*kept}


def test_a_ranking_rewritten_in_the_database_is_found(cast, reach, root, published):
    reach("drawn")
    ranked = json.loads(published()["protokoll.json"])["rangordning"]
    root("UPDATE draw_rank SET ticket = :other WHERE place = 1", other="c" * 64)
    assert "the ranking is another" in faults(published())
    assert ranked[0]["lott"] not in published()["protokoll.json"].decode()


# 18. Passing people over until a friend's turn comes.


def test_nobody_is_passed_over_without_a_reason_of_the_rules_for_all_to_see(cast, reach, press, published, client):
    reach("drawn")
    for reason in ("", "fel kommun", "anställd"):
        assert press("avgor", place="1", verdict=reason).status_code == 422
    assert press("avgor", place="1", verdict="tackar nej").status_code == 303
    [skip] = json.loads(published()["protokoll.json"])["utfall"]
    assert (skip["plats"], skip["utfall"], skip["skal"]) == (1, "förbigången", "tackar nej")
    assert "förbigången: tackar nej" in words(client)


def test_who_comes_next_is_hidden_until_it_is_their_turn(cast, reach, organiser, published):
    reach("drawn")
    names = {receipt.ticket: f"{name}@example.se" for name, receipt in cast.items()}
    ranked = [names[each["lott"]] for each in json.loads(published()["protokoll.json"])["rangordning"]]
    shown = organiser.get(DESK).text
    assert [address for address in ranked if address in shown] == ranked[:1]


def test_a_place_further_down_cannot_be_confirmed_first(cast, reach, press, published):
    reach("drawn")
    assert press("avgor", place="2", verdict="vinnare").status_code == 422
    assert json.loads(published()["protokoll.json"])["utfall"] == []


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


def test_erasing_a_person_after_locking_changes_nothing_that_is_public(cast, reach, root, published, press, organiser):
    reach("drawn")
    before = published()
    winner = json.loads(before["protokoll.json"])["rangordning"][0]["lott"]
    erase = "UPDATE entry SET email = NULL, receipt_code = NULL, duplicate_key = NULL WHERE ticket = :ticket"
    root(erase, ticket=winner)
    assert published() == before
    assert "Uppgifterna om personen är raderade." in words(organiser, DESK)
    assert press("avgor", place="1", verdict="återkallad").status_code == 303
    assert json.loads(published()["protokoll.json"])["utfall"][0]["skal"] == "återkallad"
    assert faults(published()) == set()


# 21. A verifier from the organiser that always says yes.


def test_a_stranger_needs_no_program_of_ours_to_check(cast, reach, client, published):
    """What `faults` above does, from the specification and the standard library, is all there is to check."""
    reach("finished")
    honest = published()
    protocol = json.loads(honest["protokoll.json"])
    protocol["rangordning"][0], protocol["rangordning"][1] = protocol["rangordning"][1], protocol["rangordning"][0]
    assert faults(honest | {"protokoll.json": json.dumps(protocol).encode()}) == {"the ranking is another"}
    for explained in ("SHA-256", "HMAC-SHA256", "oppen-dragning/v1/fro", "lasbevis.txt"):
        assert explained in words(client)
