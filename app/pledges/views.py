"""What readers answer and try, beside a hatch: each form leads to a page that is the same for everyone."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.calendar import house, schedule
from app.calendar.content import Edition, Hatch
from app.calendar.edition import Question
from app.calendar.fields import read_aloud
from app.calendar.views import find_hatch, library, public_response
from app.contest.forms import UNNAMED, municipality_choices
from app.contest.terms import or_without_database, shown_contest
from app.pledges import counter, results
from app.pledges.models import Reply
from app.text import grouped_number
from app.web.headers import no_store
from app.web.page_cache import AGEING, Addresses
from app.web.rate_limit import RateLimitExceeded, check_and_hit

blueprint = Blueprint("pledges", __name__)
blueprint.after_request(no_store)
# Seconds that a page with counts in it is shown before they are asked for again.
AGE = 60
replies_of = or_without_database(counter.replies_of, lambda _: Counter())


def public_addresses(now: datetime) -> Addresses:
    """Return the pages of this package that are kept in the page cache at `now`."""
    return dict.fromkeys((path for edition in library().editions.values() for path in _addresses(edition, now)), AGEING)


def _addresses(edition: Edition, now: datetime) -> Iterator[str]:
    adapter, year = current_app.url_map.bind(""), edition.year
    for name in ("january", "kept", "result", "method", "result_csv", "result_json"):
        yield adapter.build(f"pledges.{name}", {"year": year})
    for number in schedule.open_numbers(year, now):
        place = {"year": year, "number": number}
        yield adapter.build("pledges.pledged", place)
        yield adapter.build("pledges.located", place)
        question = edition.hatches[number].file.question
        for option in _options(question) if question else ():
            yield adapter.build("pledges.answer", place | {"option": option})


def asks_for_answer(edition: Edition, hatch: Hatch) -> bool:
    """Check whether a hatch has a question that may be answered at once: the contest's own may not."""
    contest, question = shown_contest(edition), hatch.file.question
    return question is not None and (not contest or _spoken(contest.question) != _spoken(question.text))


def _spoken(text: str) -> str:
    return read_aloud(text).rstrip(" ?!.…")


def is_within_limits(purpose: str) -> bool:
    """Count one try against the limits of entries, each purpose for itself."""
    config = current_app.config
    try:
        check_and_hit(purpose, each=config["ENTRY_LIMIT"], together=config["ENTRY_LIMIT_ALL"])
    except RateLimitExceeded:
        return False
    return True


def count_or_refuse(purpose: str, *replies: Reply) -> None:
    """Count the replies; 429 when too many come at once."""
    if not is_within_limits(purpose):
        abort(429)
    counter.count_replies(*replies)


def _options(question: Question) -> list[str]:
    return [str(place) for place, _ in enumerate(question.options, 1)]


@blueprint.post("/<year:year>/lucka/<hatch:number>/svar")
def send_answer(year: int, number: int) -> Response:
    edition, hatch = find_hatch(year, number)
    option = request.form.get("svar", "")
    if not option:
        return redirect(url_for("calendar.hatch", year=year, number=number, _anchor="vad-tror-du"), 303)
    question = hatch.file.question
    if question is None or not asks_for_answer(edition, hatch) or option not in _options(question):
        abort(400)
    # Too many to count is no reason not to tell whether the answer was right.
    if is_within_limits("svar"):
        counter.count_replies(Reply(year, "answer", number, option))
    return redirect(url_for("pledges.answer", year=year, number=number, option=option), 303)


@blueprint.get("/<year:year>/lucka/<hatch:number>/svar/<number:option>")
def answer(year: int, number: int, option: int) -> Response:
    edition, hatch = find_hatch(year, number)
    question = hatch.file.question
    if question is None or not asks_for_answer(edition, hatch) or str(option) not in _options(question):
        abort(404)
    counted = results.count_answers(replies_of(year), year, number, hatch.file)
    chosen = question.options[option - 1]
    return hatch_page("pledges/answer.html", edition, hatch, chosen=chosen, counted=counted)


@blueprint.post("/<year:year>/lucka/<hatch:number>/testar")
def send_pledge(year: int, number: int) -> Response:
    find_hatch(year, number)
    count_or_refuse("testar", Reply(year, "pledge", number))
    return redirect(url_for("pledges.pledged", year=year, number=number), 303)


@blueprint.get("/<year:year>/lucka/<hatch:number>/testar")
def pledged(year: int, number: int) -> Response:
    return _thanks(year, number, located=False)


@blueprint.post("/<year:year>/lucka/<hatch:number>/testar/kommun")
def send_municipality(year: int, number: int) -> Response:
    edition, _ = find_hatch(year, number)
    code = request.form.get("kommun", "")
    if code not in municipalities_to_choose(edition):
        return redirect(url_for("pledges.pledged", year=year, number=number, _anchor="kommun"), 303)
    # Of a municipality only the sum of all hatches is kept.
    count_or_refuse("testar, kommun", Reply(year, "municipality", 0, code))
    return redirect(url_for("pledges.located", year=year, number=number), 303)


@blueprint.get("/<year:year>/lucka/<hatch:number>/testar/kommun")
def located(year: int, number: int) -> Response:
    return _thanks(year, number, located=True)


def municipalities_to_choose(edition: Edition) -> dict[str, str]:
    """Return where one may say that one tries a tip."""
    return {code: name for code, name in municipality_choices(edition).items() if code != UNNAMED}


def _thanks(year: int, number: int, located: bool) -> Response:
    edition, hatch = find_hatch(year, number)
    count = results.by_hatch(replies_of(year), "pledge")[number]
    effects = results.sum_effects(edition, {number: count})
    shown = {"count": count, "effects": effects, "located": located, "places": municipalities_to_choose(edition)}
    return hatch_page("pledges/thanks.html", edition, hatch, fewest=results.FEWEST_PLEDGES, **shown)


def hatch_page(template: str, edition: Edition, hatch: Hatch, **context: object) -> Response:
    """Return a page beside the hatch's own window."""
    context |= {"edition": edition, "hatch": hatch, "house": house.house_at(edition.year, clock.now())}
    context["address"] = current_app.config["PUBLIC_URL"] + edition.hatch_path(hatch.number)
    return public_response(render_template(template, **context), age=AGE)


def init_app(app: Flask) -> None:
    counter.init_app(app)
    app.add_template_global(asks_for_answer)
    app.add_template_filter(interval)
    app.add_template_filter(results.percent, "percent_of")


def interval(effect: results.Effect) -> str:
    """Return an effect as people read it: "mellan 0 och 660 km mindre bilkörning"."""
    least, most = (grouped_number(results.rounded(value)) for value in (effect.least, effect.most))
    unit = {"km": "km mindre bilkörning", "kg CO2e": "kg mindre utsläpp, räknat som koldioxid (CO2e)"}[effect.unit]
    return f"{least} {unit}" if least == most else f"mellan {least} och {most} {unit}"
