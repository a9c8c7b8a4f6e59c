"""A whole season with a real mail server: what each person gets, in which order, and what they can do with it."""

import re
from hashlib import sha256

import pytest

from app.contest import terms
from app.database import db
from app.draw import status
from app.draw.models import Letter
from app.operations import jobs
from app.privacy import erasure
from tests.conftest import on_sqlite, token_in

pytestmark = on_sqlite

WITNESS = "vittne@annankommun.se"


@pytest.fixture
def app(share_app, content):
    file = content / "2026" / "edition.toml"
    text = file.read_text().replace('erasure_decision = ""', 'erasure_decision = "GR 2026-117"')
    file.write_text(text.replace("[privacy]", f'witnesses = ["{WITNESS}"]\n\n[privacy]'))
    return share_app(CALENDAR_CONTENT=content)


@pytest.fixture
def run(app, clock):
    def at(text):
        clock.set(text)
        with app.app_context():
            jobs.run_round()

    return at


def plain(arrival):
    return arrival[1].get_body(("plain",)).get_content().replace("\r\n", "\n")


def link(text, label):
    return re.search(rf"{label}:\nhttp://127\.0\.0\.1:5000(\S+)", text)[1]


def test_a_season_from_opening_to_erasing(serve, app, client, clock, run, enter, organiser, postmaster):
    serve()
    organiser.post("/admin/konto/mejl", data={"token": token_in(organiser.get("/admin/konto"))})
    run("2026-12-10 00:00:00")
    people = [f"{name}@example.se" for name in ("anna", "bo", "cecilia", "dag")]
    for email in people:
        assert enter(email=email).status_code == 200
    enter(email="eva@example.se", answer="2027")
    run("2026-12-10 09:00:00")
    assert postmaster.receivers == [*people, "eva@example.se"]
    receipts = dict(zip(postmaster.receivers, map(plain, postmaster.arrived), strict=True))
    terms_sum = sha256(client.get("/2026/dragning/tavling.txt").data).hexdigest()
    assert all(terms_sum in text for text in receipts.values())
    strike = organiser.get("/admin/bidrag/2/stryk")
    done = organiser.post("/admin/bidrag/2/stryk", data={"token": token_in(strike), "reason": "anställd"})
    assert done.status_code == 303
    run("2026-12-15 09:00:00")
    assert (postmaster.receivers[-1], "Skäl: anställd." in plain(postmaster.arrived[-1])) == (people[1], True)
    before = len(postmaster.arrived)
    run("2026-12-22 00:00:00")
    locked = postmaster.arrived[before:]
    assert sorted(receivers[0] for receivers, _ in locked) == sorted([*people, "eva@example.se", WITNESS])
    proof = sha256(client.get("/2026/dragning/lasbevis.txt").data).hexdigest()
    told = {receivers[0]: plain((receivers, mail)) for receivers, mail in locked}
    assert all(proof in text for text in told.values())
    assert all(
        "Dragningen gäller bara om den här kontrollsumman nådde dig före tidpunkten." in t for t in told.values()
    )
    assert "Lotten är med i dragningen." in told[people[0]]
    assert "anställd hos arrangören" in told[people[1]]
    assert "Svaret var fel" in told["eva@example.se"]
    assert proof in client.get("/").text
    assert "6 av 6 mejl med kontrollsumman gick i väg före slumptalet, varav 1 till vittnen" in " ".join(
        client.get("/2026/dragning").text.split()
    )
    withdrawal = link(told[people[2]], "Ta tillbaka")
    assert client.post(withdrawal, data={"token": token_in(client.get(withdrawal))}).status_code == 200
    before = len(postmaster.arrived)
    run("2026-12-22 12:00:01")
    (letter,) = postmaster.arrived[before:]
    first = letter[0][0]
    assert first in (people[0], people[3])
    other = ({people[0], people[3]} - {first}).pop()
    assert "Du har vunnit" in plain(letter)
    with app.app_context():
        contest = terms.frozen_in(2026)
        assert db.session.query(Letter).count() == 1
        place = status.in_line(contest)[0].place
    page = organiser.get("/admin/dragning")
    fields = {"token": token_in(page), "place": str(place), "reason": "svarar inte"}
    assert organiser.post("/admin/dragning/ga-vidare", data=fields).status_code == 422
    clock.set("2026-12-30 00:00:00")
    page = organiser.get("/admin/dragning")
    done = organiser.post("/admin/dragning/ga-vidare", data=fields | {"token": token_in(page)})
    assert done.status_code == 303, done.text
    before = len(postmaster.arrived)
    run("2026-12-30 00:01:00")
    assert [receivers[0] for receivers, _ in postmaster.arrived[before:]] == [first, other]
    page = organiser.get("/admin/dragning")
    with app.app_context():
        second = str(status.in_line(contest)[0].place)
    confirmed = organiser.post("/admin/dragning/bekrafta", data={"token": token_in(page), "place": second})
    assert confirmed.status_code == 303
    name = {"place": second, "first_name": "Sigrid", "municipality": "1441", "consented_on": "2026-12-30"}
    page = organiser.get("/admin/dragning")
    organiser.post("/admin/dragning/namn", data=name | {"token": token_in(page), "agreed": "ja"})
    assert "Grattis Sigrid i Lerum!" in client.get("/2026/dragning").text
    names = [mail["Message-ID"] for _, mail in postmaster.arrived]
    assert len(set(names)) == len(names)
    clock.forward(days=90)
    with app.app_context():
        assert len(erasure.erase_due(clock.now())) == 1
    assert "Sigrid" not in client.get("/2026/dragning").text
    result = app.test_cli_runner().invoke(args=["draw", "verify", "--kontrollsumma", proof])
    assert result.exit_code == 2


def test_letter_refused_for_good_has_left_and_says_so(serve, app, client, clock, run, enter, postmaster, organiser):
    serve()
    enter(email="anna@example.se")
    run("2026-12-22 00:00:00")
    postmaster.script["RCPT"] = ["550 ingen sådan"]
    run("2026-12-22 12:00:01")
    with app.app_context():
        assert db.session.query(Letter).one().refused
    assert "Mejlet kunde inte lämnas" in organiser.get("/admin/dragning").text
