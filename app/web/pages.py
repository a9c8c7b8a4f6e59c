"""A page that is the same bytes for everybody: its encodings, and the answers made of it, complete but for sending."""

import gzip
from dataclasses import dataclass
from hashlib import sha256

import brotli

# Seconds that a browser or proxy may keep a page, unless the next opening comes sooner.
LONGEST_AGE = 60
_COMPRESSIBLE = ("text/", "image/svg+xml", "application/")
# These are set anew for each encoding and moment.
_SKIPPED = {"content-length", "cache-control", "etag", "vary", "content-encoding"}
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """One page in its encodings: {"identity": (etag, body), "gzip": …, "br": …}, and its other headers."""

    headers: Headers
    bodies: dict[str, tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page as it is sent: the headers of 200 and of 304, the body, and what it counts as."""

    tag: str
    headers: Headers
    unchanged: Headers
    body: bytes
    counted: tuple[int, int] | None


def cacheable_page(status: str, headers: Headers, body: bytes, earlier: Page | None) -> Page | None:
    """Return the page of a response, or None when it is not one to keep. `earlier` is the same page in another state:
    compressing is most of the work, and most pages stay as they were."""
    names = {name.lower(): value for name, value in headers}
    if not status.startswith("200") or "public" not in names.get("cache-control", "") or "set-cookie" in names:
        return None
    # The tag follows the bytes alone, so a page that is made again and says the same is a 304 for those who have it.
    tag = sha256(body).hexdigest()[:20]
    same = earlier and earlier.bodies["identity"][0] == f'"{tag}"'
    kept = [(name, value) for name, value in headers if name.lower() not in _SKIPPED]
    return Page(kept, earlier.bodies if earlier and same else _encoded(tag, body, names.get("content-type", "")))


def _encoded(tag: str, body: bytes, content_type: str) -> dict[str, tuple[str, bytes]]:
    bodies = {"identity": (f'"{tag}"', body)}
    if content_type.startswith(_COMPRESSIBLE):
        # An encoding is a representation of its own and has its own strong ETag (RFC 9110, 8.8.3.3). mtime=0: gzip
        # would write the time of compressing into the bytes (RFC 1952, 2.3.1).
        bodies["gzip"] = (f'"{tag}-gz"', gzip.compress(body, 9, mtime=0))
        bodies["br"] = (f'"{tag}-br"', brotli.compress(body))
    return bodies


def encoded_answer(page: Page, encoding: str, age: int, counted: tuple[int, int] | None) -> Answer:
    """Return the answer in an encoding, or plain when the page has no such; others may keep it for `age` seconds."""
    encoding = encoding if encoding in page.bodies else "identity"
    tag, body = page.bodies[encoding]
    headers = [
        *page.headers,
        ("Cache-Control", f"public, max-age={age}, must-revalidate"),
        ("ETag", tag),
        ("Vary", "Accept-Encoding"),
    ]
    # A 304 has what would differ in a cache, and no Content-Type (RFC 9110, 15.4.5).
    unchanged = [header for header in headers if header[0] != "Content-Type"]
    if encoding != "identity":
        headers.append(("Content-Encoding", encoding))
    return Answer(tag, [*headers, ("Content-Length", str(len(body)))], unchanged, body, counted)
