"""What a list is declared with. What is declared is equal to itself alone, and parts of pages are remembered by it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from gateway.backends.asking import Backend

Row = Mapping[str, Any]
Options = tuple[tuple[str, Any], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """`kind` names the function of `listing.cells` that shows it; `field` is the row's, by default `key`.

    `shown`: until somebody chooses otherwise. `brief`: also in a compact row on a phone.
    """

    key: str
    label: Any
    kind: str = "text"
    field: str = ""
    sortable: bool = True
    shown: bool = False
    brief: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filter:
    """`kind` is search, choice, day, month, text or flag.

    A choice is among `options`, or among the ones that the list's service gives for its name. `usual` is what
    counts when the address says nothing, `unfiltered` the value that stands for no filter at all then.
    """

    name: str
    label: Any
    kind: str
    empty: Any = ""
    options: tuple[tuple[str, Any], ...] | None = None
    usual: str | None = None
    unfiltered: str | None = None
    extra: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A named set of filters, order and columns. `saved` is None for those that come with Alta."""

    key: str
    name: Any
    query: Mapping[str, str]
    columns: list[str] | None = None
    saved: Any = None

    def address(self, path: str) -> str:
        """The whole of it, on the list's `path`, so that it can be given to somebody who does not have the view."""
        return f"{path}?{urlencode({'view': self.key, **{name: value for name, value in self.query.items() if value}})}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowAction:
    """A link in the row's menu to a page about it. `states` are those of rows for which it makes sense; without any,
    it does for all.

    `in_place`: its page is a question, which is asked over the list; the row has a button for it, too.
    """

    endpoint: str
    label: Any
    icon: str
    # What decides who may: the endpoint that the page in the end calls.
    needs: str = ""
    anchor: str = ""
    states: tuple[str, ...] = ()
    danger: bool = False
    in_place: bool = False
    # What its page calls the row, where that is not what the list calls it.
    argument: str = ""

    def fits(self, state: str) -> bool:
        return not self.states or state in self.states

    def address(self, identity: str, value: str) -> str:
        return url_for(self.endpoint, **{self.argument or identity: value}, _anchor=self.anchor or None)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BulkAction:
    """Something done with many rows. `fields` are what is asked for before: macros of `bulk_changes/fields.html`."""

    key: str
    label: Any
    icon: str
    explains: Any = ""
    fields: tuple[str, ...] = ()
    danger: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Listing:
    """`read(**filters)` gives a page of rows; `identity` is the row's and its page's name for what it is about."""

    key: str
    title: Any
    endpoint: str
    row_endpoint: str
    identity: str
    icon: str
    nothing: Any
    search_hint: Any
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    order: str
    views: tuple[View, ...]
    actions: tuple[RowAction, ...]
    backend: Backend
    read: Callable[..., Any]
    # Whether its service answers as a screen wants it: the fields that it shows, and what its filters offer.
    for_screens: bool = False
    bulk: tuple[BulkAction, ...] = ()
    resolve: Callable[[dict[str, Any]], dict[str, Any]] = lambda filters: filters

    def bulk_action(self, key: str) -> BulkAction | None:
        return next((action for action in self.bulk if action.key == key), None)

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    @cached_property
    def usual_columns(self) -> list[Column]:
        return [column for column in self.columns if column.shown]

    @cached_property
    def usual_filters(self) -> list[Filter]:
        return [each for each in self.filters if not each.extra]

    @cached_property
    def extra_filters(self) -> list[Filter]:
        """Those that are folded up until somebody wants more."""
        return [each for each in self.filters if each.extra]
