"""Two requests in one, as they are smuggled past proxies: nothing reaches the calendar that nginx did not see itself.

nginx gives each request a number, and the calendar writes down the number of each that Flask answers.
"""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import ENTRY_URL, on_sqlite
from tests.deploy.conftest import HOST, Site
from tests.load.test_real_server import ask

pytestmark = on_sqlite
HOST_LINE = f"Host: {HOST}\r\n"
# What should not be a request; it asks for what only Flask answers, and says that it has a number.
INSIDE = f"GET /insmugglad HTTP/1.1\r\n{HOST_LINE}X-Request-Id: {'ab' * 16}\r\n\r\n"
CHUNK = f"{len(INSIDE):x}\r\n{INSIDE}\r\n0\r\n\r\n"


def get(*lines: str, path: str = "/om", version: str = "1.1", host: str = HOST_LINE, body: str = INSIDE) -> str:
    told = "".join(f"{line}\r\n" for line in lines)
    return f"GET {path} HTTP/{version}\r\n{host}{told}\r\n{body}"


def post(*lines: str, body: str, path: str = ENTRY_URL, version: str = "1.1") -> str:
    told = "".join(f"{line}\r\n" for line in ("Content-Type: application/x-www-form-urlencoded", *lines))
    return f"POST {path} HTTP/{version}\r\n{HOST_LINE}{told}\r\n{body}"


WHOLE = f"Content-Length: {len(INSIDE)}"
ENDED = f"0\r\n\r\n{INSIDE}"
TOLD = f"Content-Length: {len(ENDED)}"
ENCODINGS = {
    "the plain one": "Transfer-Encoding: chunked",
    "one that is none": "Transfer-Encoding: xchunked",
    "in capitals": "TRANSFER-ENCODING: CHUNKED",
    "in quotes": 'Transfer-Encoding: "chunked"',
    "two lines": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "two lines the other way": "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "a list": "Transfer-Encoding: chunked, identity",
    "a list the other way": "Transfer-Encoding: identity, chunked",
    "a space before the colon": "Transfer-Encoding : chunked",
    "a tab before the colon": "Transfer-Encoding\t: chunked",
    "a tab after the colon": "Transfer-Encoding:\tchunked",
    "a vertical tab": "Transfer-Encoding:\x0bchunked",
    "a NUL": "Transfer-Encoding: chunked\0",
    "a space at the beginning": " Transfer-Encoding: chunked",
    "folded": "Transfer-Encoding:\r\n chunked",
    "folded before the colon": "Transfer-Encoding\r\n : chunked",
    "after a bare line feed": "X: x\nTransfer-Encoding: chunked",
    "after a bare carriage return": "X: x\rTransfer-Encoding: chunked",
    "with a low line": "Transfer_Encoding: chunked",
}
LENGTHS = {
    "two": "Content-Length: 4\r\nContent-Length: 40",
    "two the same": f"{WHOLE}\r\n{WHOLE}",
    "a list": f"Content-Length: 4, {len(INSIDE)}",
    "none first": f"Content-Length: 0\r\n{WHOLE}",
    "with a plus": "Content-Length: +4",
    "below nothing": "Content-Length: -4",
    "in hexadecimal": "Content-Length: 0x4",
    "two words": "Content-Length: 4 4",
    "without bound": f"Content-Length: {2**64 + 4}",
    "a space before the colon": f"Content-Length : {len(INSIDE)}",
    "with a low line": f"Content_Length: {len(INSIDE)}",
    "named as of one connection": f"Connection: keep-alive, Content-Length\r\n{WHOLE}",
}
CHUNKS = {
    "hexadecimal twice": f"0x{CHUNK}",
    "a minus": f"-{CHUNK}",
    "without bound": f"1{'0' * 16}{CHUNK}",
    "a note with a line feed": f"1;a\nb\r\nx\r\n{ENDED}",
    "lines that end in a line feed": f"1\nx\n0\n\n{INSIDE}",
    "one line end too few": f"1\r\nx0\r\n\r\n{INSIDE}",
    "headers after the end": f"0\r\nContent-Length: {len(INSIDE)}\r\n\r\n{INSIDE}",
}
OTHERS = {
    "a body to a page": get(WHOLE),
    "a body to a page in chunks": get("Transfer-Encoding: chunked", body=CHUNK),
    "a body to a file": get(WHOLE, path="/robots.txt"),
    "a body to what is not there": get(WHOLE, path="/static/finns-inte"),
    "a form to a page": post(WHOLE, body=INSIDE, path="/"),
    "a form to what is not there": post(WHOLE, body=INSIDE, path="/finns-inte"),
    "a body that waits for a word": post("Expect: 100-continue", WHOLE, body=INSIDE),
    "a body that waits for another word": post("Expect: 200-ok", WHOLE, body=INSIDE),
    "a line break in an address": get(path=f"/om%0d%0a%0d%0aGET%20/insmugglad%20HTTP/1.1%0d%0aHost:%20{HOST}"),
    "a line break in a question": get(path="/om?x=1%0d%0aTransfer-Encoding:%20chunked"),
    "a bare carriage return in an address": get(path="/om\rGET /insmugglad"),
    "a space in an address": get(path="/om HTTP/1.1 /insmugglad"),
    "a line break in a header": get("X: a\r\n\r\nGET /insmugglad HTTP/1.1"),
    "a bare carriage return in a header": get("X: a\r\rGET /insmugglad HTTP/1.1\r\r", body=""),
    "an address with another host": get(WHOLE, path="http://ond.example/insmugglad"),
    "an address with our host, and another": get(WHOLE, path=f"http://{HOST}/om", host="Host: ond.example\r\n"),
    "an address with a name and password": get(WHOLE, path=f"http://ond.example@{HOST}/om"),
    "an old protocol that stays": get("Connection: keep-alive", WHOLE, version="1.0"),
    "an old protocol in chunks": post(
        "Transfer-Encoding: chunked", "Connection: keep-alive", body=ENDED, version="1.0"
    ),
    "an older protocol": f"GET /om\r\n{INSIDE}",
    "a protocol that is none": get(WHOLE, version="1.9"),
    "another protocol": get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    "a socket": get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 777"),
}
ATTACKS = {
    **{f"a length, and {how}": post(TOLD, line, body=ENDED) for how, line in ENCODINGS.items()},
    **{f"{how}, and a length": post(line, "Content-Length: 4", body=CHUNK) for how, line in ENCODINGS.items()},
    **{f"only {how}": post(line, body=ENDED) for how, line in ENCODINGS.items()},
    **{f"a length: {how}": post(line, body=INSIDE) for how, line in LENGTHS.items()},
    **{f"chunks: {how}": post("Transfer-Encoding: chunked", body=body) for how, body in CHUNKS.items()},
    **OTHERS,
}
REFUSED = {
    "a length, and the plain one": b"400",
    "the plain one, and a length": b"400",
    "a length: two": b"400",
    "only one that is none": b"501",
    "only two lines": b"400",
}
PAGES = ("/", "/om", "/2026/lucka/10")
KEPT = {(rule, 200) for rule in ("/", "/om", "/robots.txt", "/<year:year>/lucka/<hatch:number>")}


def numbers_in_logs(site: Site) -> tuple[Counter[str], set[str]]:
    """The requests that Flask has answered, and those that nginx has seen: when it answers anew, it has written all.

    A page for the memory is made for nobody's request, under a number of its own.
    """
    site.ask("GET", "/")
    lines = [json.loads(line) for port in site.nodes for line in (site.folder / f"{port}.log").read_text().splitlines()]
    answered = [line for line in lines if line["event"] == "request" and (line["rule"], line["status"]) not in KEPT]
    return Counter(line["request"] for line in answered), {line[1] for line in site.log()}


def shown(site: Site) -> list[tuple[int, str]]:
    """The pages as the next visitor sees them: out of nginx's memory, and past it."""
    answers = [site.ask("GET", path + asked) for path in PAGES for asked in ("", "", "?a", "?b", "?c", "?d")]
    return [(answer.status, answer.text) for answer in answers]


def test_request_inside_another_neither_arrives_nor_mixes_up_answers(two_nodes):
    site = two_nodes("2026-12-10T08:00", FLASK_JSON_LOG="1")
    before = shown(site)
    assert site.ask("GET", "/finns-inte").status == 404
    answered, seen = numbers_in_logs(site)
    assert answered
    assert set(answered) <= seen
    with ThreadPoolExecutor(32) as hands:
        answers = dict(
            zip(ATTACKS, hands.map(lambda words: site.raw(words.encode("latin-1")), ATTACKS.values()), strict=True)
        )
        assert [page for page in hands.map(lambda _: shown(site), range(8)) if page != before] == []
    ill = {how: answer[:60] for how, answer in answers.items() if answer[9:12] in (b"500", b"502", b"503", b"504")}
    assert ill == {}
    assert {how: answers[how][9:12] for how in REFUSED} == REFUSED
    assert [how for how in REFUSED if answers[how].count(b"HTTP/1.1 ") != 1] == []
    answered, seen = numbers_in_logs(site)
    assert set(answered) - seen == set()
    assert [number for number, times in answered.items() if times > 1] == []
    assert "ab" * 16 not in answered
    assert ask(min(site.nodes), "GET", "/insmugglad")[0] == 404
    assert len(set(numbers_in_logs(site)[0]) - seen) == 1, "what goes past nginx would not be noticed"
