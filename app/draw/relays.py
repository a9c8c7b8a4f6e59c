"""Asks the relays of the beacon, in turn; none of them is trusted, each only saves a paste."""

import time
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.spec import beacon
from app.spec.beacon import Chain

# Seconds that one relay gets.
PATIENCE = 3.0


class NoAnswer(Exception):
    """No relay gave a genuine value."""


class _NoRedirects(HTTPRedirectHandler):
    """A relay answers itself or not at all."""

    def redirect_request(self, *_args: Any, **_values: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def addresses(relays: Iterable[str], chain: Chain, number: int | str) -> list[str]:
    """Return where a round can be read, at each relay."""
    return [f"{relay}/{chain.hash}/public/{number}" for relay in relays]


def ask(relays: Iterable[str], chain: Chain, number: int, patience: float = PATIENCE) -> str:
    """Return the first genuine answer for a round of the chain, as the relay wrote it. Raises NoAnswer."""
    for answer in _answers(addresses(relays, chain, number), patience):
        try:
            beacon.verify(chain, number, answer)
        except beacon.BeaconError:
            continue
        return answer
    raise NoAnswer


def newest_round(relays: Iterable[str], chain: Chain, patience: float = PATIENCE) -> int:
    """Return the newest round that a relay shows with a genuine signature; 0 when none does.

    A lying relay could otherwise have a draw cancelled.
    """
    newest = 0
    for answer in _answers(addresses(relays, chain, "latest"), patience):
        try:
            newest = max(newest, beacon.verify_any(chain, answer).round)
        except beacon.BeaconError:
            continue
    return newest


def _answers(asked: Iterable[str], patience: float) -> Iterator[str]:
    """Give what each relay answers, those that do."""
    for address in asked:
        try:
            yield _read(address, patience)
        except (OSError, HTTPException, ValueError):
            continue


def _read(address: str, patience: float) -> str:
    """Return the body of an answer, no longer than a value can be. Raises OSError, HTTPException or ValueError."""
    end = time.monotonic() + patience
    body = b""
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 – the setting allows https only
    with _opener.open(request, timeout=patience) as response:
        while part := response.read1(beacon.LARGEST_PASTE):
            body += part
            if len(body) > beacon.LARGEST_PASTE or time.monotonic() > end:
                raise ValueError("too long an answer, or too slow a relay")
    return body.decode()
