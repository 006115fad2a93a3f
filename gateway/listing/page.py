"""A list on the screen: what the address asks for, as this person wants it."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response

from gateway import app, navigation
from gateway.forms import Form
from gateway.listing import asked, cells, kept, rows
from gateway.listing.asked import Asked
from gateway.listing.declaring import Listing, Options, View
from gateway.model import ListPreference

ROWS = 25


def show(listing: Listing) -> Response | str:
    """The page; without anything in the address, the view that this person opens it with."""
    found, views, preference = read(listing, request.args)
    if not request.args and preference.default_view:
        opened = next((view for view in views if view.key == preference.default_view), None)
        if opened is not None:
            return redirect(address_of(found, opened))
    page, choices = _read_rows(listing, found)
    ticks = bool(listing.bulk) and navigation.may("bulk_changes.begin")
    return render_template(
        "listing/page.html",
        listing=listing,
        asked=found,
        ordering=found.ordering(),
        page=page,
        ticks=ticks,
        written=rows.write(listing, found.columns, page["rows"], ticks=ticks),
        anybody=rows.ANYBODY,
        choices=choices,
        chips=found.chips(choices),
        views=views,
        address_of=lambda view: address_of(found, view),
        default_view=preference.default_view,
        other_columns=tuple(column for column in listing.columns if column not in found.columns),
        may_share=kept.may_share(g.signed_in.account),
        may_change=lambda view: view.saved is not None and kept.may_change(view.saved, g.signed_in.account),
        form=Form(),
    )


def _read_rows(listing: Listing, found: Asked) -> tuple[Any, dict[str, Options]]:
    """A page of rows, and what the filters offer beside what they are declared with."""
    if not listing.for_screens:
        return listing.read(limit=ROWS, **found.to_ask()), {}
    wanted = cells.fields_of(found.columns)
    return app.runtime().offered.read(
        g.signed_in.company.id, listing.read, wanted=wanted, limit=ROWS, **found.to_ask()
    )  # fmt: skip


def read(listing: Listing, arguments: Any) -> tuple[Asked, list[View], ListPreference]:
    """What `arguments` ask for, the views that there are, and what the person chose for this list."""
    preference, saved = app.runtime().chosen.by(g.signed_in.account, g.signed_in.company, listing)
    views = [*listing.views, *(_of_saved(view) for view in saved)]
    found = asked.read(
        listing, arguments, views=views, columns=preference.columns, density=preference.density
    )  # fmt: skip
    return found, views, preference


def address_of(found: Asked, view: View) -> str:
    """The whole of it, so that the address can be given to somebody who does not have the view."""
    given = {each.name: None for each in found.listing.filters}
    return found.address(**{**given, "sort": None, **view.query, "view": view.key})


def _of_saved(view: Any) -> View:
    return View(key=str(view.id), name=view.name, query=view.query, columns=view.columns, saved=view)
