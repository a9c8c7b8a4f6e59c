"""What a page weighs over the wire on a first visit, itself and all it asks for, compressed. The footer says it."""

import re
from collections.abc import Callable

import brotli

MARK = "§vikt§"
"""Stands in the footer where the weight goes."""
_PICTURE = re.compile(r'<picture><source[^>]* srcset="(?:[^"]*, )?(\S+) \d+w".*?</picture>', re.DOTALL)
"""Of its variants a browser fetches one: the largest of the first kind at most."""
_PARTS = re.compile(r'<(?:img|script)[^>]* src="([^"]+)"|<link rel="(?:stylesheet|icon)" href="([^"]+)"')


def weighed(page: str, size_of: Callable[[str], int]) -> str:
    """The page with its weight in kB in place of MARK. `size_of(address)` gives a part's compressed bytes."""
    if MARK not in page:
        return page
    parts = {first or second for first, second in _PARTS.findall(_PICTURE.sub(r'<img src="\1">', page))}
    total = len(brotli.compress(page.encode())) + sum(size_of(address) for address in parts)
    return page.replace(MARK, str(round(total / 1000)))


def compressed_size(body: bytes) -> int:
    return len(brotli.compress(body))
