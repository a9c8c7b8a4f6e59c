"""A beacon chain for rehearsals: its secret key stands here for all to see, so a value from it proves nothing.

Only a calendar in demo mode, or a test, is set to it; the real one knows quicknet alone.
"""

import json
from hashlib import sha256

import py_arkworks_bls12381 as ark

from app.draw.beacon import QUICKNET, SIGNATURE_TAG, Chain

_SECRET = ark.Scalar(int.from_bytes(sha256(b"provdragning").digest()[:31], "big"))
CHAIN = Chain(
    name="drand-provdragning",
    hash=sha256(b"provdragning").hexdigest(),
    public_key=bytes((ark.G2Point() * _SECRET).to_compressed_bytes()).hex(),
    genesis=QUICKNET.genesis,
    period=QUICKNET.period,
)


def relay_answer(number: int) -> str:
    """The value of a round of CHAIN as JSON, in the form that a drand relay gives it."""
    message = ark.G1Point.hash_to_curve(sha256(number.to_bytes(8, "big")).digest(), SIGNATURE_TAG)
    signature = bytes((message * _SECRET).to_compressed_bytes())
    return json.dumps({"round": number, "randomness": sha256(signature).hexdigest(), "signature": signature.hex()})
