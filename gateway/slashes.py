"""Addresses that somebody typed or linked with a slash at their end: they lead to the page without one."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response


def register(app: Flask) -> None:
    app.before_request(_to_the_page)


def _to_the_page() -> Response | None:
    """Pages whose own address ends in a slash are found without it by Werkzeug itself."""
    path = request.path.rstrip("/")
    if request.endpoint is not None or request.method not in ("GET", "HEAD") or path in ("", request.path):
        return None
    try:
        current_app.create_url_adapter(request).match(path, method="GET")
    except HTTPException:  # there is no such page either
        return None
    query = request.query_string.decode("latin-1")
    return redirect(request.script_root + quote(path) + (f"?{query}" if query else ""), code=308)
