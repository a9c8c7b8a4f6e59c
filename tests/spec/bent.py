"""Published files of K4 that are not right, each bent in one way: what every verifier must tell."""

import json
from collections.abc import Callable
from dataclasses import replace

from app.spec.lines import checksum
from app.spec.record import Skip, Winner
from tests.spec import k4

Files = dict[str, bytes]
SIGNATURE_1001 = "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41"
DECLINED = Skip(1, "tackar nej", "2023-08-24T08:00:00Z", "2023-08-23T16:00:05Z")
WON = Winner(2, k4.BO, "2023-08-25T08:00:00Z")
WEEK = 201_600
# tidpunkt of round 1000 + 201,600, one week later, and of round 1001
WEEK_LATER, ROUND_1001 = "2023-08-30T15:59:24Z", "2023-08-23T15:59:27Z"


def in_files(name: str, old: str, new: str) -> Files:
    """One file says something else; the protocol still has it as it was."""
    files = k4.k4_files()
    assert old.encode() in files[name]
    return files | {name: files[name].replace(old.encode(), new.encode(), 1)}


def in_both(name: str, old: str, new: str) -> Files:
    """One file says something else, and the protocol agrees with it."""
    return k4.with_protocol(in_files(name, old, new), k4.k4_result())


def in_protocol(change: Callable[[dict[str, object]], object]) -> Files:
    protocol = json.loads(k4.k4_files()["protokoll.json"])
    change(protocol)
    return k4.k4_files() | {"protokoll.json": json.dumps(protocol, ensure_ascii=False).encode()}


def redrawn(*args: object, **values: object) -> Files:
    return k4.redrawn(*args, **values)[0]  # type: ignore[arg-type]


def outcomes(skips: list[Skip], winners: list[Winner]) -> Files:
    """Other outcomes, in the protocol and in the log."""
    acts = [*k4.ACTS[:2]]
    acts += [(skip.tid, "forbigangen", {"plats": skip.plats, "skal": skip.skal}) for skip in skips]
    acts += [(won.tid, "vinnare", {"plats": won.plats}) for won in winners]
    files = k4.k4_files() | {"logg.txt": k4.k4_log(acts).encode()}
    return k4.with_protocol(files, k4.k4_result(forbigangna=skips, vinnare=winners))


def log_of(*acts: tuple[str, str, dict[str, str | int]]) -> Files:
    return k4.k4_files() | {"logg.txt": k4.k4_log(acts).encode()}


ANNA_SUM = "8463be975c196cea01f56444bb8b0677476b3d7ed288a29f148747a71dc983de"
BENT: dict[str, Files] = {
    "terms changed": in_files("tavling.txt", "vinster: 1", "vinster: 2"),
    "terms changed everywhere": in_both("tavling.txt", "vinster: 1", "vinster: 2"),
    "closing moved everywhere": in_both("tavling.txt", "stanger: 2023-08-20", "stanger: 2023-08-21"),
    "rules changed": in_files("regler.txt", "Test", "Fest"),
    "rules changed everywhere": in_both("regler.txt", "Test", "Fest"),
    "ticket struck": in_files("lista.txt", f"{k4.EVA} med", f"{k4.EVA} struken"),
    "ticket struck everywhere": in_both("lista.txt", f"{k4.EVA} med", f"{k4.EVA} struken"),
    "ticket removed everywhere": in_both("lista.txt", f"{k4.EVA} med\n", ""),
    "list of another contest": in_both("lista.txt", "mjk-test-2026", "mjk-test-2027"),
    "list not sorted": in_both("lista.txt", "", f"{k4.EVA} med\n"),
    "right answer changed": in_both("lasbevis.txt", "svar: 2030", "svar: 2027"),
    "salt changed": in_both("lasbevis.txt", "salt: 00", "salt: 01"),
    "locked earlier": in_both("lasbevis.txt", "last: 2023-08-23T03", "last: 2023-08-23T02"),
    "answer of the låsbevis is not the sealed one": redrawn({"svar": "2027"}),
    "counts of the låsbevis are not the list's": redrawn({"antal_med": 6, "antal_strukna": 1}),
    "list of the låsbevis is another": redrawn({"lista_sha256": "0" * 64}),
    "terms of the låsbevis are others": redrawn({"tavling_sha256": "0" * 64}),
    "låsbevis of another contest": redrawn({"tavling": "mjk-test-2027"}),
    "round moved by a day": redrawn({"runda": 1000 + WEEK // 7, "tidpunkt": "2023-08-24T15:59:24Z"}),
    "round before that of the terms": redrawn({}, {"runda": 1001, "tidpunkt": ROUND_1001}),
    "round moved five weeks": redrawn(
        {"runda": 1000 + 5 * WEEK, "tidpunkt": "2023-09-27T15:59:24Z", "last": "2023-09-27T03:59:24Z"}
    ),
    "time is not the round's": redrawn({"tidpunkt": ROUND_1001}),
    "time of the terms is not the round's": redrawn({}, {"tidpunkt": ROUND_1001}),
    "locked 119 seconds before": redrawn({"last": "2023-08-23T15:57:25Z"}),
    "locked after the value": redrawn({"last": "2023-08-23T15:59:25Z"}),
    "locked before closing": redrawn({"last": "2023-08-20T21:59:58Z"}),
    "opened after closing": redrawn({}, {"oppnar": "2023-08-21T06:00:00Z"}),
    "chain unknown": redrawn({}, {"kedja": "0" * 64}),
    "source unknown": redrawn({}, {"kalla": "min-egen-kedja"}),
    "log of the låsbevis is another": redrawn({"logg": f"7 {'0' * 64}"}),
    "log of the låsbevis is shorter": redrawn({"logg": f"6 {k4.k4_records()[5][0]}"}),
    "log changed": in_files("logg.txt", "06:03:00Z", "06:03:01Z"),
    "log cut": k4.k4_files() | {"logg.txt": k4.k4_log()[:-1].encode()},
    "log without the locking": log_of(),
    "log with another låsbevis": log_of((k4.ACTS[0][0], "last", {"lasbevis": "0" * 64}), *k4.ACTS[1:]),
    "log with an entry after the locking": log_of(*k4.ACTS, ("2023-08-26T00:00:00Z", "bidrag", {"kvitto": ANNA_SUM})),
    "log without the draw": log_of(k4.ACTS[0]),
    "log with another seed": log_of(
        k4.ACTS[0], (k4.ACTS[1][0], "dragen", {"runda": 1000, "slumptal": k4.RANDOMNESS, "fro": "0" * 64})
    ),
    "signature of the round after": in_protocol(
        lambda found: found.update(signatur=SIGNATURE_1001, slumptal=checksum([SIGNATURE_1001]))
    ),
    "randomness is not the signature's": in_protocol(lambda found: found.update(slumptal="0" * 64)),
    "seed is another": in_protocol(lambda found: found.update(fro="0" * 64)),
    "order reversed": in_protocol(lambda found: found["ordning"].reverse()),  # type: ignore[attr-defined]
    "order shorter": in_protocol(lambda found: found["ordning"].pop()),  # type: ignore[attr-defined]
    "order has a struck ticket": in_protocol(
        lambda found: found["ordning"].append(k4.ENTRIES[6][3])  # type: ignore[attr-defined]
    ),
    "protocol lacks a part": in_protocol(lambda found: found.pop("vinnare")),
    "protocol has strange outcomes": in_protocol(lambda found: found.update(vinnare=[5])),
    "winner has another's ticket": outcomes([DECLINED], [replace(WON, lott=k4.EVA)]),
    "winner out of turn": outcomes([], [WON]),
    "winner beyond the list": outcomes([], [replace(WON, plats=6)]),
    "two winners of one prize": outcomes([], [replace(WON, plats=1, lott=k4.EVA), WON]),
    "passed over and winner": outcomes([DECLINED], [replace(WON, plats=1, lott=k4.EVA)]),
    "passed over twice": outcomes([DECLINED, DECLINED], [WON]),
    "winner before the value": outcomes([DECLINED], [replace(WON, tid="2023-08-23T15:59:23Z")]),
    "passed over without a letter": outcomes([replace(DECLINED, skal="svarar inte", brev=None)], [WON]),
    "letter after the decision": outcomes([replace(DECLINED, brev="2023-08-24T08:00:01Z")], [WON]),
    "letter before the value": outcomes([replace(DECLINED, brev="2023-08-23T15:59:23Z")], [WON]),
    "passed over for no reason of the rules": outcomes([replace(DECLINED, skal="för långsam")], [WON]),
}
