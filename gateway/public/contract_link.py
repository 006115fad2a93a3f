"""A contract opened by its link: read, signed on the glass, downloaded. Whoever has the link needs no account."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from chassis.errors import Conflict, NotFound, Refusal, Unavailable, ValidationFailed
from gateway import deferral, downloads, messages
from gateway.app import LANGUAGES, limiter
from gateway.backends import contracts
from gateway.forms import Form
from gateway.model import REFUSED, WAITING, Company, DeferredCommand
from gateway.public.contract_text import shown
from gateway.public.entering import closed_to_others
from gateway.public.papers import Papers
from gateway.roles import PUBLIC, allowed

PATH = "/contrato/<token>"
PAPERS = ("paper_1", "paper_2", "paper_3")
_GONE = ("link-expired", "link-revoked")

blueprint = Blueprint("contract_link", __name__)


@blueprint.before_request
def _choose_language() -> None:
    if request.args.get("lang") in LANGUAGES:
        session["language"] = request.args["lang"]


@blueprint.after_request
def _keep_secret(response: Response) -> Response:
    """The address is the key: no other site and no shared cache may learn it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.errorhandler(Refusal)
def _closed(refusal: Refusal) -> tuple[str, int]:
    """An unknown, expired or revoked link, or a service that is away, said plainly."""
    if refusal.code in _GONE:
        status = 410
    elif isinstance(refusal, NotFound):
        status = 404
    elif isinstance(refusal, Unavailable):
        status = 503
    else:
        status = 409 if isinstance(refusal, Conflict) else 500
    return render_template("public/contract_closed.html", code=refusal.code, status=status), status


@blueprint.get(PATH)
@allowed(PUBLIC)
@limiter.limit("60/minute")
def show(token: str) -> str | Response:
    contract = _open(token)
    if contract["signed_at"]:
        return _signed_page(token, contract)
    about = _about().dumps(_remembered(contract))
    kept = _kept_signature(contract)
    if kept is not None and kept.state == WAITING:
        return redirect(url_for("contract_link.waiting", token=token, about=about))
    form = Form({"signer_name": contract["person"], "about": about})
    return _page(token, contract, form, _papers(token))


@blueprint.post(PATH)
@allowed(PUBLIC)
@limiter.limit("12/minute")
def sign(token: str) -> tuple[str, int] | Response:
    """Kept for later when the service is away: the person has signed, and need not come back."""
    form, papers = Form.typed(checkboxes=["consent"]), _papers(token)
    contract = _open_or_remember(token, form)
    papers.receive(form, PAPERS, current_app.extensions["alta"].settings.max_upload_bytes)
    _check(form)
    if form.failed:
        return _page(token, contract, form, papers), 422
    try:
        signed = contracts.sign_by_link(form.key, contract["contract_id"], **_signature(token, form, papers))
    except ValidationFailed as refused:
        _show_refused(form, papers, refused)
        return _page(token, contract, form, papers), 422
    except Conflict as conflict:
        if conflict.code not in ("contract-already-signed", "idempotency-key-reused"):
            raise
        signed = conflict
    if signed is None:
        return redirect(url_for("contract_link.waiting", token=token, about=form.text("about")))
    return redirect(url_for("contract_link.show", token=token))


@blueprint.get(f"{PATH}/recibido")
@allowed(PUBLIC)
def waiting(token: str) -> str | Response:
    """A signature that waits for the service, until the service has it."""
    remembered = _recall(request.args.get("about"))
    if remembered is None:
        abort(404)
    _serve(remembered["company_id"])
    kept = _kept_signature(remembered)
    if kept is None:
        return redirect(url_for("contract_link.show", token=token))
    refusal = None
    if kept.state == REFUSED:
        refusal = messages.text_of(kept.refusal["code"], kept.refusal.get("params"))
    return render_template("public/contract_waiting.html", token=token, company_name=_company_name(), refusal=refusal)


@blueprint.get(f"{PATH}/pdf")
@allowed(PUBLIC)
def pdf(token: str) -> Response:
    contract = _open(token)
    return downloads.stream(contract["company_id"], contracts.open_pdf_by_link(token))


@blueprint.context_processor
def _languages() -> dict[str, Any]:
    def address(code: str) -> str:
        return url_for(request.endpoint, **{**request.args, **(request.view_args or {}), "lang": code})

    return {"language_address": address, "company_name": _company_name()}


def _open(token: str) -> Any:
    """What the link shows; serves its company from here on."""
    contract = contracts.open_link(token)
    _serve(contract["company_id"])
    return contract


def _open_or_remember(token: str, form: Form) -> Any:
    """As `_open`; without the service, what the page knew when it was opened."""
    try:
        return _open(token)
    except Unavailable:
        remembered = _recall(form.text("about"))
        if remembered is None:
            raise
        _serve(remembered["company_id"])
        return remembered


def _kept_signature(contract: Any) -> DeferredCommand | None:
    with current_app.extensions["alta"].database.read(UUID(contract["company_id"])) as reading:
        return deferral.waiting_for(reading, contract["contract_id"])


def _serve(company_id: str) -> None:
    with current_app.extensions["alta"].database.read(UUID(company_id)) as reading:
        g.company = reading.get(Company, UUID(company_id))
    closed_to_others(company_id)


def _company_name() -> str:
    return g.company.name if g.get("company") else "Alta"


def _check(form: Form) -> None:
    if not form.text("signer_name"):
        form.add_error("signer_name", "required")
    if not form.text("signature_png"):
        form.add_error("signature_png", "signature-blank")
    if not form.value_of("consent"):
        form.add_error("consent", "consent-missing")


def _signature(token: str, form: Form, papers: Papers) -> dict[str, Any]:
    attachments = [
        {"title": form.text(f"{paper.field}_title") or paper.filename, **paper.upload} for paper in papers.all()
    ]
    return {
        "token": token,
        "signer_name": form.text("signer_name"),
        "signature_png": form.text("signature_png"),
        "consent": True,
        "ip": request.remote_addr,
        "user_agent": request.user_agent.string[:500],
        "attachments": attachments,
    }


def _show_refused(form: Form, papers: Papers, refused: ValidationFailed) -> None:
    """Beside the fields; a refused file has to be chosen again, the others are kept."""
    fields = [paper.field for paper in papers.all()]
    renamed = {}
    for path in refused.fields:
        found = re.match(r"attachments\.(\d+)(\.|$)", path)
        if found and int(found[1]) < len(fields):
            renamed[path] = field = fields[int(found[1])]
            form.set(field, "")
            papers.drop(field)
    form.refuse(refused, renamed=renamed)


def _page(token: str, contract: Any, form: Form, papers: Papers) -> str:
    return render_template(
        "public/contract.html",
        token=token,
        contract=contract,
        text=shown(contract["content"]) if contract.get("content") else None,
        form=form,
        papers=[(field, papers.get(field), papers.token(field)) for field in PAPERS],
        max_bytes=current_app.extensions["alta"].settings.max_upload_bytes,
    )


def _signed_page(token: str, contract: Any) -> str:
    return render_template(
        "public/contract_signed.html", token=token, contract=contract, text=shown(contract["content"])
    )


def _papers(token: str) -> Papers:
    return Papers(f"contract/{token}")


def _remembered(contract: Any) -> dict[str, str]:
    return {name: contract[name] for name in ("company_id", "contract_id", "person", "consent")}


def _recall(about: str | None) -> dict[str, str] | None:
    try:
        return _about().loads(about or "")
    except BadSignature:
        return None


def _about() -> URLSafeSerializer:
    keys = current_app.extensions["alta"].keyring.derive("gateway.contract-link")
    return URLSafeSerializer(list(reversed(keys)), salt="about")
