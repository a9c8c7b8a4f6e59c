"""The whole site as it will be at any minute, for a signed-in organiser only."""

# A preview has an address below the guard: /admin/forhandsvisning/2026-12-13T0800/2026/lucka/13. The public page is
# asked for within the guarded request, with the minute pinned and the address in front of its links (WSGI's
# SCRIPT_NAME), so the public's pages, their cache and their speed know nothing of it.

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts.forms import PreviewForm, posted_or_blank
from app.admin.accounts.guard import blueprint, chosen_edition
from app.calendar.content import NUMBERS, Edition, Hatch
from app.calendar.views import hatch_page
from app.clock import PINNED, PREVIEW, SWEDEN
from app.contest.terms import contest_of, hatch_of
from app.web.headers import this_app


@dataclass(frozen=True)
class KeyDate:
    """A Swedish name, an instant and the page to look at, without its first slash."""

    name: str
    instant: datetime
    path: str


def key_dates(edition: Edition) -> list[KeyDate]:
    """Before and after the hatches, and the turns of the contest, in the order of time."""
    year = edition.year
    found = [
        KeyDate("En vecka före", datetime(year, 11, 24, 8, tzinfo=SWEDEN), ""),
        KeyDate("Minuten före första luckan", datetime(year, 11, 30, 23, 59, tzinfo=SWEDEN), ""),
        KeyDate("Juldagen", datetime(year, 12, 25, 8, tzinfo=SWEDEN), ""),
        KeyDate("Frågan i januari", datetime(year + 1, 1, 15, 8, tzinfo=SWEDEN), f"{year}/januari"),
    ]
    if contest := contest_of(edition):
        hatch = f"{year}/lucka/{hatch_of(edition)}"
        found += [
            KeyDate("Tävlingen öppnar", contest.opens, hatch),
            KeyDate("Formuläret i tävlingen", contest.opens, f"{hatch}/tavla"),
            KeyDate("Tävlingen har stängt", (contest.closes + timedelta(minutes=1)).replace(second=0), hatch),
            KeyDate("Dragningens sida när tiden har kommit", contest.draw_at, f"{year}/dragning"),
        ]
    return sorted(found, key=lambda moment: moment.instant)


_PASSED_ON = re.compile(r"wsgi\.|SERVER_|HTTP_HOST$")
_KEPT = ("Content-Type", "Content-Disposition", "Location")
# Where a text of an edition writes a link from the root; links of templates have the preview's address already.
_FROM_THE_ROOT = re.compile(r'(<a\s[^>]*href=")(?=/(?!/|admin))')


@blueprint.route("/forhandsvisning", methods=["GET", "POST"])
def preview() -> BaseResponse | tuple[str, int]:
    morning = clock.now().astimezone(SWEDEN).replace(hour=8, minute=0, second=0, microsecond=0, tzinfo=None)
    edition, form = chosen_edition(), posted_or_blank(PreviewForm, instant=morning)
    if form.validate_on_submit() and form.instant.data:
        return redirect(preview_address(form.instant.data.replace(tzinfo=SWEDEN), ""), 303)
    found = [(moment, preview_address(moment.instant, moment.path)) for moment in key_dates(edition)]
    hatches = [(number, morning_address(edition.year, number)) for number in NUMBERS]
    page = render_template("admin/preview.html", edition=edition, form=form, moments=found, hatches=hatches)
    return page, 422 if request.method == "POST" else 200


@blueprint.get("/forhandsvisning/<moment:instant>/", defaults={"path": ""})
@blueprint.get("/forhandsvisning/<moment:instant>/<path:path>")
def preview_page(instant: datetime, path: str) -> BaseResponse:
    """A public page as of `instant`, never to be kept by anyone."""
    if path.partition("/")[0] == "admin":
        return redirect(f"/{path}", 303)
    app = this_app()
    asked = preview_environ(instant, path)
    answer = BaseResponse.from_app(type(app).wsgi_app.__get__(app), asked, buffered=True)
    body = answer.get_data()
    if answer.mimetype == "text/html":
        body = _FROM_THE_ROOT.sub(rf"\1{asked['SCRIPT_NAME']}", body.decode()).encode()
    kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    return Response(body, answer.status_code, kept | {"X-Robots-Tag": "noindex"})


@blueprint.post("/forhandsvisning/<moment:instant>/", defaults={"path": ""})
@blueprint.post("/forhandsvisning/<moment:instant>/<path:path>")
def refuse_to_send(instant: datetime, path: str) -> tuple[str, int, dict[str, str]]:
    back = preview_address(instant, path)
    return render_template("admin/preview_refused.html", back=back), 405, {"Allow": "GET, HEAD"}


def render_hatch(edition: Edition, hatch: Hatch, what: str) -> str:
    """Return a hatch's page as of its morning, with this hatch in place of the one of the site; `what` says which."""
    instant = datetime(edition.year, 12, hatch.number, 8, tzinfo=SWEDEN)
    changed = replace(edition, hatches=edition.hatches | {hatch.number: hatch})
    with this_app().request_context(preview_environ(instant, f"{edition.year}/lucka/{hatch.number}")):
        return hatch_page(changed, hatch, "admin/editing/as_page.html", what=what)


def preview_environ(instant: datetime, path: str) -> dict[str, object]:
    """Return the request for the public page: no cookie, no form, no header of the organiser's but the host."""
    passed_on = {key: value for key, value in request.environ.items() if _PASSED_ON.match(key)}
    # What the banner says: the instant, and the addresses of its links.
    banner = {
        "instant": instant,
        "day_before": preview_address(instant - timedelta(days=1), path),
        "day_after": preview_address(instant + timedelta(days=1), path),
        "choose": url_for("admin.preview"),
        "stop": url_for("admin.overview"),
    }
    return passed_on | {
        "REQUEST_METHOD": "GET",
        # Without ?ar=, which the addresses of an organiser's page go on with.
        "SCRIPT_NAME": preview_address(instant, "").partition("?")[0].rstrip("/"),
        "PATH_INFO": f"/{path}".encode().decode("latin-1"),
        PINNED: instant,
        PREVIEW: banner,
    }


def morning_address(year: int, number: int) -> str:
    """Return the address of a hatch's preview on the morning that it opens."""
    return preview_address(datetime(year, 12, number, 8, tzinfo=SWEDEN), f"{year}/lucka/{number}")


def preview_address(instant: datetime, path: str) -> str:
    return url_for("admin.preview_page", instant=instant, path=path)
