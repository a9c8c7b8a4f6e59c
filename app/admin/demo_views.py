"""The organisers' area of a demo: one button to start over."""

from flask import abort, current_app, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import demo
from app.admin.forms import EmptyForm
from app.admin.guard import blueprint


@blueprint.post("/borja-om")
def start_demo_over() -> BaseResponse:
    """Put the demo back to how it was at first."""
    if not current_app.config["DEMO"]:
        abort(404)
    if not EmptyForm().validate():
        abort(400)
    demo.start_over()
    return redirect(url_for("admin.overview", klart="omstart"), 303)
