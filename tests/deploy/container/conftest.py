"""Whether this machine can build the image. `make container` asks for it; `make test` builds none."""

import os
import shutil

import pytest

MISSING = [name for name in ("buildah", "debootstrap") if not shutil.which(name)]
ASKED = "CONTAINER" in os.environ
collect_ignore = [] if ASKED else ["test_container.py"]
if ASKED and (MISSING or os.geteuid()):
    raise pytest.UsageError(f"Avbilden byggs som root, och här saknas {' och '.join(MISSING) or 'root'}.")
