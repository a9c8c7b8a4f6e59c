"""The public random value: drand chains, rounds and times, and proof that a value is genuine. Pure."""

# Source: the drand specification, scheme bls-unchained-g1-rfc9380; signatures on G1, keys on G2 of BLS12-381.

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from app.spec.lines import SpecError

SIGNATURE_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
LARGEST_PASTE = 4096
# More steps than these cancel the draw.
MOST_STEPS = 4


@dataclass(frozen=True)
class Chain:
    """One version of a drand chain."""

    # `name` is `kalla` and `hash` is `kedja` in the files; `key` is 96 bytes in hex; `genesis` and `period` are in
    # seconds. A list is locked at least `lead` seconds before its round; a late lock moves `step` rounds ahead.

    name: str
    hash: str
    key: str
    genesis: int
    period: int
    lead: int
    step: int
    is_practice: bool = False


@dataclass(frozen=True)
class Value:
    """The value of one round: 48 bytes of signature and the 32 bytes of randomness, both in hex."""

    round: int
    signature: str
    randomness: str


QUICKNET = Chain(
    name="drand-quicknet",
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1692803367,
    period=3,
    lead=120,
    step=201_600,
)
# The secret key of this chain is public (SHA-256 of "provdragning"), so a value of it proves nothing.
PRACTICE = Chain(
    name="drand-provdragning",
    hash="397f075e7813f7f2b3f29902631fb9a2c75967a78b5b78d37067e815457cc739",
    key=(
        "a027296b5ea4c285382bec6a9b8f5929b4f6157e65389c69581bd187bf6960c47971e65493a3c90b8ff4a8739108c290"
        "07c53c8f24329435eb8ba82033082d6b74e41642f29e04382ad8d22bf1c7b063171eb072e3420818f4e88e26443a3672"
    ),
    genesis=QUICKNET.genesis,
    period=QUICKNET.period,
    lead=10,
    step=20,
    is_practice=True,
)
# Every version stays: a draw of an earlier one can still be verified.
CHAINS = (QUICKNET, PRACTICE)


def round_at(chain: Chain, moment: datetime) -> int:
    """Return the first round at `moment` or later."""
    since = moment - datetime.fromtimestamp(chain.genesis, UTC)
    if since < timedelta(0):
        raise ValueError("the chain had not begun")
    return -(-since // timedelta(seconds=chain.period)) + 1


def time_of(chain: Chain, number: int) -> datetime:
    """Return when a round (1, 2, …) comes, in UTC."""
    return datetime.fromtimestamp(chain.genesis + chain.period * (number - 1), UTC)


def choose_round(chain: Chain, first: int, locked_at: datetime, newest_shown: int = 0) -> int | None:
    """Return the round that decides when the list is locked at `locked_at`; None when it is too late for all."""
    # `first` is the round of the terms. `newest_shown` is the newest round that a relay shows: a lock is late for what
    # is known, whatever our clock says.
    earliest = locked_at.replace(microsecond=0) + timedelta(seconds=chain.lead)
    for steps in range(MOST_STEPS + 1):
        number = first + steps * chain.step
        if number > newest_shown and time_of(chain, number) >= earliest:
            return number
    return None


def steps_between(chain: Chain, first: int, number: int) -> int | None:
    """Return how many steps a round is from that of the terms; None when it is no such round."""
    steps, rest = divmod(number - first, chain.step)
    return steps if rest == 0 and 0 <= steps <= MOST_STEPS else None


def verify(chain: Chain, expected: int, pasted: str) -> Value:
    """Return the value of round `expected` from a relay's JSON (v1 or v2) or a bare signature in hex."""
    # Raises SpecError when the paste cannot be read, is of another round, or is not genuine.
    number, signature, randomness = parse_pasted(pasted)
    if number not in (None, expected):
        raise SpecError(f"Slumptalet är från runda {number}, men dragningen väntar på runda {expected}.")
    if not is_genuine(chain, expected, signature):
        raise SpecError(
            f"Slumptalet är inte äkta för runda {expected}: signaturen stämmer inte med källans nyckel. "
            "Hämta det en gång till och klistra in hela svaret."
        )
    computed = sha256(bytes.fromhex(signature)).hexdigest()
    if randomness not in (None, computed):
        raise SpecError("Slumptalet hör inte ihop med sin signatur. Hämta det en gång till och klistra in hela svaret.")
    return Value(expected, signature, computed)


def verify_any(chain: Chain, answer: str) -> Value:
    """Return the value of the round that a relay's JSON names. Raises SpecError."""
    number, _, _ = parse_pasted(answer)
    if number is None:
        raise SpecError("Rundans nummer saknas i svaret.")
    return verify(chain, number, answer)


def parse_pasted(pasted: str) -> tuple[int | None, str, str | None]:
    text = pasted.strip()
    if not text:
        raise SpecError("Klistra in slumptalet i rutan.")
    if len(text) > LARGEST_PASTE:
        raise SpecError("Texten är för lång för att vara ett slumptal. Klistra in bara svaret från källan.")
    if re.fullmatch(r"[0-9a-fA-F]+", text):
        return None, _hex(text, 48), None
    try:
        data = json.loads(text)
        number, signature, randomness = data["round"], data["signature"], data.get("randomness")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SpecError("Texten går inte att läsa som ett slumptal. Klistra in hela svaret, från { till }.") from None
    if not isinstance(number, int) or isinstance(number, bool):
        raise SpecError("Rundans nummer saknas i svaret. Klistra in hela svaret, från { till }.")
    return number, _hex(signature, 48), None if randomness is None else _hex(randomness, 32)


def _hex(text: object, size: int) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9a-fA-F]*", text) or len(text) != 2 * size:
        raise SpecError(
            f"Slumptalet är inte helt: det ska vara {2 * size} tecken, siffror och bokstäverna a–f. "
            "Klistra in hela svaret från källan."
        )
    return text.lower()


def is_genuine(chain: Chain, number: int, signature: str) -> bool:
    """Check a signature (hex) by BLS: both points on the curve, in the subgroup of prime order, not at infinity."""
    # Imported here: few processes ever check a value.
    import py_arkworks_bls12381 as ark

    if not 1 <= number < 2**64:
        return False
    try:
        point = ark.G1Point.from_compressed_bytes(bytes.fromhex(signature))
        key = ark.G2Point.from_compressed_bytes(bytes.fromhex(chain.key))
        # Randomness is the hash of these very bytes, so a point may have one encoding only.
        if point == ark.G1Point.identity() or bytes(point.to_compressed_bytes()).hex() != signature:
            return False
        message = ark.G1Point.hash_to_curve(sha256(number.to_bytes(8, "big")).digest(), SIGNATURE_TAG)
        return bool(ark.GT.pairing_check([-point, message], [ark.G2Point(), key]))
    except Exception:  # the library raises several kinds; what it cannot read is not genuine
        return False
