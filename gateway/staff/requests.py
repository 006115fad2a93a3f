"""Requests from the public form: the list, one with its papers, what becomes of it, and the next one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages, roles, turning
from gateway.backends import installations, preinstall
from gateway.downloads import stream
from gateway.forms import Form
from gateway.listing import page
from gateway.listing.requests import LIST
from gateway.parts import part

blueprint = Blueprint("requests", __name__, url_prefix="/preinstalaciones")
# What two people are compared by, in this order.
COMPARED = (
    "phone", "second_phone", "official_id", "email", "address", "neighbourhood", "city", "postal_code", "comments",
)  # fmt: skip


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def index() -> Any:
    return page.show(LIST)


@blueprint.get("/siguiente")
@roles.allowed(roles.EVERYBODY)
def next_one() -> Response:
    """The open request after this one; the list, where there is none."""
    found = preinstall.next(request.args.get("after") or None)
    if found["request_id"] is None:
        flash(_("No quedan solicitudes por revisar."), "success")
        return redirect(url_for(".index"))
    return redirect(url_for(".show", request_id=found["request_id"]))


@blueprint.get("/<uuid:request_id>")
@roles.allowed(roles.EVERYBODY)
def show(request_id: Any) -> Any:
    return _page(str(request_id), Form())


@blueprint.post("/<uuid:request_id>/rechazar")
@roles.allowed(roles.OFFICE_WORK)
def reject(request_id: Any) -> Any:
    form = Form.typed()
    try:
        preinstall.reject(form.key, str(request_id), form.text("reason") or "")
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(str(request_id), form), form.status
    flash(_("Solicitud rechazada. Si dejó un correo, se le avisa con el motivo."), "success")
    return redirect(url_for(".next_one", after=request_id))


@blueprint.post("/<uuid:request_id>/apartar")
@roles.allowed(roles.OFFICE_WORK)
def flag(request_id: Any) -> Any:
    form = Form.typed()
    note = form.text("note")
    if _done(lambda: preinstall.flag(form.key, str(request_id), note)) and note:
        flash(_("Solicitud apartada con tu nota."), "success")
        return redirect(url_for(".next_one", after=request_id))
    return redirect(url_for(".show", request_id=request_id))


@blueprint.get("/<uuid:request_id>/comparar/<any(request, installation):kind>/<uuid:other_id>")
@roles.allowed(roles.EVERYBODY)
def compare(request_id: Any, kind: str, other_id: Any) -> str:
    """Two that may be the same person, side by side."""
    one = preinstall.get(str(request_id))
    known = next((each for each in one["duplicates"] if each["id"] == str(other_id)), None)
    if known is None:
        abort(404)
    if kind == "request":
        other = preinstall.get(str(other_id))
    else:
        other = part("installations", lambda: installations.get(str(other_id))).data
    return render_template(
        "requests/compare.html", one=one, other=other, kind=kind, known=known, compared=COMPARED, form=Form()
    )


@blueprint.post("/<uuid:request_id>/unir")
@roles.allowed(roles.OFFICE_WORK)
def merge(request_id: Any) -> Response:
    form = Form.typed()
    into_id = form.text("into_id") or ""
    if not _done(lambda: preinstall.merge(form.key, str(request_id), into_id)):
        return redirect(url_for(".show", request_id=request_id))
    flash(_("Las dos solicitudes son ahora una, con los datos y documentos de ambas."), "success")
    return redirect(url_for(".show", request_id=into_id))


@blueprint.post("/<uuid:request_id>/distinguir")
@roles.allowed(roles.OFFICE_WORK)
def tell_apart(request_id: Any) -> Response:
    form = Form.typed()
    if _done(lambda: preinstall.tell_apart(form.key, str(request_id), form.text("other_id") or "")):
        flash(_("Anotado: no es la misma persona."), "success")
    return redirect(url_for(".show", request_id=request_id))


@blueprint.post("/<uuid:request_id>/entregar")
@roles.allowed(roles.OFFICE_WORK)
def hand_over(request_id: Any) -> Response:
    """The person has an installation already: the papers go there."""
    form = Form.typed()
    if not _done(lambda: preinstall.hand_over(form.key, str(request_id), form.text("installation_id") or "")):
        return redirect(url_for(".show", request_id=request_id))
    flash(_("Los documentos pasaron a la instalación que ya tenía."), "success")
    return redirect(url_for(".next_one", after=request_id))


@blueprint.get("/documentos/<uuid:document_id>")
@roles.allowed(roles.EVERYBODY)
def document(document_id: Any) -> Any:
    return stream(g.signed_in.company.id, preinstall.open_document(str(document_id)), inline=True)


@blueprint.get("/documentos/<uuid:document_id>/paginas")
@roles.allowed(roles.EVERYBODY)
def pages(document_id: Any) -> Any:
    """The first pages of a PDF as a picture; 404 for what none can be made of."""
    found = preinstall.preview_document(str(document_id))
    if not found["file_key"]:
        abort(404)
    return stream(g.signed_in.company.id, {**found, "content_type": "image/jpeg"}, inline=True)


@blueprint.post("/documentos/<uuid:document_id>/girar")
@roles.allowed(roles.OFFICE_WORK)
def turn(document_id: Any) -> tuple[Response, int]:
    return turning.answer(lambda quarters: preinstall.turn_document(str(document_id), quarters))


def _page(identity: str, form: Form) -> str:
    settings = part("preinstall", preinstall.form_settings)
    return render_template(
        "requests/show.html",
        found=preinstall.get(identity),
        form=form,
        reasons=(settings.data or {}).get("reject_reasons") or _usual_reasons(),
    )


def _usual_reasons() -> list[str]:
    return [
        _("Todavía no llegamos a tu zona."),
        _("Los documentos no se leen bien; envíalos de nuevo, por favor."),
        _("No pudimos comunicarnos contigo."),
        _("Ya tienes un servicio con nosotros en esta dirección."),
    ]


def _done(tell: Callable[[], Any]) -> bool:
    """Whether it was; if not, the next page says why."""
    try:
        tell()
    except Refusal as refusal:
        flash(messages.text_of(refusal.code, refusal.params), "danger")
        return False
    return True
