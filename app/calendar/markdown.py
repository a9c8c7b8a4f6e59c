"""Markdown to HTML. Raw HTML in the text is shown as text, and what comes out is sanitised once more."""

import re

import nh3
from markdown_it import MarkdownIt

FRONT_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*\n?(.*)\Z", re.DOTALL)
"""A hatch.md in two: its head, in TOML, and the tip, in Markdown."""
_RENDERER = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": "””’’"}).enable(
    ["smartquotes", "replacements"]
)
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "h2", "h3", "code"}


def to_html(text: str) -> str:
    return nh3.clean(
        _RENDERER.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )
