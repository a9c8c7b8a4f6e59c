"""K4 of the specification, out of the running program: entered, locked, drawn, and read over HTTP."""

import json
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from app.contest import entries, store, terms
from app.contest.forms import EntryInput
from app.contest.models import FrozenTerms
from app.contest.store import PendingEntry
from app.database import db
from app.draw import actions
from app.draw import value as draw_value
from app.spec import beacon
from tests.draw import crowds
from tests.draw.checkers import draw_verify
from tests.spec import k4

# Not in the terms that were frozen before these came.
ADDED_SINCE = ("municipalities", "handover")
LOCKED_AT = datetime.fromisoformat("2023-08-23T03:59:24+00:00")


@pytest.fixture
def contest(make_app, clock):
    """The contest of K4 in the edition 2026, and its app."""
    app = make_app(opened=False)
    with app.app_context():
        edition = app.extensions["library"].editions[2026]
        fields = edition.file_contest.model_dump(mode="json", exclude={"id", "corrections", *ADDED_SINCE})
        fields |= {
            "opens": "2023-08-10T06:00:00+00:00",
            "closes": "2023-08-20T21:59:59+00:00",
            "draw_at": "2023-08-23T15:59:24+00:00",
            "edition_title": "K4",
            "organisation": edition.file.organiser.model_dump(mode="json", include={*terms.Organisation.model_fields}),
        }
        db.session.add(
            FrozenTerms(
                contest_id=k4.CONTEST,
                year=2026,
                hatch=10,
                frozen_at=datetime.fromisoformat(fields["opens"]),
                definition=json.dumps(fields),
                rules=k4.RULES,
                terms=k4.k4_terms(),
                salt=k4.SALT,
                chain_hash=beacon.QUICKNET.hash,
                round=1000,
            )
        )
        db.session.commit()
        clock.instant = LOCKED_AT - timedelta(days=13)
        yield app, terms.frozen_in(2026)


def chance_of(code):
    """The chance that a receipt code is made from."""
    number = 0
    for character in code:
        number = number << 5 | entries.CROCKFORD.index(character)
    return (number << 6).to_bytes(entries.CODE_CHANCE, "big")


def test_k4_comes_out_of_running_program(contest, clock):
    app, frozen = contest
    assert frozen.prize_count == 1
    for minute, (code, email, answer, *_) in enumerate(k4.ENTRIES, 1):
        sent = EntryInput(entries.canonical_email(email), answer, "1441", None, f"formulär {minute}")
        [saved] = store.save_entries(
            [PendingEntry(frozen, sent, frozen.opens + timedelta(minutes=minute), chance_of(code))]
        )
        assert saved.code == code
    actions.lock_list(frozen, LOCKED_AT)
    clock.instant = frozen.round_at
    value = json.dumps({"round": 1000, "randomness": k4.RANDOMNESS, "signature": k4.SIGNATURE})
    draw_value.draw_winners(frozen, value, clock.now())
    # Among the pages of the year 2026.
    clock.set("2026-12-22 12:30")
    files = crowds.published(app.test_client())
    expected = {"tavling.txt": k4.TERMS_SUM, "regler.txt": k4.RULES_SUM, "lista.txt": k4.LIST_SUM}
    for name, checksum in (expected | {"lasbevis.txt": k4.PROOF_SUM}).items():
        assert sha256(files[name]).hexdigest() == checksum, name
    rows = files["logg.txt"].decode().splitlines()
    assert (rows[0], rows[6][:64]) == (f"{k4.FIRST_HEAD} {k4.FIRST_RECORD}", k4.SEVENTH_HEAD)
    protocol = json.loads(files["protokoll.json"])
    assert (protocol["fro"], protocol["ordning"]) == (k4.SEED, [ticket for ticket, _ in k4.RANKING])
    code, told = draw_verify(app)("--kontrollsumma", k4.PROOF_SUM)
    assert (code, told[-1]) == (0, "Allt stämmer."), told
