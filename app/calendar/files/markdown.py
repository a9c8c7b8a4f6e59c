"""The texts of hatches and editions: Markdown, as people type it and as it comes out of Word, to HTML. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

import nh3
from babel import Locale
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "hr", "h2", "h3", "code"}
_SCHEMES = {"http", "https", "mailto", "tel"}
# A list as Word copies it: its sign and a tab, or blanks in the tab's place. Signs of Symbol and Wingdings come as
# U+F020 to U+F0FF, or as the letters that they stand on; a letter is a sign only before a tab or its blanks.
_BULLET = re.compile(
    r"[ \t]*(?:([•·●▪◦‣∙■□❖➢➤►▶✓✔\uf020-\uf0ff])[ \t\xa0]*|([o§–Øüvq])(?:\t|[ \xa0]{3})[ \t\xa0]*)(?=\S)"
)
# The signs of Word's second and third level.
_INNER = "o§▪◦\uf0a7"
_MONTHS = Locale("sv").months["format"]["wide"].values()
_TYPOGRAPHY = (
    (re.compile(r"(?<!-)---(?!-)"), "—"),
    (re.compile(r"(?<!\S)--(?!\S)|(?<=[^-\s])--(?=[^-\s])"), "–"),
    (re.compile(r"(?<!\.)\.{3}(?!\.)"), "…"),
    # A day and its month, and the parts of a large number, stand on one line.
    (re.compile(rf"(?<=\d) (?=\d{{3}}(?!\d)|(?:{'|'.join(_MONTHS)})\b)"), "\xa0"),
)
_ADDRESS = re.compile(
    r"(?<![\w@/.])(?:https?://|www\.)[^\s<>\"”“»«]+|(?<![\w.+@/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<!\w)tel:\+?\d[\d-]*\d",
    re.IGNORECASE,
)
# What stands for the signs of italics and bold in an address meanwhile: characters that no text may carry.
_SIGNS, _MARKS = "_*", "\ufdd0\ufdd1"


# An organiser who saves one text has the whole edition read again.
@lru_cache(maxsize=1024)
def to_html(text: str) -> str:
    """Return a text as HTML of named elements only."""
    html = _RENDERER.render("\n".join(map(keep_addresses, with_lists(text).split("\n"))))
    for sign, mark in zip(_SIGNS, _MARKS, strict=True):
        html = html.replace(mark, sign).replace(quote(mark), sign)
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes=_SCHEMES)


def has_picture(text: str) -> bool:
    """Check whether a text has a picture of its own, which is not shown."""
    blocks = _RENDERER.parse(text) if "![" in text else []
    return any(token.type == "image" for block in blocks for token in block.children or ())


def with_lists(text: str) -> str:
    """Write the lists that came out of Word as Markdown does, each ended by a blank line."""
    lines: list[str] = []
    in_list = False
    for line in text.split("\n"):
        if bullet := _BULLET.match(line):
            inner = (bullet[1] or bullet[2]) in _INNER
            lines.append(f"{'  ' * inner}- {line[bullet.end() :]}")
        else:
            lines += ["", line] if in_list and line.strip() else [line]
        in_list = bullet is not None
    return "\n".join(lines)


def keep_addresses(line: str) -> str:
    """Hide the signs of italics within addresses; one that ends "_www.ntf.se/_" is not of the address."""

    def hidden(found: re.Match[str]) -> str:
        if not found[0].lower().startswith(("http", "www.")):
            return found[0]
        address = without_sign(found[0])
        if found[0][len(address) :].startswith("_") and "_" not in line[: found.start()]:
            address += "_"
        return address.translate(str.maketrans(_SIGNS, _MARKS)) + found[0][len(address) :]

    return _ADDRESS.sub(hidden, line)


def strip_bullet(line: str) -> str:
    """Return a line without the sign or number that Word, or a hand, put before it."""
    bullet = _BULLET.match(line) or re.match(r"\s*(?:[-*]|\d{1,2}[.)])\s+(?=\S)", line)
    return line[bullet.end() :] if bullet else line


def with_scheme(address: str) -> str:
    """Return a web address with https:// where it was written without."""
    return f"https://{address}" if address.lower().startswith("www.") else address


def link_addresses(state: StateCore) -> None:
    """Make links of bare addresses, and let those that begin with www. lead out of the site."""
    for block in state.tokens:
        linked = False
        told: list[Token] = []
        for token in block.children or ():
            if token.type == "link_open":
                linked = True
                token.attrSet("href", with_scheme(str(token.attrGet("href"))))
            linked = linked and token.type != "link_close"
            told += [token] if linked or token.type != "text" else _linked(token)
        if block.children:
            block.children = told


def _linked(text: Token) -> Iterator[Token]:
    """Give a text in parts: what is no address, and each address as a link."""
    start = 0
    for found in _ADDRESS.finditer(text.content):
        address = without_sign(found[0])
        before, start = text.content[start : found.start()], found.start() + len(address)
        yield Token("text", "", 0, content=before, level=text.level)
        target = with_scheme(address)
        is_whole = "://" in target or target.lower().startswith("tel:")
        href = _RENDERER.normalizeLink(target if is_whole else f"mailto:{target}")
        yield Token("link_open", "a", 1, attrs={"href": href}, level=text.level, info="auto")
        yield Token("text", "", 0, content=address, level=text.level + 1)
        yield Token("link_close", "a", -1, level=text.level, info="auto")
    yield Token("text", "", 0, content=text.content[start:], level=text.level)


def without_sign(address: str) -> str:
    """Return an address without what ends the sentence that it stands in."""
    bare = address.rstrip(".,:;!?'’…*_")
    while bare.endswith((")", "]")) and bare.count(")") + bare.count("]") > bare.count("(") + bare.count("["):
        bare = bare[:-1].rstrip(".,:;!?'’…")
    return bare


def set_dashes(state: StateCore) -> None:
    """Set dashes and three dots; the library's own rule would make ”(c)” a sign of copyright."""
    for block in state.tokens:
        in_address = False
        for token in block.children or ():
            in_address = token.info == "auto" if token.type == "link_open" else in_address and token.type == "text"
            for pattern, sign in _TYPOGRAPHY if token.type == "text" and not in_address else ():
                token.content = pattern.sub(sign, token.content)


# A line of dashes below a text is a rule, and an indented text is a text: so it was meant where people write by hand.
_RENDERER = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": "””’’"})
_RENDERER.enable("smartquotes").disable(["lheading", "code"])
_RENDERER.core.ruler.after("inline", "addresses", link_addresses)
_RENDERER.core.ruler.after("addresses", "dashes", set_dashes)
