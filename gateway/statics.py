"""The files that pages load: compressed when they were built, and kept by browsers for as long as they are the same.

`/static/dist/<name>` is asked for anew each time and answered with 304. `/static/<version>/<name>` may be kept for
ever; what a module imports beside it has the same version, and so has the same promise.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import Flask, abort, g, request, send_from_directory
from werkzeug.wrappers import Response

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "dist"
_VERSION = BUILT / "version"
# The best first.
_COMPRESSED = (("br", ".br"), ("gzip", ".gz"))
_FOR_EVER = 365 * 24 * 3600


def register(app: Flask) -> None:
    """In place of Flask's own, under its name."""
    app.add_url_rule("/static/<folder>/<path:name>", endpoint="static", view_func=_send)
    app.add_template_global(asset, "asset")


def asset(name: str) -> str:
    """The address of a built file, for as long as no file of the build changes."""
    if "build" not in g:
        g.build = _version()
    return f"/static/{g.build}/{name}"


def _send(folder: str, name: str) -> Response:
    for_ever = folder == _version()
    if not for_ever and folder != "dist":
        abort(404)
    suffix, encoding = _best(name)
    response = send_from_directory(BUILT, name + suffix, max_age=_FOR_EVER if for_ever else None)
    if encoding:
        response.headers["Content-Encoding"] = encoding
        response.mimetype = _type_of(name)
    response.vary.add("Accept-Encoding")
    if for_ever:
        response.cache_control.immutable = True
    return response


def _best(name: str) -> tuple[str, str | None]:
    """The suffix of the file to send, and how it is compressed. A part of a file is a part of the plain one."""
    if "Range" in request.headers:
        return "", None
    for encoding, suffix in _COMPRESSED:
        if encoding in request.accept_encodings and (BUILT / (name + suffix)).is_file():
            return suffix, encoding
    return "", None


def _type_of(name: str) -> str:
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "json": "application/json"}
    return kinds[name.rpartition(".")[2]]


def _version() -> str:
    """Looked at for each request: a build beside the running program is served as what it is."""
    try:
        return _written(_VERSION.stat().st_mtime_ns)
    except FileNotFoundError:
        return "dist"


@lru_cache(maxsize=1)
def _written(_at: int) -> str:
    return _VERSION.read_text()
