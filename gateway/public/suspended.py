"""Where a router leads whoever was cut off: why nothing opens, and whom to ask."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from gateway.public.entering import enter, in_two_languages
from gateway.roles import PUBLIC, allowed

blueprint = Blueprint("suspended", __name__)
in_two_languages(blueprint)


@blueprint.get("/suspendido/<name>")
@allowed(PUBLIC)
def show(name: str) -> str:
    """Knows nobody: many clients come from one address, and none of them is signed in."""
    enter(name)
    return render_template("public/suspended.html", company=g.company)
