"""The company's routers: added, tested, and the services on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import app, audit
from gateway.backends import installations, provisioning
from gateway.forms import Form
from gateway.roles import EVERYBODY, FIELD_WORK, OFFICE_WORK, allowed

blueprint = Blueprint("routers", __name__)
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
    return _page(Form({"port": 8728, "mode": "simple_queue", "active": True}), None)


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
    with app.runtime().database.begin(g.signed_in.company.id) as writing:
        audit.note(writing, action="router-saved", subject=router["router_id"], address=router["address"])
    flash(_("Router guardado. Prueba la conexión antes de usarlo."))
    return redirect(url_for("routers.show", router_id=router["router_id"]))


@blueprint.post("/routers/<uuid:router_id>/prueba")
@allowed(FIELD_WORK)
def test(router_id: UUID) -> str:
    """What each step of reaching the router said: a part of the page, or a page of its own."""
    result = provisioning.test_router(str(router_id))
    template = "routers/test_result.html" if request.headers.get("HX-Request") else "routers/test_page.html"
    return render_template(template, result=result, router_id=router_id)


@blueprint.get("/instalaciones/<uuid:installation_id>/servicio")
@allowed(EVERYBODY)
def account(installation_id: UUID) -> str:
    """What one client has on the router, as wanted and as last read."""
    found = provisioning.account(str(installation_id))
    try:
        installation = installations.get(str(installation_id))
    except Unavailable:
        installation = None
    return render_template("routers/account.html", account=found, installation=installation)


def _typed(form: Form) -> dict[str, Any]:
    port = form.text("port") or ""
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
    }


def _saved(form: Form) -> Any | None:
    """The router as it is kept, beside what was typed."""
    router_id = form.text("router_id")
    return provisioning.router(router_id) if router_id else None


def _page(form: Form, router: Any | None) -> str:
    modes = [
        ("simple_queue", _("Cola simple (Simple Queue)")),
        ("pppoe", _("PPPoE (Secrets)")),
    ]
    return render_template("routers/router.html", form=form, router=router, modes=modes, action=Form())
