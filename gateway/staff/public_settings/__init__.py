"""The company's public form: what it asks for and how it looks, where it is found, and what keeps robots out."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public_settings", __name__, url_prefix="/formulario-publico")

from gateway.staff.public_settings import captcha, content, domains, sharing  # noqa: E402, F401 - each adds its routes
