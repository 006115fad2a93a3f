"""A client's own service on one page, and what is opened from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from chassis.errors import NotFound, Refusal
from gateway import app, messages, timeline
from gateway.backends import billing, contracts, installations, provisioning
from gateway.downloads import stream
from gateway.forms import Form
from gateway.parts import part
from gateway.portal.own import own_service, own_services
from gateway.portal.room import blueprint
from gateway.public.contract_text import shown
from gateway.roles import CLIENTS, allowed

SUSPENDED = "ServiceSuspended"


@blueprint.get("/")
@allowed(CLIENTS)
def home(name: str) -> str | Response:
    """Straight to the service of who has one."""
    services = own_services()
    known = services.data if services.data is not None else [{"installation_id": id} for id in g.client.known_ids]
    if len(known) == 1:
        return redirect(url_for(".service", name=name, installation_id=known[0]["installation_id"]))
    return render_template("portal/home.html", name=name, services=known, away=services.away)


@blueprint.get("/servicio/<uuid:installation_id>")
@allowed(CLIENTS)
def service(name: str, installation_id: UUID) -> str:
    """Each part from its own service: one that is away hides only its part."""
    identity, found = own_service(installation_id)
    return render_template(
        "portal/service.html",
        name=name,
        installation_id=identity,
        service=found,
        standing=part("provisioning", _or_none(lambda: provisioning.standing_for_client(identity))),
        suspended_at=_suspended_at(identity),
        account=part("billing", lambda: billing.account_for_client(identity)),
        contract=part("contracts", lambda: contracts.contract_for_client(identity)),
        files=part("installations", lambda: installations.files_for_client(identity)),
        several=len(g.client.known_ids) > 1,
        form=Form(),
    )


@blueprint.get("/servicio/<uuid:installation_id>/facturas/<uuid:invoice_id>")
@allowed(CLIENTS)
def invoice(name: str, installation_id: UUID, invoice_id: UUID) -> str:
    identity, found = own_service(installation_id)
    opened = billing.invoice_for_client(identity, str(invoice_id))
    return render_template("portal/invoice.html", name=name, installation_id=identity, service=found, invoice=opened)


@blueprint.get("/servicio/<uuid:installation_id>/archivos/<uuid:file_id>")
@allowed(CLIENTS)
def file(name: str, installation_id: UUID, file_id: UUID) -> Response:
    identity, _service = own_service(installation_id)
    opened = installations.open_file_for_client(identity, str(file_id))
    return stream(g.client.company.id, opened, inline="ver" in request.args)


@blueprint.get("/servicio/<uuid:installation_id>/contrato")
@allowed(CLIENTS)
def contract(name: str, installation_id: UUID) -> str | Response:
    """What was signed; what still waits for that is read where it is signed."""
    identity, _service = own_service(installation_id)
    found = contracts.contract_for_client(identity)
    if found is None or not found["signed_at"]:
        return redirect(url_for(".service", name=name, installation_id=identity))
    return render_template(
        "portal/contract.html", name=name, installation_id=identity, contract=found, text=shown(found["content"])
    )


@blueprint.get("/servicio/<uuid:installation_id>/contrato/pdf")
@allowed(CLIENTS)
def contract_pdf(name: str, installation_id: UUID) -> Response:
    identity, _service = own_service(installation_id)
    return stream(g.client.company.id, contracts.open_pdf_for_client(identity))


@blueprint.post("/servicio/<uuid:installation_id>/contrato/firmar")
@allowed(CLIENTS)
def sign_contract(name: str, installation_id: UUID) -> Response:
    """To the contract's own link, where it is read and signed."""
    identity, _service = own_service(installation_id)
    try:
        return redirect(contracts.link_for_client(Form.typed().key, identity)["path"])
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
    return redirect(url_for(".service", name=name, installation_id=identity))


def _or_none(ask: Callable[[], Any]) -> Callable[[], Any]:
    """A service that provisioning never heard of stands on no router yet."""

    def asked() -> Any:
        try:
            return ask()
        except NotFound:
            return None

    return asked


def _suspended_at(identity: str) -> Any:
    """When the service was last cut, as far as the timeline reaches back."""
    with app.runtime().database.read(g.client.company.id) as reading:
        entries = timeline.entries_about(reading, identity)
    return next((entry.occurred_at for entry in reversed(entries) if entry.type == SUSPENDED), None)
