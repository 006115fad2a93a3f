"""Many rows of a list changed at once: confirmed with their number, followed, and what became of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import formats, messages
from gateway.backends import installations, preinstall, provisioning
from gateway.forms import Form
from gateway.listing import choosing, many
from gateway.listing.declaring import BulkAction, Listing
from gateway.listing.every import LISTS, sent_query
from gateway.roles import EVERYBODY, OFFICE_WORK, allowed
from gateway.staff.endings import REASONS

blueprint = Blueprint("bulk_changes", __name__, url_prefix="/cambios")

ON_ROUTERS = ("suspend", "reconnect")


@blueprint.get("/")
@allowed(EVERYBODY)
def index() -> str:
    page = installations.bulk_changes(after=request.args.get("after"))
    return render_template("bulk_changes/index.html", page=page, name_of=name_of)


@blueprint.post("/<list_key>/confirmar")
@allowed(OFFICE_WORK)
def confirm(list_key: str) -> Response | str:
    """How many it would be, and what else it needs, before anything happens."""
    listing, action = _asked(list_key)
    found = sent_query(listing)
    try:
        whom = many.chosen(listing, found)
        if action.key in ON_ROUTERS:
            return _confirm_on_routers(action, whom.resolved(many.MOST_SERVICES))
        if action.key == "print":
            return _print(listing, whom)
        return _confirm_page(listing, action, whom, Form())
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
        return redirect(found.address())


@blueprint.post("/<list_key>")
@allowed(OFFICE_WORK)
def begin(list_key: str) -> Response | str | tuple[str, int]:
    listing, action = _asked(list_key)
    form, found = Form.typed(), sent_query(listing)
    whom = many.chosen(listing, found)
    wanted = many.wanted_of(form, action.fields)
    try:
        if listing.backend is preinstall:
            return _reject(listing, form, whom, wanted)
        begun = installations.begin_bulk_change(form.key, action.key, whom.as_told(), **wanted)
    except Refusal as refused:
        form.refuse(refused)
        return _confirm_page(listing, action, whom, form), form.status
    return redirect(url_for(".show", change_id=begun["change_id"]))


@blueprint.get("/<uuid:change_id>")
@allowed(EVERYBODY)
def show(change_id: UUID) -> str:
    """How far it is; the page follows it by itself."""
    identity, state = str(change_id), request.args.get("state", "refused") or None
    items = installations.bulk_change_items(identity, state=state, after=request.args.get("after"), limit=50)
    change = installations.bulk_change(identity)
    return render_template(
        "bulk_changes/show.html", change=change, items=items, state=state, name_of=name_of, form=Form()
    )


@blueprint.post("/<uuid:change_id>/detener")
@allowed(OFFICE_WORK)
def stop(change_id: UUID) -> Response:
    try:
        installations.stop_bulk_change(Form.typed().key, str(change_id))
    except Refusal as refused:
        flash(messages.text_of(refused.code, refused.params), "danger")
    return redirect(url_for(".show", change_id=change_id))


def name_of(action: str) -> str:
    """What a list calls the action; of a newer service's, its own name."""
    found = (each.bulk_action(action) for each in LISTS.values())
    return next((str(known.label) for known in found if known), action)


def _asked(list_key: str) -> tuple[Listing, BulkAction]:
    listing = LISTS.get(list_key)
    action = listing.bulk_action(request.form.get("action", "")) if listing else None
    if listing is None or action is None:
        raise NotFound
    return listing, action


def _confirm_page(listing: Listing, action: BulkAction, whom: many.Chosen, form: Form) -> str:
    choices = choosing.by_filter(installations.list_choices() if listing.for_screens else {})
    return render_template(
        "bulk_changes/confirm.html",
        listing=listing,
        action=action,
        whom=whom,
        seen=many.preview(whom),
        choices=choices,
        end_reasons=REASONS,
        form=form,
    )


def _confirm_on_routers(action: BulkAction, ids: list[str]) -> str:
    """Services are suspended by those who know routers; from here on it is their page."""
    chosen: dict[str, Any] = {"installation_ids": ids}
    seen = provisioning.preview_bulk(action.key, chosen)
    return render_template("bulk/confirm.html", operation=action.key, chosen=chosen, seen=seen, form=Form())


def _print(listing: Listing, whom: many.Chosen) -> Response:
    """Printing changes nothing, so that there is nothing to confirm."""
    day = g.at.astimezone(formats.time_zone()).date()
    sheets = _("hojas")
    filename = f"{sheets}-{day.isoformat()}.pdf"
    export = installations.print_many_sheets(Form.typed().key, whom.as_told(), filename)
    return redirect(url_for("exports.show", list_key=listing.key, export_id=export["export_id"]))


def _refused(refused: dict[str, Any]) -> str:
    """Which request it is, with the way to it, and why it stays as it is."""
    why = messages.text_of(refused["code"], refused["params"])
    name = " ".join(filter(None, (refused["person"], refused.get("tracking_number")))) or "—"
    place = url_for("requests.show", request_id=refused["request_id"])
    return Markup('<a class="alert-link" href="{}">{}</a>: {}').format(place, name, why)


def _reject(listing: Listing, form: Form, whom: many.Chosen, wanted: dict[str, Any]) -> Response:
    ids = whom.resolved(many.MOST_REQUESTS)
    told = preinstall.reject_many(form.key, ids, wanted["reason"] or "")
    if told["rejected"]:
        flash(ngettext("%(num)s solicitud rechazada.", "%(num)s solicitudes rechazadas.", told["rejected"]), "success")
    for refused in told["refused"][:20]:
        flash(_refused(refused), "danger")
    return redirect(whom.found.address())
