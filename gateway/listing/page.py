"""A list on the screen: what the address asks for, as this person wants it."""

from __future__ import annotations

from collections.abc import Mapping
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
    found, views, preference = read(listing, request.args.to_dict())
    if not request.args and preference.default_view:
        opened = next((view for view in views if view.key == preference.default_view), None)
        if opened is not None:
            return redirect(opened.address(found.path))
    page, choices = _read_rows(listing, found)
    account, view = g.signed_in.account, found.view
    return render_template(
        "listing/page.html",
        listing=listing,
        asked=found,
        ordering=found.ordering(),
        page=page,
        written=rows.write(listing, found.columns, page["rows"]),
        anybody=rows.ANYBODY,
        given=tuple(found.given.items()),
        choices=tuple(choices.items()),
        chips=found.chips(choices),
        views=views,
        current_view=_current(found, views),
        is_default=view is not None and view.key == preference.default_view,
        other_columns=tuple(column for column in listing.columns if column not in found.columns),
        may_share=kept.may_share(account),
        may_change=view is not None and view.saved is not None and kept.may_change(view.saved, account),
        may_export=bool(page["rows"]) and navigation.may("exports.begin"),
        form=Form(),
    )


def _current(found: Asked, views: tuple[View, ...]) -> str:
    """The key of the view that is shown; without any filter that is the first."""
    if found.view is not None:
        return found.view.key
    return "" if found.given or found.sort_given else views[0].key


def _read_rows(listing: Listing, found: Asked) -> tuple[Any, dict[str, Options]]:
    """A page of rows, and what the filters offer beside what they are declared with."""
    if not listing.for_screens:
        return listing.read(limit=ROWS, **found.to_ask()), {}
    wanted = cells.fields_of(found.columns)
    return app.runtime().offered.read(
        g.signed_in.company.id, listing.read, wanted=wanted, limit=ROWS, **found.to_ask()
    )  # fmt: skip


def read(listing: Listing, arguments: Mapping[str, str]) -> tuple[Asked, tuple[View, ...], ListPreference]:
    """What `arguments` ask for, the views that there are, and what the person chose for this list."""
    preference, views = app.runtime().chosen.by(g.signed_in.account, g.signed_in.company, listing)
    found = asked.read(
        listing, arguments, views=views, columns=preference.columns, density=preference.density
    )  # fmt: skip
    return found, views, preference
