"""What went wrong, said where it helps: beside the field, on a page of its own, or in the part that needs it."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, current_app, redirect, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from chassis.errors import Conflict, Internal, NotAllowed, NotFound, Refusal, Unavailable, ValidationFailed
from gateway import messages

STATUS = {ValidationFailed: 422, NotFound: 404, Conflict: 409, NotAllowed: 403, Unavailable: 503, Internal: 500}
log = structlog.get_logger()


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, page_of)
    app.register_error_handler(Exception, _mistake)
    app.add_template_global(messages.text_of, "refusal_text")


def status_of(refusal: Refusal) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 500)


def _refused(refusal: Refusal) -> tuple[str, int]:
    return _page(status_of(refusal), messages.text_of(refusal.code, refusal.params))


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    return _page(400, _("La página estuvo abierta demasiado tiempo. Vuelve a cargarla e inténtalo de nuevo."))


def page_of(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if error.code == 405 and request.method == "GET":
        return redirect(_page_above(request.path))
    return _page(error.code, text_of_status(error.code))


def _page_above(path: str) -> str:
    """Of an address that takes forms alone: whoever loads its answer again, or in another language, asks for it."""
    addresses = current_app.create_url_adapter(request)
    steps = path.strip("/").split("/")
    while addresses and steps:
        steps.pop()
        above = "/" + "/".join(steps)
        for page in (above, f"{above}/"):
            if addresses.test(page, method="GET"):
                return page
    return "/"


def text_of_status(status: int) -> str:
    texts = {
        403: _("Tu cuenta no tiene permiso para esto."),
        404: _("Esta página no existe."),
        413: _("Los archivos pesan demasiado."),
        429: _("Demasiados intentos seguidos. Espera un momento; si sigue igual, vuelve en una hora."),
    }
    return texts.get(status) or (
        _("Algo falló de nuestro lado. Ya quedó anotado.")
        if status >= 500
        else _("El navegador pidió algo que no se entiende.")
    )


def _mistake(error: Exception) -> tuple[str, int]:
    log.error("request-failed", endpoint=request.endpoint, exc_info=error)
    return _page(500, text_of_status(500))


def _page(status: int, text: str) -> tuple[str, int]:
    template = "failure_part.html" if request.headers.get("HX-Request") else "failure.html"
    return render_template(template, status=status, text=text), status
