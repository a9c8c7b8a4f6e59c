"""Participants who want more than one ticket, to know who else has one, or to choose theirs (rows 9 to 12)."""

import re
from urllib.parse import unquote

import pytest

from tests.conftest import ENTRY_URL, configured, filled
from tests.draw.attacks.outsider import PAGE, lines_hash, tickets_in, words

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
