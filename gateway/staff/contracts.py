"""Contracts: written from a template, signed in person or by link, printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from chassis.identifiers import new_id
from gateway import app, deferral, domains, downloads
from gateway.backends import contracts, installations
from gateway.forms import Form
from gateway.public.contract_text import shown
from gateway.public.papers import Papers
from gateway.roles import EVERYBODY, FIELD_WORK, OFFICE_WORK, allowed

blueprint = Blueprint("contracts", __name__)
ONE = "/instalaciones/<uuid:installation_id>/contrato"


@blueprint.get("/contratos/sin-firmar")
@allowed(EVERYBODY)
def unsigned() -> str:
    """Whoever has to sign yet, the longest waiting first."""
    return render_template("contracts/unsigned.html", page=contracts.unsigned(after=request.args.get("after") or None))


@blueprint.get(ONE)
@allowed(EVERYBODY)
def edit(installation_id: UUID) -> str:
    """The contract that waits for its signature, the signed one, or a draft of the first."""
    contract = contracts.for_installation(str(installation_id))
    if contract is not None and (contract["signed_at"] or contract["state"] != "pending") and not _wants_another():
        return _page(installation_id, contract, None)
    if contract is not None and not _wants_another():
        return _page(installation_id, contract, Form(_written(contract)))
    draft = contracts.draft(str(installation_id), request.args.get("plantilla") or None)
    return _page(installation_id, None, Form({"content": draft["content"]}))


@blueprint.post(ONE)
@allowed(FIELD_WORK)
def save(installation_id: UUID) -> Response | tuple[str, int]:
    """Saves; signs too when somebody signed on the glass. The PDF of a signed contract makes itself."""
    form = Form.typed()
    try:
        saved = contracts.save(form.key, **_typed(installation_id, form))
    except Refusal as refused:
        form.refuse(refused)
        return _again(installation_id, form)
    form.set("contract_id", saved["contract_id"])
    form.set("version", saved["version"])
    sign_key, form.key = f"{form.key}-sign", new_id().hex
    if not form.text("signature_png"):
        flash(_("Contrato guardado."))
        if request.form.get("action") == "pdf":
            flash(_("El PDF no se generó porque el contrato todavía no está firmado."), "warning")
        return redirect(url_for("contracts.edit", installation_id=installation_id))
    return _sign(installation_id, saved["contract_id"], form, sign_key)


def _sign(installation_id: UUID, contract_id: str, form: Form, key: str) -> Response | tuple[str, int]:
    try:
        contracts.sign_in_person(
            key,
            contract_id=contract_id,
            signer_name=form.text("signer_name") or "",
            signature_png=form.text("signature_png"),
            ip=request.remote_addr,
            user_agent=request.user_agent.string[:500],
        )
    except Refusal as refused:
        form.refuse(refused)
        return _again(installation_id, form)
    flash(_("Contrato firmado. El PDF se está generando."))
    return redirect(url_for("contracts.edit", installation_id=installation_id))


@blueprint.post(f"{ONE}/archivos")
@allowed(FIELD_WORK)
def attach(installation_id: UUID) -> Response | tuple[str, int]:
    form, papers = Form.typed(), Papers(f"attachment/{g.signed_in.company.id}")
    papers.receive(form, ["file"], app.runtime().settings.max_upload_bytes)
    paper = papers.get("file")
    if paper is None and not form.failed:
        form.add_error("file", "required")
    if not form.failed:
        upload = {"title": form.text("title") or paper.filename, **paper.upload}
        try:
            contracts.add_attachments(form.key, _contract_id(form), [upload])
        except Refusal as refused:
            form.set("file", "")
            form.refuse(refused, renamed=dict.fromkeys(refused.fields, "file"))
    for text in [*form.errors_of("file"), *form.other_errors]:
        flash(text, "danger")
    if not form.failed:
        flash(_("Archivo agregado."))
    return redirect(url_for("contracts.edit", installation_id=installation_id))


@blueprint.get("/contratos/archivos/<uuid:attachment_id>")
@allowed(EVERYBODY)
def attachment(attachment_id: UUID) -> Response:
    opened = contracts.open_attachment(str(attachment_id))
    return downloads.stream(g.signed_in.company.id, opened, inline=True)


@blueprint.post(f"{ONE}/enlace")
@allowed(FIELD_WORK)
def issue_link(installation_id: UUID) -> Response | str:
    """Shows the link, or mails it too; the same one for as long as it is good."""
    form = Form.typed()
    send = request.form.get("action") == "email"
    issued = contracts.issue_link(form.key, _contract_id(form), send_email=send)
    if send:
        flash(_("El enlace va en camino por correo."))
    contract = contracts.for_installation(str(installation_id))
    link = {"address": _public_address() + issued["path"], "expires_at": issued["expires_at"]}
    return _page(installation_id, contract, Form(_written(contract)), link=link)


@blueprint.post(f"{ONE}/enlace/revocar")
@allowed(FIELD_WORK)
def revoke_link(installation_id: UUID) -> Response:
    form = Form.typed()
    contracts.revoke_link(form.key, _contract_id(form))
    flash(_("El enlace ya no funciona."))
    return redirect(url_for("contracts.edit", installation_id=installation_id))


@blueprint.post(f"{ONE}/pdf")
@allowed(FIELD_WORK)
def generate_pdf(installation_id: UUID) -> Response:
    form = Form.typed()
    contracts.generate_pdf(form.key, _contract_id(form))
    flash(_("El PDF se está generando."))
    return redirect(url_for("contracts.edit", installation_id=installation_id))


@blueprint.get(f"{ONE}/pdf")
@allowed(EVERYBODY)
def pdf(installation_id: UUID) -> Response:
    contract = contracts.for_installation(str(installation_id))
    if contract is None:
        abort(404)
    return downloads.stream(g.signed_in.company.id, contracts.open_pdf(contract["contract_id"]), inline=True)


@blueprint.get(f"{ONE}/pdf/estado")
@allowed(EVERYBODY)
def pdf_state(installation_id: UUID) -> str:
    contract = contracts.for_installation(str(installation_id))
    if contract is None:
        abort(404)
    return render_template("contracts/pdf_box.html", installation_id=installation_id, contract=contract, form=Form())


@blueprint.get("/contratos/plantillas")
@allowed(OFFICE_WORK)
def templates() -> str:
    return render_template("contracts/templates.html", rows=contracts.templates())


@blueprint.get("/contratos/plantillas/nueva")
@allowed(OFFICE_WORK)
def new_template() -> str:
    return _template_page(Form())


@blueprint.get("/contratos/plantillas/<uuid:template_id>")
@allowed(OFFICE_WORK)
def template(template_id: UUID) -> str:
    row = next((row for row in contracts.templates() if row["template_id"] == str(template_id)), None)
    if row is None:
        abort(404)
    return _template_page(Form(row))


@blueprint.post("/contratos/plantillas")
@allowed(OFFICE_WORK)
def save_template() -> Response | tuple[str, int]:
    form = Form.typed()
    try:
        contracts.save_template(
            form.key,
            template_id=form.text("template_id"),
            name=form.text("name") or "",
            content=form.text("content") or "",
        )
    except Refusal as refused:
        form.refuse(refused)
        return _template_page(form), form.status
    flash(_("Plantilla guardada."))
    return redirect(url_for("contracts.templates"))


def _public_address() -> str:
    """The company's own domain, where it has one."""
    company_id = g.signed_in.company.id
    with app.runtime().database.read(company_id) as session:
        return domains.base_url_of(session, company_id, app.runtime().settings.base_url)


def _template_page(form: Form) -> str:
    return render_template("contracts/template.html", form=form, tags=contracts.tags())


def _wants_another() -> bool:
    return request.args.get("nuevo") == "1"


def _written(contract: Any) -> dict[str, Any]:
    names = ("contract_id", "version", "content", "starts_on", "ends_on")
    return {name: contract[name] for name in names}


def _typed(installation_id: UUID, form: Form) -> dict[str, Any]:
    version = form.text("version")
    return {
        "contract_id": form.text("contract_id"),
        "installation_id": str(installation_id),
        "starts_on": form.text("starts_on"),
        "ends_on": form.text("ends_on"),
        "content": form.text("content") or "",
        "version": int(version) if version and version.isdigit() else None,
    }


def _contract_id(form: Form) -> str:
    return form.text("contract_id") or abort(400)


def _again(installation_id: UUID, form: Form) -> tuple[str, int]:
    contract = contracts.for_installation(str(installation_id)) if form.text("contract_id") else None
    return _page(installation_id, contract, form), form.status


def _page(installation_id: UUID, contract: Any, form: Form | None, *, link: dict[str, Any] | None = None) -> str:
    """`form` is None for a contract that nobody can change any more."""
    text = shown(contract["content"]) if contract and form is None else None
    templates = contracts.templates() if form is not None and contract is None else []
    return render_template(
        "contracts/edit.html",
        installation_id=installation_id,
        installation=_installation(installation_id),
        contract=contract,
        form=form,
        actions=Form(),
        text=text,
        templates=[(row["template_id"], row["name"]) for row in templates],
        default_template=next((row["template_id"] for row in templates if row.get("is_default")), ""),
        link=link,
        waiting=_waiting(contract),
    )


def _installation(installation_id: UUID) -> Any | None:
    """None while its service is away: the contract can be worked on all the same."""
    try:
        return installations.get(str(installation_id))
    except Unavailable:
        return None


def _waiting(contract: Any) -> Any | None:
    """A signature that the client gave while the contracts service was away."""
    if contract is None:
        return None
    with app.runtime().database.read(g.signed_in.company.id) as reading:
        return deferral.waiting_for(reading, contract["contract_id"])
