"""Drawings in SVG from elsewhere: read by a parser that fetches nothing, written anew from what only draws. Pure."""

import re
from collections.abc import Mapping
from html import escape
from xml.parsers import expat

from app.errors import NotAllowed

_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    """svg g path rect circle ellipse line polyline polygon text tspan title desc defs symbol use linearGradient
    radialGradient stop clipPath mask pattern marker filter feBlend feColorMatrix feComposite feFlood feGaussianBlur
    feMerge feMergeNode feOffset""".split()  # noqa: SIM905 – to be read as lines
)
_ATTRIBUTES = frozenset(
    """id class d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height points viewBox preserveAspectRatio transform
    fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset
    stroke-miterlimit stroke-opacity opacity color clip-path clip-rule mask offset stop-color stop-opacity
    gradientUnits gradientTransform spreadMethod patternUnits patternTransform patternContentUnits clipPathUnits
    maskUnits maskContentUnits font-family font-size font-weight font-style text-anchor dominant-baseline letter-spacing
    role aria-label aria-hidden version display visibility paint-order vector-effect href style filter marker-start
    marker-mid marker-end markerWidth markerHeight markerUnits refX refY orient filterUnits primitiveUnits in in2 result
    mode type
    values operator k1 k2 k3 k4 stdDeviation flood-color flood-opacity color-interpolation-filters""".split()  # noqa: SIM905
)
# Attributes of another namespace that draw: what an older program writes for href.
_XLINK = "http://www.w3.org/1999/xlink"
# The document types of SVG 1.0 and 1.1; none of them is fetched.
_DOCTYPE = "-//W3C//DTD SVG "
# What to do about an element that is not taken, in the programs that write it, by its name.
_AS_PATHS = (
    "Gör om texten till banor, i Illustrator med Text › Skapa konturer, i Inkscape med Bana › Objekt till bana, "
    "och spara igen."
)
_STILL = "Ta bort det som rör sig, eller spara en bild ur teckningen som PNG."
_GRADIENT = "Byt den mot en vanlig linjär eller rund övertoning, eller spara teckningen som PNG."
_PHOTO = "Spara en teckning med foto i som PNG eller JPEG."
_ADVICE = {
    "image": _PHOTO,
    "feImage": _PHOTO,
    **dict.fromkeys(("textPath", "foreignObject", "flowRoot", "tref", "altGlyph", "font"), _AS_PATHS),
    **dict.fromkeys(("animate", "animateTransform", "animateMotion", "animateColor", "set"), _STILL),
    **dict.fromkeys(("meshgradient", "mesh", "hatch"), _GRADIENT),
    "style": "Exportera den ur Illustrator med Stil: Presentationsattribut, eller ur Inkscape som ”vanlig SVG”.",
    "switch": "Spara om den ur Illustrator med Exportera som › SVG, eller ur Inkscape som ”optimerad SVG”.",
    "a": "Ta bort länken på det som är ritat, och spara igen.",
    "script": "Ta bort skriptet, eller spara teckningen som PNG.",
}
_EFFECT = (
    "Ta bort effekten, som en skugga eller ett mönster av brus, i Illustrator under Utseende, i Inkscape med "
    "Filter › Ta bort filter, eller spara teckningen som PNG."
)
_OTHER = "Ta bort det i ritprogrammet, eller spara teckningen som PNG."
# The rules that Illustrator writes: for classes, by commas.
_RULE = re.compile(r"((?:\.[\w-]+ ?, ?)*\.[\w-]+) ?\{([^{}]*)\}")
_MOST_ELEMENTS, _DEEPEST, _LONGEST_SHEET = 20_000, 100, 50_000


def sanitize_svg(body: bytes) -> bytes:
    """Return the drawing written anew: elements and attributes that only draw. Raises NotAllowed."""
    # Twice: a style sheet may stand after what it is about.
    classes = _Classes()
    _parse(body, classes)
    reader = _Reader(classes.styles)
    _parse(body, reader)
    return "".join(reader.written).encode()


def _parse(body: bytes, reader: "_Classes | _Reader") -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = check_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.ProcessingInstructionHandler = no_instruction
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotAllowed(f"Filen går inte att läsa som SVG: något är fel på rad {error.lineno}.") from None


def check_doctype(_name: str, _system: str | None, public: str | None, has_own_part: bool) -> None:
    if has_own_part or not (public or "").startswith(_DOCTYPE):
        raise NotAllowed(
            "SVG-filen har en egen DOCTYPE. Spara om den utan, i Illustrator med Exportera som › SVG, annars som "
            "”optimerad SVG”."
        )


def no_instruction(*_: object) -> None:
    raise NotAllowed("SVG-filen hämtar en stilmall eller något annat utifrån. Spara om den som ”vanlig SVG”.")


class _Classes:
    """Reads the style sheets within a drawing: the rules of each class, with their places in the sheet."""

    def __init__(self) -> None:
        self.styles: dict[str, dict[int, str]] = {}
        self._count = 0
        self._sheet: list[str] | None = None

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == f"{_NAMESPACE} style":
            self._sheet = []

    def text(self, data: str) -> None:
        if self._sheet is not None:
            self._sheet.append(data)

    def end(self, name: str) -> None:
        if self._sheet is None or name != f"{_NAMESPACE} style":
            return
        # Blanks are single, so that no pattern has to go back over them.
        sheet, self._sheet = " ".join("".join(self._sheet).split()), None
        if len(sheet) > _LONGEST_SHEET:
            raise not_allowed("style")
        sheet = re.sub(r"/\*.*?\*/", "", sheet)
        if _RULE.sub("", sheet).strip():
            raise not_allowed("style")
        for names, properties in _RULE.findall(sheet):
            self._count += 1
            for each in re.findall(r"[\w-]+", names):
                self.styles.setdefault(each, {})[self._count] = f"{properties.strip(' ;')};"


def not_allowed(local: str) -> NotAllowed:
    advice = _ADVICE.get(local, _EFFECT if local.startswith("fe") else _OTHER)
    return NotAllowed(f"SVG-filen innehåller <{local}>, som inte är tillåtet. {advice}")


class _Reader:
    def __init__(self, styles: Mapping[str, Mapping[int, str]]) -> None:
        self.written: list[str] = []
        self._styles = styles
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
        foreign = space != _NAMESPACE or local in ("metadata", "style")
        if local == "script" or not (foreign or local in _ELEMENTS):
            raise not_allowed(local)
        if foreign:
            self._left_out = 1
            return
        self._close_tag()
        shown = {"xmlns": _NAMESPACE} if self._count == 1 else {}
        shown |= {
            key.rpartition(" ")[2]: value for key, value in self._styled(attributes).items() if _draws(key, value)
        }
        self.written += [f"<{local}", *(f' {key}="{escape(value)}"' for key, value in shown.items())]
        self._open.append(local)
        self._bare = True

    def _styled(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return the attributes with what their classes set, which its own style comes after."""
        # In the order of the sheet, whatever that of the names (CSS Cascading 4, 6.1).
        rules: dict[int, str] = {}
        for name in set(attributes.get("class", "").split()):
            rules |= self._styles.get(name, {})
        set_by_class = "".join(rules[place] for place in sorted(rules))
        return attributes | {"style": set_by_class + attributes.get("style", "")} if set_by_class else attributes

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
    if name == "href" and not re.fullmatch(r"#[\w.:-]+", value):
        raise NotAllowed("SVG-filen hänvisar till något utanför sig själv (href). Spara om den med allt i en fil.")
    if name not in _ATTRIBUTES or key.rpartition(" ")[0] not in ("", _XLINK):
        return False
    outside = re.sub(r"url\(\s*(['\"]?)#[\w.:-]+\1\s*\)", "", value)
    reached = re.search(r"url|@import|expression|javascript:|image-set|\\|/\*", outside, re.IGNORECASE)
    if reached:
        raise NotAllowed(f"SVG-filen hämtar något i {name}. Spara om den med allt i en fil.")
    return True
