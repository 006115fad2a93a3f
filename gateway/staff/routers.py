"""The company's routers: added, tested, and the services on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import messages
from gateway.backends import installations, provisioning
from gateway.forms import Form
from gateway.navigation import MODES
from gateway.roles import EVERYBODY, FIELD_WORK, OFFICE_WORK, allowed

blueprint = Blueprint("routers", __name__)

# So long after a change was saved its page still looks for what the router makes of it.
FOLLOWED = timedelta(seconds=20)
CHECKBOXES = ("tls", "active")


@blueprint.get("/routers")
@allowed(EVERYBODY)
def index() -> str:
    page = provisioning.routers(after=request.args.get("after"))
    failed = provisioning.jobs(state="failed", limit=10)["rows"]
    return render_template("routers/index.html", page=page, failed=failed)


@blueprint.get("/routers/nuevo")
@allowed(OFFICE_WORK)
def new() -> str:
    usual = {"suspend_by": "address_list", "suspended_list": "alta-suspended", "suspended_kbps": 64}
    return _page(Form({"port": 8728, "mode": "simple_queue", "active": True, **usual}), None)


@blueprint.get("/routers/<uuid:router_id>")
@allowed(EVERYBODY)
def show(router_id: UUID) -> str:
    router = provisioning.router(str(router_id))
    return _page(Form(router), router)


@blueprint.post("/routers")
@allowed(OFFICE_WORK)
def save() -> Response | tuple[str, int]:
    """An empty password keeps the present one; it is never shown again."""
    form = Form.typed(checkboxes=CHECKBOXES)
    try:
        router = provisioning.save_router(form.key, **_typed(form))
    except Refusal as refused:
        form.refuse(refused)
        return _page(form, _saved(form)), form.status
    flash(_("Router guardado. Prueba la conexión antes de usarlo."))
    return redirect(url_for("routers.show", router_id=router["router_id"]))


@blueprint.post("/routers/<uuid:router_id>/prueba")
@allowed(FIELD_WORK)
def test(router_id: UUID) -> str:
    """What each step of reaching the router said: a part of the page, or a page of its own."""
    result = provisioning.test_router(str(router_id))
    template = "routers/test_result.html" if request.headers.get("HX-Request") else "routers/test_page.html"
    return render_template(template, result=result, router_id=router_id)


@blueprint.post("/routers/<uuid:router_id>/diferencias")
@allowed(FIELD_WORK)
def compare(router_id: UUID) -> str:
    """What is on the router and should not be, and the other way round: a part of the page, or a page of its own."""
    result = provisioning.compare(str(router_id))
    template = "routers/differences.html" if request.headers.get("HX-Request") else "routers/differences_page.html"
    return render_template(template, result=result, router_id=router_id, form=Form())


@blueprint.post("/routers/<uuid:router_id>/reparar")
@allowed(OFFICE_WORK)
def repair(router_id: UUID) -> Response:
    """Brings the chosen clients' services about again."""
    identity = str(router_id)
    try:
        asked = provisioning.repair(Form.typed().key, identity, request.form.getlist("installation_id"))["asked"]
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    else:
        flash(ngettext("Se repara %(num)s servicio.", "Se reparan %(num)s servicios.", asked), "success")
    return redirect(url_for("routers.show", router_id=router_id))


@blueprint.get("/instalaciones/<uuid:installation_id>/servicio")
@allowed(EVERYBODY)
def account(installation_id: UUID) -> str:
    """What one client has on the router, as wanted and as last read."""
    found = provisioning.account(str(installation_id))
    try:
        installation = installations.get(str(installation_id))
    except Unavailable:
        installation = None
    return render_template(
        "routers/account.html", account=found, installation=installation, followed=_followed(), form=Form()
    )


def _followed() -> bool:
    """Whether a change was saved a moment ago, which may still be on its way to the router."""
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
        return timedelta() <= g.at - since < FOLLOWED
    except (ValueError, TypeError):
        return False


@blueprint.post("/instalaciones/<uuid:installation_id>/servicio/suspender")
@allowed(OFFICE_WORK)
def suspend(installation_id: UUID) -> Response:
    return _ask_for(provisioning.suspend, installation_id)


@blueprint.post("/instalaciones/<uuid:installation_id>/servicio/reconectar")
@allowed(OFFICE_WORK)
def reconnect(installation_id: UUID) -> Response:
    return _ask_for(provisioning.reconnect, installation_id)


@blueprint.post("/instalaciones/<uuid:installation_id>/servicio/reintentar")
@allowed(FIELD_WORK)
def retry(installation_id: UUID) -> Response:
    return _ask_for(provisioning.retry, installation_id)


@blueprint.post("/instalaciones/<uuid:installation_id>/servicio/quitar")
@allowed(OFFICE_WORK)
def remove(installation_id: UUID) -> Response:
    return _ask_for(provisioning.remove, installation_id)


def _ask_for(tell: Callable[[str, str], Any], installation_id: UUID) -> Response:
    """Asks provisioning for it; the page shows what the router says, as it happens."""
    identity = str(installation_id)
    try:
        tell(Form.typed().key, identity)
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    return redirect(url_for("routers.account", installation_id=installation_id))


def _typed(form: Form) -> dict[str, Any]:
    port, kbps = form.text("port") or "", form.text("suspended_kbps") or ""
    return {
        "router_id": form.text("router_id"),
        "name": form.text("name") or "",
        "address": form.text("address") or "",
        "port": int(port) if port.isdecimal() else 0,
        "tls": bool(form.value_of("tls")),
        "certificate_sha256": (form.text("certificate_sha256") or "").replace(":", "").lower() or None,
        "username": form.text("username") or "",
        "password": request.form.get("password") or None,
        "mode": form.text("mode") or "",
        "active": bool(form.value_of("active")),
        "suspend_by": form.text("suspend_by"),
        "suspended_list": form.text("suspended_list"),
        "suspended_profile": form.text("suspended_profile") or "",
        "suspended_kbps": int(kbps) if kbps.isdecimal() else None,
        "server": form.text("server") or "",
        "interface": form.text("interface") or "",
    }


def _saved(form: Form) -> Any | None:
    """The router as it is kept, beside what was typed."""
    router_id = form.text("router_id")
    return provisioning.router(router_id) if router_id else None


def _page(form: Form, router: Any | None) -> str:
    ways = [
        ("address_list", _("Lista de direcciones")),
        ("profile", _("Perfil del router")),
        ("disable", _("Deshabilitar")),
        ("low_rate", _("Velocidad mínima")),
    ]
    return render_template(
        "routers/router.html", form=form, router=router, modes=list(MODES.items()), ways=ways, action=Form()
    )
