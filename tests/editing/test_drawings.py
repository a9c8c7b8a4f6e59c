"""A drawing is written anew from what only draws; what runs or fetches is refused with a word about it."""

import pytest

from app.editing.images import image_variants
from app.editing.svg import sanitize_svg
from app.errors import NotAllowed
from tests.conftest import ROOT

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 4 3">%s</svg>'

# A few hundred bytes that say a billion things.
BILLION_LAUGHS = (
    b'<!DOCTYPE svg [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>'
)


def svg(inner: str) -> bytes:
    return (SVG % inner).encode()


@pytest.mark.parametrize("number", range(1, 25))
def test_our_own_drawings_come_through_as_they_are(number):
    drawing = (ROOT / "calendar_content" / "2026" / f"{number:02}" / "bild.svg").read_bytes()
    assert sanitize_svg(drawing) == drawing.strip()


def test_what_a_program_writes_for_itself_is_left_out():
    inkscape = (
        '<!-- made by --><metadata><rdf/></metadata><x:view xmlns:x="urn:x"><path/></x:view>'
        '<g data-name="a" xml:space="preserve"><use xlink:href="#b" href="#b"/><text>å &amp; &lt;</text></g>'
    )
    clean = sanitize_svg(b"<?xml version='1.0'?>" + svg(inkscape)).decode()
    assert clean == SVG.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "") % (
        '<g><use href="#b"/><text>å &amp; &lt;</text></g>'
    )


def test_a_gradient_of_its_own_may_be_used():
    inner = '<defs><linearGradient id="a"/></defs><path fill="url(#a)" style="fill:#fff;opacity:.5" d="M0 0"/>'
    assert b'fill="url(#a)"' in sanitize_svg(svg(inner))


@pytest.mark.parametrize(
    ("inner", "named"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>', "<script>"),
        ("<foreignObject><p/></foreignObject>", "<foreignObject>"),
        ("<style>@import url(x)</style>", "<style>"),
        ('<image href="https://example.org/x.png"/>', "<image>"),
        ('<a href="javascript:alert(1)"><path/></a>', "<a>"),
        ('<animate attributeName="href" to="x"/>', "<animate>"),
        ('<path onload="alert(1)"/>', "onload"),
        ('<path OnClick="alert(1)"/>', "OnClick"),
        ('<use href="https://example.org/x.svg#a"/>', "href"),
        ('<use xlink:href="data:image/svg+xml,x"/>', "href"),
        ('<path style="fill:url(https://example.org/x)"/>', "style"),
        ('<path style="background:u\\72l(x)"/>', "style"),
        ('<path fill="url(//example.org/#a)"/>', "fill"),
    ],
)
def test_what_runs_or_fetches_is_refused_by_name(inner, named):
    with pytest.raises(NotAllowed) as refused:
        sanitize_svg(svg(inner))
    assert named in str(refused.value)
    assert str(refused.value).count(".") <= 2


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "DOCTYPE"),
        (BILLION_LAUGHS, "DOCTYPE"),
        (b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + svg(""), "DOCTYPE"),
        (b'<?xml-stylesheet href="x"?>' + svg(""), "stilmall"),
        (b"<html><body/></html>", "inte en SVG-bild"),
        (svg("<g>"), "rad 1"),
        (svg("<g>" * 101 + "</g>" * 101), "invecklad"),
        (svg("<g/>" * 20_001), "invecklad"),
    ],
    ids=["entities", "laughs", "outside", "stylesheet", "html", "unclosed", "deep", "many"],
)
def test_what_is_no_plain_drawing_is_refused(body, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        sanitize_svg(body)


def test_drawing_is_named_by_content_and_heavy_one_refused():
    name, files = image_variants(b"\xef\xbb\xbf\n" + svg("<path/>"))
    assert (name.startswith("bild-"), [*files]) == (True, [name])
    with pytest.raises(NotAllowed, match="Förenkla den"):
        image_variants(svg(f'<path d="{"M0 0" * 20_000}"/>'))
    with pytest.raises(NotAllowed, match="<script>"):
        image_variants(svg("<script/>"))
