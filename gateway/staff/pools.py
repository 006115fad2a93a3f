"""PRO-6: the addresses that clients are given: pools, how full they are, and who has which."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import formats, messages
from gateway.backends import installations, provisioning
from gateway.forms import Form
from gateway.parts import part
from gateway.roles import EVERYBODY, FIELD_WORK, OFFICE_WORK, allowed

blueprint = Blueprint("pools", __name__, url_prefix="/direcciones")

FIELDS = ("pool_id", "router_id", "name", "addresses")


@blueprint.get("/")
@allowed(EVERYBODY)
def index() -> str:
    usage = part("installations", installations.pool_usage)
    return render_template(
        "pools/index.html",
        pools=provisioning.pools(),
        usage={row["pool_id"]: row for row in usage.data or []},
        away=usage.away,
    )


@blueprint.get("/nuevo")
@allowed(OFFICE_WORK)
def new() -> str:
    """With a router and what that one suggested, filled in."""
    suggested = {name: request.args.get(name) for name in ("router_id", "name", "addresses")}
    return _form_page(Form({**suggested, "active": True}))


@blueprint.get("/<uuid:pool_id>")
@allowed(EVERYBODY)
def show(pool_id: UUID) -> str:
    """The pool's addresses, a page of them at a time, and its form."""
    identity = str(pool_id)
    pool = _one(identity)
    held = part("installations", lambda: installations.pool_addresses(identity, _address(request.args.get("first"))))
    return render_template("pools/show.html", pool=pool, held=held, form=Form(), may_change=True)


@blueprint.get("/<uuid:pool_id>/editar")
@allowed(OFFICE_WORK)
def edit(pool_id: UUID) -> str:
    return _form_page(Form(_one(str(pool_id))))


@blueprint.post("/")
@allowed(OFFICE_WORK)
def save() -> Response | tuple[str, int]:
    form = Form.typed(checkboxes=["active"])
    fields = {name: form.text(name) for name in FIELDS}
    try:
        saved = provisioning.save_pool(
            form.key, **fields, reserved=form.text("reserved") or "", active=bool(form.value_of("active"))
        )
    except Refusal as refused:
        form.refuse(refused)
        return _form_page(form), form.status
    flash(_("Pool guardado. Se lee del router qué direcciones ya se usan."), "success")
    return redirect(url_for(".show", pool_id=saved["pool_id"]))


@blueprint.post("/<uuid:pool_id>/leer")
@allowed(FIELD_WORK)
def read(pool_id: UUID) -> Response:
    pool = _one(str(pool_id))
    try:
        provisioning.read_pools(Form.typed().key, pool["router_id"])
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    else:
        flash(_("Se lee del router «%(router)s» qué direcciones se usan.", router=pool["router_name"]), "success")
    return redirect(url_for(".show", pool_id=pool_id))


@blueprint.post("/sugerencias")
@allowed(OFFICE_WORK)
def suggest() -> str:
    """What the router has that could be a pool: a part of the form's page."""
    router_id = request.form.get("router_id") or abort(404)
    try:
        found, refusal = provisioning.suggest_pools(router_id), None
    except Refusal as refused:
        found, refusal = [], messages.text_of(refused.code, refused.params)
    return render_template("pools/suggestions.html", found=found, refusal=refusal, router_id=router_id)


@blueprint.get("/siguiente")
@allowed(FIELD_WORK)
def following() -> str:
    """The next free address for the form of an installation: its field, anew."""
    zone_id = request.args.get("zone_id") or abort(404)
    proposal = installations.propose(zone_id, _address(request.args.get("ip_address")))
    proposed = {"ip_address": proposal["ip_address"] or "", "free_addresses": proposal.get("others", [])}
    form = Form({"zone_id": zone_id, **proposed})
    if proposal["ip_address"] is None:
        form.set("ip_address", request.args.get("ip_address"))
        form.add_error("ip_address", "pools-exhausted" if proposal["exhausted"] else "no-address-proposed")
    return render_template("pools/address_field.html", form=form)


def _one(pool_id: str) -> dict[str, Any]:
    found = next((pool for pool in provisioning.pools() if pool["pool_id"] == pool_id), None)
    return found or abort(404)


def _address(text: str | None) -> str | None:
    """None for what is no address yet."""
    try:
        return str(IPv4Address((text or "").strip()))
    except ValueError:
        return None


def _form_page(form: Form) -> str:
    routers = formats.choices(provisioning.routers(limit=200)["rows"], "router_id", "name")
    return render_template("pools/form.html", form=form, routers=routers)
