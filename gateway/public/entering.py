"""Coming in from outside: which company's page it is, and in which language.

A company's own domain is its own alone: there, nothing of another company and no staff page is found.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from gateway import accounts, domains, roles
from gateway.app import LANGUAGES


def enter(name: str) -> None:
    """Serves the company from here on; 404 for an unknown one, and for the name that the company did not choose."""
    with current_app.extensions["alta"].database.read_unscoped() as reading:
        g.company = accounts.company_by_public_name(reading, name)
    if g.company is None:
        abort(404)
    closed_to_others(g.company.id)


def closed_to_others(company_id: str | UUID) -> None:
    """404 on another company's own domain."""
    if g.get("host_company") is not None and str(g.host_company.id) != str(company_id):
        abort(404)


def at_own_domain() -> Response | None:
    """Before each request: whose domain it came by. Its first page is the form; staff have their own address."""
    g.host_company = None
    if request.endpoint == "static" or domains.is_ours(request.host):
        return None
    with current_app.extensions["alta"].database.read_unscoped() as reading:
        g.host_company = domains.company_at(reading, request.host)
    if g.host_company is None or request.endpoint is None:
        return None
    if request.path == "/":
        return redirect(url_for("request_form.at_own_domain"))
    rule = roles.rule_of(current_app.view_functions[request.endpoint])
    if request.blueprint in ("identity", "passwords") or (rule is not None and rule & roles.EVERYBODY):
        abort(404)
    return None


def in_two_languages(blueprint: Blueprint) -> None:
    """Its pages offer the other language, and remember which was chosen."""
    blueprint.before_request(_choose_language)
    blueprint.context_processor(_languages)


def _choose_language() -> None:
    if request.args.get("lang") in LANGUAGES:
        session["language"] = request.args["lang"]


def _languages() -> dict[str, Any]:
    return {"language_address": lambda code: url_for(request.endpoint, **{**(request.view_args or {}), "lang": code})}
