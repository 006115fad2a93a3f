"""Lists ordered by what their rows belong to (a zone, by its name), as quick with a million rows as with ten.

An index can't order rows by another table's names. So the groups themselves are walked through in their order, and the
rows of each, until the page is full: nothing is read of those that it does not come to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, Literal, Protocol

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session

from chassis.errors import ValidationFailed
from chassis.storage.paging import MOST, Order, Page, beyond, bounds, decode, in_order, page_of

Way = Literal["asc", "desc"]


class Groups(Protocol):
    """What rows may belong to, in an order."""

    def walk(
        self, session: Session, way: Way, *, first: Any | None, among: Collection[Any] | None = None
    ) -> Iterator[Any]:
        """From `first`, or from that end where the way begins; only those `among`, where such are given.
        Raises `ValidationFailed("invalid-cursor")`."""
        ...


class InThisOrder:
    """Groups that are known by themselves."""

    def __init__(self, groups: Sequence[Any]) -> None:
        self._groups = list(groups)

    def walk(
        self, _session: Session, way: Way, *, first: Any | None, among: Collection[Any] | None = None
    ) -> Iterator[Any]:
        groups = self._groups if way == "asc" else self._groups[::-1]
        if first is not None and first not in groups:
            raise ValidationFailed("invalid-cursor")
        left = groups if first is None else groups[groups.index(first) :]
        yield from (group for group in left if among is None or group in among or group == first)


class ByName:
    """The rows of a table that is `Named`, those of one name by their ids."""

    def __init__(self, model: type[Any]) -> None:
        self._model = model

    def walk(
        self, session: Session, way: Way, *, first: Any | None, among: Collection[Any] | None = None
    ) -> Iterator[Any]:
        order: Order = [(self._model.name_key, way), (self._model.id, way)]
        following = in_order(select(self._model.id, self._model.name_key), order)
        if among is not None:
            following = following.where(self._model.id.in_(among))
        last = None
        if first is not None:
            last = session.execute(select(self._model.name_key, self._model.id).where(self._model.id == first)).first()
            if last is None:
                raise ValidationFailed("invalid-cursor")
            yield first
        at_once = 2 if among is None else MOST
        while True:
            bound = following if last is None else following.where(beyond(order, list(last)))
            found = session.execute(bound.limit(at_once)).all()
            yield from (row.id for row in found)
            if len(found) < at_once:
                return
            last, at_once = (found[-1].name_key, found[-1].id), min(2 * at_once, MOST)


def paginate_groups(
    session: Session,
    statement: Select[Any],
    *,
    by: Any,
    groups: Groups,
    way: Way,
    then: Sequence[Any],
    little: bool = False,
    after: str | None = None,
    before: str | None = None,
    limit: int = 25,
) -> Page:
    """One page, ordered by the place of `by` in `groups`, within a group by `then`, which together are unique.

    Rows are as `paginate` has them; those whose `by` is not among the groups are not in the list. Of a statement of
    `little` it is looked up first which groups there are, not to walk through all of them for it.
    Raises `ValidationFailed("invalid-cursor")`.
    """
    width, order, bound = bounds([(column, way) for column in then], after=after, before=before, limit=limit)
    among = _there(session, statement, by) if little else None
    single = len(statement.column_descriptions) == 1
    statement = statement.add_columns(*(column.label(f"page_key_{i}") for i, column in enumerate((by, *then))))
    first, *values = decode(bound, [by, *then]) if bound is not None else [None]
    left = groups.walk(session, order[0][1], first=first, among=among)
    beyond_this = beyond(order, values) if values else None
    found: list[Any] = []
    # What follows a row of a group is that group's alone.
    at_once = MOST if among is not None and beyond_this is None else 1
    while len(found) <= width and (chunk := list(islice(left, at_once))):
        part = statement.where(by == chunk[0]) if len(chunk) == 1 else _ranked(statement, by, chunk)
        if beyond_this is not None:
            part, beyond_this = part.where(beyond_this), None
        rows = session.execute(in_order(part, order).limit(width + 1 - len(found))).all()
        # Where a filter leaves most groups empty, they are asked for by the dozen.
        at_once = MOST if among is not None else 1 if rows else 2 * at_once
        found += rows
    keys = [row[-1 - len(then) :] for row in found[:width]]
    return page_of([row[0] if single else row for row in found], keys, width=width, after=after, before=before)


def _there(session: Session, statement: Select[Any], by: Any) -> set[Any] | None:
    """The groups of its rows; None when these are many after all."""
    found = session.scalars(statement.with_only_columns(by).limit(MOST + 1)).all()
    return set(found) if len(found) <= MOST else None


def _ranked(statement: Select[Any], by: Any, groups: list[Any]) -> Select[Any]:
    rank = case({group: place for place, group in enumerate(groups)}, value=by)
    return statement.where(by.in_(groups)).order_by(rank)
