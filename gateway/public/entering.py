"""Coming in from outside: which company's page it is, and in which language."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, g, request, session, url_for

from gateway import accounts
from gateway.app import LANGUAGES


def enter(name: str) -> None:
    """Serves the company from here on; 404 for an unknown one, and for the name that the company did not choose."""
    with current_app.extensions["alta"].database.read_unscoped() as reading:
        g.company = accounts.company_by_public_name(reading, name)
    if g.company is None:
        abort(404)


def in_two_languages(blueprint: Blueprint) -> None:
    """Its pages offer the other language, and remember which was chosen."""
    blueprint.before_request(_choose_language)
    blueprint.context_processor(_languages)


def _choose_language() -> None:
    if request.args.get("lang") in LANGUAGES:
        session["language"] = request.args["lang"]


def _languages() -> dict[str, Any]:
    return {"language_address": lambda code: url_for(request.endpoint, **{**(request.view_args or {}), "lang": code})}
