"""The next in line is tried and the tries are on record; a winner's name is shown only with their consent."""

import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.audit.records import AuditRecord
from app.contest.models import Entry
from app.database import db, write
from app.draw import verdicts, winners
from app.draw.conduct import ActRefused
from app.draw.models import Contact, Rank, Verdict, WinnerName
from app.draw.standing import standing
from app.draw.winners import Named
from tests.conftest import on_sqlite, swedish

DRAWN = swedish("2026-12-22 12:01")
YES = date(2026, 12, 23)
LATER = swedish("2026-12-30 09:00")


@pytest.fixture
def cast(accept):
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")


@pytest.fixture
def drawn(cast, reach, inside):
    reach("drawn")


@pytest.fixture
def won(drawn, contest):
    verdicts.confirm(contest, 1, DRAWN)


def everything():
    return [db.session.execute(sa.select(each.__table__)).all() for each in (Contact, Verdict, WinnerName, AuditRecord)]


def refused(act):
    before = everything()
    with pytest.raises(ActRefused) as refusal:
        act()
    db.session.rollback()
    assert everything() == before
    return str(refusal.value)


def reach_for(contest, place=1, how="e-post", at=DRAWN, now=None):
    winners.try_to_reach(contest, place, how, at, 7, now or at)


def publish(contest, place=1, name="Anna", where="1441", on=YES, now=LATER):
    winners.publish(contest, place, Named(name, where, on), now)


def last_record():
    query = sa.select(AuditRecord.body).order_by(AuditRecord.number.desc()).limit(1)
    return json.loads(db.session.scalar(query))


def test_an_attempt_is_on_record_without_name_or_address(drawn, contest):
    reach_for(contest)
    record = last_record()
    assert {key: record[key] for key in ("typ", "plats", "forsok", "satt", "forsokt")} == {
        "typ": "kontakt",
        "plats": 1,
        "forsok": 1,
        "satt": "e-post",
        "forsokt": "2026-12-22T11:01:00Z",
    }
    kept = db.session.scalars(sa.select(Contact)).one()
    assert (kept.how, kept.recorded_by, kept.tried_at) == ("e-post", 7, DRAWN)


def test_only_the_next_in_line_is_tried(drawn, contest):
    assert refused(lambda: reach_for(contest, place=2)) == "Plats 2 är redan avgjord. Nu gäller det plats 1."


def test_nobody_is_tried_before_the_draw(cast, reach, inside, contest):
    reach("locked")
    assert refused(lambda: reach_for(contest)).startswith("Det finns ingen mer att ta ställning till")


@on_sqlite
@pytest.mark.parametrize("span", [timedelta(minutes=1), timedelta(days=-1)])
def test_an_attempt_is_neither_before_the_draw_nor_to_come(drawn, contest, span):
    sentence = refused(lambda: reach_for(contest, at=DRAWN + span, now=DRAWN))
    assert sentence == "Tiden ska ligga efter dragningen, och inte i framtiden."


@on_sqlite
def test_an_attempt_is_made_in_a_way_of_the_list(drawn, contest):
    assert refused(lambda: reach_for(contest, how="brevduva")) == "Välj ett av sätten i listan."


def test_the_same_attempt_is_recorded_once(drawn, contest):
    reach_for(contest)
    assert refused(lambda: reach_for(contest)) == "Försöket är redan antecknat."


def test_nobody_is_passed_over_as_silent_before_a_week_with_two_attempts(drawn, contest):
    def skip(now):
        return lambda: verdicts.skip(contest, 1, "svarar inte", now)

    assert refused(skip(LATER)).endswith("Inget försök är antecknat.")
    reach_for(contest)
    reach_for(contest, how="telefon", at=DRAWN + timedelta(hours=2))
    assert refused(skip(LATER)).endswith("Försök är antecknade för en dag.")
    reach_for(contest, at=DRAWN + timedelta(days=3))
    assert refused(skip(DRAWN + timedelta(days=6))).endswith("tidigast 29 december.")
    skip(LATER)()
    assert standing(contest, LATER).outcomes[0].skipped == "svarar inte"


@on_sqlite
@pytest.mark.parametrize("reason", ["tackar nej", "inte behörig", "återkallad"])
def test_for_the_other_reasons_nobody_has_to_wait(drawn, contest, reason):
    verdicts.skip(contest, 1, reason, DRAWN)
    assert standing(contest, DRAWN).outcomes[0].skipped == reason


def test_attempts_for_one_place_do_not_count_for_the_next(drawn, contest):
    reach_for(contest)
    reach_for(contest, at=DRAWN + timedelta(days=3))
    verdicts.skip(contest, 1, "svarar inte", LATER)
    assert refused(lambda: verdicts.skip(contest, 2, "svarar inte", LATER)).endswith("Inget försök är antecknat.")


def test_a_winner_who_agreed_is_named(won, contest):
    publish(contest)
    named = winners.names(contest.id)[1]
    assert (named.first_name, named.municipality, named.consented_on) == ("Anna", "1441", YES)


def test_the_record_never_holds_a_name(won, contest):
    publish(contest, name="Annabella")
    shown = last_record()
    winners.withdraw(contest, 1, LATER)
    for record, kind in ((shown, "namn-visat"), (last_record(), "namn-borttaget")):
        assert record["typ"] == kind
        assert set(record) <= {"nr", "tid", "typ", "plats", "ja"}


def test_a_name_that_was_withdrawn_is_gone(won, contest):
    publish(contest)
    winners.withdraw(contest, 1, LATER)
    assert winners.names(contest.id) == {}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WinnerName)) == 0
    assert refused(lambda: winners.withdraw(contest, 1, LATER)) == "Det finns inget publicerat namn att ta bort."


def test_only_a_confirmed_winner_is_named(drawn, contest):
    only = "Bara den som är bekräftad som vinnare kan få sitt namn publicerat."
    assert refused(lambda: publish(contest)) == only
    verdicts.skip(contest, 1, "tackar nej", DRAWN)
    assert refused(lambda: publish(contest)) == only


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Skriv vinnarens förnamn, med högst 60 tecken."),
        ({"name": "A" * 61}, "Skriv vinnarens förnamn, med högst 60 tecken."),
        ({"where": "vill-inte-uppge"}, "Välj en kommun i listan."),
        ({"where": "Lerum"}, "Välj en kommun i listan."),
        ({"on": date(2026, 12, 21)}, "Dagen ska ligga efter dragningen, och inte i framtiden."),
        ({"on": date(2026, 12, 31)}, "Dagen ska ligga efter dragningen, och inte i framtiden."),
    ],
)
def test_a_name_that_will_not_do_is_refused(won, contest, wrong, sentence):
    assert refused(lambda: publish(contest, **wrong)) == sentence


def test_a_name_is_published_once(won, contest):
    publish(contest)
    again = refused(lambda: publish(contest, name="Bo"))
    assert again == "Namnet är redan publicerat. Ta bort det först om det är fel."


def test_all_names_of_a_contest_are_forgotten_at_once(won, contest):
    publish(contest)
    write()
    assert winners.forget("en-annan") == 0
    assert winners.forget(contest.id) == 1
    db.session.commit()
    assert winners.names(contest.id) == {}


ONE_PERSON = ["a.n.n.a+jul@gmail.com", "anna@googlemail.com", "an.na@gmail.com", "anna+2@gmail.com"]


def test_one_person_never_wins_twice_however_the_address_is_written(accept, reach, inside, contest):
    for address in (*ONE_PERSON, "bo@example.se"):
        accept(address)
    reach("drawn")
    keys = db.session.scalars(sa.select(Entry.duplicate_key).join(Rank, Rank.ticket == Entry.ticket)).all()
    assert sorted(keys) == ["anna@gmail.com", "bo@example.se"]
