"""The rows of a page, as HTML: a tick, a cell for each column, and buttons: for what is done in place, for the menu."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from uuid import UUID

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from gateway import catalogue, formats, navigation
from gateway.listing import cells
from gateway.listing.declaring import Column, Listing, Row, RowAction
from gateway.symbols import icon

# Stands in an address where a row's identity will; listing.js knows it.
ANYBODY = str(UUID(int=0))


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """The rows, whether they can be chosen, and the menus that they have: rows for which the same actions make sense
    share one."""

    rows: Markup
    ticks: bool
    menus: list[tuple[RowAction, ...]]


def write(listing: Listing, columns: Iterable[Column], rows: Iterable[Row]) -> Written:
    language = catalogue.locale().language
    words = _words(listing, g.signed_in.account.role, language)
    page = cells.Page(formats.notation(), language, words.address_of)
    kinds = [(_opening(column, language), cells.KINDS[column.kind], column.field or column.key) for column in columns]
    menus: dict[tuple[RowAction, ...], int] = {}
    written: list[str] = []
    for row in rows:
        identity, name = escape(row[listing.identity]), escape(cells.name_of(row))
        actions, in_place = words.to_do(row["state"])
        written.append("<tr>")
        if words.ticks:
            written.append(words.tick(identity, name))
        written += [f"{opening}{show(row.get(field), row, page)}</td>" for opening, show, field in kinds]
        written.append('<td class="cell-actions text-end">')
        written += [action.button(identity, name) for action in in_place]
        written.append(words.menu(menus.setdefault(actions, len(menus)), identity, name))
    return Written(Markup("".join(written)), words.ticks, list(menus))  # noqa: S704 - of cells that escape what is in them


@lru_cache(maxsize=1_000)
def _opening(column: Column, _language: str) -> str:
    if column.kind == "person":
        return '<td class="cell-title">'
    return f'<td class="{"cell-brief" if column.brief else "cell-full"}" data-label="{escape(str(column.label))}">'


class _InPlace:
    """The button of what is done over the list, in the page's language."""

    def __init__(self, action: RowAction, listing: Listing) -> None:
        self._label, self._symbol = escape(str(action.label)), icon(action.icon)
        self._address = action.address(listing.identity, ANYBODY)

    def button(self, identity: str, name: str) -> str:
        return (
            f'<a class="btn btn-sm btn-icon btn-ghost-success" href="{self._address.replace(ANYBODY, identity)}" '
            f'data-in-place title="{self._label}" aria-label="{self._label}: {name}">{self._symbol}</a>'
        )


class _Words:
    """What is the same in every row that the role sees of a list, in the page's language."""

    def __init__(self, listing: Listing, role: str) -> None:
        self._allowed = [each for each in listing.actions if not each.needs or navigation.role_may(role, each.needs)]
        self.ticks = bool(listing.bulk) and navigation.role_may(role, "bulk_changes.begin")
        self._identity = listing.identity
        self._page = url_for(listing.row_endpoint, **{listing.identity: ANYBODY})
        self._in_place = {action: _InPlace(action, listing) for action in self._allowed if action.in_place}
        self._to_do: dict[str, tuple[tuple[RowAction, ...], tuple[_InPlace, ...]]] = {}
        self._choose = escape(_("Elegir"))
        self._actions = escape(_("Acciones de %(name)s"))
        self._dots = icon("dots-vertical")

    def address_of(self, row: Row) -> str:
        return self._page.replace(ANYBODY, row[self._identity])

    def tick(self, identity: str, name: str) -> str:
        return (
            '<td class="cell-tick"><input class="form-check-input" type="checkbox" name="chosen" '
            f'value="{identity}" aria-label="{self._choose} {name}"></td>'
        )

    def to_do(self, state: str) -> tuple[tuple[RowAction, ...], tuple[_InPlace, ...]]:
        """With a row in that state: what is in its menu, and what has a button."""
        if state not in self._to_do:
            actions = tuple(action for action in self._allowed if action.fits(state))
            self._to_do[state] = actions, tuple(self._in_place[each] for each in actions if each in self._in_place)
        return self._to_do[state]

    def menu(self, number: int, identity: str, name: str) -> str:
        """Filled from the menu of that number when it opens."""
        label = self._actions % {"name": name}
        return (
            '<div class="dropdown"><button class="btn btn-sm btn-icon" type="button" '
            f'data-bs-toggle="dropdown" data-bs-popper-config=\'{{"strategy":"fixed"}}\' data-menu="row-menu-{number}" '
            f'data-of="{identity}" aria-expanded="false" aria-label="{label}">{self._dots}</button>'
            '<div class="dropdown-menu dropdown-menu-end"></div></div></td></tr>\n'
        )


@lru_cache(maxsize=1_000)
def _words(listing: Listing, role: str, _language: str) -> _Words:
    return _Words(listing, role)
