"""`flask export`: the calendar as files that any web host serves, as it is at one moment, when its server is to end.

Pages are made by the app itself, one after another from link to link, and each address becomes a folder with its
index.html, so that printed codes and links from elsewhere still lead there. What needs a server is left out: a form
becomes a sentence, a link to it plain words.
"""

import gzip
import html
import posixpath
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import brotli
import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from app import clock
from app.clock import PINNED
from app.errors import NotAllowed
from app.web.headers import read_whole, this_app
from app.web.static import PREFIX

CLOSED = "Kalendern är sparad som den var. Tävlingen och formulären är stängda."
LEFT_OUT = (
    "Inte med, för det behöver en server: tävlingens formulär, svar och Jag testar, påminnelser, Mitt svar, "
    "återkopplingen, redaktionen och oEmbed."
)
# Pages that are nothing without their server, by endpoint; and all of these blueprints.
_NEED_SERVER = {"contest.enter", "calendar.oembed", "feedback.thanks"}
_NEED_SERVER_ALL = {"admin", "reminders", "health"}
# What is compressed already.
_PACKED = {".png", ".jpg", ".jpeg", ".webp", ".avif"}
_NOT_FOUND = "/finns-inte"

_ADDRESS = re.compile(r'(?<=\s)(href|src|srcset|data-files)="([^"]*)"')
# A form without either is one of a script's.
_FORM = re.compile(r'<form\b[^>]*\b(?:action|method)="[^"]*"[^>]*>(.*?)</form>', re.DOTALL)
_SEND = re.compile(r'<p class="send">.*?</p>', re.DOTALL)
_LINK = re.compile(r'<a\b([^>]*?)\s+href="(/[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_ITEM = re.compile(r'<li\b[^>]*>\s*<a\b[^>]*\shref="(/[^"]*)"[^>]*>(?:(?!</a>).)*</a>\s*</li>', re.DOTALL)
_OEMBED = re.compile(r'<link rel="alternate" type="application/json\+oembed"[^>]*>\n?')
# What only a link may say of itself.
_OF_LINKS = re.compile(r'\s(?:rel|hreflang|download|aria-current)(?:="[^"]*")?')


class Answer(NamedTuple):
    """What an address gives."""

    kind: str
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")


class Export(NamedTuple):
    """What was written: pages, files in all without the compressed copies, and the addresses left out of it."""

    pages: int
    files: int
    left_out: list[str]


def export_site(folder: Path, addresses: Iterable[str], now: datetime) -> Export:
    """Write the calendar as it is now. `addresses` are where to begin, as WSGI has paths. Raises NotAllowed."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed(f"{folder} är inte en tom mapp. Ange en mapp som är tom eller inte finns.")
    starts = [quote(address, encoding="latin-1") for address in addresses if "?" not in address]
    found = _gather(starts, now)
    left_out: set[str] = set()
    for address, answer in found.items():
        _write(folder / unquote(file_of(address)), _portable(address, answer, found, left_out))
    missing = _ask(_NOT_FOUND, now)[1]
    # Shown at any depth, so its links begin at the site's root.
    _write(folder / "404.html", _portable(_NOT_FOUND, missing, found, left_out, root="/"))
    return Export(sum(answer.is_page for answer in found.values()), len(found) + 1, sorted(left_out))


def file_of(address: str) -> str:
    """Return the file of an address: a page is the index of a folder of its name."""
    name = address.strip("/")
    return name if "." in posixpath.basename(name) else posixpath.join(name, "index.html")


def _gather(starts: Iterable[str], now: datetime) -> dict[str, Answer]:
    """Return what each address gives that can be reached and needs no server."""
    found: dict[str, Answer] = {}
    asked: set[str] = set()
    waiting = list(starts)
    while waiting:
        address = waiting.pop()
        if address in asked or _needs_server(address):
            continue
        asked.add(address)
        status, answer = _ask(address, now)
        if status == 200:
            found[address] = answer
            if answer.is_page:
                waiting += _links(answer.body.decode())
    if "/manifest.webmanifest" in found:
        waiting = re.findall(r'"(/static/[^"]+)"', found["/manifest.webmanifest"].body.decode())
        found |= {address: _ask(address, now)[1] for address in waiting}
    return found


def _links(page: str) -> list[str]:
    values = [value for _, value in _ADDRESS.findall(page)]
    parts = [part for value in values for part in html.unescape(value).split() if part.startswith("/")]
    return [re.split("[?#]", part)[0] for part in parts if not part.startswith("//")]


def _needs_server(address: str) -> bool:
    if address.startswith(PREFIX):
        return False
    try:
        endpoint, _ = current_app.url_map.bind("").match(unquote(address))
    except HTTPException:
        return True
    blueprint = endpoint.partition(".")[0]
    if endpoint in _NEED_SERVER or blueprint in _NEED_SERVER_ALL:
        return True
    return blueprint == "privacy" and endpoint not in ("privacy.personal_data", "privacy.cookies")


def _ask(address: str, now: datetime) -> tuple[int, Answer]:
    """Return status and answer, asked of the app itself: through its page cache it would count as a visit."""
    app = this_app()
    environ = EnvironBuilder(address, app.config["PUBLIC_URL"]).get_environ()
    environ[PINNED] = now
    started: list[tuple[str, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        started.append((status, {name.lower(): value for name, value in headers}))

    serve: Callable[..., Iterable[bytes]]
    serve = app.wsgi_app if address.startswith(PREFIX) else lambda *asked: Flask.wsgi_app(app, *asked)
    body = read_whole(serve(environ, start))
    status, headers = started[0]
    return int(status[:3]), Answer(headers.get("content-type", ""), body)


def _portable(
    address: str, answer: Answer, found: dict[str, Answer], left_out: set[str], root: str | None = None
) -> bytes:
    """Return a body whose links are relative to its own file, or begin with `root`."""
    if address == "/manifest.webmanifest":
        text = answer.body.decode().replace('"/static/', '"static/')
        return text.replace('"start_url": "/"', '"start_url": "index.html"').encode()
    if not answer.is_page:
        return answer.body
    here = posixpath.dirname(file_of(address))

    def lead(target: str) -> str:
        address, *fragment = target.partition("#")
        file = file_of(address.partition("?")[0])
        return (root + file if root else posixpath.relpath(file, here or ".")) + "".join(fragment)

    def is_gone(target: str) -> bool:
        path = re.split("[?#]", html.unescape(target))[0]
        if path in found:
            return False
        left_out.add(path)
        return True

    def close(form: re.Match[str]) -> str:
        # A hatch's question tells the answer by itself.
        return _SEND.sub("", form[1]) if 'class="verdict' in form[1] else f'<p class="notice">{CLOSED}</p>'

    def plain(link: re.Match[str]) -> str:
        before, target, after, words = link.groups()
        if not is_gone(target):
            return link[0]
        return (
            CLOSED if 'class="button' in before + after else f"<span{_OF_LINKS.sub('', before + after)}>{words}</span>"
        )

    def relative(found_address: re.Match[str]) -> str:
        name, value = found_address.groups()
        parts = html.unescape(value).split(" ")
        led = (lead(part) if part.startswith("/") and not part.startswith("//") else part for part in parts)
        return f'{name}="{html.escape(" ".join(led))}"'

    page = _OEMBED.sub("", _FORM.sub(close, answer.body.decode()))
    page = _ITEM.sub(lambda item: "" if is_gone(item[1]) else item[0], page)
    return _ADDRESS.sub(relative, _LINK.sub(plain, page)).encode()


def _write(file: Path, body: bytes) -> None:
    """Write a file and, if it is text, its compressed copies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    if file.suffix not in _PACKED:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))
        file.with_name(f"{file.name}.br").write_bytes(brotli.compress(body))


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@with_appcontext
def export(folder: Path) -> None:
    """Skriver kalendern, som den är nu, som filer i DIR. Vilket webbhotell som helst kan visa dem."""
    now = clock.now()
    try:
        written = export_site(folder, current_app.extensions["public_addresses"](now), now)
    except (NotAllowed, OSError) as trouble:
        raise click.ClickException(f"Inget exporterades. {trouble}") from None
    click.echo(f"Klart: {written.pages} sidor och {written.files - written.pages} andra filer i {folder}.")
    click.echo("Lägg dem överst på er adress. Det som inte har öppnats än är inte med.")
    click.echo(LEFT_OUT)
    if written.left_out:
        click.echo(f"Länkar som blev vanlig text: {', '.join(written.left_out)}")
