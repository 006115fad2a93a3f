"""The company's routers: added, tested, and the services on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import app, messages
from gateway.backends import installations, provisioning
from gateway.forms import Form
from gateway.navigation import MODES
from gateway.roles import EVERYBODY, FIELD_WORK, OFFICE_WORK, allowed

blueprint = Blueprint("routers", __name__)

# So long after a change was saved its page still looks for what the router makes of it.
FOLLOWED = timedelta(seconds=20)
CHECKBOXES = ("tls", "active", "repairs_itself")


@blueprint.get("/routers")
@allowed(EVERYBODY)
def index() -> str:
    page = provisioning.routers(after=request.args.get("after"), lost=bool(request.args.get("lost")))
    counts = provisioning.differences(limit=1)["counts"]
    failed = bool(provisioning.jobs(state="failed", limit=1)["rows"])
    return render_template("routers/index.html", page=page, counts=counts, failed=failed)


@blueprint.get("/routers/trabajos")
@allowed(EVERYBODY)
def jobs() -> str:
    """What waits for routers, what is being done, and what could not be done, with why."""
    filters = {name: request.args.get(name) or None for name in ("router_id", "state")}
    return render_template(
        "routers/jobs.html",
        page=provisioning.jobs(**filters, after=request.args.get("after"), limit=50),
        routers=provisioning.routers(limit=200)["rows"],
        filters=filters,
        form=Form(),
    )


@blueprint.post("/routers/trabajos/<uuid:job_id>/quitar")
@allowed(OFFICE_WORK)
def forget_job(job_id: UUID) -> Response:
    """Off the list; what it was about stays as it is."""
    try:
        provisioning.forget_job(Form.typed().key, str(job_id))
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    return redirect(url_for(".jobs", state="failed"))


@blueprint.get("/routers/diferencias")
@allowed(EVERYBODY)
def differences() -> str:
    """What the newest comparison of each router found, all routers together."""
    filters = {name: request.args.get(name) or None for name in ("router_id", "kind")}
    page = provisioning.differences(**filters, after=request.args.get("after"), limit=50)
    routers = provisioning.routers(limit=200)["rows"]
    return render_template(
        "routers/found.html",
        page=page,
        routers=routers,
        names={router["router_id"]: router["name"] for router in routers},
        filters=filters,
        form=Form(),
    )


@blueprint.post("/routers/diferencias/comparar")
@allowed(FIELD_WORK)
def compare_all() -> Response:
    asked = provisioning.compare_all(Form.typed().key)["asked"]
    flash(ngettext("Se compara %(num)s router.", "Se comparan %(num)s routers.", asked), "success")
    return redirect(url_for(".differences"))


@blueprint.post("/routers/diferencias/reparar")
@allowed(OFFICE_WORK)
def repair_found() -> Response:
    """The chosen clients, each on its router."""
    form, chosen = Form.typed(), defaultdict(set)
    for pair in request.form.getlist("chosen"):
        router_id, _slash, installation_id = pair.partition("/")
        chosen[router_id].add(installation_id)
    asked = 0
    try:
        for router_id, installation_ids in chosen.items():
            asked += provisioning.repair(f"{form.key}-{router_id}", router_id, sorted(installation_ids))["asked"]
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    if asked:
        flash(ngettext("Se repara %(num)s servicio.", "Se reparan %(num)s servicios.", asked), "success")
    return redirect(url_for(".differences"))


@blueprint.get("/routers/nuevo")
@allowed(OFFICE_WORK)
def new() -> str:
    usual = {"suspend_by": "address_list", "suspended_list": "alta-suspended", "suspended_kbps": 64, "compare_hours": 6}
    usual |= {"command_seconds": 30, "commands_in_flight": 4}
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


@blueprint.get("/servicios")
@allowed(EVERYBODY)
def accounts() -> str:
    """What is, or should be, on routers: everybody's service in one list."""
    filters = {name: request.args.get(name, "").strip() or None for name in ("router_id", "state", "search")}
    return render_template(
        "routers/accounts.html",
        page=provisioning.accounts(**filters, after=request.args.get("after"), limit=50),
        routers=provisioning.routers(limit=200)["rows"],
        filters=filters,
    )


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
        "compare_hours": _whole(form, "compare_hours"),
        "command_seconds": _whole(form, "command_seconds"),
        "commands_in_flight": _whole(form, "commands_in_flight"),
        "repairs_itself": bool(form.value_of("repairs_itself")),
    }


def _whole(form: Form, name: str) -> int | None:
    typed = form.text(name) or ""
    return int(typed) if typed.isdecimal() else None


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
    company = g.signed_in.company
    name = company.slug if company.public_identifier == "slug" else str(company.public_uuid)
    return render_template(
        "routers/router.html",
        form=form,
        router=router,
        modes=list(MODES.items()),
        ways=ways,
        action=Form(),
        notice=app.runtime().settings.base_url + url_for("suspended.show", name=name),
    )
