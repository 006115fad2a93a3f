"""Many services at once: chosen in their list, confirmed, followed, paused, and what became of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages
from gateway.backends import provisioning
from gateway.forms import Form
from gateway.roles import EVERYBODY, OFFICE_WORK, allowed
from gateway.states import state_name

blueprint = Blueprint("bulk", __name__, url_prefix="/servicios/masivos")

FILTERS = ("router_id", "state", "search")
PAGE = 200


@blueprint.get("/")
@allowed(EVERYBODY)
def index() -> str:
    return render_template("bulk/index.html", page=provisioning.bulks(after=request.args.get("after")))


@blueprint.post("/confirmar")
@allowed(OFFICE_WORK)
def confirm() -> Response | str:
    """How many it would be, before anything happens."""
    operation, chosen = _asked()
    try:
        seen = provisioning.preview_bulk(operation, chosen)
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
        return redirect(url_for("routers.accounts"))
    if not seen["total"]:
        flash(messages.text_of("nothing-chosen", {}), "danger")
        return redirect(url_for("routers.accounts"))
    return render_template("bulk/confirm.html", operation=operation, chosen=chosen, seen=seen, form=Form())


@blueprint.post("/")
@allowed(OFFICE_WORK)
def begin() -> Response:
    operation, chosen = _asked()
    try:
        begun = provisioning.begin_bulk(Form.typed().key, operation, chosen)
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
        return redirect(url_for("routers.accounts"))
    return redirect(url_for(".show", operation_id=begun["operation_id"]))


@blueprint.get("/<uuid:operation_id>")
@allowed(EVERYBODY)
def show(operation_id: UUID) -> str:
    """How far it is; the page follows it by itself."""
    identity, state = str(operation_id), request.args.get("state", "failed") or None
    return render_template(
        "bulk/show.html",
        bulk=provisioning.bulk(identity),
        items=provisioning.bulk_items(identity, state=state, after=request.args.get("after"), limit=50),
        state=state,
        form=Form(),
    )


@blueprint.post("/<uuid:operation_id>/<any(pause, resume, stop):how>")
@allowed(OFFICE_WORK)
def steer(operation_id: UUID, how: str) -> Response:
    try:
        provisioning.steer_bulk(Form.typed().key, how, str(operation_id))
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    return redirect(url_for(".show", operation_id=operation_id))


@blueprint.get("/<uuid:operation_id>/informe.csv")
@allowed(EVERYBODY)
def report(operation_id: UUID) -> Response:
    """What became of each service, a page at a time, so that its length does not matter."""
    identity = str(operation_id)
    first = provisioning.bulk_items(identity, limit=PAGE)
    name = f"{provisioning.bulk(identity)['created_at'][:10]}.csv"
    lines = stream_with_context(_lines(identity, first))
    response = Response(lines, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(operation_id: str, page: Any) -> Iterator[str]:
    # Spreadsheets take a file for UTF-8 only when it begins so.
    yield "\ufeff" + _line([_("Servicio"), _("Router"), _("Estado"), _("Motivo")])
    while True:
        for row in page["rows"]:
            reason = messages.text_of(row["reason_code"], row["reason_params"] or {}) if row["reason_code"] else ""
            yield _line([row["service_name"], row["router_name"] or "", state_name(row["state"]), reason])
        if not page["next"]:
            return
        page = provisioning.bulk_items(operation_id, after=page["next"], limit=PAGE)


def _line(cells: list[str]) -> str:
    """A cell that a spreadsheet would calculate is text: OWASP, "CSV Injection"."""
    written = io.StringIO()
    csv.writer(written).writerow(
        [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells]
    )
    return written.getvalue()


def _asked() -> tuple[str, dict[str, Any]]:
    """The chosen ones, or all that are like the filters of the list that they were chosen in."""
    operation = request.form.get("operation") or abort(400)
    ids = request.form.getlist("installation_id")
    if ids and not request.form.get("all"):
        return operation, {"installation_ids": ids}
    if not request.form.get("all"):
        return operation, {"installation_ids": [_NOBODY]}
    return operation, {name: request.form.get(name) or None for name in FILTERS}


# Nothing was ticked: that is nobody, and not everybody.
_NOBODY = str(UUID(int=0))
