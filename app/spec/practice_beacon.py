"""Values of the practice chain, whose secret key stands here for all to see: they prove nothing. Pure."""

import json
from hashlib import sha256

from app.spec.beacon import SIGNATURE_TAG

_SECRET = int.from_bytes(sha256(b"provdragning").digest()[:31], "big")


def practice_answer(number: int) -> str:
    """Return a round of the practice chain as JSON, as a drand relay gives it."""
    # Imported here: only a rehearsal makes values.
    import py_arkworks_bls12381 as ark

    message = ark.G1Point.hash_to_curve(sha256(number.to_bytes(8, "big")).digest(), SIGNATURE_TAG)
    signature = bytes((message * ark.Scalar(_SECRET)).to_compressed_bytes())
    return json.dumps({"round": number, "randomness": sha256(signature).hexdigest(), "signature": signature.hex()})
