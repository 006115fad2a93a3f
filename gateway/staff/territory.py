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

# The service's names for how a plan is shaped, and the form's.
_SHAPING = {
    "burst_download_kbps": "burst_download",
    "burst_upload_kbps": "burst_upload",
    "threshold_download_kbps": "threshold_download",
    "threshold_upload_kbps": "threshold_upload",
    "burst_seconds": "burst_seconds",
    "guaranteed_download_kbps": "guaranteed_download",
    "guaranteed_upload_kbps": "guaranteed_upload",
    "priority": "priority",
}
NO_PRIORITY = 8


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
    shaping = _shaping(form)
    if form.failed:
        return _page(form, "plan"), form.status
    fields = {name: form.text(name) for name in ("plan_id", "router_id", "name")}
    return _saved(
        form,
        "plan",
        lambda: installations.save_plan(
            form.key, price_minor=price, active=bool(form.value_of("active")), shaping=shaping, **speeds, **fields
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
    shaping = {field: _typed(name, (plan["shaping"] or {}).get(name)) for name, field in _SHAPING.items()}
    return plan | speeds | shaping | {"price": formats.plain_money(plan["price_minor"], plan["currency"])}


def _typed(name: str, value: int | None) -> str:
    """Empty for what is left as routers have it by themselves."""
    if not value or (name == "priority" and value == NO_PRIORITY):
        return ""
    return f"{value / 1000:g}" if name.endswith("_kbps") else str(value)


_TO_CHANGE = {"zone": _zone, "sector": _sector, "plan": _plan}


def _one(rows: list[dict[str, Any]], **wanted: str) -> dict[str, Any]:
    found = next((row for row in rows if wanted.items() <= row.items()), None)
    return found or abort(404)


def _shaping(form: Form) -> dict[str, int] | None:
    """What was typed beyond the highest speeds; None when nothing was."""
    typed = {name: field for name, field in _SHAPING.items() if form.text(field)}
    shaping = {
        name: _kbps(form, field) if name.endswith("_kbps") else _whole(form, field) for name, field in typed.items()
    }
    return shaping or None


def _whole(form: Form, name: str) -> int | None:
    typed = form.text(name) or ""
    if not typed.isdecimal():
        form.add_error(name, "invalid-number")
        return None
    return int(typed)


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
            renamed={
                "price_minor": "price",
                "download_kbps": "download",
                "upload_kbps": "upload",
                **{f"shaping.{name}": field for name, field in _SHAPING.items()},
            },
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
