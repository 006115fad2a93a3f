"""What lets the pages go on without signal: the worker that keeps them, and what it is told."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, g, jsonify, render_template, send_from_directory, url_for
from flask_babel import gettext as _

from chassis.errors import NotFound, Unavailable
from gateway import statics
from gateway.backends import installations, provisioning
from gateway.field.room import blueprint
from gateway.roles import FIELD_WORK, PUBLIC, allowed
from gateway.tokens import csrf_token

# What the pages are made of; all of it is kept on the phone.
SHELL = (
    "signature_pad.js", "signature.js", "public/photos.js", "field/field.css", "field/early.js", "field/app.js",
    "field/store.js",
    "field/sealing.js", "field/keeping.js", "field/sending.js", "field/job.js", "field/queue-box.js", "field/photos.js",
    "field/signing.js", "field/locating.js", "field/passwords.js", "field/activating.js",
)  # fmt: skip
ICONS = (("field/icon-192.png", "192x192", "any"), ("field/icon-512.png", "512x512", "any"),
         ("field/icon-maskable.png", "512x512", "maskable"))  # fmt: skip


@blueprint.get("/trabajador.js")
@allowed(PUBLIC)
def worker() -> Response:
    """The service worker; another one as soon as anything that it keeps is another."""
    told = json.dumps({"version": version(), "shell": _shell(), "away": url_for("field.away")})
    script = (statics.BUILT / "field/worker.js").read_text(encoding="utf-8")
    response = Response(f"const TOLD = {told};\n{script}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/v/<version>/<path:name>")
@allowed(PUBLIC)
def piece(version: str, name: str) -> Response:
    """What pages and worker are made of, under an address that never means anything else: scripts that load each
    other are all of one version, whatever was kept of another."""
    if name not in SHELL or version != _version(statics.BUILT):
        abort(404)
    return send_from_directory(statics.BUILT, name, max_age=31_536_000)


@blueprint.get("/sin-senal")
@allowed(PUBLIC)
def away() -> str:
    """Kept beforehand, for pages that were not."""
    return render_template("field/away.html")


@blueprint.get("/manifiesto.webmanifest")
@allowed(PUBLIC)
def manifest() -> Response:
    """What a phone's home screen shows. Source: W3C, "Web Application Manifest"."""
    icons = [{"src": f"/static/dist/{name}", "sizes": sizes, "type": "image/png", "purpose": purpose}
             for name, sizes, purpose in ICONS]  # fmt: skip
    told = {
        "name": _("Alta en campo"),
        "short_name": "Alta",
        "id": url_for("field.index"),
        "start_url": url_for("field.index"),
        "scope": url_for("field.index"),
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b6e99",
        "icons": icons,
    }
    return Response(json.dumps(told), mimetype="application/manifest+json")


@blueprint.get("/sesion")
@allowed(FIELD_WORK)
def session() -> Response:
    """Who is signed in, the token for forms that were kept, and the keys that seal what this person's phone keeps."""
    account = g.signed_in.account
    keys = current_app.extensions["alta"].keyring.derive(f"gateway.field/{account.id}")
    sealing = [base64.b64encode(key).decode() for key in keys]
    return jsonify({"account": str(account.id), "csrf": csrf_token(), "keys": sealing})


@blueprint.get("/trabajos/<uuid:installation_id>/claves")
@allowed(FIELD_WORK)
def passwords(installation_id: UUID) -> Response:
    """Apart from the page, so that no page that is kept holds them."""
    identity = str(installation_id)
    wifi = installations.wifi(identity)
    return jsonify({"wifi_password": wifi["wifi_password"], **_service(identity)})


def _service(identity: str) -> dict[str, Any]:
    """What the client's own device logs in with, once there is something on the router."""
    try:
        account = provisioning.account(identity)
    except (NotFound, Unavailable):
        return {"service_user": None, "service_password": None}
    password = account.get("password")
    return {"service_user": account["service_name"] if password else None, "service_password": password}


@blueprint.app_template_global("field_asset")
def address_of(name: str) -> str:
    return url_for("field.piece", version=version(), name=name)


def version() -> str:
    return _version(statics.BUILT)


def _shell() -> list[str]:
    return [
        *map(address_of, SHELL), "/static/dist/icons.svg", f"/static/dist/{ICONS[0][0]}", url_for("field.manifest"),
        url_for("field.away"),
    ]  # fmt: skip


@cache
def _version(assets: Path) -> str:
    digest = hashlib.sha256()
    for name in (*SHELL, "field/worker.js", "icons.svg"):
        digest.update((assets / name).read_bytes())
    return digest.hexdigest()[:16]
