"""The order of the tickets from a seed: K4 of Öppen dragning v2, and what can and cannot move it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.spec import selection
from app.spec.selection import make_seed, order_tickets
from tests.oracles import ranking
from tests.spec import k4

ENTROPY = selection.entropy_string("drand-quicknet", 1000, k4.RANDOMNESS)
SEEDS = st.binary(min_size=32, max_size=32)
TICKETS = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), unique=True, max_size=20)


def test_seed_is_that_of_specification():
    assert f"drand-quicknet:1000:{k4.RANDOMNESS}" == ENTROPY
    assert make_seed(k4.PROOF_SUM, ENTROPY).hex() == k4.SEED


def test_ranking_is_that_of_specification():
    seed = bytes.fromhex(k4.SEED)
    counted = [ticket for *_, ticket, counts in k4.ENTRIES if counts]
    assert [*order_tickets(seed, counted)] == [ticket for ticket, _ in k4.RANKING]
    assert [(ticket, key) for key, ticket in ranking(seed, counted)] == [*k4.RANKING]


def test_without_entries_there_is_no_winner():
    assert [*order_tickets(bytes(32), [])] == []


@given(SEEDS, TICKETS, st.data())
def test_removing_one_keeps_the_others_order(seed, tickets, data):
    gone = data.draw(st.sets(st.sampled_from(tickets))) if tickets else set()
    left = [ticket for ticket in tickets if ticket not in gone]
    assert [*order_tickets(seed, left)] == [ticket for ticket in order_tickets(seed, tickets) if ticket not in gone]


@given(SEEDS, TICKETS, st.randoms())
def test_order_they_come_in_changes_nothing(seed, tickets, chance):
    shuffled = tickets.copy()
    chance.shuffle(shuffled)
    assert [*order_tickets(seed, shuffled)] == [*order_tickets(seed, tickets)]


@given(SEEDS, TICKETS)
def test_order_is_that_of_keys(seed, tickets):
    assert [*order_tickets(seed, tickets)] == [ticket for _, ticket in ranking(seed, tickets)]


def test_equal_keys_let_lower_ticket_win(monkeypatch):
    monkeypatch.setattr(selection.hmac, "digest", lambda *_: bytes(32))
    low, high = "00" * 32, "ff" * 32
    assert [*order_tickets(bytes(32), [high, low])] == [low, high]


@given(st.integers(0, 255), st.integers(0, 63))
def test_one_flipped_bit_of_proof_or_value_is_another_seed(bit, place):
    flipped = f"{int(k4.PROOF_SUM, 16) ^ 1 << bit:064x}"
    assert make_seed(flipped, ENTROPY).hex() != k4.SEED
    other = k4.RANDOMNESS[:place] + f"{int(k4.RANDOMNESS[place], 16) ^ 1:x}" + k4.RANDOMNESS[place + 1 :]
    assert make_seed(k4.PROOF_SUM, f"drand-quicknet:1000:{other}").hex() != k4.SEED


@settings(max_examples=1, deadline=None)
@given(SEEDS)
def test_tickets_are_read_once_and_need_not_be_a_list(seed):
    tickets = (f"{number:064x}" for number in range(20_000))
    order = [*order_tickets(seed, tickets)]
    assert len({*order}) == 20_000
    assert order == [ticket for _, ticket in ranking(seed, order)]
