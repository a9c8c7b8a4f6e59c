"""Gathers what readiness asks about: links, files, the database's clock. Reads, never writes."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException

from app import clock
from app.admin import readiness, upkeep
from app.admin.upkeep import Finding
from app.calendar.hatches import NUMBERS, Edition
from app.calendar.lookup import library
from app.contest.terms import frozen_contest
from app.editing import conduct
from app.editing.history import History
from app.editing.leaves import Leaf

_LINK = re.compile(r'<a [^>]*href="([^"]+)"')


def findings(edition: Edition) -> list[Finding]:
    """Everything found about an edition and its server, what must be mended first."""
    dead = {number: links for number in range(25) if (links := dead_links(edition, number))}
    found = [*readiness.of_edition(edition, dead, clock.host_date()), *_not_read(edition.year)]
    found += _used_id(edition)
    found += upkeep.of_server(upkeep.server())
    return sorted(found, key=lambda finding: ("must", "should", "may").index(finding.severity))


def _used_id(edition: Edition) -> list[Finding]:
    """Return whether another contest has used the contest's id, perhaps one whose files are gone."""
    contest = edition.file_contest
    frozen = frozen_contest(contest.id) if contest else None
    if contest is None or frozen is None or frozen.year == edition.year:
        return []
    sentence = f"Tävlingens id, {contest.id}, är redan använt av tävlingen {frozen.year}. Välj ett nytt."
    return [Finding("must", sentence, edition.file_contest_number or 0, "contest")]


def _not_read(year: int) -> list[Finding]:
    """What was copied from another year and nobody has read and saved since."""
    history = History(Path(current_app.instance_path) / "history")
    latest = {number: history.latest(Leaf(year, number)) for number in (0, *NUMBERS)}
    return [
        Finding("should", "Texten är kopierad och inte genomgången. Läs och spara.", n, "hatch" if n else "texts")
        for n, version in latest.items()
        if version and conduct.to_look_through(version)
    ]


def dead_links(edition: Edition, number: int) -> list[str]:
    """Links in a hatch's tip (or, for 0, in the edition's texts) to pages of ours that do not exist."""
    html = edition.hatches[number].tip if number else edition.before + edition.after + edition.about
    here = f"/{edition.year}/lucka/{number}" if number else "/"
    links = dict.fromkeys(_LINK.findall(html))
    return [link for link in links if not _leads_somewhere(urljoin(here, link.removeprefix(_public_url())))]


def _public_url() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _leads_somewhere(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return True
    try:
        endpoint, values = current_app.url_map.bind("").match(parts.path or "/")
    except HTTPException:
        return False
    edition = library().editions.get(values["year"]) if "year" in values else None
    if "year" in values and edition is None:
        return False
    return endpoint != "calendar.image" or bool(edition and values["name"] in edition.hatches[values["number"]].images)
