"""Where to write about a security hole: security.txt (RFC 9116). Pure."""

from datetime import UTC, datetime, timedelta

# RFC 9116 2.5.5 recommends less than a year.
GOOD_FOR = timedelta(days=330)
WARN = timedelta(days=30)


def security_text(contact: str, year: int, now: datetime, site: str) -> str:
    """Return the file. `contact` is an e-mail address or an https address; `site` is where the calendar is."""
    # Not past the day when the next edition names its own contact.
    good_until = min(now + GOOD_FOR, datetime(year + 1, 12, 1, tzinfo=UTC))
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {good_until:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: sv, en",
        f"Canonical: {site}/.well-known/security.txt",
    ]
    return "\n".join(lines) + "\n"


def security_fault(file: str, now: datetime) -> str | None:
    """Return what is wrong with the file as it is served, as a Swedish sentence; None when nothing is."""
    fields = dict(line.split(": ", 1) for line in file.splitlines() if ": " in line)
    try:
        left = datetime.fromisoformat(fields["Expires"]) - now
        contact = fields["Contact"]
    except (KeyError, ValueError):
        return "security.txt saknar Contact eller Expires."
    if not contact.startswith(("mailto:", "https://")):
        return f"Kontakten i security.txt är {contact}. Den ska vara en e-postadress eller börja med https://."
    if left <= timedelta(0):
        return "security.txt har gått ut. Lägg in nästa års kalender, så att kontakten är aktuell igen."
    if left < WARN:
        return f"security.txt går ut om {left.days} dygn. Lägg in nästa års kalender, så förnyas den."
    return None
