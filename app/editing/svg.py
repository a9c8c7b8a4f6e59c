"""Drawings in SVG from elsewhere: read by a parser that fetches nothing, written anew from what only draws. Pure."""

import re
from html import escape
from xml.parsers import expat

from app.errors import NotAllowed

_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    """svg g path rect circle ellipse line polyline polygon text tspan title desc defs symbol use linearGradient
    radialGradient stop clipPath mask pattern""".split()  # noqa: SIM905 – to be read as lines
)
_ATTRIBUTES = frozenset(
    """id class d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height points viewBox preserveAspectRatio transform
    fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset
    stroke-miterlimit stroke-opacity opacity color clip-path clip-rule mask offset stop-color stop-opacity
    gradientUnits gradientTransform spreadMethod patternUnits patternTransform patternContentUnits clipPathUnits
    maskUnits maskContentUnits font-family font-size font-weight font-style text-anchor dominant-baseline letter-spacing
    role aria-label aria-hidden version display visibility paint-order vector-effect href style""".split()  # noqa: SIM905
)
_MOST_ELEMENTS, _DEEPEST = 20_000, 100


def sanitize_svg(body: bytes) -> bytes:
    """Return the drawing written anew: elements and attributes that only draw. Raises NotAllowed."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.ProcessingInstructionHandler = no_instruction
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotAllowed(f"Filen går inte att läsa som SVG: något är fel på rad {error.lineno}.") from None
    return "".join(reader.written).encode()


def no_doctype(*_: object) -> None:
    raise NotAllowed("SVG-filen har en DOCTYPE. Spara om den utan, till exempel som ”optimerad SVG”.")


def no_instruction(*_: object) -> None:
    raise NotAllowed("SVG-filen hämtar en stilmall eller något annat utifrån. Spara om den som ”vanlig SVG”.")


class _Reader:
    def __init__(self) -> None:
        self.written: list[str] = []
        self._count = 0
        self._open: list[str] = []
        self._left_out = 0
        """How deep we are in something that programs write for themselves, which is not written anew."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._open) + self._left_out >= _DEEPEST:
            raise NotAllowed("SVG-filen är för invecklad. Förenkla bilden, eller spara den som PNG.")
        if self._count == 1 and (space, local) != (_NAMESPACE, "svg"):
            raise NotAllowed("Filen är inte en SVG-bild.")
        if self._left_out:
            self._left_out += 1
            return
        foreign = space != _NAMESPACE or local == "metadata"
        if local == "script" or not (foreign or local in _ELEMENTS):
            raise NotAllowed(f"SVG-filen innehåller <{local}>, som inte är tillåtet. Spara om den som ”vanlig SVG”.")
        if foreign:
            self._left_out = 1
            return
        self._close_tag()
        shown = {"xmlns": _NAMESPACE} if self._count == 1 else {}
        shown |= {key.rpartition(" ")[2]: value for key, value in attributes.items() if _draws(key, value)}
        self.written += [f"<{local}", *(f' {key}="{escape(value)}"' for key, value in shown.items())]
        self._open.append(local)
        self._bare = True

    # Whether the last tag still lacks its end, so that an empty element can be written short.
    _bare = False

    def _close_tag(self) -> None:
        if self._bare:
            self.written.append(">")
        self._bare = False

    def end(self, _name: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        self.written.append("/>" if self._bare else f"</{self._open[-1]}>")
        self._open.pop()
        self._bare = False

    def text(self, data: str) -> None:
        if not self._left_out and self._open and self._open[-1] in ("text", "tspan", "title", "desc"):
            self._close_tag()
            self.written.append(escape(data))


def _draws(key: str, value: str) -> bool:
    """Check whether an attribute is written anew. Raises NotAllowed for one that runs or fetches something."""
    name = key.rpartition(" ")[2]
    if name.lower().startswith("on"):
        raise NotAllowed(f"SVG-filen innehåller ett skript ({name}). Spara om den som ”vanlig SVG”.")
    if name == "href" and not re.fullmatch(r"#[\w.-]+", value):
        raise NotAllowed("SVG-filen hänvisar till något utanför sig själv (href). Spara om den med allt i en fil.")
    if name not in _ATTRIBUTES:
        return False
    outside = re.sub(r"url\(\s*(['\"]?)#[\w.-]+\1\s*\)", "", value)
    reached = re.search(r"url|@import|expression|javascript:|image-set|\\|/\*", outside, re.IGNORECASE)
    if reached or (name == "style" and outside != value):
        raise NotAllowed(f"SVG-filen hämtar något i {name}. Spara om den med färgerna direkt på varje form.")
    return True
