"""The order of the tickets, from a seed. The values are K4 and K5 of the specification."""

from collections import Counter
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw import selection
from app.draw.selection import rank_key, seed
from tests.oracles import ranking

PROOF = "153597c4a4f3fc79297e212643d93b3028326ce2f7a647f5ee8ee12d5a43fd70"
ENTROPY = "drand-quicknet:1000:fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
ANNA = "be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea"
BO = "bae73b8b1817b6123fb9348109b6b169e7a69210de00fcb096d730f8fe881279"
CECILIA = "e4fa6f2b852ea1ec941f110611cf557f54256171571715956f9d0e52cde37e0e"
DAVID = "cbb0e1a6d99ae63c5c2e0d5be31eaf285288ce5d49da9e74d1590627d5ffec49"
EVA = "09cf900ee82e5400daa022a85e4c6d50f9bb0d06f146ea532e3af6c455721b47"
EVERYONE = [BO, DAVID, ANNA, CECILIA, EVA]

SEEDS = st.binary(min_size=32, max_size=32)
TICKETS = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), unique=True, max_size=20)


def test_the_seed_of_a_drand_draw_is_as_the_specification_has_it():
    assert seed(PROOF, ENTROPY).hex() == "0ce1e7d0e79f8cf81ecb12fefe7f26352c8e25a7eeaa0222fbafe561e126313d"


def test_the_ranking_of_a_drand_draw_is_as_the_specification_has_it():
    assert ranking(seed(PROOF, ENTROPY), EVERYONE) == [
        ("3babb128b184815b1934a286c00b61ffed2320fc06a6a0278297cadb746488a3", ANNA),
        ("915a93838497793e70f65858f09b33772b7098062940a6ab8fa34240b3cb52ef", EVA),
        ("96d20fead7d72688e3e20fff0d257e45bb8b4fb6668f01ef8c0dd93b8abbfaf0", BO),
        ("e4c2d4987ec8a3076a6d91e9b0cab5d2c8ba62171128c0d6759d54a886c81c4a", DAVID),
        ("fc5ad1d86cc7210ab8c210e0c88129fc27c1c7f770fe5ca9021839e986af549d", CECILIA),
    ]


def test_the_order_of_a_lotto_draw_is_as_the_specification_has_it():
    proof = "3a3bb63ecca9ea1bdec7c20bfb614952ac73a7b8f8e1b627bee7e3f035005b73"
    lotto_seed = seed(proof, "svenskaspel-lotto1:2023-08-26:3.8.11.19.22.27.34./1.5.30.31./")
    assert lotto_seed.hex() == "0b9571b573a7c4054e101821c5dac1bf9bc575343c56a088c5685159645e3906"
    order = [(key[:8], ticket) for key, ticket in ranking(lotto_seed, EVERYONE)]
    assert order == [
        ("61f19d95", CECILIA),
        ("68bdff8c", BO),
        ("6d64e592", DAVID),
        ("e8da8a2e", ANNA),
        ("f2409360", EVA),
    ]


def test_tickets_with_equal_keys_stand_in_the_order_of_the_tickets(monkeypatch):
    monkeypatch.setattr(selection, "rank_key", lambda seed, ticket: b"same")
    assert [ticket for _, ticket in ranking(b"", EVERYONE)] == sorted(EVERYONE)


def test_nobody_wins_when_nobody_is_in():
    assert ranking(seed(PROOF, ENTROPY), []) == []


@settings(deadline=None)
@given(SEEDS, TICKETS, st.data())
def test_taking_a_ticket_away_never_changes_the_order_of_the_others(fixed, tickets, data):
    removed = set(data.draw(st.lists(st.sampled_from(tickets)) if tickets else st.just([])))
    before = [place for place in ranking(fixed, tickets) if place[1] not in removed]
    assert ranking(fixed, [ticket for ticket in tickets if ticket not in removed]) == before


@settings(deadline=None)
@given(SEEDS, TICKETS, st.randoms(use_true_random=False))
def test_the_order_in_which_tickets_are_read_changes_nothing(fixed, tickets, chance):
    shuffled = chance.sample(tickets, len(tickets))
    assert ranking(fixed, shuffled) == ranking(fixed, tickets)


@settings(deadline=None)
@given(SEEDS, TICKETS)
def test_every_ticket_has_one_place_and_the_lowest_key_is_first(fixed, tickets):
    places = ranking(fixed, tickets)
    assert sorted(ticket for _, ticket in places) == sorted(tickets)
    assert [key for key, _ in places] == sorted(rank_key(fixed, ticket).hex() for ticket in tickets)


def test_no_ticket_is_favoured_in_forty_thousand_draws():
    tickets = [sha256(b"lott %d" % number).hexdigest() for number in range(20)]
    seeds = (seed(PROOF, f"drand-quicknet:{number}:-") for number in range(40_000))
    wins = Counter(min(tickets, key=lambda ticket: rank_key(each, ticket)) for each in seeds)
    expected = 40_000 / 20
    assert sum((wins[ticket] - expected) ** 2 / expected for ticket in tickets) < 43.8  # 0.999, 19 degrees of freedom


def test_all_orders_of_three_tickets_come_equally_often():
    tickets = [sha256(b"lott %d" % number).hexdigest() for number in range(3)]
    seeds = (seed(PROOF, f"drand-quicknet:{number}:-") for number in range(12_000))
    orders = Counter(tuple(ticket for _, ticket in ranking(each, tickets)) for each in seeds)
    assert len(orders) == 6
    assert sum((count - 2000) ** 2 / 2000 for count in orders.values()) < 20.5  # 0.999, 5 degrees of freedom
