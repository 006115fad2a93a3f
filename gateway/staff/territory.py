"""Zones, sectors and plans: what installations are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from chassis.errors import Refusal
from gateway import formats, roles
from gateway.backends import installations
from gateway.forms import Form

blueprint = Blueprint("territory", __name__, url_prefix="/zonas")


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    """With the id of a zone, sector or plan: its form shows that one, to be changed."""
    for which, find in _TO_CHANGE.items():
        if row_id := request.args.get(f"{which}_id"):
            return _page(Form(find(row_id)), which)
    return _page(Form(), "")


@blueprint.post("/zona")
@roles.allowed(roles.OFFICE_WORK)
def save_zone() -> Any:
    form = Form.typed()
    fields = {name: form.text(name) for name in ("zone_id", "name", "router_id")}
    return _saved(form, "zone", lambda: installations.save_zone(form.key, **fields))


@blueprint.post("/sectorial")
@roles.allowed(roles.OFFICE_WORK)
def save_sector() -> Any:
    form = Form.typed()
    fields = {name: form.text(name) for name in ("sector_id", "zone_id", "name")}
    return _saved(form, "sector", lambda: installations.save_sector(form.key, **fields))


@blueprint.post("/plan")
@roles.allowed(roles.OFFICE_WORK)
def save_plan() -> Any:
    form = Form.typed(checkboxes=["active"])
    price = formats.minor_units(str(form.value_of("price")), g.signed_in.company.currency)
    if price is None:
        form.add_error("price", "invalid-money")
    speeds = {name: _kbps(form, field) for name, field in (("download_kbps", "download"), ("upload_kbps", "upload"))}
    if form.failed:
        return _page(form, "plan"), form.status
    fields = {name: form.text(name) for name in ("plan_id", "router_id", "name")}
    return _saved(
        form,
        "plan",
        lambda: installations.save_plan(
            form.key, price_minor=price, active=bool(form.value_of("active")), **speeds, **fields
        ),
    )


def _zone(zone_id: str) -> dict[str, Any]:
    return _one(installations.zones(), zone_id=zone_id)


def _sector(sector_id: str) -> dict[str, Any]:
    return _one(installations.sectors(), sector_id=sector_id)


def _plan(plan_id: str) -> dict[str, Any]:
    """As it is typed: money and Mbps."""
    plan = _one(installations.plans(), plan_id=plan_id)
    speeds = {"download": f"{plan['download_kbps'] / 1000:g}", "upload": f"{plan['upload_kbps'] / 1000:g}"}
    return plan | speeds | {"price": formats.plain_money(plan["price_minor"], plan["currency"])}


_TO_CHANGE = {"zone": _zone, "sector": _sector, "plan": _plan}


def _one(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    found = next((row for row in rows if wanted.items() <= row.items()), None)
    return found or abort(404)


def _kbps(form: Form, name: str) -> int | None:
    """Typed in Mbps, with decimals for slow ones."""
    try:
        return round(float((form.text(name) or "").replace(",", ".")) * 1000)
    except ValueError:
        form.add_error(name, "invalid-number")
        return None


def _saved(form: Form, which: str, save: Callable[[], Any]) -> Any:
    try:
        save()
    except Refusal as refusal:
        form.refuse(
            refusal,
            renamed={"price_minor": "price", "download_kbps": "download", "upload_kbps": "upload"},
        )
        return _page(form, which), form.status
    flash(_("Guardado."), "success")
    return redirect(url_for(".index"))


def _page(form: Form, which: str) -> str:
    """`which` form is filled in; the others are empty."""
    forms = {name: form if name == which else Form({"active": True}) for name in _TO_CHANGE}
    for name, one in forms.items():
        one.prefix = f"{name}-"
    return render_template(
        "territory/index.html",
        forms=forms,
        zones=installations.zones(),
        sectors=installations.sectors(),
        plans=installations.plans(),
        routers=installations.routers(),
    )
