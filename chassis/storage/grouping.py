"""Lists ordered by what their rows belong to (a zone, by its name), as quick with a million rows as with ten.

An index can't order rows by another table's names, but the groups are few: they are put in order first, and then
walked through, one after the other, until the page is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Select, case
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from chassis.storage.paging import MOST, Order, Page, beyond, decode, in_order, page_of, turned


def paginate_groups(
    session: Session,
    statement: Select[Any],
    *,
    by: Any,
    groups: Sequence[Any],
    way: Literal["asc", "desc"],
    then: Sequence[Any],
    after: str | None = None,
    before: str | None = None,
    limit: int = 25,
) -> Page:
    """One page, ordered by the place of `by` in `groups`, within a group by `then`, which together are unique.

    Rows are as `paginate` has them; those whose `by` is not among the groups are not in the list.
    Raises `ValidationFailed("invalid-cursor")`.
    """
    order: Order = [(column, way) for column in then]
    order = order if before is None else turned(order)
    bound = after if before is None else before
    forward = (way == "asc") == (before is None)
    left = list(groups) if forward else list(groups)[::-1]
    width = min(max(limit, 1), MOST)
    single = len(statement.column_descriptions) == 1
    statement = statement.add_columns(*(column.label(f"page_key_{i}") for i, column in enumerate((by, *then))))
    found: list[Any] = []
    beyond_this = None
    if bound is not None:
        group, *values = decode(bound, [by, *then])
        left = left[_place(group, left) :]
        beyond_this = beyond(order, values)
    at_once = 1
    while left and len(found) <= width:
        chunk, left = left[:at_once], left[at_once:]
        part = statement.where(by == chunk[0]) if len(chunk) == 1 else _ranked(statement, by, chunk)
        if beyond_this is not None:
            part, beyond_this = part.where(beyond_this), None
        rows = session.execute(in_order(part, order).limit(width + 1 - len(found))).all()
        # Where a filter leaves most groups empty, they are asked for by the dozen.
        at_once = 1 if rows else 2 * at_once
        found += rows
    keys = [row[-1 - len(then) :] for row in found[:width]]
    return page_of([row[0] if single else row for row in found], keys, width=width, after=after, before=before)


def _place(group: Any, groups: list[Any]) -> int:
    try:
        return groups.index(group)
    except ValueError as error:
        raise ValidationFailed("invalid-cursor") from error


def _ranked(statement: Select[Any], by: Any, groups: list[Any]) -> Select[Any]:
    rank = case({group: place for place, group in enumerate(groups)}, value=by)
    return statement.where(by.in_(groups)).order_by(rank)
