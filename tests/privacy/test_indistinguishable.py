"""Nobody learns from bytes or time whether an address has entered, or which half of a guess was wrong.

Times are noisy, so they are taken in pairs whose order is drawn by lot, each pair within some milliseconds: whatever
slows the machine down slows both. Two kinds of answer are told apart when the median difference within the pairs is
both larger than chance makes it (less than once in a thousand when signs are flipped at random) and GROSS. The second
condition keeps the test still on a busy machine, and is what matters: over a network nobody sees less than that.
"""

import random
import re
import statistics
from time import perf_counter

import pytest

from tests.conftest import ENTRY_URL, configured, filled, on_sqlite, token_in
from tests.privacy.conftest import OWN

PAIRS = 80
FLIPS = 2000
# Of the median time. To hash a password, or ask one more server, is several times as much.
GROSS = 0.25


def told_apart(pairs: list[tuple[float, float]]) -> bool:
    """Whether the times of two kinds, taken in pairs, differ by more than chance and grossly."""
    differences = [one - other for one, other in pairs]
    seen = abs(statistics.median(differences))
    lots = random.Random(20261201)  # noqa: S311 – the same lots each time, so that the test cannot waver
    by_chance = sum(
        abs(statistics.median([each * lots.choice((1, -1)) for each in differences])) >= seen for _ in range(FLIPS)
    )
    usual = statistics.median([time for pair in pairs for time in pair])
    return by_chance / FLIPS < 0.001 and seen > GROSS * usual


@pytest.fixture
def times(client):
    """Post two kinds of forms again and again, in an order drawn by lot: pairs of times, and the answers."""

    def take(address, one, other):
        lots = random.Random(7)  # noqa: S311
        taken, answers = [], []
        for number in range(PAIRS):
            pair = {kind: make(number) for kind, make in ((0, one), (1, other))}
            found = {}
            for kind in lots.sample((0, 1), 2):
                start = perf_counter()
                answer = client.post(address, data=pair[kind])
                found[kind] = perf_counter() - start, answer
            taken.append((found[0][0], found[1][0]))
            answers.append((found[0][1], found[1][1]))
        return taken, answers

    return take


def same_bytes(answers, hidden):
    """Whether the answers of every pair are the same bytes, but for what `hidden` finds."""
    return all(re.sub(hidden, "…", one.text) == re.sub(hidden, "…", other.text) for one, other in answers)


def test_comparison_sees_only_gross_differences():
    lots = random.Random(1)  # noqa: S311

    def pairs(slower):
        return [(lots.gauss(10, 3), lots.gauss(10, 3) * slower + lots.choice((0, 0, 0, 40))) for _ in range(PAIRS)]

    assert [told_apart(pairs(slower)) for slower in (1, 1.02, 2)] == [False, False, True]


@on_sqlite
@configured(ENTRY_LIMIT="100000 per hour")
def test_repeated_address_looks_like_a_new_one(app, client, clock, accept, times):
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    for number in range(PAIRS):
        accept(f"gamm{number:03}@example.se")

    def entering(name):
        def fields(number):
            token = token_in(client.get(ENTRY_URL))
            if name == "nyny":
                clock.forward(seconds=3)
            return filled(email=f"{name}{number:03}@example.se", token=token)

        return fields

    # The new one is made second, so that both tokens are old enough when the first of them is sent.
    taken, answers = times(ENTRY_URL, entering("gamm"), entering("nyny"))
    assert {answer.status_code for pair in answers for answer in pair} == {200}
    assert same_bytes(answers, r"\w+@example\.se")
    assert {len({len(answer.data) for answer in pair}) for pair in answers} == {1}
    assert {len({str(answer.headers) for answer in pair}) for pair in answers} == {1}
    assert not told_apart(taken)


@on_sqlite
@pytest.mark.parametrize("other", ["an unknown address", "another's code", "both unknown", "a code that is none"])
def test_wrong_code_cannot_be_told_from_any_other_wrong_guess(client, accept, times, other, monkeypatch):
    monkeypatch.setattr("app.privacy.views.check_and_hit", lambda *_, **__: None)
    anna, bo = accept("anna000@example.se"), accept("bobo000@example.se")
    guesses = {
        "a wrong code": ("7" * 26, "anna000@example.se"),
        "an unknown address": (anna.code, "ingen00@example.se"),
        "another's code": (bo.code, "anna000@example.se"),
        "both unknown": ("7" * 26, "ingen00@example.se"),
        "a code that is none": ("?" * 26, "anna000@example.se"),
    }

    def guessing(kind):
        code, address = guesses[kind]
        return lambda _: {"token": token_in(client.get(OWN)), "code": code, "email": address}

    taken, answers = times(OWN, guessing("a wrong code"), guessing(other))
    assert {answer.status_code for pair in answers for answer in pair} == {422}
    typed = "|".join(re.escape(each) for guess in guesses.values() for each in guess)
    assert same_bytes(answers, rf'value="(?:{typed})"|name="token" value="[^"]+"')
    assert {len({len(answer.data) for answer in pair}) for pair in answers} == {1}
    assert {len({str(answer.headers) for answer in pair}) for pair in answers} == {1}
    assert not told_apart(taken)
