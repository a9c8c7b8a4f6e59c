"""Requests that nobody means well with: every route, method, header, query, cookie and form, from one seed.

A seeded generator makes the same requests each time, and some thousand a second: hypothesis would spend its time on
making one of them smaller, and a request that breaks something is short to read as it is.
"""

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask

METHODS = (*("GET",) * 8, *("POST",) * 10, "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND")
METHODS = (*METHODS, "get", "BREW", "G T", "")
SIGNS = (
    "\0",
    "\r\n",
    "\n",
    "'",
    '"',
    "<script>",
    "{{7*7}}",
    "%s",
    "%00",
    "%",
    "å",
    "🎄",
    "\u202e",
    "\ud83d",
    "\\",
    "..",
)
SIGNS = (*SIGNS, "=1+1", "@", ";", "&", "'; DROP TABLE entry;--", "\ufeff", "e\u0301", "ß", "İ", "\x7f", "\x1b", "None")
NUMBERS = ("0", "-1", "1", "24", "25", "007", "1e9", "NaN", "9" * 30, "2147483648", "9223372036854775808", "٣", "1_0")
WORDS = ("", " ", "anna@example.se", "a" * 300, "x" * 5000, "on", "ja", "true", "[]", "{}", "null", "../../etc/passwd")
WORDS = (
    *WORDS,
    "2026-12-13T08:00",
    "2026-13-45",
    "9999-12-31T23:59",
    "0001-01-01",
    "//evil.example",
    "/admin/",
    "1441",
)
HEADERS = """
    ACCEPT ACCEPT_ENCODING ACCEPT_LANGUAGE AUTHORIZATION CACHE_CONTROL CONNECTION COOKIE DATE DNT EXPECT FORWARDED FROM
    HOST IF_MATCH IF_MODIFIED_SINCE IF_NONE_MATCH IF_RANGE IF_UNMODIFIED_SINCE ORIGIN PRAGMA RANGE REFERER
    SEC_FETCH_SITE TE TRANSFER_ENCODING UPGRADE USER_AGENT VIA X_FORWARDED_FOR X_FORWARDED_HOST X_FORWARDED_PROTO
    X_FORWARDED_PREFIX X_HTTP_METHOD_OVERRIDE X_ORIGINAL_URL X_REWRITE_URL X_REAL_IP CONTENT_LANGUAGE
""".split()  # noqa: SIM905 – to be read as lines
TELLING = {
    "ACCEPT_ENCODING": ("br;q=2", "gzip;q=,br", "*;q=-1", "identity;q=0"),
    "IF_NONE_MATCH": ("*", '"', 'W/"x"', '"x", "y'),
    "IF_MODIFIED_SINCE": ("Thu, 01 Jan 1970 00:00:00 GMT", "igår", "Fri, 31 Dec 99999 23:59:59 GMT"),
    "RANGE": ("bytes=0-", "bytes=-1", "bytes=5-1", "bytes=0-0,2-3", "bytes=999999999999-"),
    "HOST": (
        "evil.example",
        "localhost:99999",
        "[::1",
        "[1:2]",
        "[::1]:80",
        "a..b",
        "-",
        "_",
        "a b",
        "",
        "x" * 300,
        "127.0.0.1:abc",
        "räksmörgås.se",
    ),
    "ORIGIN": ("null", "https://evil.example", "http://localhost", "http://[::1", "x"),
    "SEC_FETCH_SITE": ("same-origin", "none", "cross-site", "x"),
    "X_FORWARDED_FOR": ("1.2.3.4", "x", "1.2.3.4, ::1", "999.1.1.1"),
    "COOKIE": ("__Host-organisator=x", "a=b; a=c", ";;;=", '__Host-organisator="\\', "__Host-webblasare=" + "A" * 200),
    "AUTHORIZATION": ("Basic !!!", "Basic eA==", "Bearer x", "Digest username="),
}
TYPES = (
    *("application/x-www-form-urlencoded",) * 6,
    "application/x-www-form-urlencoded; charset=utf-16",
    *("multipart/form-data; boundary=grans",) * 2,
    *("multipart/form-data", 'multipart/form-data; boundary=""', "multipart/form-data; boundary=" + "b" * 500),
    *("application/json", "text/plain; charset=klingon", "text/xml", "", "/", "a/b;c"),
)
FORM_FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
TOKEN = re.compile(r'name="token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


def ask(app: Flask, environ: dict[str, Any]) -> Answer:
    """Hands a request to the application as the server does. An exception is the caller's to see."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    parts = app.wsgi_app(environ, lambda status, headers, *_: started.append((status, headers)))
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, headers = started[-1]
    return Answer(int(status.split()[0]), headers, body)


class Generator:
    """Requests from one seed. `learn` takes the fields and tokens of the forms that it is shown."""

    def __init__(self, app: Flask, seed: int, cookies: tuple[str, ...] = ()) -> None:
        self._chance = random.Random(seed)  # noqa: S311 – to be repeated, not to be kept secret
        self._rules = list(app.url_map.iter_rules())
        self._cookies = cookies
        self._fields: dict[str, list[str]] = {}
        self._tokens: dict[str, str] = {}

    def learn(self, path: str, page: str) -> None:
        if fields := FORM_FIELD.findall(page):
            self._fields[path] = sorted(set(fields))
        if token := TOKEN.search(page):
            self._tokens[path] = token[1]

    def requests(self, count: int) -> Iterator[dict[str, Any]]:
        for _ in range(count):
            yield self._request()

    def _request(self) -> dict[str, Any]:
        pick = self._chance
        path = self._path()
        method = pick.choice(METHODS)
        cookie = pick.choice(self._cookies) if self._cookies and pick.random() < 0.8 else ""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": _on_the_wire(path),
            "QUERY_STRING": self._query() if pick.random() < 0.5 else "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": pick.choice(["", "x", "::1", f"10.0.{pick.randrange(256)}.{pick.randrange(256)}"]),
            "HTTP_HOST": "localhost",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": pick.choice(["http", "https"]),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input": io.BytesIO(),
        }
        if cookie:
            environ["HTTP_COOKIE"] = cookie
        for _ in range(pick.choice([0, 0, 1, 1, 2, 5])):
            name = pick.choice(HEADERS)
            environ[f"HTTP_{name}"] = _on_the_wire(pick.choice([*TELLING.get(name, ()), self._value()]), header=True)
        if method not in ("GET", "HEAD") or pick.random() < 0.05:
            self._add_body(environ, path)
        return environ

    def _path(self) -> str:
        pick = self._chance
        rule = pick.choice(self._rules)
        path = re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", lambda found: self._part(found[1], found[2]), rule.rule)
        if pick.random() < 0.2:
            at = pick.randrange(len(path) + 1)
            path = path[:at] + pick.choice(["/", "//", "/./", "/../", ";x", "\0", ".", "%2e", *SIGNS]) + path[at:]
        return path

    def _part(self, kind: str | None, name: str) -> str:
        pick = self._chance
        if pick.random() < 0.25:
            return pick.choice(NUMBERS + WORDS + SIGNS)
        known = {
            "year": ("2026",) * 5 + ("2025", "2099"),
            "hatch": ("10",) * 5 + tuple(map(str, range(1, 25))),
            "moment": ("2026-12-13T0800", "2026-12-24T2359", "2099-01-01T0000", "2026-02-30T0000"),
            "number": ("1", "2", "3", "999999999"),
            "path": ("2026/lucka/13", "", "../admin/", "2026/dragning"),
        }
        return pick.choice(known.get(kind or "", ("bild.svg", "lista.txt", "x", "luckor", "ab" * 32)))

    def _value(self) -> str:
        pick = self._chance
        return "".join(pick.choice(WORDS + NUMBERS + SIGNS) for _ in range(pick.choice([1, 1, 1, 2, 4])))

    def _query(self) -> str:
        pick = self._chance
        names = ["ar", "fore", "fran", "lott", "dag", "sok", "klart", "till", "ovning", "ny", "x", self._value()]
        pairs = [(pick.choice(names), self._value()) for _ in range(pick.choice([1, 1, 2, 6]))]
        asked = urlencode(pairs, errors="surrogatepass", quote_via=quote)
        return (
            asked if pick.random() < 0.8 else _on_the_wire(asked + pick.choice(["%", "%zz", "&&&", "=", "\xff", "%ff"]))
        )

    def _add_body(self, environ: dict[str, Any], path: str) -> None:
        pick = self._chance
        kind = pick.choice(TYPES)
        fields = self._fill_in(path)
        if kind.startswith("multipart") and "grans" in kind:
            body = _parts(fields, pick.choice([b"--grans--\r\n", b"", b"--grans\r\n", b"\0\xff"]))
        else:
            body = urlencode(fields, errors="surrogatepass").encode()
        spoil = pick.random()
        if spoil < 0.1:
            body = body[: pick.randrange(len(body) + 1)] + pick.randbytes(20)
        elif spoil < 0.13:
            body = pick.randbytes(pick.choice([1, 100, 70_000]))
        elif spoil < 0.16:
            body += b"&x=1" * pick.choice([10, 2000])
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_TYPE"] = kind
        length = pick.choice([str(len(body))] * 8 + ["0", "-1", "x", str(1 << 40), ""])
        if length:
            environ["CONTENT_LENGTH"] = length

    def _fill_in(self, path: str) -> list[tuple[str, str]]:
        pick = self._chance
        names = self._fields.get(path) or pick.choice(list(self._fields.values()) or [["x"]])
        right = {"email": f"p{pick.randrange(9999)}@example.se", "answer": "2030", "municipality": "1441"}
        right |= {
            "adult": "ja",
            "rules": "ja",
            "website": "",
            "kind": "hinder",
            "act": "visa",
            "message": "Hej",
            "hour": "7",
            "days": "alla",
        }
        wrong = pick.choice([0, 0, 0.2, 0.6])
        fields = []
        for name in names:
            told = self._tokens.get(path, "x") if name == "token" else right.get(name, self._value())
            fields.append((name, self._value() if pick.random() < wrong else told))
        if pick.random() < 0.1:
            fields.append((pick.choice(names), self._value()))
        return fields


def _on_the_wire(text: str, header: bool = False) -> str:
    """Text as WSGI carries it: each byte as a character. A server lets no line break into a header."""
    carried = text.encode("utf-8", "surrogatepass").decode("latin-1")
    return re.sub(r"[\r\n\0]", " ", carried) if header else carried


def _parts(fields: list[tuple[str, str]], end: bytes) -> bytes:
    parts = [
        f'--grans\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode("utf-8", "surrogatepass")
        for name, value in fields
    ]
    parts.append(b'--grans\r\nContent-Disposition: form-data; name="picture"; filename="../../x.svg"\r\n\r\n<svg/>\r\n')
    return b"".join(parts) + end
