"""How people want their lists: columns and density, and views under a name. The lists themselves are in their rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import app, messages
from gateway.listing import kept
from gateway.listing.declaring import Listing
from gateway.listing.every import LISTS, sent_query
from gateway.roles import EVERYBODY, allowed

blueprint = Blueprint("lists", __name__, url_prefix="/listas")


@blueprint.post("/<list_key>/columnas")
@allowed(EVERYBODY)
def columns(list_key: str) -> Response:
    """Columns by their keys in the order that they came in, and how dense; `usual` forgets the choice."""
    listing = _listing(list_key)
    chosen = [] if request.form.get("usual") else request.form.getlist("column")
    density = request.form.get("density", "")
    _do(lambda session: kept.choose_columns(
        session, account=g.signed_in.account, listing=listing, columns=chosen, density=density))  # fmt: skip
    # A view has columns of its own; who chooses others goes on without it.
    return redirect(_back(listing, view=None))


@blueprint.post("/<list_key>/vistas")
@allowed(EVERYBODY)
def save_view(list_key: str) -> Response:
    listing = _listing(list_key)
    found = sent_query(listing)

    def save(session: Session) -> str:
        view = kept.save_view(
            session,
            account=g.signed_in.account,
            listing=listing,
            name=request.form.get("name", "").strip(),
            query=found.query(view=None),
            columns=[column.key for column in found.columns],
            shared=bool(request.form.get("shared")),
            at=g.at,
        )
        if request.form.get("default"):
            kept.choose_default(session, account=g.signed_in.account, listing=listing, view_key=str(view.id))
        return str(view.id)

    key = _do(save)
    if key is not None:
        flash(_("Vista guardada."), "success")
    return redirect(found.address(view=key) if key else _back(listing))


@blueprint.post("/<list_key>/vistas/<uuid:view_id>")
@allowed(EVERYBODY)
def change_view(list_key: str, view_id: UUID) -> Response:
    """Another name, or shared; with `filters` it also takes what the list shows now."""
    listing = _listing(list_key)
    found, anew = sent_query(listing), bool(request.form.get("filters"))
    changed = _do(lambda session: kept.change_view(
        session,
        view_id=view_id,
        account=g.signed_in.account,
        listing=listing,
        name=request.form.get("name", "").strip(),
        shared=bool(request.form.get("shared")),
        query=found.query(view=None) if anew else None,
        columns=[column.key for column in found.columns] if anew else None,
    ))  # fmt: skip
    if changed is not None:
        flash(_("Vista guardada."), "success")
    return redirect(_back(listing))


@blueprint.post("/<list_key>/vistas/<uuid:view_id>/borrar")
@allowed(EVERYBODY)
def delete_view(list_key: str, view_id: UUID) -> Response:
    listing = _listing(list_key)
    _do(lambda session: kept.delete_view(session, view_id=view_id, account=g.signed_in.account) or True)
    return redirect(_back(listing, view=None))


@blueprint.post("/<list_key>/inicial")
@allowed(EVERYBODY)
def choose_default(list_key: str) -> Response:
    """The view that this person's list opens with; of none, the first one."""
    listing = _listing(list_key)
    key = request.form.get("view") or None
    _do(lambda session: kept.choose_default(
        session, account=g.signed_in.account, listing=listing, view_key=key[:40] if key else None) or True)  # fmt: skip
    return redirect(_back(listing))


def _listing(key: str) -> Listing:
    if key not in LISTS:
        raise NotFound
    return LISTS[key]


def _back(listing: Listing, **changed: Any) -> str:
    return sent_query(listing).address(**changed)


def _do(change: Callable[[Session], Any]) -> Any | None:
    """The answer; None when it was refused, which the next page says."""
    try:
        with app.runtime().database.begin(g.signed_in.company.id) as session:
            return change(session)
    except Refusal as refused:
        complaint = next(iter(refused.fields.values()), [{"code": refused.code, "params": refused.params}])[0]
        flash(messages.text_of(complaint["code"], complaint["params"]), "danger")
        return None
