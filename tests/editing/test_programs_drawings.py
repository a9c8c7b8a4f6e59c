"""Drawings as Illustrator and Inkscape save them by default come through with their colours."""

import pytest

from app.editing.svg import sanitize_svg
from app.errors import NotAllowed
from tests.editing.test_drawings import svg

INKSCAPE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" viewBox="0 0 4 3" inkscape:version="1.3">
<defs id="d"><linearGradient id="b"><stop offset="0" style="stop-color:#fff"/></linearGradient>
<linearGradient inkscape:collect="always" xlink:href="#b" id="c"/></defs>
<g inkscape:label="Lager 1" inkscape:groupmode="layer"><path 
 style="fill:url(#c);filter:url('#s')" d="M0 0h4"/></g></svg>"""
ILLUSTRATOR = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path class="cls-1 cls-2" d="M0 0h4" style="opacity:.5"/>
<defs><style type="text/css">
<![CDATA[ /* a */ .cls-1, .cls-2 { fill:#1d1d1b; } .cls-2{stroke:url(#a)} ]]></style></defs></svg>"""


def test_a_gradient_of_inkscapes_keeps_its_colours():
    clean = sanitize_svg(INKSCAPE.encode()).decode()
    assert 'href="#b"' in clean
    assert """style="fill:url(#c);filter:url(&#x27;#s&#x27;)\"""" in clean
    assert "Lager" not in clean
    assert "1.3" not in clean


def test_the_classes_of_illustrator_become_styles_of_each_shape():
    clean = sanitize_svg(ILLUSTRATOR.encode()).decode()
    assert 'style="fill:#1d1d1b;stroke:url(#a);opacity:.5"' in clean
    assert "<style" not in clean


@pytest.mark.parametrize("order", ["a b", "b a", "b a b"])
def test_later_rule_wins_whatever_order_of_classes(order):
    sheet = "<style>.a{fill:red}.b{fill:blue}.a{stroke:red}</style><style>.b{stroke:blue}</style>"
    clean = sanitize_svg(svg(f'{sheet}<path class="{order}"/>')).decode()
    assert 'style="fill:red;fill:blue;stroke:red;stroke:blue;"' in clean


def test_name_with_a_colon_is_within_the_drawing():
    assert 'fill="url(#a:b)"' in sanitize_svg(svg('<path fill="url(#a:b)"/>')).decode()


@pytest.mark.parametrize(
    ("inner", "advice"),
    [
        ("<style>.a{fill:url(https://example.org/x)}</style><path class='a'/>", "med allt i en fil"),
        ("<style>.a{behavior:expression(1)}</style><path class='a'/>", "med allt i en fil"),
        ("<style>.a .b{fill:red}</style>", "Stil: Presentationsattribut"),
        ("<style>path{fill:red}</style>", "Stil: Presentationsattribut"),
        ("<style>@font-face{src:url(x)}</style>", "Stil: Presentationsattribut"),
        ('<image href="data:image/png;base64,AA=="/>', "som PNG eller JPEG"),
        ("<foreignObject/>", "Gör om texten till banor"),
        ("<text><textPath href='#a'>x</textPath></text>", "Gör om texten till banor"),
        ("<filter><feTurbulence/></filter>", "Ta bort effekten"),
        ("<filter><feDropShadow/></filter>", "Ta bort effekten"),
        ("<path><animate/></path>", "Ta bort det som rör sig"),
        ("<meshgradient/>", "vanlig linjär eller rund övertoning"),
        ("<switch/>", "Exportera som › SVG"),
        ("<a href='#x'/>", "Ta bort länken"),
        ("<view/>", "spara teckningen som PNG"),
        ('<filter id="s"><feImage href="https://example.org/x"/></filter>', "<feImage>"),
        ('<path filter="url(https://example.org/x#a)"/>', "filter"),
    ],
)
def test_what_fetches_is_refused_with_advice_of_its_kind(inner, advice):
    with pytest.raises(NotAllowed, match=advice):
        sanitize_svg(svg(inner))


def test_a_document_type_of_its_own_is_refused():
    with pytest.raises(NotAllowed, match="DOCTYPE"):
        sanitize_svg(b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY a "b">]>' + svg("&a;"))
