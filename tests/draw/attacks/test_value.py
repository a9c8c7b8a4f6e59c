"""The value that decides: chosen, foretold, made up, or asked for until a friend wins (rows 1, 2 and 13 to 16)."""

import json
from hashlib import sha256

from bs4 import BeautifulSoup

from app.draw import rehearsal
from app.draw.beacon import QUICKNET
from tests.conftest import DRAW_AT, VALUE, on_sqlite, token_in
from tests.draw.attacks.outsider import DESK, faults, ranking_of, resealed, words

FORWARD = {f"{DESK}/{act}" for act in ("avgor", "brev", "forankra", "kontakt", "ova")}
"""What the desk offers once drawn: about the winner, a copy elsewhere, a rehearsal. Nothing that goes back."""


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


def test_a_draw_made_again_in_the_database_is_another_lasbevis_than_people_kept(
    cast, reach, tamper, published, told, verify
):
    reach("drawn")
    kept = published()
    tamper("UPDATE draw_lock SET proof = REPLACE(proof, 'vinster: 1', 'vinster: 2')")
    assert published()["lasbevis.txt"] != kept["lasbevis.txt"]
    assert "the seed is another" in faults(published())
    assert "protokoll.json: fro är '" in told(published() | {"protokoll.json": resummed(published())})
    assert "Låsbeviset säger ”vinster: 2”, men omräkningen ger ”vinster: 1”." in verify()[1]


def resummed(files):
    """The protocol with the right checksum of its låsbevis, which the database may have been given as well."""
    return resealed(files, lasbevis_sha256=sha256(files["lasbevis.txt"]).hexdigest())["protokoll.json"]


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


def made_up(number):
    """A signature that is a point of the curve, and even one of the source, but not of the round; and its value."""
    other = json.loads(rehearsal.relay_answer(number + 1))
    return {"runda": number, "signatur": other["signature"], "slumptal": other["randomness"]}


def test_a_made_up_value_put_into_the_database_is_not_signed_by_the_source(
    cast, reach, tamper, published, told, verify
):
    reach("drawn")
    value = made_up(json.loads(VALUE)["round"])
    tamper("UPDATE draw_value SET signature = :signatur, randomness = :slumptal", **value)
    assert "the value is not signed by the source" in faults(published())
    said = f"signaturen är inte källans för runda {value['runda']}."
    assert f"FEL: protokoll.json: {said}" in told(published(), signature=True)
    assert [each for each in verify()[1] if each.startswith("Slumptalet är inte äkta")]


def test_a_whole_draw_counted_from_a_made_up_value_fails_at_its_signature_only(cast, reach, published, told):
    """Seed, ranking and checksums are all right: only the source's key tells."""
    reach("drawn")
    files = published()
    value = made_up(json.loads(VALUE)["round"])
    seed, ranking = ranking_of(files, value["slumptal"])
    entropy = f"{rehearsal.CHAIN.name}:{value['runda']}:{value['slumptal']}"
    places = [{"plats": at, "lott": lott, "nyckel": key} for at, (key, lott) in enumerate(ranking, 1)]
    forged = resealed(files, varde=value, entropi=entropy, fro=seed, rangordning=places)
    assert faults(forged) == {"the value is not signed by the source"}
    said = told(forged, signature=True)
    assert said.count("FEL: ") == 1
    assert f"FEL: protokoll.json: signaturen är inte källans för runda {value['runda']}." in said
    assert (
        f"inte prövat mot källans nyckel: paketet py_ecc saknas. Jämför med api.drand.sh, runda {value['runda']}"
        in (told(forged))
    )


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
