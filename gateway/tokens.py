"""The signed cookie of a browser, and the token that its forms send along: CSRF.

Flask and Flask-WTF put together anew for each request what signs them, and sign the same token again for each page.
"""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, g, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

MOST_KNOWN = 10_000  # browsers
# Where Flask-WTF keeps what tokens are made of in the cookie, and the token in `g`.
_RAW = "csrf_token"


def prepare(app: Flask) -> None:
    """After Flask-WTF, whose `csrf_token` this takes the place of in templates."""
    app.session_interface = _Cookies()
    app.context_processor(lambda: {"csrf_token": csrf_token})


def csrf_token() -> str:
    """A token stays good for as long as its browser's cookie, so the first one does for all of its pages."""
    raw = session.get(_RAW)
    # What this request has signed already is what Flask-WTF goes by until its end.
    return _signed(raw) if raw and _RAW not in g else generate_csrf()


@lru_cache(maxsize=MOST_KNOWN)
def _signed(_raw: str) -> str:
    return generate_csrf()


class _Cookies(SecureCookieSessionInterface):
    _signs: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The keys are the same for as long as the process runs."""
        if self._signs is None:
            self._signs = super().get_signing_serializer(app)
        return self._signs
