"""Lists in pages that stay as quick at the millionth row as at the first: by key, never by offset."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed

Order = Sequence[tuple[Any, Literal["asc", "desc"]]]
MOST = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """`next` is what to pass as `after` for the rows that follow, `previous` as `before` for those that came before;
    None when there are no more."""

    rows: list[Any]
    next: str | None
    previous: str | None = None


def paginate(
    session: Session,
    statement: Select[Any],
    *,
    order: Order,
    after: str | None = None,
    before: str | None = None,
    limit: int = 25,
) -> Page:
    """One page of `statement`, ordered by columns that are never null and together unique; with `before`, the page
    that ends there.

    Rows are entities when the statement selects one thing, and tuples with names otherwise.
    Raises `ValidationFailed("invalid-cursor")`.
    """
    columns = [column for column, _ in order]
    statement = statement.add_columns(*(column.label(f"page_key_{i}") for i, column in enumerate(columns)))
    width, way, bound = bounds(order, after=after, before=before, limit=limit)
    if bound is not None:
        statement = statement.where(beyond(way, decode(bound, columns)))
    found = session.execute(in_order(statement, way).limit(width + 1)).all()
    keys = [row[-len(columns) :] for row in found[:width]]
    single = bool(found) and len(found[0]) == 1 + len(columns)
    return page_of([row[0] if single else row for row in found], keys, width=width, after=after, before=before)


def bounds(
    order: Order, *, after: str | None = None, before: str | None = None, limit: int = 25
) -> tuple[int, Order, str | None]:
    """How many rows a page has at most, the order in which they are looked for, and the cursor that they are beyond."""
    width = min(max(limit, 1), MOST)
    return (width, order, after) if before is None else (width, turned(order), before)


def page_of(rows: list[Any], keys: Sequence[Any], *, width: int, after: str | None, before: str | None) -> Page:
    """The page made of what was found going its way: one row more than `width` says that there are others."""
    more, rows = len(rows) > width, rows[:width]
    first, last = (cursor_of(keys[0]), cursor_of(keys[-1])) if keys else (None, None)
    if before is not None:
        return Page(rows[::-1], next=first, previous=last if more else None)
    return Page(rows, next=last if more else None, previous=first if after is not None else None)


def turned(order: Order) -> Order:
    return [(column, "asc" if way == "desc" else "desc") for column, way in order]


def in_order(statement: Select[Any], order: Order) -> Select[Any]:
    return statement.order_by(*sorted_by(order))


def sorted_by(order: Order) -> list[ColumnElement[Any]]:
    return [column.desc() if way == "desc" else column.asc() for column, way in order]


def beyond(order: Order, values: list[Any]) -> ColumnElement[bool]:
    pairs = [(column, way, literal(value, column.type)) for (column, way), value in zip(order, values, strict=True)]
    if len({way for _, way, _ in pairs}) == 1:
        # A row value is what an index on these columns can answer.
        keys, bounds = tuple_(*(c for c, _, _ in pairs)), tuple_(*(v for _, _, v in pairs))
        return keys < bounds if pairs[0][1] == "desc" else keys > bounds
    return or_(
        *(
            and_(*(c == v for c, _, v in pairs[:i]), column < value if way == "desc" else column > value)
            for i, (column, way, value) in enumerate(pairs)
        )
    )


def cursor_of(values: Sequence[Any]) -> str:
    """What leads on from a row, by the values of the columns that the list is ordered by."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def decode(cursor: str, columns: Sequence[Any]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(column.type.python_type, value) for column, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError) as error:
        raise ValidationFailed("invalid-cursor") from error


def _typed(python_type: type[Any], value: Any) -> Any:
    if python_type in (UUID, datetime, date):
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is no text")
        return UUID(value) if python_type is UUID else python_type.fromisoformat(value)
    if not isinstance(value, python_type) or not _can_be_kept(value):
        raise TypeError(f"{value!r} is no {python_type.__name__}")
    return value


def _can_be_kept(value: Any) -> bool:
    """Neither database has larger numbers, and PostgreSQL's texts have no NUL."""
    return "\0" not in value if isinstance(value, str) else not isinstance(value, int) or abs(value) < 2**63
