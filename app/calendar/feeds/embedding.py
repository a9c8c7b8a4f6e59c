"""Today's hatch on other sites: the code for a frame, and oEmbed. Pure."""

from html import escape

from app.calendar.content import Edition, Hatch

# CSS pixels that hold today's hatch with its picture, on a page of one column.
FRAME_WIDTH, FRAME_HEIGHT = 640, 560


def frame(title: str, address: str, width: int | str = "100%", height: int = FRAME_HEIGHT) -> str:
    """Return the HTML that shows today's hatch, which an address gives, on another site."""
    named = escape(f"Dagens lucka i {title}")
    return (
        f'<iframe src="{address}/inbaddning" title="{named}" width="{width}" height="{height}" '
        'style="border: 0; max-width: 100%" loading="lazy"></iframe>'
    )


def framed_day(edition: Edition, site: str, width: int, height: int) -> dict[str, object]:
    """Return today's hatch as oEmbed 1.0."""
    html = frame(edition.file.title, site, width, height)
    return _linked(edition, edition.name, site) | {"type": "rich", "html": html, "width": width, "height": height}


def linked_hatch(edition: Edition, hatch: Hatch, site: str) -> dict[str, object]:
    """Return a hatch as oEmbed 1.0: a link with a picture."""
    told = _linked(edition, hatch.file.title, site) | {"type": "link", "description": hatch.file.summary}
    card = edition.card_path(hatch)
    size = {"thumbnail_width": 1200, "thumbnail_height": 630}
    return told | ({"thumbnail_url": f"{site}{card}"} | size if card else {})


def _linked(edition: Edition, title: str, site: str) -> dict[str, object]:
    return {
        "version": "1.0",
        "title": title,
        "author_name": edition.file.organiser.name,
        "provider_name": edition.file.title,
        "provider_url": f"{site}/",
        "cache_age": 3600,
    }
