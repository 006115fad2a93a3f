"""The first page after signing in: what must be done today, each number a link to what proves it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from gateway import roles
from gateway.backends import billing, installations, preinstall, provisioning
from gateway.parts import part

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@roles.allowed(roles.EVERYBODY)
def dashboard() -> Any:
    return render_template(
        "home/dashboard.html",
        work=part("installations", installations.dashboard),
        waiting=part("preinstall", preinstall.summary),
        money=part("billing", billing.summary),
        routers=part("provisioning", lambda: provisioning.routers(limit=200)),
    )
