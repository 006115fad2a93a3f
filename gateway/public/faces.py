"""What the company's public pages look like: its colour and its logo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from sqlalchemy.orm import Session

from gateway import domains
from gateway.downloads import stream
from gateway.model import PublicFace
from gateway.public import colours
from gateway.public.entering import closed_to_others
from gateway.roles import PUBLIC, allowed

blueprint = Blueprint("faces", __name__)
_FOR_EVER = "public, max-age=31536000, immutable"


@blueprint.get("/apariencia/<colour>.css")
@allowed(PUBLIC)
def style(colour: str) -> Response:
    """Of any colour: the address holds all that the answer depends on."""
    if not colours.is_colour(f"#{colour}"):
        abort(404)
    return Response(colours.stylesheet(f"#{colour}"), mimetype="text/css", headers={"Cache-Control": _FOR_EVER})


@blueprint.get("/logotipo/<uuid:company_id>/<digest>")
@allowed(PUBLIC)
def logo(company_id: UUID, digest: str) -> Any:
    closed_to_others(company_id)
    with current_app.extensions["alta"].database.read(company_id) as reading:
        face = face_of(reading, company_id)
    if not face.logo_key or digest != _digest(face):
        abort(404)
    opened = {"file_key": face.logo_key, "filename": "logo", "content_type": face.logo_type}
    response = stream(company_id, opened, inline=True)
    response.headers["Cache-Control"] = _FOR_EVER
    return response


@blueprint.get("/dominios/servido")
@allowed(PUBLIC)
def is_served() -> tuple[str, int]:
    """For a proxy that fetches certificates as names are asked for: whether `domain` is a company's, or ours."""
    host = request.args.get("domain", "")
    with current_app.extensions["alta"].database.read_unscoped() as reading:
        known = domains.is_ours(host) or domains.company_at(reading, host) is not None
    return ("", 204) if known else ("", 404)


def face_of(session: Session, company_id: UUID) -> PublicFace:
    """The company's, or as the product comes."""
    return session.get(PublicFace, company_id) or PublicFace(id=company_id, captcha="proof_of_work")


def own_face(session: Session, company_id: UUID) -> PublicFace:
    """For changing it. `session` serves the company."""
    face = session.get(PublicFace, company_id, with_for_update=True)
    if face is None:
        face = PublicFace(id=company_id)
        session.add(face)
    return face


def current() -> PublicFace:
    """Of the company that this request serves."""
    if "face" not in g:
        with current_app.extensions["alta"].database.read(g.company.id) as reading:
            g.face = face_of(reading, g.company.id)
    return g.face


def look() -> dict[str, str | None]:
    """For the layout of public pages: where its stylesheet and its logo are; nothing before a company is known."""
    if g.get("look") is not None:
        return g.look
    return look_of(current()) if g.get("company") is not None else {"style": None, "logo": None, "colour": None}


def look_of(face: PublicFace) -> dict[str, str | None]:
    style_path = url_for("faces.style", colour=face.colour[1:]) if face.colour else None
    logo_path = url_for("faces.logo", company_id=face.id, digest=_digest(face)) if face.logo_key else None
    return {"style": style_path, "logo": logo_path, "colour": face.colour}


def _digest(face: PublicFace) -> str:
    return (face.logo_key or "").rpartition("/")[2][:16]
