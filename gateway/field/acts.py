"""What a technician does at a job. Each is a form with a key of its own: sent at once, or by a phone hours later,
and done once however often it arrives.

A script is told by status and JSON; without one the job's page is shown again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, g, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from chassis.errors import Refusal, Unavailable
from gateway import messages, proof, uploads
from gateway.backends import contracts, installations, provisioning
from gateway.deferral import ARRIVED_ALREADY
from gateway.failing import status_of
from gateway.field import pages
from gateway.field.room import ACCOUNT_HEADER, blueprint
from gateway.forms import Form
from gateway.roles import FIELD_WORK, allowed
from gateway.states import state_name

ONE = "/trabajos/<uuid:installation_id>"
FIELDS = ("mac_address", "wifi_ssid", "comments")
_LABELS = {
    "mac_address": lazy_gettext("MAC del CPE"),
    "wifi_ssid": lazy_gettext("Red Wi-Fi"),
    "wifi_password": lazy_gettext("Contraseña del Wi-Fi"),
    "comments": lazy_gettext("Comentarios"),
}
Answer = Response | tuple[Response, int]


@blueprint.post(f"{ONE}/iniciar")
@allowed(FIELD_WORK)
def begin(installation_id: UUID) -> Answer:
    return _act(installation_id, lambda form: installations.begin_visit(form.key, str(installation_id)))


@blueprint.post(f"{ONE}/lista")
@allowed(FIELD_WORK)
def answer(installation_id: UUID) -> Answer:
    """The answers that are others than they `was`; a phone sends each by itself, as it is given."""

    def tell(form: Form) -> None:
        for name in [name for name in request.form if name.startswith("title:")]:
            item_id = name.removeprefix("title:")
            value = form.text(f"value:{item_id}")
            if f"was:{item_id}" not in request.form or value != form.text(f"was:{item_id}"):
                given = {"item_id": item_id, "title": form.text(name) or item_id, "value": value}
                installations.answer_checklist(
                    f"{form.key[:32]}-{item_id}", installation_id=str(installation_id), **given
                )

    return _act(installation_id, tell)


@blueprint.post(f"{ONE}/datos")
@allowed(FIELD_WORK)
def correct(installation_id: UUID) -> Answer:
    def tell(form: Form) -> None:
        changes = {
            name: {"before": form.text(f"was:{name}"), "after": form.text(name)}
            for name in FIELDS
            if name in request.form and form.text(name) != form.text(f"was:{name}")
        }
        password = form.value_of("wifi_password") or None
        if changes or password:
            told = {"installation_id": str(installation_id), "changes": changes, "wifi_password": password}
            installations.correct(form.key, **told)

    return _act(installation_id, tell)


@blueprint.post(f"{ONE}/lugar")
@allowed(FIELD_WORK)
def locate(installation_id: UUID) -> Answer:
    def tell(form: Form) -> None:
        place = {name: form.text(name) for name in ("latitude", "longitude")}
        installations.locate(form.key, installation_id=str(installation_id), **place)

    return _act(installation_id, tell)


@blueprint.post(f"{ONE}/fotos")
@allowed(FIELD_WORK)
def add_photo(installation_id: UUID) -> Answer:
    def add(form: Form) -> None:
        _add_file(installation_id, form, title=form.text("title") or _("Foto"), visible_to_client=False)

    return _act(installation_id, add)


@blueprint.post(f"{ONE}/conformidad")
@allowed(FIELD_WORK)
def add_conformity(installation_id: UUID) -> Answer:
    """Signed on the glass where there is no contract to sign: a picture of what was read, with the signature."""
    told = {"title": "conformity", "kind": "conformity", "visible_to_client": True}
    return _act(installation_id, lambda form: _add_file(installation_id, form, **told))


@blueprint.post(f"{ONE}/firma")
@allowed(FIELD_WORK)
def sign(installation_id: UUID) -> Answer:
    def tell(form: Form) -> None:
        contracts.sign_in_person(
            form.key,
            contract_id=form.text("contract_id") or abort(400),
            text_sha256=form.text("text_sha256"),
            signer_name=form.text("signer_name") or "",
            signature_png=form.text("signature_png"),
            ip=request.remote_addr,
            user_agent=request.user_agent.string[:500],
        )

    return _act(installation_id, tell)


@blueprint.post(f"{ONE}/activar")
@allowed(FIELD_WORK)
def activate(installation_id: UUID) -> Answer:
    return _act(installation_id, lambda form: installations.activate(form.key, str(installation_id)))


@blueprint.post(f"{ONE}/comprobar")
@allowed(FIELD_WORK)
def check_again(installation_id: UUID) -> Any:
    """Asks the router now, so it needs signal; the part of the page that shows its word."""
    identity, seen, problem = str(installation_id), None, None
    try:
        said = provisioning.verify(identity)
        seen = proof.Proof(said["proved_at"], said["proof"])
    except Refusal as refusal:
        problem = messages.text_of(refusal.code, refusal.params)
    return pages.activation(identity, seen, problem)


def _add_file(installation_id: UUID, form: Form, **told: Any) -> None:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        abort(400)
    installations.add_file(
        form.key,
        installation_id=str(installation_id),
        description=form.text("description"),
        file=uploads.stage(upload),
        **told,
    )


def _act(installation_id: UUID, tell: Callable[[Form], object]) -> Answer:
    form = Form.typed()
    if request.headers.get(ACCOUNT_HEADER, str(g.signed_in.account.id)) != str(g.signed_in.account.id):
        return jsonify({"code": "other-account"}), 409
    g.asked_at = _moment(form.text("at"))
    try:
        tell(form)
    except Refusal as refusal:
        # Its key came before, with the same act: that a file has another name in the store is all that differs.
        if refusal.code != ARRIVED_ALREADY:
            return _refused(installation_id, refusal)
    if _wants_json():
        return jsonify({}), 201
    return redirect(url_for("field.show", installation_id=installation_id))


def _refused(installation_id: UUID, refusal: Refusal) -> Answer:
    fields = {_named(path): complaints[0] for path, complaints in refusal.fields.items()}
    said = [f"{_LABELS[name]}: {_words(complaint)}" if name in _LABELS else _words(complaint)
            for name, complaint in fields.items()]  # fmt: skip
    text = " ".join(said) or _why(refusal)
    if not _wants_json():
        if isinstance(refusal, Unavailable):
            raise refusal
        flash(text, "danger")
        return redirect(url_for("field.show", installation_id=installation_id))
    now = {name: complaint["params"]["value"] for name, complaint in fields.items()
           if complaint["code"] == "changed-at-the-office"}  # fmt: skip
    return jsonify({"code": refusal.code, "problem": text, "now": now}), status_of(refusal)


def _why(refusal: Refusal) -> str:
    """Where a move is not legal any more, what the office made of the job meanwhile says more than that."""
    if refusal.code == "illegal-installation-move":
        return _("El trabajo está en «%(state)s».", state=state_name(refusal.params["state"]))
    return messages.text_of(refusal.code, refusal.params)


def _named(path: str) -> str:
    """`changes.mac_address.after` → `mac_address`"""
    return next((name for name in FIELDS if name in path.split(".")), path)


def _words(complaint: dict[str, Any]) -> str:
    name = request.files["file"].filename if "file" in request.files else ""
    return messages.text_of(complaint["code"], {"filename": name, **complaint.get("params", {})})


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _moment(text: str | None) -> datetime | None:
    """By the phone's clock; services believe it within a month, and never of the future."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
