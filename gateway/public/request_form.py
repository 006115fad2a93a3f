"""The public form in which a prospect asks to be installed."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response

from chassis.errors import Conflict, ValidationFailed
from chassis.identifiers import new_id
from gateway import messages
from gateway.app import SECURITY_HEADERS, csrf, limiter
from gateway.backends import preinstall
from gateway.forms import Form
from gateway.public import captcha, faces, following, form_rules, recaptcha, robots
from gateway.public.entering import enter, in_two_languages
from gateway.public.form_rules import FormRules
from gateway.public.papers import Papers
from gateway.public.request_page import page, papers_of
from gateway.roles import PUBLIC, allowed

OWN_PATH = "/solicitar-instalacion"
PATH = f"{OWN_PATH}/<name>"
TEXTS = (
    "first_name", "last_name", "official_id", "email", "address", "neighbourhood", "city", "postal_code", "phone",
    "second_phone", "comments",
)  # fmt: skip
CAMPAIGN = ("source", "medium", "name", "referrer")
REQUIRED = ("first_name", "last_name", "address", "phone")

blueprint = Blueprint("request_form", __name__)
in_two_languages(blueprint)


@blueprint.after_request
def _make_light(response: Response) -> Response:
    """The page is compressed: nothing in it is another's secret that a reflected text could be tried against."""
    if response.mimetype == "text/html" and response.status_code == 200 and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(response.get_data(), 6))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    return response


@blueprint.after_request
def _let_captcha_in(response: Response) -> Response:
    if g.get("company") is not None and robots.shown(faces.current()):
        usual = SECURITY_HEADERS["Content-Security-Policy"].replace("{tiles}", "")
        response.headers["Content-Security-Policy"] = recaptcha.policy(usual, _runtime().settings.recaptcha_url)
    return response


@blueprint.get(OWN_PATH)
@allowed(PUBLIC)
def at_own_domain() -> str:
    """On a company's own domain the form needs no name; elsewhere it is nobody's."""
    if g.host_company is None:
        abort(404)
    return show(g.host_company.public_name)


@blueprint.get(PATH)
@allowed(PUBLIC)
def show(name: str) -> str:
    enter(name)
    request_id = str(new_id())
    return page(name, Form(_campaign()), request_id, form_rules.current(), papers_of(request_id))


@blueprint.get(f"{PATH}/comprobacion/<uuid:request_id>")
@allowed(PUBLIC)
@limiter.limit("30/minute")
def challenge(name: str, request_id: UUID) -> dict[str, Any]:
    """A new challenge, for a page that was open until its first one got too old, or that brings no other captcha."""
    enter(name)
    hard = "dificil" in request.args
    return captcha.challenge(_runtime().keyring, request_id=str(request_id), at=g.at, hard=hard)


# No account stands behind this form whose rights another site could use, and a refused cookie must not lose
# what a person typed: the proof of work ties the form to its request instead.
@blueprint.post(PATH)
@csrf.exempt
@allowed(PUBLIC)
@limiter.limit("12/minute;100/hour")
def send(name: str) -> tuple[str, int] | Response:
    enter(name)
    form, request_id, rules = Form.typed(), _request_id(), form_rules.current()
    checked = robots.check(request_id)
    if checked.proof is not None and _is_spent(checked.proof):
        return redirect(following.address_of(name, request_id, None))
    papers = papers_of(request_id)
    papers.receive(form, [kind for kind, _required in rules.documents], rules.max_file_bytes)
    _check(form, rules, papers)
    if checked.complaint:
        form.other_errors.append(messages.text_of(checked.complaint))
    again = {"harder": checked.harder, "human": checked.human}
    if checked.proof is None or form.failed:
        return page(name, form, request_id, rules, papers, **again), 422
    try:
        tracking_number = _submit(form, request_id, rules, papers)
    except ValidationFailed as refused:
        _show_refused(form, papers, refused)
        return page(name, form, request_id, rules, papers, **again), 422
    with _runtime().database.begin_unscoped() as writing:
        captcha.spend(writing, checked.proof, at=g.at)
    return redirect(following.address_of(name, request_id, tracking_number))


def _campaign() -> dict[str, str]:
    """Where the person came from, as advertisements say it in addresses, and the page that led here."""
    told = {name: request.args.get(f"utm_{'campaign' if name == 'name' else name}", "") for name in CAMPAIGN}
    referrer = urlsplit(request.referrer or "")
    elsewhere = referrer.netloc and referrer.netloc != request.host
    return {**told, "referrer": referrer.netloc if elsewhere else ""}


def _request_id() -> str:
    try:
        return str(UUID(request.form.get("request_id", "")))
    except ValueError:
        return str(new_id())


def _check(form: Form, rules: FormRules, papers: Papers) -> None:
    """What the service would refuse anyway, so that a request which is kept for it until later is not lost then."""
    for field in (*REQUIRED, *(name for name, required in rules.fields if required)):
        if not form.text(field):
            form.add_error(field, "required")
    for field, (shape, code) in form_rules.SHAPES.items():
        if (typed := form.text(field)) and not re.fullmatch(shape, typed):
            form.add_error(field, code)
    for kind, required in rules.documents:
        if required and papers.get(kind) is None and not form.errors_of(kind):
            form.add_error(kind, "document-required")
    if rules.privacy and _agreed_to(form) is None:
        form.add_error("privacy_version", "consent-required")


def _agreed_to(form: Form) -> int | None:
    """The version of the privacy notice that the page showed."""
    typed = form.text("privacy_version") or ""
    return int(typed) if typed.isdecimal() and len(typed) < 9 else None


def _submit(form: Form, request_id: str, rules: FormRules, papers: Papers) -> str | None:
    """The tracking number; None when the request waits for the service, or was taken before."""
    documents = [{"kind": paper.field, **paper.upload} for paper in papers.all()]
    asked = [field for field in TEXTS if field in REQUIRED or rules.asks(field)]
    try:
        answer = preinstall.submit(
            request_id,
            request_id,
            documents=documents,
            campaign={name: typed for name in CAMPAIGN if (typed := form.text(name))} or None,
            **({"privacy_version": _agreed_to(form)} if rules.privacy else {}),
            **{field: form.text(field) for field in asked},
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


def _is_spent(proof: captcha.Proof) -> bool:
    with _runtime().database.read_unscoped() as reading:
        return captcha.is_spent(reading, proof)


def _runtime() -> Any:
    return current_app.extensions["alta"]
