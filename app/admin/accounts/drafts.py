"""A form posted after the session ended: sealed into the sign-in page, for that user only."""

import json
import zlib
from base64 import b64decode, b64encode
from datetime import datetime
from typing import NamedTuple

from flask import current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from app.admin.accounts import crypto

# Signs; together with the rest of the form it has to fit in what the server takes.
LARGEST = 48_000
# Bytes of a form that is read to be kept: as much as the editor takes; Swedish prose of that size packs well.
LARGEST_READ = 512 * 1024
LASTS = 24 * 3600
NEVER_KEPT = {
    *("token", "password", "old_password", "code", "recovery", "credential", "challenge"),
    *("proof_code", "proof_credential", "proof_challenge"),
}


class FormDraft(NamedTuple):
    path: str
    fields: list[tuple[str, str]]


def seal_form(organiser_id: int, now: datetime) -> str | None:
    """Return the fields of the present POST, sealed; None when they are too long to be carried."""
    request.max_content_length = LARGEST_READ
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    except RequestEntityTooLarge:
        return None
    told = json.dumps([organiser_id, request.full_path.rstrip("?"), fields])
    sealed = crypto.encrypt(b64encode(zlib.compress(told.encode())).decode(), "kept", now)
    return sealed if len(sealed) <= LARGEST else None


def open_form(sealed: str, organiser_id: int, now: datetime) -> FormDraft | None:
    """Return what was kept for this organiser; None for anything else."""
    try:
        told = crypto.decrypt_recent(sealed, "kept", LASTS, now)
    except crypto.InvalidSeal:
        return None
    whose, path, fields = json.loads(zlib.decompress(b64decode(told)))
    return FormDraft(path, [(name, value) for name, value in fields]) if whose == organiser_id else None


def safe_next_page(path: str) -> str | None:
    """Return the path if it leads to one of the organisers' own pages here, and nowhere else."""
    place, _, _ = path.partition("?")
    try:
        endpoint, _ = current_app.url_map.bind("").match(place, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return path if place.startswith("/admin/") and endpoint.startswith("admin.") else None
