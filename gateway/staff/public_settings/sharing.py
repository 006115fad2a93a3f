"""Where the form is found: its address, a QR code of it, a button for other pages, and links that say where from."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import segno
from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import escape
from werkzeug.wrappers import Response

from chassis.auditing import Recording
from gateway import accounts, app, audit, domains
from gateway.public import colours, faces
from gateway.roles import OFFICE_WORK, allowed
from gateway.staff.public_settings import blueprint

CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign")
LONGEST = 200


@blueprint.get("/compartir")
@allowed(OFFICE_WORK)
def share() -> str:
    company, addresses = g.signed_in.company, _addresses()
    main = _main_address(addresses)
    told = _campaign()
    return render_template(
        "public_settings/share.html",
        company=company,
        addresses=addresses,
        main=main,
        snippet=_snippet(_tagged(main, {"utm_source": "web"})),
        campaign=told,
        tagged=_tagged(main, told),
    )


@blueprint.get("/qr.<any(svg, png):kind>")
@allowed(OFFICE_WORK)
def qr(kind: str) -> Response:
    """Of the form's address, with where it will hang."""
    drawn, content = segno.make(_tagged(_main_address(_addresses()), _campaign()), error="m"), io.BytesIO()
    drawn.save(content, kind=kind, scale=10 if kind == "png" else 4, border=3)
    type_ = "image/svg+xml" if kind == "svg" else "image/png"
    response = current_app.response_class(content.getvalue(), mimetype=type_)
    if "guardar" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="solicitar-instalacion.{kind}"'
    return response


@blueprint.post("/direccion")
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
    return redirect(url_for(".share"))


def _addresses() -> dict[str, str]:
    company, base_url = g.signed_in.company, app.runtime().settings.base_url
    with app.runtime().database.read(company.id) as session:
        own = domains.base_url_of(session, company.id, base_url)
    found = {
        "slug": base_url + url_for("request_form.show", name=company.slug),
        "uuid": base_url + url_for("request_form.show", name=str(company.public_uuid)),
    }
    return found | ({"own": own + url_for("request_form.at_own_domain")} if own != base_url else {})


def _main_address(addresses: dict[str, str]) -> str:
    return addresses.get("own") or addresses[g.signed_in.company.public_identifier]


def _campaign() -> dict[str, str]:
    return {name: told for name in CAMPAIGN if (told := request.args.get(name, "").strip()[:LONGEST])}


def _tagged(address: str, campaign: dict[str, str]) -> str:
    return f"{address}?{urlencode(campaign)}" if campaign else address


def _snippet(address: str) -> str:
    """A button for the company's own web page. A link, not a frame: what is framed can be covered; and no script."""
    with app.runtime().database.read(g.signed_in.company.id) as session:
        face: Any = faces.face_of(session, g.signed_in.company.id)
    colour = colours.as_hex(face.colour) if face.colour else "#0b6e99"
    return (
        f'<a href="{escape(address)}" style="display:inline-block;padding:12px 24px;border-radius:6px;'
        f'background:{colour};color:#fff;font:600 16px sans-serif;text-decoration:none">'
        f"{escape(_('Solicitar instalación'))}</a>"
    )
