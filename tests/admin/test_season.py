"""Where the season stands, and the one thing to do next."""

import dataclasses
from itertools import product

import pytest

from app.admin.accounts.roles import ROLES, may
from app.admin.season import SeasonStatus, next_step, stages, step_for
from app.calendar.loader import read_edition
from tests.conftest import STATES, swedish


@pytest.fixture(scope="module")
def edition(filled_in):
    return read_edition(filled_in / "2026")


@pytest.fixture
def at(edition):
    """A situation at a time: at("2026-12-11", state="open")."""
    return lambda moment, **known: SeasonStatus(
        edition, swedish(moment), edition.file_contest, **({"state": "draft"} | known)
    )


@pytest.fixture
def without_contest(edition):
    hatches = {
        number: dataclasses.replace(hatch, file=hatch.file.model_copy(update={"contest": None}))
        for number, hatch in edition.hatches.items()
    }
    return dataclasses.replace(edition, hatches=hatches)


MARCH = swedish("2027-03-25 10:00")


@pytest.mark.parametrize(
    ("moment", "known", "sentence", "endpoint"),
    [
        ("2026-10-01", {"faults": 2, "musts": 3}, "Rätta felen i innehållet.", "admin.readiness"),
        ("2026-11-20", {"musts": 1}, "Ordna en sak som måste vara klart före 1 december.", "admin.readiness"),
        ("2026-11-20", {"musts": 7}, "Ordna 7 saker som måste vara klart före 1 december.", "admin.readiness"),
        ("2026-11-20", {}, "Inget måste göras. Titta gärna på kalendern som den blir.", "admin.preview"),
        ("2026-12-01", {"musts": 7}, "Inget. Tävlingen öppnar automatiskt torsdag 10 december 2026 kl. 00.00.", ""),
        (
            "2026-12-28",
            {"state": "locked", "draw_at": MARCH},
            "Slumptalet kommer torsdag 25 mars 2027",
            "",
        ),
        (
            "2026-12-28",
            {"state": "finished", "undecided": True},
            "Skriv in beslutet om gallring",
            "admin.edit_organiser",
        ),
        ("2026-12-28", {"state": "finished", "erase_at": MARCH}, "gallras automatiskt efter 25 mars 2027.", ""),
        ("2027-03-26", {"state": "finished", "erase_at": MARCH}, "Uppgifterna ska gallras.", "admin.erasure_page"),
        ("2027-03-26", {"state": "finished", "erased": True}, "uppgifterna är gallrade.", ""),
    ],
)
def test_one_thing_is_to_do_next(at, moment, known, sentence, endpoint):
    step = next_step(at(moment, **known))
    assert sentence in step.sentence
    assert step.endpoint == endpoint


@pytest.mark.parametrize(
    ("role", "moment", "known", "sentence", "endpoint"),
    [
        ("contest", "2026-11-20", {"faults": 2}, "Innehållet har fel som en redaktör", "admin.readiness"),
        ("editor", "2026-12-12", {"state": "open"}, "Den tävlingsansvariga tittar igenom svaren.", ""),
        ("contest", "2026-12-12", {"state": "open"}, "Titta igenom svaren då och då.", "admin.entries"),
        (
            "editor",
            "2026-12-21",
            {"state": "closed"},
            "Inget. Kalendern låser listan själv.",
            "",
        ),
        ("editor", "2026-12-23", {"state": "contact"}, "Den tävlingsansvariga bekräftar vinnaren", ""),
        ("contest", "2026-12-28", {"state": "finished", "undecided": True}, "Skriv in", "admin.edit_organiser"),
        ("editor", "2027-03-26", {"state": "finished", "erase_at": MARCH}, "gallras automatiskt i natt.", ""),
    ],
)
def test_next_step_is_worded_for_its_reader(at, role, moment, known, sentence, endpoint):
    step = step_for(role, at(moment, **known))
    assert sentence in step.sentence
    assert step.endpoint == endpoint


MOMENTS = ("2026-11-20", "2026-12-12", "2027-04-01")
KNOWN = ({}, {"faults": 1}, {"musts": 2}, {"undecided": True}, {"erased": True})


def test_next_step_is_open_to_reader(at):
    for case in product(ROLES, MOMENTS, KNOWN, ("", *STATES)):
        role, moment, known, state = case
        step = step_for(role, at(moment, **{"state": state} | known))
        assert step.sentence, case
        assert not step.endpoint or may(role, step.endpoint), case


def test_contest_with_rule_gaps_asks_for_them_once_hatches_open(at, edition):
    incomplete = dataclasses.replace(edition, gaps=("contest.tax",))
    step = next_step(dataclasses.replace(at("2026-12-05"), edition=incomplete))
    assert step.sentence == "Fyll i det som saknas i reglerna. Annars öppnar inte tävlingen."


def test_contest_that_never_opened_asks_for_nothing(at, edition):
    incomplete = dataclasses.replace(edition, gaps=("contest.tax",))
    step = next_step(dataclasses.replace(at("2026-12-21", state="missed"), edition=incomplete))
    assert step.sentence == "Inget. Tiden gick ut innan tävlingen kunde öppna. Det blir ingen dragning."


def test_calendar_without_contest_needs_nothing(without_contest):
    step = next_step(SeasonStatus(without_contest, swedish("2026-12-05")))
    assert (step.sentence, step.endpoint) == ("Inget. Kalendern sköter luckorna själv.", "")


@pytest.mark.parametrize(
    ("moment", "state", "current"),
    [
        ("2026-10-01", "draft", "Förbered"),
        ("2026-11-30 23:59:59", "draft", "Förbered"),
        ("2026-12-01", "draft", "Luckorna öppnar"),
        ("2026-12-10", "open", "Tävling"),
        ("2026-12-21", "closed", "Dragning"),
        ("2026-12-22", "locked", "Dragning"),
        ("2027-01-10", "contact", "Dragning"),
        ("2027-01-20", "finished", "Gallring"),
    ],
)
def test_the_season_is_in_one_place(at, moment, state, current):
    line = stages(at(moment, state=state))
    assert [stage.name for stage in line] == ["Förbered", "Luckorna öppnar", "Tävling", "Dragning", "Gallring"]
    assert [stage.name for stage in line if stage.place == "current"] == [current]
    order = [stage.place for stage in line]
    assert order == sorted(order, key=["done", "current", "ahead"].index)


def test_past_season_is_all_done(at):
    for known in ({"state": "finished", "erased": True}, {"state": "missed"}):
        assert {stage.place for stage in stages(at("2027-04-01", **known))} == {"done"}


def test_season_without_contest_ends_at_christmas(without_contest):
    assert [stage.place for stage in stages(SeasonStatus(without_contest, swedish("2026-12-05")))] == [
        "done",
        "current",
    ]
    assert [stage.place for stage in stages(SeasonStatus(without_contest, swedish("2026-12-25")))] == ["done", "done"]
