"""A browser in words, from its User-Agent and coarse on purpose: "Firefox på Windows". Pure."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
)
_ENGINES = (("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "Iphone"), ("iPad", "Ipad")),
    *(("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "Chrome OS"), ("Linux", "Linux")),
)


def in_words(agent: str) -> str:
    """The kind of browser and of system; nothing that tells two people apart."""
    browser = _first(agent, (*_BROWSERS, *_ENGINES), "En webbläsare")
    system = _first(agent, _SYSTEMS, "")
    return f"{browser} på {system}" if system else browser


def _first(agent: str, signs: tuple[tuple[str, str], ...], otherwise: str) -> str:
    return next((name for sign, name in signs if sign in agent), otherwise)
