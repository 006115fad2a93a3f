"""The Flask application: what every request goes through, and the rooms that it may go to."""

from __future__ import annotations

import os
import re
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, current_app, g, request, session
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from chassis import clock, logs
from gateway import (
    catalogue,
    clients,
    failing,
    formats,
    limiting,
    navigation,
    remembered,
    roles,
    sessions,
    slashes,
    statics,
    symbols,
    tokens,
)
from gateway.runtime import Runtime
from gateway.settings import GatewaySettings
from gateway.tiles import Tiles

LANGUAGES = ("es", "en")
COOKIE = "alta_session"
PORTAL = "portal"
# Tokens in paths are secrets: whoever reads a log must not be able to sign a contract.
_SECRET_PATH = re.compile(r"^(/contrato/|/clave/|/calendario/)[^/]+")
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[], storage_uri=f"{limiting.SCHEME}://")
log = structlog.get_logger()


def create_app(settings: GatewaySettings | None = None) -> Flask:
    """Raises `chassis.settings.BadSettings`, `gateway.tiles.BadTiles`."""
    settings = settings or GatewaySettings.load(os.environ)
    logs.configure("gateway", level=settings.log_level, format=settings.log_format)
    app = Flask(__name__, static_folder=None)
    app.extensions["alta"] = runtime = Runtime(settings)
    app.config.update(_config(settings, runtime))
    if settings.proxies:  # without one, whoever comes could say that they are somebody else
        hops = dict.fromkeys(("x_for", "x_proto", "x_host"), settings.proxies)
        app.wsgi_app = ProxyFix(app.wsgi_app, **hops)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_begin)  # first of all: whatever refuses a request is told under its number
    app.before_request(_by_which_host)
    slashes.register(app)
    csrf.init_app(app)
    tokens.prepare(app)
    limiter.init_app(app)
    catalogue.prepare(app, Babel(app, locale_selector=_language, timezone_selector=lambda: str(formats.time_zone())))
    roles.enforce(app)
    app.after_request(_finish)
    statics.register(app)
    formats.register(app)
    failing.register(app)
    navigation.register(app)
    symbols.register(app)
    remembered.prepare(app)
    app.extensions["alta.tiles"] = tiles = Tiles.read(settings.tiles_url, settings.tiles_attribution)
    app.add_template_global(tiles, "tiles")
    app.extensions["alta.security_headers"] = {
        name: value.replace("{tiles}", tiles.source) for name, value in SECURITY_HEADERS.items()
    }
    _register_rooms(app)
    app.context_processor(lambda: {"languages": LANGUAGES, "signed_in": g.get("signed_in")})
    return app


def _config(settings: GatewaySettings, runtime: Runtime) -> dict[str, Any]:
    newest, *older = runtime.keyring.derive("gateway.cookies")
    return {
        "SECRET_KEY": newest,
        "SECRET_KEY_FALLBACKS": older,
        "SESSION_COOKIE_NAME": "__Host-alta_page" if settings.secure else "alta_page",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes * 6,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "es",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
    }


def _register_rooms(app: Flask) -> None:
    from gateway import field, identity, passwords, portal, public, staff
    from gateway.public import faces

    app.add_template_global(faces.look, "look")
    rooms = (identity.blueprint, passwords.blueprint, field.blueprint, portal.blueprint)
    for blueprint in (*rooms, *public.blueprints, *staff.blueprints):
        app.register_blueprint(blueprint)


def _begin() -> None:
    """Who is this, and under which number is all that follows told."""
    given = request.headers.get("X-Correlation-Id", "")
    g.correlation_id = given if re.fullmatch(r"[\w-]{8,64}", given) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=g.correlation_id)
    g.at = clock.now()
    g.client = _client()
    # Who comes to the portal comes as a client, also with a browser in which staff are signed in.
    g.signed_in = None if request.blueprint == PORTAL else _signed_in()
    g.company = g.client.company if g.client else None


def _by_which_host() -> Any:
    from gateway.public.entering import at_own_domain

    return at_own_domain()


def _signed_in() -> sessions.SignedIn | None:
    token = request.cookies.get(cookie_name())
    if not token or request.endpoint == "static":
        return None
    database = runtime().database
    found = sessions.find_session(database, token, at=g.at)
    if found is None:
        return None
    signed_in, note = found
    if note:
        with database.begin(signed_in.company.id) as writing:
            sessions.note_seen(writing, signed_in.session_id, at=g.at)
    return signed_in


def _client() -> clients.SignedInClient | None:
    token = request.cookies.get(cookie_name(clients.COOKIE))
    if not token or request.blueprint != PORTAL:
        return None
    database = runtime().database
    with database.read_unscoped() as reading:
        found = clients.find_session(reading, token, name=(request.view_args or {})["name"], at=g.at)
    if found is None:
        return None
    client, note = found
    if note:
        with database.begin(client.company.id) as writing:
            clients.note_seen(writing, client.session_id, at=g.at)
    return client


def _finish(response: Response) -> Response:
    response.headers["X-Correlation-Id"] = g.correlation_id
    for name, value in current_app.extensions["alta.security_headers"].items():
        response.headers.setdefault(name, value)
    if (g.get("signed_in") or g.get("client")) is not None and request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.endpoint != "static":
        log.info(
            "request",
            method=request.method,
            path=_SECRET_PATH.sub(r"\1[hidden]", request.path),
            status=response.status_code,
            ms=round((clock.now() - g.at).total_seconds() * 1000, 1),
        )
    return response


SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {tiles}; font-src 'self'; "
        "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


def _language() -> str:
    """The person's own choice, then the account's, then the company's, then the browser's."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    signed_in = g.get("signed_in")
    if signed_in is not None:
        return signed_in.account.language or signed_in.company.locale[:2]
    if g.get("company") is not None:
        return g.company.locale[:2] if g.company.locale[:2] in LANGUAGES else "es"
    return request.accept_languages.best_match(LANGUAGES) or "es"


def cookie_name(cookie: str = COOKIE) -> str:
    return f"__Host-{cookie}" if runtime().settings.secure else cookie


def runtime() -> Runtime:
    return current_app.extensions["alta"]
