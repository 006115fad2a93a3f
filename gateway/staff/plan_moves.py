"""All clients of a plan are given another: asked for beside the plan, followed, paused, and what routers refused."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import EVERYBODY, OFFICE_WORK, allowed

blueprint = Blueprint("plan_moves", __name__, url_prefix="/zonas/pasos-de-plan")


@blueprint.get("/")
@allowed(EVERYBODY)
def index() -> str:
    return render_template("plan_moves/index.html", page=installations.plan_moves(after=request.args.get("after")))


@blueprint.post("/")
@allowed(OFFICE_WORK)
def begin() -> Response:
    form = Form.typed()
    from_plan_id = form.text("from_plan_id") or ""
    try:
        begun = installations.begin_plan_move(form.key, from_plan_id, form.text("to_plan_id") or "")
    except Refusal as refused:
        complaint = next(iter(refused.fields.values()), [{"code": refused.code, "params": refused.params}])[0]
        flash(messages.text_of(complaint["code"], complaint.get("params", {})), "danger")
        return redirect(url_for("territory.index", plan_id=from_plan_id) + "#plan")
    return redirect(url_for(".show", move_id=begun["move_id"]))


@blueprint.get("/<uuid:move_id>")
@allowed(EVERYBODY)
def show(move_id: UUID) -> str:
    report = installations.plan_move(str(move_id))
    return render_template("plan_moves/show.html", move=report["move"], refused=report["refused"], form=Form())


@blueprint.post("/<uuid:move_id>/<any(pause, resume, stop):how>")
@allowed(OFFICE_WORK)
def steer(move_id: UUID, how: str) -> Response:
    try:
        installations.steer_plan_move(Form.typed().key, str(move_id), how)
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    return redirect(url_for(".show", move_id=move_id))
