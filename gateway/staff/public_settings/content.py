"""What the form asks for, its words, colour and logo, seen as it will be while it is changed."""

from __future__ import annotations

import base64
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.auditing import Recording
from chassis.errors import Refusal, Unavailable, ValidationFailed
from chassis.identifiers import new_id
from chassis.schemas import coded
from gateway import accounts, audit, uploads
from gateway.backends import preinstall
from gateway.forms import Form
from gateway.public import colours, faces, form_rules
from gateway.public.form_rules import FIELDS, KINDS, FormRules, Privacy
from gateway.public.request_page import page, papers_of
from gateway.roles import OFFICE_WORK, allowed
from gateway.staff.public_settings import blueprint

USUAL_COLOUR = "#0b6e99"
TEXTS = ("welcome", "thanks", "privacy")
REQUIRED, OPTIONAL, LEFT_OUT = "required", "optional", "left_out"
LARGEST_LOGO = 3_000_000
_DRAWN = ("image/png", "image/jpeg")


@blueprint.get("")
@allowed(OFFICE_WORK)
def edit() -> str:
    try:
        settings = preinstall.form_settings()
    except Unavailable:
        settings = None
    return _page(Form(_shown(settings)), away=settings is None)


@blueprint.post("/contenido")
@allowed(OFFICE_WORK)
def save() -> Response | tuple[str, int]:
    form = Form.typed(checkboxes=["remove_logo"])
    try:
        colour, logo = _colour(form), _new_logo(form)
        preinstall.change_form_settings(form.key, **_told(form))
    except Refusal as refused:
        form.refuse(refused, renamed={f"texts.{name}": name for name in TEXTS})
        return _page(form, away=False), form.status
    _save_face(colour, logo, remove_logo=bool(form.value_of("remove_logo")))
    flash(_("Formulario guardado."), "success")
    return redirect(url_for(".edit"))


@blueprint.post("/vista-previa")
@allowed(OFFICE_WORK)
def preview() -> str:
    """The form as it would be; nothing is saved, and nobody can send it."""
    form, company = Form.typed(), g.signed_in.company
    g.company = company
    colour = form.text("colour")
    look = faces.look_of(faces.current())
    style = url_for("faces.style", colour=colour[1:]) if colour and colours.is_colour(colour) else None
    logo = None if form.text("remove_logo") else _drawn(request.files.get("logo")) or look["logo"]
    g.look = {"style": style, "logo": logo, "colour": colour}
    request_id = str(new_id())
    return page(company.public_name, Form(), request_id, _rules(form), papers_of(request_id), preview=True)


def _shown(settings: Any | None) -> dict[str, Any]:
    with current_app.extensions["alta"].database.read(g.signed_in.company.id) as session:
        face = faces.face_of(session, g.signed_in.company.id)
    values: dict[str, Any] = {"colour": face.colour or USUAL_COLOUR}
    if settings is None:
        return values
    asked = [(f"document_{each['kind']}", each) for each in settings["documents"]]
    asked += [(f"field_{each['name']}", each) for each in settings.get("person_fields") or ()]
    values |= {name: _choice_of(each) for name, each in asked}
    privacy = settings.get("privacy")
    values |= {"welcome": settings.get("welcome"), "thanks": settings.get("thanks")}
    return values | {
        "privacy": privacy["text"] if privacy else "",
        "privacy_version": privacy["version"] if privacy else "",
        "reject_reasons": "\n".join(settings.get("reject_reasons") or ()),
    }


def _choice_of(asked: Any) -> str:
    if not asked.get("asked", True):
        return LEFT_OUT
    return REQUIRED if asked["required"] else OPTIONAL


def _told(form: Form) -> dict[str, Any]:
    """As the service takes it."""
    return {
        "documents": [{"kind": kind, **_choice(form, f"document_{kind}")} for kind in KINDS],
        "person_fields": [{"name": name, **_choice(form, f"field_{name}")} for name in FIELDS],
        "texts": {name: form.text(name) for name in TEXTS},
        "reject_reasons": [line.strip() for line in (form.text("reject_reasons") or "").splitlines() if line.strip()],
    }


def _choice(form: Form, name: str) -> dict[str, bool]:
    chosen = form.text(name) or OPTIONAL
    return {"required": chosen == REQUIRED, "asked": chosen != LEFT_OUT}


def _rules(form: Form) -> FormRules:
    told = _told(form)
    return FormRules(
        documents=tuple((each["kind"], each["required"]) for each in told["documents"] if each["asked"]),
        max_file_bytes=current_app.extensions["alta"].settings.max_upload_bytes,
        fields=tuple((each["name"], each["required"]) for each in told["person_fields"] if each["asked"]),
        welcome=form.text("welcome") or "",
        privacy=Privacy(1, form.text("privacy") or "") if form.text("privacy") else None,
    )


def _colour(form: Form) -> str | None:
    """None for the usual one. Raises `ValidationFailed`."""
    typed = (form.text("colour") or USUAL_COLOUR).lower()
    if not colours.is_colour(typed):
        raise ValidationFailed(fields={"colour": coded("invalid-colour")})
    return None if typed == USUAL_COLOUR else typed


def _new_logo(form: Form) -> Any | None:
    """What the service that knows pictures made of it: decoded, made smaller, encoded anew."""
    chosen = request.files.get("logo")
    if chosen is None or not chosen.filename:
        return None
    try:
        return preinstall.keep_logo(form.key + "-logo", **uploads.stage(chosen))
    except ValidationFailed as refused:
        raise ValidationFailed(fields={"logo": [{"code": refused.code, "params": refused.params}]}) from refused


def _save_face(colour: str | None, logo: Any | None, *, remove_logo: bool) -> None:
    company_id, runtime = g.signed_in.company.id, current_app.extensions["alta"]
    with runtime.database.begin(company_id) as session:
        recording = Recording(session)
        face = faces.own_face(session, company_id)
        before, face.colour = face.logo_key, colour
        if remove_logo:
            face.logo_key = face.logo_type = None
        if logo is not None:
            face.logo_key, face.logo_type = logo["file_key"], logo["content_type"]
        if face.logo_key != before:
            session.flush()
            accounts.save_company(session, base_url=runtime.settings.base_url, company_id=company_id)
        audit.record(recording, action="save_face")


def _drawn(chosen: Any) -> str | None:
    """A picture that was chosen and not sent to be kept, drawn in the preview alone."""
    if chosen is None or chosen.mimetype not in _DRAWN:
        return None
    content = chosen.stream.read(LARGEST_LOGO)
    return f"data:{chosen.mimetype};base64,{base64.b64encode(content).decode()}" if content else None


def _page(form: Form, *, away: bool) -> str:
    company = g.signed_in.company
    with current_app.extensions["alta"].database.read(company.id) as session:
        look = faces.look_of(faces.face_of(session, company.id))
    return render_template(
        "public_settings/content.html",
        form=form,
        away=away,
        look=look,
        documents=form_rules.labels(),
        fields=form_rules.field_labels(),
        choices=[(REQUIRED, _("Obligatorio")), (OPTIONAL, _("Opcional")), (LEFT_OUT, _("No se pide"))],
    )
