"""In which order the lines of words are gone through for a page, from which on, and how far."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from sqlalchemy import Select

from chassis.storage.paging import Order, Page, beyond, bounds, decode, in_order

AT, SORT_NAME = "at", "sort_name"
"""What lines may be gone through by."""


class Way:
    """How a page goes through lines: `by` one of their columns, those of one value by their rows' ids."""

    def __init__(self, lines: Any, order: Order, by: str, **paging: Any) -> None:
        self._lines, self.by, (_, way) = lines, by, order[0]
        key = getattr(lines, by)
        self.width, wanted, bound = bounds([(key, way), (lines.id, way)], **paging)
        self._way, self._before = wanted[0][1], paging.get("before")
        self._last = None if bound is None else decode(bound, [key, lines.id])

    def of(self, columns: Any) -> Order:
        return [(getattr(columns, self.by), self._way), (columns.id, self._way)]

    def beyond(self, key: Sequence[Any]) -> Way:
        way = copy(self)
        way._last = list(key)
        return way

    def first(self, statement: Select[Any], limit: int, *, of: Any = None) -> Select[Any]:
        """Of a statement of lines, or `of` something else that has such columns."""
        order = self.of(self._lines if of is None else of)
        if self._last is not None:
            statement = statement.where(beyond(order, self._last))
        return in_order(statement, order).limit(limit)

    def goes_on(self, page: Page) -> bool:
        """Whether there is more, so that the page is whole."""
        return (page.next if self._before is None else page.previous) is not None

    def first_of(self, keys: set[tuple[Any, ...]]) -> list[Any]:
        """Those of a page, and one more."""
        back = self._way == "desc"
        ordered = sorted(keys, reverse=back)
        if self._last is not None:
            last = tuple(self._last)
            ordered = [key for key in ordered if (key < last if back else key > last)]
        return ordered[: self.width + 1]
