"""The page of a municipality in the editor: an administrator's for all of them, a kommunredaktör's for their own."""

from flask import abort, g, render_template
from werkzeug.wrappers import Response as BaseResponse

from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing.forms import MunicipalityForm
from app.admin.editing.views import EditorPage, edit_page
from app.editing import form_mapping
from app.editing.store import ContentRef

PAGE = EditorPage(
    "municipality",
    "kommun/<slug>",
    "Kommunens sida",
    MunicipalityForm,
    form_mapping.municipality_shown,
    form_mapping.municipality_changes,
)


def find_leaf(slug: str | None) -> ContentRef:
    edition = chosen_edition()
    return ContentRef(edition.year, municipality=slug) if slug in edition.municipalities else abort(404)


@blueprint.get("/kommuner")
def edit_municipalities() -> str:
    return render_template("admin/editing/municipalities.html", edition=chosen_edition())


@blueprint.route("/kommun/<slug>", methods=["GET", "POST"])
def edit_municipality(slug: str) -> BaseResponse | tuple[str, int]:
    return edit_page(PAGE, find_leaf(slug))


@blueprint.route("/kommun", methods=["GET", "POST"])
def edit_own_municipality() -> BaseResponse | tuple[str, int]:
    return edit_page(PAGE, find_leaf(g.sign_in.organiser.municipality))
