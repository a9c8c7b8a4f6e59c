"""The list: what is added, dropped, back-dated or shown to some only (rows 3 to 8 of the table)."""

import json
from hashlib import sha256

from bs4 import BeautifulSoup

from tests.conftest import ENTRY_URL, filled, on_sqlite, token_in
from tests.draw.attacks.outsider import DESK, PAGE, faults, lines_hash, tickets_in, words

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


def test_a_line_added_in_the_database_is_not_in_the_lasbevis(cast, reach, tamper, published, contest, told, verify):
    reach("drawn")
    tamper("INSERT INTO draw_ticket VALUES (:id, :ticket, true)", id=contest.id, ticket="f" * 64)
    assert {"the list is not the locked one", "the counts are wrong"} <= faults(published())
    assert "lista.txt mot lasbevis.txt: antal-med är '5' men ska vara '6'." in told(published())
    assert "Den låsta listan har 6 lotter, men bidragen är 5." in verify()[1]


def test_a_line_struck_in_the_database_is_not_in_the_lasbevis(cast, reach, tamper, published, told, verify):
    reach("drawn")
    struck = cast["eva"].ticket
    tamper("UPDATE draw_ticket SET counts = false WHERE ticket = :ticket", ticket=struck)
    assert "the list is not the locked one" in faults(published())
    assert "lista.txt mot lasbevis.txt: lista-sha256 är " in told(published())
    assert f"Lotten {struck} har en annan status i den låsta listan än bland bidragen." in verify()[1]


# 4. A låsbevis with an earlier date than it has.

ANCHOR = {"recipient": "Registrator, Lerums kommun", "sent_at": "2026-12-21T09:00", "reference": "KS 2026/123"}


def test_a_back_dated_lasbevis_is_not_the_one_that_the_registrator_has(
    cast, reach, organiser, press, tamper, published, told, verify
):
    """Even when the låsbevis is back-dated together with the sum that the database has of it."""
    reach("locked")
    letter = BeautifulSoup(organiser.get(DESK).text, "html.parser").find(id="till-registratorn").text
    assert press("forankra", **ANCHOR).status_code == 303
    honest = published()["lasbevis.txt"].decode()
    assert lines_hash(*honest.splitlines()) in letter
    earlier = honest.replace("last: 2026-12-21", "last: 2026-12-20")
    forged_sum = lines_hash(*earlier.splitlines())
    tamper("UPDATE draw_lock SET proof = :text, proof_sha256 = :checksum", text=earlier, checksum=forged_sum)
    said = told(published())
    assert f"låst 2026-12-20T08:00:00Z, kontrollsumma {forged_sum}." in said
    assert forged_sum not in letter
    assert "Loggen säger något annat än databasen om händelsen ”last”." in verify()[1]


def test_an_anchor_from_before_the_locking_is_refused(cast, reach, press, client):
    reach("locked")
    refused = press("forankra", **ANCHOR | {"sent_at": "2026-12-20T09:00"})
    assert (refused.status_code, "Tiden ska ligga efter att listan låstes" in refused.text) == (422, True)
    assert "Listan är inte förankrad" in words(client)


def test_an_anchor_moved_back_in_the_database_is_not_the_one_on_record(cast, reach, press, tamper, verify):
    reach("locked")
    press("forankra", **ANCHOR)
    assert verify()[0] == 0
    tamper("UPDATE draw_anchor SET sent_at = '2026-12-20 08:00:00'")
    assert "Förankring nummer 1 är en annan i databasen än i loggen." in verify()[1]


def test_a_lasbevis_cannot_be_older_than_the_lists_that_readers_kept(cast, reach, accept, published, clock):
    """What was still coming in on the 19th cannot have been locked before it."""
    late = accept("sen@example.se", at="2026-12-19 12:00")
    clock.set("2026-12-19 08:00")
    kept = published()["lista.txt"]
    reach("locked")
    assert late.ticket in tickets_in(published()["lista.txt"])
    assert late.ticket not in tickets_in(kept)


def test_everyone_reads_who_can_vouch_for_the_time_or_that_nobody_can(cast, reach, press, client):
    reach("locked")
    assert "Listan är inte förankrad: ingen kopia utanför kalendern är antecknad." in words(client)
    press("forankra", **ANCHOR)
    assert "Listan är förankrad. Kontrollsumman finns också hos: Registrator, Lerums kommun" in words(client)
    assert "KS 2026/123" in words(client)
    assert client.get(f"{PAGE}/protokoll.json").json["forankringar"][0]["skickad"] == "2026-12-21T08:00:00Z"


@on_sqlite
def test_a_copy_that_came_after_the_draw_is_said_to_have(cast, reach, press, client):
    reach("drawn")
    press("forankra", **ANCHOR)
    assert "antecknad efter dragningen" in words(client)


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


def test_an_entry_deleted_from_the_database_is_missed_by_the_lists_of_the_nights(
    cast, reach, tamper, published, clock, verify
):
    clock.set("2026-12-11 08:00")
    kept = published()["lista.txt"]
    tamper("DELETE FROM entry WHERE ticket = :ticket", ticket=cast["bo"].ticket)
    reach("locked")
    assert {*tickets_in(kept)} - {*tickets_in(published()["lista.txt"])} == {cast["bo"].ticket}
    assert f"Lotten {cast['bo'].ticket} finns i loggen men inte bland bidragen." in verify()[1]
    clock.set("2026-12-22 08:00")
    assert sha256(published()["lista.txt"]).hexdigest() not in published()["dagar.txt"].decode()


def test_an_entry_deleted_with_its_record_changes_the_days_that_readers_kept(cast, tamper, published, clock, make_app):
    clock.set("2026-12-12 08:00")
    kept = published()["dagar.txt"].splitlines()
    tamper("DELETE FROM entry WHERE ticket = :ticket", ticket=cast["eva"].ticket)
    tamper("DELETE FROM audit_record WHERE ticket = :ticket", ticket=cast["eva"].ticket)
    assert not {*published()["dagar.txt"].splitlines()[2:]} & {*kept}


# 7. The organiser stuffs the list with invented entries.


def test_a_night_of_invented_entries_shows_as_a_jump_in_the_count(cast, accept, client, clock):
    for number in range(30):
        accept(f"hittepa{number}@example.se", at="2026-12-12 03:00")
    clock.set("2026-12-14 08:00")
    rows = BeautifulSoup(client.get(PAGE).text, "html.parser").select("table.days tbody tr")
    assert [row.td.text for row in rows] == ["0", "30", "0", "5"]


def test_entries_put_into_the_database_are_in_no_list_of_any_night(cast, reach, tamper, published, clock, verify):
    ticket = "a" * 64
    columns = "contest_id, ticket, answer, municipality, received_at"
    taken = f"SELECT contest_id, '{ticket}', answer, municipality, received_at FROM entry WHERE ticket = :like"  # noqa: S608
    tamper(f"INSERT INTO entry ({columns}) {taken}", like=cast["anna"].ticket)
    clock.set("2026-12-21 08:00")
    kept = published()["lista.txt"]
    reach("locked")
    assert {*tickets_in(published()["lista.txt"])} - {*tickets_in(kept)} == {ticket}
    assert f"Lotten {ticket} finns inte i loggen men bland bidragen." in verify()[1]
    clock.set("2026-12-22 08:00")
    assert sha256(published()["lista.txt"]).hexdigest() not in published()["dagar.txt"].decode()


def test_nobody_locks_the_list_that_they_stuffed_on_their_own(
    for_two, cast, reach, press, olga_presses, published, client, verify, told
):
    reach("closed")
    assert press("las", draw_at="2026-12-22T12:00").status_code == 303
    assert client.get(f"{PAGE}/lasbevis.txt").status_code == 404
    own = press("forslag", number="1", answer="ja")
    assert (own.status_code, "Du kan inte godkänna ditt eget förslag." in own.text) == (422, True)
    assert client.get(f"{PAGE}/lasbevis.txt").status_code == 404
    assert olga_presses("forslag", number="1", answer="ja").status_code == 303
    assert "godkänt av två personer" in words(client)
    assert told(published()).endswith("Allt stämmer.\n")
    assert verify()[0] == 0


def test_a_second_organiser_who_was_never_asked_is_not_on_record(cast, reach, tamper, client, verify):
    reach("locked")
    invented = "SELECT contest_id, 1, 'last', '{}', 1, locked_at, 2, locked_at, 'godkänt' FROM draw_lock"
    tamper(f"INSERT INTO draw_proposal {invented}")
    assert "godkänt av två personer" in words(client)
    assert "Vad två organisatörer har godkänt är inte samma i databasen som i loggen." in verify()[1]


# 8. The winning ticket is given to a friend.


def test_a_ticket_cannot_be_moved_to_another_address(cast, reach, tamper, published, contest, verify):
    reach("drawn")
    winner = json.loads(published()["protokoll.json"])["rangordning"][0]["lott"]
    [(name, receipt)] = [each for each in cast.items() if each[1].ticket == winner]
    tamper("UPDATE entry SET email = 'van@example.se' WHERE ticket = :ticket", ticket=winner)
    claims = {
        address: lines_hash("oppen-dragning/v1/lott", contest.id, receipt.code, address)
        for address in (f"{name}@example.se", "van@example.se")
    }
    assert [address for address, ticket in claims.items() if ticket == winner] == [f"{name}@example.se"]
    assert f"Lotten {winner} är inte den som bidragets kvittokod och e-postadress ger." in verify()[1]
