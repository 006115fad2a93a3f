"""What keeps robots out of the form: the proof of work alone, or Google's reCAPTCHA beside it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.auditing import Recording
from gateway import audit
from gateway.forms import Form
from gateway.model import CAPTCHAS, PROOF_OF_WORK, PublicFace
from gateway.public import faces, robots
from gateway.roles import OWNERS, allowed
from gateway.staff.public_settings import blueprint

LONGEST_KEY = 200


@blueprint.get("/robots")
@allowed(OWNERS)
def captcha() -> str:
    with _runtime().database.read(g.signed_in.company.id) as session:
        face = faces.face_of(session, g.signed_in.company.id)
    return _page(Form({"captcha": face.captcha, "site_key": face.site_key}), face)


@blueprint.post("/robots")
@allowed(OWNERS)
def save_captcha() -> Response | tuple[str, int]:
    """The secret is never shown again; an empty field keeps the one that is there."""
    form, company_id = Form.typed(), g.signed_in.company.id
    with _runtime().database.begin(company_id) as session:
        recording = Recording(session)
        face = faces.own_face(session, company_id)
        _check(form, face)
        if form.failed:
            session.rollback()
            return _page(form, face), form.status
        face.captcha = form.text("captcha")
        face.site_key = form.text("site_key")
        if secret := form.text("secret"):
            robots.seal(face, secret)
        audit.record(recording, action="save_captcha")
    flash(_("Protección guardada."), "success")
    return redirect(url_for(".captcha"))


def _check(form: Form, face: PublicFace) -> None:
    chosen = form.text("captcha")
    if chosen not in CAPTCHAS:
        form.add_error("captcha", "not-one-of")
    for name in ("site_key", "secret"):
        if len(form.text(name) or "") > LONGEST_KEY:
            form.add_error(name, "too-long", max=LONGEST_KEY)
    if chosen == PROOF_OF_WORK or form.failed:
        return
    if not form.text("site_key"):
        form.add_error("site_key", "required")
    if not form.text("secret") and not face.sealed_captcha_secret:
        form.add_error("secret", "required")


def _page(form: Form, face: PublicFace) -> str:
    return render_template("public_settings/captcha.html", form=form, has_secret=bool(face.sealed_captcha_secret))


def _runtime() -> Any:
    return current_app.extensions["alta"]
