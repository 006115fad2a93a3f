"""The public form in which a prospect asks to be installed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from chassis.errors import Conflict, NotFound, Unavailable, ValidationFailed
from chassis.identifiers import new_id
from gateway import deferral, messages
from gateway.app import csrf, limiter
from gateway.backends import preinstall
from gateway.forms import Form
from gateway.model import REFUSED
from gateway.public import captcha, form_rules
from gateway.public.entering import enter, in_two_languages
from gateway.public.form_rules import FormRules
from gateway.public.papers import Papers
from gateway.roles import PUBLIC, allowed

PATH = "/solicitar-instalacion/<name>"
TEXTS = (
    "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "postal_code", "phone",
    "second_phone", "comments",
)  # fmt: skip
CAMPAIGN = ("source", "medium", "name", "referrer")
REQUIRED = ("first_name", "last_name", "address", "phone")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,24}")
_POSTAL_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,10}[A-Za-z0-9]")
_SHAPES = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "invalid-email"),
    "phone": (_PHONE, "invalid-phone"),
    "second_phone": (_PHONE, "invalid-phone"),
    "postal_code": (_POSTAL_CODE, "invalid-postal-code"),
}

blueprint = Blueprint("request_form", __name__)
in_two_languages(blueprint)


@blueprint.get(PATH)
@allowed(PUBLIC)
def show(name: str) -> str:
    enter(name)
    request_id = str(new_id())
    return _page(name, Form(_campaign()), request_id, form_rules.current(), _papers(request_id))


@blueprint.get(f"{PATH}/seguimiento")
@allowed(PUBLIC)
@limiter.limit("20/minute")
def track(name: str) -> str | tuple[str, int]:
    """What became of a request, for whoever has its number."""
    enter(name)
    form, found = Form({"numero": request.args.get("numero", "")}), None
    if form.text("numero"):
        try:
            found = preinstall.track(form.text("numero") or "")
        except (NotFound, ValidationFailed):
            form.add_error("numero", "request-not-found")
    page = render_template("public/track.html", name=name, company=g.company, form=form, found=found)
    return page if found or not form.failed else (page, 404)


@blueprint.get(f"{PATH}/comprobacion/<uuid:request_id>")
@allowed(PUBLIC)
@limiter.limit("30/minute")
def challenge(name: str, request_id: UUID) -> dict[str, Any]:
    """A new challenge, for a page that was open until its first one got too old."""
    enter(name)
    return _challenge(str(request_id))


# No account stands behind this form whose rights another site could use, and a refused cookie must not lose
# what a person typed: the proof of work ties the form to its request instead.
@blueprint.post(PATH)
@csrf.exempt
@allowed(PUBLIC)
@limiter.limit("12/minute;100/hour")
def send(name: str) -> tuple[str, int] | Response:
    enter(name)
    form, request_id, rules = Form.typed(), _request_id(), form_rules.current()
    proof = captcha.proof(_runtime().keyring, request.form.get("altcha", ""), request_id=request_id)
    if proof is not None and _is_spent(proof):
        return redirect(_received(name, request_id, None))
    papers = _papers(request_id)
    papers.receive(form, [kind for kind, _required in rules.documents], rules.max_file_bytes)
    _check(form, rules, papers)
    if proof is None:
        form.other_errors.append(messages.text_of("captcha-wrong" if request.form.get("altcha") else "captcha-missing"))
    if proof is None or form.failed:
        return _page(name, form, request_id, rules, papers), 422
    try:
        tracking_number = _submit(form, request_id, papers)
    except ValidationFailed as refused:
        _show_refused(form, papers, refused)
        return _page(name, form, request_id, rules, papers), 422
    with _runtime().database.begin_unscoped() as writing:
        captcha.spend(writing, proof, at=g.at)
    return redirect(_received(name, request_id, tracking_number))


@blueprint.get(f"{PATH}/recibida/<token>")
@allowed(PUBLIC)
def received(name: str, token: str) -> str:
    """What became of it: with its number, or still on its way to the service."""
    enter(name)
    try:
        told = _receipts().loads(token)
    except BadSignature:
        abort(404)
    request_id, tracking_number = told["request_id"], told["tracking_number"]
    refusal, waiting = None, False
    if tracking_number is None:
        tracking_number, refusal, waiting = _looked_up(request_id)
    return render_template(
        "public/received.html",
        name=name,
        company=g.company,
        tracking_number=tracking_number,
        refusal=refusal,
        waiting=waiting,
    )


def _campaign() -> dict[str, str]:
    """Where the person came from, as advertisements say it in addresses, and the page that led here."""
    told = {name: request.args.get(f"utm_{'campaign' if name == 'name' else name}", "") for name in CAMPAIGN}
    referrer = urlsplit(request.referrer or "")
    elsewhere = referrer.netloc and referrer.netloc != request.host
    return {**told, "referrer": referrer.netloc if elsewhere else ""}


def _request_id() -> str:
    """The number that the form was given; a form that lost it is a new request."""
    try:
        return str(UUID(request.form.get("request_id", "")))
    except ValueError:
        return str(new_id())


def _check(form: Form, rules: FormRules, papers: Papers) -> None:
    """What the service would refuse anyway, so that a request which is kept for it until later is not lost then."""
    for field in REQUIRED:
        if not form.text(field):
            form.add_error(field, "required")
    for field, (shape, code) in _SHAPES.items():
        if (typed := form.text(field)) and not shape.fullmatch(typed):
            form.add_error(field, code)
    for kind, required in rules.documents:
        if required and papers.get(kind) is None and not form.errors_of(kind):
            form.add_error(kind, "document-required")


def _submit(form: Form, request_id: str, papers: Papers) -> str | None:
    """The tracking number; None when the request waits for the service, or was taken before."""
    documents = [{"kind": paper.field, **paper.upload} for paper in papers.all()]
    try:
        answer = preinstall.submit(
            request_id,
            request_id,
            documents=documents,
            campaign={name: typed for name in CAMPAIGN if (typed := form.text(name))} or None,
            **{field: form.text(field) for field in TEXTS},
        )
    except Conflict as conflict:
        if conflict.code != "idempotency-key-reused":
            raise
        return None
    return answer["tracking_number"] if answer else None


def _show_refused(form: Form, papers: Papers, refused: ValidationFailed) -> None:
    """Beside the fields; a document that is refused has to be chosen again, the others are kept."""
    for missing in refused.fields.pop("documents", []):
        form.add_error(missing["params"]["kind"], missing["code"])
    kinds = [paper.field for paper in papers.all()]
    renamed = {}
    for path in refused.fields:
        found = re.match(r"documents\.(\d+)(\.|$)", path)
        if found and int(found[1]) < len(kinds):
            renamed[path] = kind = kinds[int(found[1])]
            form.set(kind, "")
            papers.drop(kind)
    if refused.fields or not form.failed:
        form.refuse(refused, renamed=renamed)


def _looked_up(request_id: str) -> tuple[str | None, str | None, bool]:
    """Tracking number, refusal, and whether it still waits."""
    with _runtime().database.read(g.company.id) as reading:
        kept = deferral.waiting_for(reading, request_id)
    if kept is not None and kept.state == REFUSED:
        return None, messages.text_of(kept.refusal["code"], kept.refusal.get("params")), False
    try:
        return preinstall.get(request_id)["tracking_number"], None, False
    except NotFound:
        return None, None, True
    except Unavailable:
        return None, None, True


def _page(name: str, form: Form, request_id: str, rules: FormRules, papers: Papers) -> str:
    return render_template(
        "public/request.html",
        name=name,
        company=g.company,
        form=form,
        request_id=request_id,
        rules=rules,
        documents=[_document(kind, required, papers) for kind, required in rules.documents],
        challenge=_challenge(request_id),
    )


def _document(kind: str, required: bool, papers: Papers) -> dict[str, Any]:
    label, hint = form_rules.labels()[kind], _hints()[kind]
    kept, token = papers.get(kind), papers.token(kind)
    return {"kind": kind, "label": label, "hint": hint, "required": required, "kept": kept, "token": token}


def _hints() -> dict[str, str]:
    return {
        "id_front": _("Foto o copia del lado con tu fotografía."),
        "id_back": _("Foto o copia del otro lado."),
        "proof_of_address": _("Por ejemplo, un recibo de agua o de luz."),
        "coupon": _("Si tienes un cupón o anuncio con descuento."),
    }


def _papers(request_id: str) -> Papers:
    return Papers(f"request/{g.company.id}/{request_id}")


def _challenge(request_id: str) -> dict[str, Any]:
    return captcha.challenge(_runtime().keyring, request_id=request_id, at=g.at)


def _is_spent(proof: captcha.Proof) -> bool:
    with _runtime().database.read_unscoped() as reading:
        return captcha.is_spent(reading, proof)


def _received(name: str, request_id: str, tracking_number: str | None) -> str:
    told = {"request_id": request_id, "tracking_number": tracking_number}
    return url_for("request_form.received", name=name, token=_receipts().dumps(told))


def _receipts() -> URLSafeSerializer:
    keys = _runtime().keyring.derive("gateway.receipts")
    return URLSafeSerializer(list(reversed(keys)), salt=f"request/{g.company.id}")


def _runtime() -> Any:
    return current_app.extensions["alta"]
