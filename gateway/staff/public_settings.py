"""The company's public form: its address, and which documents it asks for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.auditing import Recording
from chassis.errors import Refusal, Unavailable
from gateway import accounts, app, audit
from gateway.backends import preinstall
from gateway.forms import Form
from gateway.public import form_rules
from gateway.public.form_rules import KINDS
from gateway.roles import OFFICE_WORK, allowed

blueprint = Blueprint("public_settings", __name__)


@blueprint.get("/formulario-publico")
@allowed(OFFICE_WORK)
def edit() -> str:
    try:
        settings = preinstall.form_settings()
    except Unavailable:
        settings = None
    return _page(Form(_shown(settings)), away=settings is None)


@blueprint.post("/formulario-publico/documentos")
@allowed(OFFICE_WORK)
def save_documents() -> Response | tuple[str, int]:
    form = Form.typed(checkboxes=KINDS)
    required = {kind: bool(form.value_of(kind)) for kind in KINDS}
    documents = [{"kind": kind, "required": ticked} for kind, ticked in required.items()]
    try:
        preinstall.change_form_settings(form.key, documents=documents)
    except Refusal as refused:
        form.refuse(refused)
        return _page(form, away=False), form.status
    flash(_("Documentos guardados."))
    return redirect(url_for("public_settings.edit"))


@blueprint.post("/formulario-publico/direccion")
@allowed(OFFICE_WORK)
def save_address() -> Response:
    """The other address answers 404 from now on."""
    chosen = "uuid" if request.form.get("public_identifier") == "uuid" else "slug"
    company = g.signed_in.company
    with app.runtime().database.begin_unscoped() as writing:
        recording = Recording(writing)
        accounts.save_company(
            writing, base_url=app.runtime().settings.base_url, company_id=company.id, public_identifier=chosen
        )
        audit.record(recording, action="save_company")
    flash(_("Dirección guardada. La otra dirección ya no funciona."))
    return redirect(url_for("public_settings.edit"))


def _shown(settings: Any | None) -> dict[str, bool]:
    return {asked["kind"]: asked["required"] for asked in settings["documents"]} if settings else {}


def _snippet(address: str) -> str:
    """A button for the company's own web page. A link, not a frame: what is framed can be covered."""
    return (
        f'<a href="{address}?utm_source=web" style="display:inline-block;padding:12px 24px;border-radius:6px;'
        f'background:#0f6e99;color:#fff;font:600 16px sans-serif;text-decoration:none">{_("Solicitar instalación")}</a>'
    )


def _page(form: Form, *, away: bool) -> str:
    company, base_url = g.signed_in.company, app.runtime().settings.base_url
    addresses = {
        "slug": base_url + url_for("request_form.show", name=company.slug),
        "uuid": base_url + url_for("request_form.show", name=str(company.public_uuid)),
    }
    return render_template(
        "public_settings/edit.html",
        form=form,
        away=away,
        company=company,
        addresses=addresses,
        snippet=_snippet(addresses[company.public_identifier]),
        labels=form_rules.labels(),
    )
