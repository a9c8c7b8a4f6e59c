"""Markdown to HTML. Raw HTML in the text is shown as text, and what comes out is sanitised once more."""

import nh3
from markdown_it import MarkdownIt

_RENDERER = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": "””’’"}).enable(
    ["smartquotes", "replacements"]
)
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "h2", "h3", "code"}


def to_html(text: str) -> str:
    return nh3.clean(
        _RENDERER.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )
