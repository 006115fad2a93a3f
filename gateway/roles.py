"""Who may use which page: a rule on every route, and a refusal where one was forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.model import OFFICE, OWNER, READ_ONLY, TECHNICIAN

View = TypeVar("View", bound=Callable[..., Any])
_RULE = "__alta_roles__"
_BEFORE_IT = "__alta_without_second_factor__"
PUBLIC = frozenset({"public"})
EVERYBODY = frozenset({OWNER, OFFICE, TECHNICIAN, READ_ONLY})
FIELD_WORK = frozenset({OWNER, OFFICE, TECHNICIAN})
OFFICE_WORK = frozenset({OWNER, OFFICE})
OWNERS = frozenset({OWNER})
CLIENTS = frozenset({"client"})


def allowed(roles: frozenset[str]) -> Callable[[View], View]:
    """Says who may use the view: PUBLIC, CLIENTS, or some of the roles."""

    def mark(view: View) -> View:
        setattr(view, _RULE, roles)
        return view

    return mark


def without_second_factor(view: View) -> View:
    """What somebody who must set up a second factor may use before they have."""
    setattr(view, _BEFORE_IT, True)
    return view


def rule_of(view: Callable[..., Any]) -> frozenset[str] | None:
    return getattr(view, _RULE, None)


def enforce(app: Flask) -> None:
    """Asks the rule before every request. A route without one is closed to all."""
    app.before_request(_check)


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    rule = rule_of(current_app.view_functions[request.endpoint])
    if rule is None:
        abort(403)
    if rule is PUBLIC:
        return None
    if rule is CLIENTS:
        return None if g.client is not None else _to_the_portals_door()
    if g.signed_in is None:
        return redirect(url_for("identity.login", next=_wanted_page()))
    if g.signed_in.account.role not in rule:
        abort(403)
    if _lacks_second_factor() and not getattr(current_app.view_functions[request.endpoint], _BEFORE_IT, False):
        return redirect(url_for("account.second_factor_page"))
    return None


def _wanted_page() -> str | None:
    """Where to go on after signing in: what was asked for, or the page of the form that was sent too late."""
    if request.method == "GET":
        return _asked_for()
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host else None


def _asked_for() -> str:
    return request.full_path.removesuffix("?")


def _to_the_portals_door() -> Response:
    following = _asked_for() if request.method == "GET" else None
    return redirect(url_for("portal.ask_for_code", name=(request.view_args or {})["name"], next=following))


def _lacks_second_factor() -> bool:
    """Whether the company asks for a second factor that this person does not have yet."""
    return g.signed_in.company.second_factor_required and g.signed_in.account.sealed_totp_secret is None
