"""The public random value: drand. Pure: rounds and times, reading a pasted value, and proof that it is genuine.

Source: the drand specification, scheme bls-unchained-g1-rfc9380; signatures on G1, keys on G2 of BLS12-381.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

SIGNATURE_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
LARGEST_PASTE = 4096


class BeaconError(Exception):
    """The value cannot be used. The text is a Swedish sentence for the organiser."""


@dataclass(frozen=True)
class Chain:
    """A drand chain. `hash` names it in the låsbevis; `period` is in seconds; `public_key` is 96 bytes in hex."""

    name: str
    hash: str
    public_key: str
    genesis: int
    period: int


@dataclass(frozen=True)
class Value:
    """The value of one round: 48 bytes of signature and the 32 bytes of randomness, both in hex."""

    round: int
    signature: str
    randomness: str


QUICKNET = Chain(
    name="drand-quicknet",
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1692803367,
    period=3,
)


def round_at(chain: Chain, moment: datetime) -> int:
    """The first round that comes at `moment` or later."""
    since = moment - datetime.fromtimestamp(chain.genesis, UTC)
    if since < timedelta(0):
        raise ValueError("the chain had not begun")
    return -(-since // timedelta(seconds=chain.period)) + 1


def time_of(chain: Chain, number: int) -> datetime:
    """When a round (1, 2, …) comes, in UTC."""
    return datetime.fromtimestamp(chain.genesis + chain.period * (number - 1), UTC)


def verified(chain: Chain, expected: int, pasted: str) -> Value:
    """The value of round `expected`, from JSON as a relay gives it (v1 or v2) or from a bare signature in hex.

    Raises BeaconError with a sentence when the paste cannot be read, is of another round, or is not genuine.
    """
    number, signature, randomness = _read(pasted)
    if number not in (None, expected):
        raise BeaconError(f"Slumptalet är från runda {number}, men dragningen väntar på runda {expected}.")
    if not _is_genuine(chain, expected, signature):
        raise BeaconError(
            f"Slumptalet är inte äkta för runda {expected}: signaturen stämmer inte med källans nyckel. "
            "Hämta det en gång till och klistra in hela svaret."
        )
    computed = sha256(bytes.fromhex(signature)).hexdigest()
    if randomness not in (None, computed):
        raise BeaconError(
            "Slumptalet hör inte ihop med sin signatur. Hämta det en gång till och klistra in hela svaret."
        )
    return Value(expected, signature, computed)


def _read(pasted: str) -> tuple[int | None, str, str | None]:
    text = pasted.strip()
    if not text:
        raise BeaconError("Klistra in slumptalet i rutan.")
    if len(text) > LARGEST_PASTE:
        raise BeaconError("Texten är för lång för att vara ett slumptal. Klistra in bara svaret från källan.")
    if re.fullmatch(r"[0-9a-fA-F]+", text):
        return None, _hex(text, 48), None
    try:
        data = json.loads(text)
        number, randomness = data["round"], data.get("randomness")
        signature = data["signature"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BeaconError("Texten går inte att läsa som ett slumptal. Klistra in hela svaret, från { till }.") from None
    if not isinstance(number, int) or isinstance(number, bool):
        raise BeaconError("Rundans nummer saknas i svaret. Klistra in hela svaret, från { till }.")
    return number, _hex(signature, 48), None if randomness is None else _hex(randomness, 32)


def _hex(text: object, size: int) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9a-fA-F]*", text) or len(text) != 2 * size:
        raise BeaconError(
            f"Slumptalet är inte helt: det ska vara {2 * size} tecken, siffror och bokstäverna a–f. "
            "Klistra in hela svaret från källan."
        )
    return text.lower()


def _is_genuine(chain: Chain, number: int, signature: str) -> bool:
    """The BLS check. Both points must be on the curve, in the prime-order subgroup and not at infinity."""
    # Read here: few processes ever check a value.
    import py_arkworks_bls12381 as ark

    if number < 1:
        return False
    try:
        point = ark.G1Point.from_compressed_bytes(bytes.fromhex(signature))
        key = ark.G2Point.from_compressed_bytes(bytes.fromhex(chain.public_key))
        if point == ark.G1Point.identity() or key == ark.G2Point.identity():
            return False
        message = ark.G1Point.hash_to_curve(sha256(number.to_bytes(8, "big")).digest(), SIGNATURE_TAG)
        return bool(ark.GT.pairing_check([-point, message], [ark.G2Point(), key]))
    except Exception:  # the library raises several kinds; whatever it cannot read is not genuine
        return False
