"""What technicians go through at the client's, as the company wants it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway.backends import installations
from gateway.forms import Form
from gateway.roles import OFFICE_WORK, allowed

blueprint = Blueprint("checklist", __name__, url_prefix="/lista-de-verificacion")

# Empty rows for more questions; saving gives as many again.
MORE = 3
_ITEM = ("item_id", "title", "kind", "unit", "least", "most")


@blueprint.get("/")
@allowed(OFFICE_WORK)
def edit() -> str:
    found = installations.checklist()
    values = {"version": found["version"]}
    for number, item in enumerate(found["items"]):
        values |= {f"{name}-{number}": _shown(item[name]) for name in _ITEM} | {f"place-{number}": number + 1}
    return _page(Form(values), len(found["items"]) + MORE)


@blueprint.post("/")
@allowed(OFFICE_WORK)
def save() -> Response | tuple[str, int]:
    """A question without text is taken off the list."""
    form = Form.typed()
    count = sum(name.startswith("title-") for name in request.form)
    kept = sorted((number for number in range(count) if form.text(f"title-{number}")), key=lambda n: _place(form, n))
    items = [{name: form.text(f"{name}-{number}") for name in _ITEM} for number in kept]
    for item in items:
        item |= {bound: item[bound].replace(",", ".") for bound in ("least", "most") if item[bound]}
    try:
        installations.save_checklist(form.key, version=form.count("version"), items=items)
    except Refusal as refusal:
        # The service counts what it was sent; the page has rows that were left empty, in another order.
        renamed = {f"items.{sent}.{name}": f"{name}-{number}" for sent, number in enumerate(kept) for name in _ITEM}
        form.refuse(refusal, renamed=renamed)
        return _page(form, count), form.status
    flash(_("Lista guardada. Los teléfonos la reciben en cuanto tengan señal."), "success")
    return redirect(url_for(".edit"))


def _page(form: Form, rows: int) -> str:
    return render_template("checklist/edit.html", form=form, rows=rows)


def _place(form: Form, number: int) -> tuple[float, int]:
    """Where the row was wished to be; what is no number stays where it is."""
    typed = form.text(f"place-{number}")
    return (float(typed) if typed and typed.isdecimal() else number + 1, number)


def _shown(value: Any) -> Any:
    return f"{value:g}" if isinstance(value, float) else value
