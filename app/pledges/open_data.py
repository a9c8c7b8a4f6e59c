"""The numbers of a season as files that anyone may use. Pure."""

import csv
import io
import json

from app.pledges.results import Result

# CC0 1.0, as Digg recommends for a public body's own data: free to use, also without naming the source.
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/deed.sv"
_COLUMNS = ("ar", "lucka", "visningar", "svar", "ratt_procent", "testar", "gor_fortfarande")


def as_csv(result: Result) -> str:
    """Return a row for each open hatch (RFC 4180); a share of too few answers is empty."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(_COLUMNS)
    for hatch in result.hatches:
        counts = (hatch.visits, hatch.answers, hatch.right, hatch.pledges, hatch.kept)
        writer.writerow((result.edition.year, hatch.number, *counts))
    return sheet.getvalue()


def as_json(result: Result, site: str) -> str:
    """Return the same with titles, sums and effects; null is what is not known, or of too few answers."""
    edition, follow_up = result.edition, result.follow_up
    body = {
        "kalender": edition.name,
        "ar": edition.year,
        "licens": LICENCE,
        "metod": f"{site}/{edition.year}/resultat/metod",
        "visningar": result.visits,
        "tavlingsbidrag": result.entries,
        "svar": result.answers,
        "ratt_procent": result.right,
        "testar": result.pledges,
        "januari": {"svar": follow_up.sent, "haller_fast_procent": follow_up.share},
        "effekt": [{"enhet": each.unit, "minst": each.least, "mest": each.most} for each in result.effects],
        "luckor": [
            {
                "lucka": hatch.number,
                "rubrik": hatch.title,
                "adress": site + edition.hatch_path(hatch.number),
                "visningar": hatch.visits,
                "svar": hatch.answers,
                "ratt_procent": hatch.right,
                "testar": hatch.pledges,
                "gor_fortfarande": hatch.kept,
            }
            for hatch in result.hatches
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
