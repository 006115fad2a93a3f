"""The rows of a page, as HTML: a tick, a cell for each column, and buttons: for what is done in place, for the menu."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from gateway import catalogue, navigation
from gateway.listing import cells
from gateway.listing.declaring import Column, Listing, Row, RowAction
from gateway.symbols import icon

# Stands in an address where a row's identity will; listing.js knows it.
ANYBODY = str(UUID(int=0))


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """The rows, and the menus that they have: rows for which the same actions make sense share one."""

    rows: Markup
    menus: list[tuple[RowAction, ...]]


def write(listing: Listing, columns: Iterable[Column], rows: Iterable[Row], *, ticks: bool) -> Written:
    """`ticks`: whether rows can be chosen."""
    language = catalogue.locale().language
    kinds = [(_opening(column, language), cells.KINDS[column.kind], column.field or column.key) for column in columns]
    allowed = [action for action in listing.actions if not action.needs or navigation.may(action.needs)]
    page, menus = url_for(listing.row_endpoint, **{listing.identity: ANYBODY}), _Menus(allowed)
    words = _Words(listing, allowed)
    written: list[str] = []
    for row in rows:
        identity, name = escape(row[listing.identity]), escape(cells.name_of(row))
        address = page.replace(ANYBODY, row[listing.identity])
        written.append("<tr>")
        if ticks:
            written.append(words.tick(identity, name))
        written += [f"{opening}{show(row.get(field), row, address)}</td>" for opening, show, field in kinds]
        written += ['<td class="cell-actions text-end">', *words.in_place(row, identity, name)]
        written.append(words.menu(menus.number_of(row), identity, name))
    return Written(Markup("".join(written)), menus.found)  # noqa: S704 - of cells that escape what is in them


@lru_cache(maxsize=1_000)
def _opening(column: Column, _language: str) -> str:
    if column.kind == "person":
        return '<td class="cell-title">'
    return f'<td class="{"cell-brief" if column.brief else "cell-full"}" data-label="{escape(str(column.label))}">'


class _Menus:
    def __init__(self, allowed: list[RowAction]) -> None:
        self._allowed = allowed
        self.found: list[tuple[RowAction, ...]] = []

    def number_of(self, row: Row) -> int:
        wanted = tuple(action for action in self._allowed if action.when(row))
        if wanted not in self.found:
            self.found.append(wanted)
        return self.found.index(wanted)


class _Words:
    """What is the same in every row, in the page's language."""

    def __init__(self, listing: Listing, allowed: list[RowAction]) -> None:
        self._in_place = [
            (action, escape(str(action.label)), icon(action.icon), action.address(listing.identity, ANYBODY))
            for action in allowed
            if action.in_place
        ]
        self._choose = escape(_("Elegir"))
        self._actions = escape(_("Acciones de %(name)s"))
        self._dots = icon("dots-vertical")

    def tick(self, identity: str, name: str) -> str:
        return (
            '<td class="cell-tick"><input class="form-check-input" type="checkbox" name="chosen" '
            f'value="{identity}" aria-label="{self._choose} {name}"></td>'
        )

    def in_place(self, row: Row, identity: str, name: str) -> Iterator[str]:
        for action, label, symbol, address in self._in_place:
            if action.when(row):
                yield (
                    f'<a class="btn btn-sm btn-icon btn-ghost-success" href="{address.replace(ANYBODY, identity)}" '
                    f'data-in-place title="{label}" aria-label="{label}: {name}">{symbol}</a>'
                )

    def menu(self, number: int, identity: str, name: str) -> str:
        """Filled from the menu of that number when it opens."""
        label = self._actions % {"name": name}
        return (
            '<div class="dropdown"><button class="btn btn-sm btn-icon" type="button" '
            f'data-bs-toggle="dropdown" data-bs-popper-config=\'{{"strategy":"fixed"}}\' data-menu="row-menu-{number}" '
            f'data-of="{identity}" aria-expanded="false" aria-label="{label}">{self._dots}</button>'
            '<div class="dropdown-menu dropdown-menu-end"></div></div></td></tr>\n'
        )
