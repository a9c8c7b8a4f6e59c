"""Texts to send when the list is locked, so that copies of the checksum stand outside the organiser's reach. Pure."""

from datetime import datetime

from app.contest.rules import swedish

REHEARSAL = "ÖVNING – inget i den här texten är på riktigt.\n\n"


def lead(minutes: int) -> str:
    """The time between locking and draw, as the protocol says it: "26 timmar", "5 minuter, kortare än ett dygn"."""
    words = f"{minutes} minut{'er' * (minutes != 1)}" if minutes < 120 else f"{minutes // 60} timmar"
    return f"{words}, kortare än ett dygn" if minutes < 24 * 60 else words


def _facts(title: str, locked_at: datetime, draw_at: datetime, number: int, checksum: str) -> str:
    return f"""Tävling: {title}
Listan låstes: {swedish(locked_at)}
Dragningen görs: {swedish(draw_at)}, med drands runda {number}
Låsbevisets kontrollsumma (SHA-256):
{checksum}
"""


def to_registrator(title: str, locked_at: datetime, draw_at: datetime, number: int, checksum: str, page: str) -> str:
    """The text for the organiser's own registrator."""
    return f"""Hej!

Vänligen diarieför det här i dag. Det visar att listan över lotter i tävlingen var klar innan dragningen gjordes.

{_facts(title, locked_at, draw_at, number, checksum)}
Inga namn eller adresser ingår. Låsbeviset finns på {page}

Svara gärna med diarienumret, så antecknar vi det på sidan om dragningen.
"""


def to_partners(title: str, locked_at: datetime, draw_at: datetime, number: int, checksum: str, page: str) -> str:
    """The text for a partner municipality."""
    return f"""Hej!

Spara det här brevet till efter dragningen. Då kan ni intyga att vi inte har ändrat listan över lotter i efterhand.

{_facts(title, locked_at, draw_at, number, checksum)}
När vinnaren är utsedd: se efter att samma kontrollsumma står på {page}
Stämmer den inte har något ändrats. Säg i så fall till oss, och gärna till andra.

Svara gärna så att vi vet att brevet har kommit fram.
"""
