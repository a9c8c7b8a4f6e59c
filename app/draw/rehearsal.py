"""A beacon chain for rehearsals: its secret key stands here for all to see, so a value from it proves nothing.

Only a calendar in demo mode, or a test, is set to it; the real one knows quicknet alone.
"""

import json
from hashlib import sha256

from app.draw.beacon import QUICKNET, SIGNATURE_TAG, Chain

_SECRET = int.from_bytes(sha256(b"provdragning").digest()[:31], "big")
CHAIN = Chain(
    name="drand-provdragning",
    hash=sha256(b"provdragning").hexdigest(),
    public_key=(
        "a027296b5ea4c285382bec6a9b8f5929b4f6157e65389c69581bd187bf6960c47971e65493a3c90b8ff4a8739108c290"
        "07c53c8f24329435eb8ba82033082d6b74e41642f29e04382ad8d22bf1c7b063171eb072e3420818f4e88e26443a3672"
    ),
    genesis=QUICKNET.genesis,
    period=QUICKNET.period,
)


def relay_answer(number: int) -> str:
    """The value of a round of CHAIN as JSON, in the form that a drand relay gives it."""
    # Read here: only a rehearsal makes values.
    import py_arkworks_bls12381 as ark

    message = ark.G1Point.hash_to_curve(sha256(number.to_bytes(8, "big")).digest(), SIGNATURE_TAG)
    signature = bytes((message * ark.Scalar(_SECRET)).to_compressed_bytes())
    return json.dumps({"round": number, "randomness": sha256(signature).hexdigest(), "signature": signature.hex()})
