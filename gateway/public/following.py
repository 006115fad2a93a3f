"""After a request was sent: the page that confirms it, and its state for whoever has the number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from chassis.errors import NotFound, Unavailable, ValidationFailed
from gateway import deferral, messages
from gateway.app import limiter
from gateway.backends import preinstall
from gateway.forms import Form
from gateway.model import REFUSED, Company
from gateway.public import form_rules
from gateway.public.entering import closed_to_others, enter, in_two_languages
from gateway.roles import PUBLIC, allowed

PATH = "/solicitar-instalacion/<name>"

blueprint = Blueprint("following", __name__)
in_two_languages(blueprint)


@blueprint.get(f"{PATH}/seguimiento")
@allowed(PUBLIC)
@limiter.limit("20/minute")
def track(name: str) -> str | tuple[str, int]:
    """What became of a request, for whoever has its number."""
    enter(name)
    form, found = Form({"numero": request.args.get("numero", "")}), None
    if form.text("numero"):
        try:
            found = preinstall.track(form.text("numero") or "")
        except (NotFound, ValidationFailed):
            form.add_error("numero", "request-not-found")
    page = render_template("public/track.html", name=name, company=g.company, form=form, found=found)
    return page if found or not form.failed else (page, 404)


@blueprint.get("/seguimiento/<uuid:company_id>/<tracking_number>")
@allowed(PUBLIC)
def from_mail(company_id: UUID, tracking_number: str) -> Response:
    """The address in mails: it holds when the company chooses the other name for its pages."""
    closed_to_others(company_id)
    with _runtime().database.read(company_id) as reading:
        company = reading.get(Company, company_id)
    if company is None or not company.active:
        abort(404)
    return redirect(url_for(".track", name=company.public_name, numero=tracking_number))


@blueprint.get(f"{PATH}/recibida/<token>")
@allowed(PUBLIC)
def received(name: str, token: str) -> str:
    """What became of it: with its number, or still on its way to the service."""
    enter(name)
    try:
        told = _receipts().loads(token)
    except BadSignature:
        abort(404)
    request_id, tracking_number = told["request_id"], told["tracking_number"]
    refusal, waiting = None, False
    if tracking_number is None:
        tracking_number, refusal, waiting = _looked_up(request_id)
    return render_template(
        "public/received.html",
        name=name,
        company=g.company,
        tracking_number=tracking_number,
        refusal=refusal,
        waiting=waiting,
        thanks=form_rules.current().thanks,
    )


def address_of(name: str, request_id: str, tracking_number: str | None) -> str:
    """Of the page that confirms this request; nobody can make up another's."""
    told = {"request_id": request_id, "tracking_number": tracking_number}
    return url_for("following.received", name=name, token=_receipts().dumps(told))


def _looked_up(request_id: str) -> tuple[str | None, str | None, bool]:
    """Tracking number, refusal, and whether it still waits."""
    with _runtime().database.read(g.company.id) as reading:
        kept = deferral.waiting_for(reading, request_id)
    if kept is not None and kept.state == REFUSED:
        return None, messages.text_of(kept.refusal["code"], kept.refusal.get("params")), False
    try:
        return preinstall.get(request_id)["tracking_number"], None, False
    except (NotFound, Unavailable):
        return None, None, True


def _receipts() -> URLSafeSerializer:
    keys = _runtime().keyring.derive("gateway.receipts")
    return URLSafeSerializer(list(reversed(keys)), salt=f"request/{g.company.id}")


def _runtime() -> Any:
    return current_app.extensions["alta"]
