"""Asks the relays of the beacon for the value of a round, in turn; none of them is trusted, each only saves a paste."""

import json
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.calendar.schema import Contest
from app.database import db
from app.draw import beacon, conduct, rehearsal
from app.draw.conduct import ActRefused
from app.draw.models import Lock

PATIENCE = 3.0
"""Seconds that one relay gets."""


class NoAnswer(Exception):
    """No relay gave a genuine value."""


class _NoRedirects(HTTPRedirectHandler):
    """A relay answers itself or not at all."""

    def redirect_request(self, *_args: Any, **_values: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def addresses(relays: Iterable[str], chain_hash: str, number: int) -> list[str]:
    """Where a round can be read, at each relay."""
    return [f"{relay}/{chain_hash}/public/{number}" for relay in relays]


def ask(relays: Iterable[str], chain: beacon.Chain, number: int, patience: float = PATIENCE) -> str:
    """The first genuine answer for a round of the chain, as the relay wrote it. Raises NoAnswer."""
    for address in addresses(relays, chain.hash, number):
        try:
            answer = _read(address, patience)
            beacon.verified(chain, number, answer)
        except (OSError, HTTPException, ValueError, beacon.BeaconError):
            continue
        return answer
    raise NoAnswer


def _read(address: str, patience: float) -> str:
    """The body of an answer, no longer than a value can be. Raises OSError, HTTPException or ValueError."""
    end = time.monotonic() + patience
    body = b""
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 – the setting allows https only
    with _opener.open(request, timeout=patience) as response:
        while part := response.read1(beacon.LARGEST_PASTE):
            body += part
            if len(body) > beacon.LARGEST_PASTE or time.monotonic() > end:
                raise ValueError("too long an answer, or too slow a relay")
    return body.decode()


def fetch(contest: Contest, relays: Sequence[str], chain: beacon.Chain, now: datetime) -> None:
    """Makes the draw with the value that a relay gives. Raises ActRefused."""
    locked = db.session.get(Lock, contest.id)
    if locked is None or now < locked.draw_at:
        # Nothing to ask for yet; the act says why.
        conduct.draw(contest, json.dumps({}), chain, now)
        return
    number = locked.round
    db.session.rollback()
    if chain == rehearsal.CHAIN:
        conduct.draw(contest, rehearsal.relay_answer(number), chain, now)
        return
    try:
        answer = ask(relays, chain, number)
    except NoAnswer:
        raise ActRefused(
            "Ingen av källorna gav slumptalet just nu. Vänta en minut och försök igen, "
            "eller öppna en av länkarna, kopiera hela svaret och klistra in det här."
        ) from None
    conduct.draw(contest, answer, chain, now)
