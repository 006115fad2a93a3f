"""A list on the screen: what the address asks for, as this person wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import g, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway import app, navigation
from gateway.forms import Form
from gateway.listing import asked, kept
from gateway.listing.asked import Asked
from gateway.listing.declaring import Listing, Row, View
from gateway.model import ListPreference

ROWS = 25
# Stands in an address where a row's identity will.
_ANYBODY = str(UUID(int=0))


def show(listing: Listing) -> Response | str:
    """The page; without anything in the address, the view that this person opens it with."""
    found, views, preference = read(listing, request.args)
    if not request.args and preference.default_view:
        opened = next((view for view in views if view.key == preference.default_view), None)
        if opened is not None:
            return redirect(address_of(found, opened))
    choices = listing.choices()
    page = listing.read(limit=ROWS, **found.to_ask())
    return render_template(
        "listing/page.html",
        listing=listing,
        asked=found,
        page=page,
        choices=choices,
        options_of=asked.options_of,
        chips=found.chips(choices),
        views=views,
        address_of=lambda view: address_of(found, view),
        default_view=preference.default_view,
        labels={column.key: str(column.label) for column in found.columns},
        menu_of=_menus(listing),
        address_of_row=_addresses(listing),
        other_columns=[column for column in listing.columns if column not in found.columns],
        may_share=kept.may_share(g.signed_in.account),
        may_change=lambda view: view.saved is not None and kept.may_change(view.saved, g.signed_in.account),
        form=Form(),
    )


def read(listing: Listing, arguments: Any) -> tuple[Asked, list[View], ListPreference]:
    """What `arguments` ask for, the views that there are, and what the person chose for this list."""
    account = g.signed_in.account
    with app.runtime().database.read(g.signed_in.company.id) as session:
        preference = kept.preference_of(session, account, listing)
        saved = kept.views_of(session, account, listing)
        session.expunge_all()
    views = [*listing.views, *(_of_saved(view) for view in saved)]
    found = asked.read(
        listing, arguments, views=views, columns=preference.columns, density=preference.density
    )  # fmt: skip
    return found, views, preference


def address_of(found: Asked, view: View) -> str:
    """The whole of it, so that the address can be given to somebody who does not have the view."""
    given = {each.name: None for each in found.listing.filters}
    return found.address(**{**given, "sort": None, **view.query, "view": view.key})


def _menus(listing: Listing) -> Callable[[Row], Markup]:
    """A row's actions. Each is made once for the page, and only what tells rows apart for each of them."""
    item = get_template_attribute("listing/row_menu.html", "item")
    made = [
        (action.when, item(action, action.address(listing.identity, _ANYBODY)))
        for action in listing.actions
        if not action.needs or navigation.may(action.needs)
    ]
    return lambda row: Markup("").join(html for when, html in made if when(row)).replace(
        _ANYBODY, row[listing.identity]
    )  # fmt: skip


def _addresses(listing: Listing) -> Callable[[Row], str]:
    address = url_for(listing.row_endpoint, **{listing.identity: _ANYBODY})
    return lambda row: address.replace(_ANYBODY, row[listing.identity])


def _of_saved(view: Any) -> View:
    return View(key=str(view.id), name=view.name, query=view.query, columns=view.columns, saved=view)
