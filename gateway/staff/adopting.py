"""PRO-6: what is on a router already, matched to clients of Alta and taken over when they are activated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages, uploads
from gateway.backends import installations, provisioning
from gateway.forms import Form
from gateway.roles import OFFICE_WORK, allowed

blueprint = Blueprint("adopting", __name__, url_prefix="/routers")

Row = dict[str, Any]
ADOPTED = "adopted"
AT_ONCE = 500
"""So many are taken over by one command."""


@blueprint.get("/<uuid:router_id>/importar")
@allowed(OFFICE_WORK)
def show(router_id: UUID) -> str:
    """Whoever comes from an import of clients finds the way back."""
    return _page(router_id, came_from=_import_id(request.args))


@blueprint.post("/<uuid:router_id>/importar/leer")
@allowed(OFFICE_WORK)
def read(router_id: UUID) -> str:
    """Everything that the router has and Alta does not, each with the installation that it seems to be of."""
    identity, refusal = str(router_id), None
    try:
        found = provisioning.found_services(identity)
    except Refusal as refused:
        found, refusal = [], messages.text_of(refused.code, refused.params)
    return render_template(
        "adopting/found.html",
        rows=_matched(identity, found),
        router_id=router_id,
        refusal=refusal,
        form=Form(),
        came_from=_import_id(request.form),
    )


@blueprint.post("/<uuid:router_id>/importar")
@allowed(OFFICE_WORK)
def adopt(router_id: UUID) -> Response | str:
    """The chosen ones are taken over, and their installations activated; says what became of each.

    Where all of it is well and there is an import to go back to, that page follows how they become clients.
    """
    form, came_from = Form.typed(), _import_id(request.form)
    pairs = [_pair(value) for value in request.form.getlist("chosen")]
    outcomes: list[Row] = []
    try:
        for first in range(0, len(pairs), AT_ONCE):
            outcomes += _taken(f"{form.key}-{first}", str(router_id), pairs[first : first + AT_ONCE])
    except Refusal as refused:
        form.other_errors.append(messages.text_of(refused.code, refused.params))
    taken = sum(row["ok"] for row in outcomes)
    if came_from and taken and taken == len(pairs):
        flash(ngettext("%(num)s cliente se está activando.", "%(num)s clientes se están activando.", taken), "success")
        return redirect(url_for("imports.show", import_id=came_from))
    outcomes.sort(key=lambda row: row["ok"])
    return _page(router_id, came_from=came_from, outcomes=outcomes, problems=form.other_errors)


def _page(router_id: UUID, **shown: Any) -> str:
    return render_template("adopting/show.html", router=provisioning.router(str(router_id)), form=Form(), **shown)


def _import_id(values: Mapping[str, str]) -> str | None:
    try:
        return str(UUID(values["import"]))
    except (KeyError, ValueError):
        return None


def _taken(key: str, router_id: str, pairs: list[dict[str, str]]) -> list[Row]:
    """Each with whether it is on its way (`ok`), and what to say of it. What cannot be activated stays adopted."""
    rows = provisioning.adopt(key, router_id, pairs)
    adopted = [row["installation_id"] for row in rows if row["outcome"] == ADOPTED]
    attempts = installations.activate_many(f"{key}-activate", adopted) if adopted else []
    refused = {row["installation_id"]: row for row in attempts if row["code"]}
    return [row | _said(row, refused.get(row["installation_id"])) for row in rows]


def _said(row: Row, refused: Row | None) -> Row:
    if refused is not None:
        return {"ok": False, "says": messages.text_of(refused["code"], refused["params"])}
    return {"ok": row["outcome"] == ADOPTED, "says": messages.text_of(row["outcome"], {})}


def _matched(router_id: str, found: list[Row]) -> list[Row]:
    """Each with `match`, the installation that has its name, else its address, else its MAC; and with `new`, where
    an installation of it is made."""
    if not found:
        return []
    known = {
        "names": [uploads.plain_name(row["name"]) for row in found] + [row["name"] for row in found],
        "addresses": [row["ip_address"] for row in found if row["ip_address"]],
        "macs": [row["mac_address"] for row in found if row["mac_address"]],
    }
    matching = installations.matching(router_id=router_id, **known)
    zone = next((zone for zone in installations.zones() if zone["router_id"] == router_id), None)
    plans = installations.plans(router_id)
    by = {
        field: {row[field]: row for row in matching if row[field]}
        for field in ("service_name", "ip_address", "mac_address")
    }
    for row in found:
        plain = uploads.plain_name(row["name"])
        row["match"] = (
            by["service_name"].get(row["name"])
            or by["service_name"].get(plain)
            or by["ip_address"].get(row["ip_address"])
            or by["mac_address"].get(row["mac_address"])
        )
        # A name that Alta does not take is said beside its field.
        row["new"] = _new(row, row["name"] if row["name"].isascii() else plain, zone, plans)
    return found


def _new(row: Row, name: str, zone: Row | None, plans: list[Row]) -> str | None:
    """None while the router has no zone."""
    if zone is None:
        return None
    speeds = (row["download_kbps"], row["upload_kbps"])
    plan = next((plan for plan in plans if (plan["download_kbps"], plan["upload_kbps"]) == speeds), None)
    return url_for(
        "installations.new",
        zone_id=zone["zone_id"],
        service_name=name,
        ip_address=row["ip_address"],
        mac_address=row["mac_address"],
        plan_id=plan["plan_id"] if plan else None,
        comments=_("En el router: %(comment)s", comment=row["comment"]) if row["comment"] else None,
    )


def _pair(value: str) -> dict[str, str]:
    """As the form sends it: row, installation, and the row's name, which may hold anything."""
    row_id, _slash, rest = value.partition("/")
    installation_id, _slash, name = rest.partition("/")
    return {"row_id": row_id, "installation_id": installation_id, "name": name}
