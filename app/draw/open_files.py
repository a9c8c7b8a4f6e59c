"""Proofs as answers: files that tools on any site may read, whole or as a stream of any length."""

from collections.abc import Iterator
from itertools import islice

from flask import Response, current_app, request
from werkzeug.http import is_resource_modified

from app.database import BATCH


def open_file(text: str | bytes, mimetype: str = "text/plain") -> Response:
    """A short file."""
    response = _readable_everywhere(Response(text, mimetype=mimetype))
    response.add_etag()
    response.make_conditional(request)
    return response


def streamed_file(tag: str, parts: Iterator[str], mimetype: str = "text/plain") -> Response:
    """A file of any length. `tag` changes when its bytes do; `parts` are not even begun when the reader has them."""
    response = _readable_everywhere(Response(mimetype=mimetype))
    response.set_etag(tag)
    if not is_resource_modified(request.environ, etag=response.headers["ETag"]):
        response.status_code = 304
    elif request.method == "GET":
        response.response = in_contexts(_in_chunks(parts))
    del response.headers["Content-Length"]
    return response


def in_contexts(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Chunks that are read from the database after the view has answered.

    A context a chunk: the connection is back in the pool while the reader takes in what it got, however slowly.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def each() -> Iterator[bytes]:
        more = True
        while more:
            with app.app_context():
                chunk = next(chunks, b"")
            more = bool(chunk)
            if more:
                yield chunk

    return each()


def _in_chunks(parts: Iterator[str]) -> Iterator[bytes]:
    while chunk := "".join(islice(parts, BATCH)):
        yield chunk.encode()


def _readable_everywhere(response: Response) -> Response:
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
