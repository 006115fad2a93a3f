"""What an address asks a list for. Whatever it does not understand it leaves out: an old link still opens."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import url_for

from gateway import formats
from gateway.listing.declaring import Column, Filter, Listing, Options, View

COMFORTABLE, COMPACT = "comfortable", "compact"
DENSITIES = (COMFORTABLE, COMPACT)


@dataclasses.dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, in words, and the address without it."""

    label: str
    value: str
    without: str


@dataclasses.dataclass(frozen=True, slots=True)
class Ordering:
    """What the list is sorted by, as in `Asked`, and what addresses that sort otherwise `begin` with."""

    sort: str
    begin: str

    def by(self, column: Column) -> bool:
        return self.sort.removeprefix("-") == column.key

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    def address(self, column: Column) -> str:
        """Clicked once it sorts by the column, clicked again the other way round."""
        return f"{self.begin}-{column.key}" if self.by(column) and not self.descending else f"{self.begin}{column.key}"

    def direction(self, column: Column) -> str:
        """As `aria-sort` has it."""
        if not self.by(column):
            return "none"
        return "descending" if self.descending else "ascending"


@dataclasses.dataclass(slots=True, kw_only=True)
class Asked:
    """`given` are the filters as the address has them, `sort` a column's key with a minus for descending."""

    listing: Listing
    path: str
    given: dict[str, str]
    sort: str
    after: str | None
    before: str | None
    view: View | None
    columns: tuple[Column, ...]
    density: str

    def filters(self) -> dict[str, Any]:
        """As the service takes them."""
        asked: dict[str, Any] = {}
        for each in self.listing.filters:
            value = self.given.get(each.name) or each.usual
            asked[each.name] = None if value == each.unfiltered or not value else _typed(each, value)
        return self.listing.resolve(asked)

    def to_ask(self) -> dict[str, Any]:
        """What the service is asked; in its own order when no other one is wanted."""
        asked = {**self.filters(), "sort": self.sort_given, "after": self.after, "before": self.before}
        return {name: value for name, value in asked.items() if value is not None}

    def to_export(self) -> dict[str, Any]:
        """The same rows in the same order, from the first one on."""
        return {name: value for name, value in self.to_ask().items() if name not in ("after", "before")}

    def query(self, **changed: Any) -> dict[str, str]:
        """The address's query with some of it changed; None takes a part away. Pages begin anew."""
        own = {**self.given, "view": self.view.key if self.view else None, "sort": self.sort_given}
        return {name: value for name, value in {**own, **changed}.items() if value not in (None, "")}

    def address(self, **changed: Any) -> str:
        query = self.query(**changed)
        return f"{self.path}?{urlencode(query)}" if query else self.path

    @property
    def sort_given(self) -> str | None:
        return None if self.sort == self.listing.order else self.sort

    def ordering(self) -> Ordering:
        unsorted = self.address(sort=None)
        return Ordering(self.sort, f"{unsorted}{'&' if '?' in unsorted else '?'}sort=")

    def chips(self, choices: Mapping[str, Options]) -> tuple[Chip, ...]:
        on = [(each, self.given[each.name]) for each in self.listing.filters if each.name in self.given]
        return tuple(
            Chip(str(each.label), in_words(each, value, choices), self.address(**{each.name: None}))
            for each, value in on
            if value != each.usual
        )

    @property
    def view_was_changed(self) -> bool:
        """Whether the filters or the order are no longer what the view has."""
        if self.view is None:
            return False
        return self.query(view=None) != {name: value for name, value in self.view.query.items() if value}


def read(
    listing: Listing, arguments: Mapping[str, str], *, views: Iterable[View], columns: list[str] | None, density: str
) -> Asked:
    """`columns` are the person's; those of the view go first."""
    view = next((each for each in views if each.key == arguments.get("view")), None)
    given = {
        each.name: arguments[each.name].strip() for each in listing.filters if arguments.get(each.name, "").strip()
    }
    return Asked(
        listing=listing,
        path=url_for(listing.endpoint),
        given={name: value for name, value in given.items() if _is_possible(listing, name, value)},
        sort=_sort(listing, arguments.get("sort")),
        after=arguments.get("after") or None,
        before=arguments.get("before") or None,
        view=view,
        columns=_columns(listing, (view.columns if view else None) or columns),
        density=density,
    )


def in_words(filter_: Filter, value: str, choices: Mapping[str, Options]) -> str:
    if filter_.kind == "choice":
        options = filter_.options or choices.get(filter_.name, ())
        return next((str(label) for key, label in options if key == value), value)
    if filter_.kind == "day":
        return formats.day(value)
    if filter_.kind == "month":
        return formats.month(value)
    return "✓" if filter_.kind == "flag" else value


def _sort(listing: Listing, sort: str | None) -> str:
    column = listing.column((sort or "").removeprefix("-"))
    return sort if sort and column is not None and column.sortable else listing.order


def _columns(listing: Listing, keys: list[str] | None) -> tuple[Column, ...]:
    """In the order that was chosen; a column that is no more is left out."""
    chosen = [column for column in map(listing.column, keys or ()) if column is not None]
    return tuple(chosen or listing.usual_columns)


def _is_possible(listing: Listing, name: str, value: str) -> bool:
    """A choice that is not among the fixed ones, one of others that is no identity, or a day that is none, is no
    filter."""
    filter_ = next(each for each in listing.filters if each.name == name)
    if filter_.options is not None:
        return value in {key for key, _label in filter_.options}
    if filter_.kind == "choice":
        return _is_identity(value)
    if filter_.kind in ("day", "month"):
        return formats.is_day(f"{value}-01" if filter_.kind == "month" else value)
    return len(value) <= 100


def _is_identity(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _typed(filter_: Filter, value: str) -> Any:
    return True if filter_.kind == "flag" else value
