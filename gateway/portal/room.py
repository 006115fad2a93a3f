"""The portal's own corner of the site: `/cliente/<company>`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import failing, messages
from gateway.app import PORTAL
from gateway.public.entering import closed_to_others, in_two_languages

blueprint = Blueprint(PORTAL, __name__, url_prefix="/cliente/<name>")
in_two_languages(blueprint)


@blueprint.before_request
def _at_this_domain() -> None:
    """Who is signed in comes by an address of their own company, or of the deployment."""
    if g.client is not None:
        closed_to_others(g.client.company.id)


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.errorhandler(Refusal)
def _refused(refusal: Refusal) -> tuple[str, int]:
    return _failed(failing.status_of(refusal), messages.text_of(refusal.code, refusal.params))


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Any:
    """What the whole site says, on a page of the portal, once it is known whose portal that is."""
    if g.get("company") is None or error.code is None or error.code < 400:
        return failing.page_of(error)
    return _failed(error.code, failing.text_of_status(error.code))


def _failed(status: int, text: str) -> tuple[str, int]:
    name = (request.view_args or {})["name"]
    return render_template("portal/failure.html", name=name, status=status, text=text), status


@blueprint.context_processor
def _who() -> dict[str, Any]:
    return {"client": g.get("client"), "company": g.get("company")}
