"""protokoll.json: everything about a draw that anyone needs to recompute it, as one record. Reads nothing itself."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from app.audit.chain import stamp
from app.calendar.schema import REHEARSED
from app.contest.models import RulesVersion
from app.draw.models import Anchor, Drawn, Lock, Rank
from app.draw.standing import Outcome


def record(lock: Lock, drawn: Drawn | None, ranking: Iterable[Rank], outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """The protocol as a JSON object; before the draw it has the låsbevis only."""
    protocol: dict[str, Any] = {
        "format": "oppen-dragning/v1/protokoll",
        "tavling": lock.contest_id,
        "lasbevis": lock.proof,
        "lasbevis_sha256": lock.proof_sha256,
    }
    if drawn is None:
        return protocol
    return protocol | {
        "varde": {"runda": lock.round, "signatur": drawn.signature, "slumptal": drawn.randomness},
        "entropi": drawn.entropy,
        "fro": drawn.seed,
        "dragen": stamp(drawn.drawn_at),
        "rangordning": [{"plats": rank.place, "lott": rank.ticket, "nyckel": rank.key} for rank in ranking],
        "utfall": [
            {
                "plats": outcome.place,
                "lott": outcome.ticket,
                "utfall": "förbigången" if outcome.skipped else "vinnare",
                "tid": stamp(outcome.decided_at),
            }
            | ({"skal": outcome.skipped} if outcome.skipped else {})
            for outcome in outcomes
        ],
    }


def witnesses(contest_id: str, anchors: Iterable[Anchor], approved: Iterable[tuple[str, int | None]]) -> dict[str, Any]:
    """What the protocol adds about who can vouch for the draw: copies elsewhere, and a second organiser."""
    found: dict[str, Any] = {
        "forankringar": [
            {
                "mottagare": anchor.recipient,
                "skickad": stamp(anchor.sent_at),
                "referens": anchor.reference,
                "antecknad": stamp(anchor.recorded_at),
            }
            for anchor in anchors
        ],
        "godkant_av_tva": [{"akt": act} | ({"plats": place} if place else {}) for act, place in approved],
    }
    return {"ovning": "Det här är en övning."} | found if contest_id.startswith(REHEARSED) else found


def rules_history(versions: Iterable[RulesVersion]) -> dict[str, Any]:
    """What the protocol says of the rules: each version with its checksum, from when on it was in force."""
    return {
        "regler": [
            {"version": each.number, "sha256": each.sha256, "galler_fran": stamp(each.in_force_at)} for each in versions
        ]
    }


def text(protocol: dict[str, Any], ranking: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    """The protocol as the file's text, in parts; `ranking` (place, ticket, key) goes where the record has none yet.

    The bytes are those of json.dumps with the ranking in its place, which is never in memory.
    """
    before, gap, after = json.dumps(protocol, ensure_ascii=False, indent=1).partition(' "rangordning": []')
    yield before
    if gap:
        yield ' "rangordning": ['
        between = "\n"
        for place, ticket, key in ranking:
            yield f'{between}  {{\n   "plats": {place},\n   "lott": "{ticket}",\n   "nyckel": "{key}"\n  }}'
            between = ",\n"
        yield "]" if between == "\n" else "\n ]"
    yield f"{after}\n"
