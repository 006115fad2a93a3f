"""Lists ordered by what their rows belong to (a zone, by its name), as quick with a million rows as with ten.

An index can't order rows by another table's names. So the groups themselves are walked through in their order, and the
rows of each, until the page is full: nothing is read of those that it does not come to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice
from math import ceil
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, Select, case, select
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
        at_once = 8 if among is None else MOST
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
    ids: Select[Any] | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int = 25,
) -> Page:
    """One page, ordered by the place of `by` in `groups`, within a group by `then`, which together are unique.

    Rows are as `paginate` has them; those whose `by` is not among the groups are not in the list. Of a statement of
    `little` it is looked up first which groups there are, not to walk through all of them for it. Where the last of
    `then` can be among no more than the `ids`, a few thousand, each group's are looked up in an index of `by` and
    `then`, which must be there, and no other row is read.
    Raises `ValidationFailed("invalid-cursor")`.
    """
    width, order, bound = bounds([(column, way) for column in then], after=after, before=before, limit=limit)
    among = _there(session, statement, by) if little else None
    single = len(statement.column_descriptions) == 1
    statement = statement.add_columns(*(column.label(f"page_key_{i}") for i, column in enumerate((by, *then))))
    first, *values = decode(bound, [by, *then]) if bound is not None else [None]
    left = _Left(by, order, groups.walk(session, order[0][1], first=first, among=among))
    if values:
        left.beyond = beyond(order, values)
    if ids is None:
        found = _walked(session, statement, left, width + 1, few_groups=among is not None)
    else:
        found = _by_keys(session, statement, order[-1][0], _keys(session, left, width + 1, ids), width + 1)
    keys = [row[-1 - len(then) :] for row in found[:width]]
    return page_of([row[0] if single else row for row in found], keys, width=width, after=after, before=before)


class _Left:
    """The groups that nobody went through yet, of the first one what is `beyond`."""

    def __init__(self, by: Any, order: Order, groups: Iterator[Any]) -> None:
        self.by, self.order, self._groups = by, order, groups
        self.beyond: ColumnElement[bool] | None = None
        self.taken: list[Any] = []

    def next(self, statement: Select[Any], many: int) -> Select[Any] | None:
        """Of the statement what is in the next of them, in order; None when there are no more."""
        self.taken = list(islice(self._groups, many))
        if not self.taken:
            return None
        part = statement.where(self.by == self.taken[0]) if len(self.taken) == 1 else self._ranked(statement)
        if self.beyond is not None:
            part, self.beyond = part.where(self.beyond), None
        return in_order(part, self.order)

    def again(self, group: Any, key: Sequence[Any]) -> None:
        """From what follows the row of that key, in one of the groups that were just taken."""
        self._groups = chain(self.taken[self.taken.index(group) :], self._groups)
        self.beyond = beyond(self.order, list(key))

    def _ranked(self, statement: Select[Any]) -> Select[Any]:
        rank = case({group: place for place, group in enumerate(self.taken)}, value=self.by)
        return statement.where(self.by.in_(self.taken)).order_by(rank)


def _walked(session: Session, statement: Select[Any], left: _Left, enough: int, *, few_groups: bool) -> list[Any]:
    found: list[Any] = []
    # What follows a row of a group is that group's alone.
    at_once = MOST if few_groups and left.beyond is None else 1
    while len(found) < enough and (part := left.next(statement, at_once)) is not None:
        rows = session.execute(part.limit(enough - len(found))).all()
        # Where a filter leaves most groups empty, they are asked for by the dozen.
        at_once = MOST if few_groups else 1 if rows else 2 * at_once
        found += rows
    return found


def _keys(session: Session, left: _Left, enough: int, ids: Select[Any]) -> Iterator[Any]:
    """Those of the `ids` that are in the groups, in the list's order, from an index alone: PostgreSQL would make a join
    of a simple condition, and read the rows for it."""
    columns = [column for column, _ in left.order]
    keys = select(left.by, *columns).where(case((columns[-1].in_(ids), 1), else_=0) > 0)
    walked = found = 0
    at_once = 1
    while (part := left.next(keys, at_once)) is not None:
        rows = session.execute(part.limit(enough)).all()
        yield from (row[-1] for row in rows)
        if len(rows) == enough:
            left.again(rows[-1][0], rows[-1][1:])
            at_once = 1
            continue
        walked, found = walked + len(left.taken), found + len(rows)
        # As many as have a page, if they have as many as those before them.
        at_once = min(ceil(walked * enough / found) if found else 2 * at_once, MOST)


def _by_keys(session: Session, statement: Select[Any], id: Any, keys: Iterator[Any], enough: int) -> list[Any]:
    """The rows of the keys, which are their last column, as far as they are the statement's."""
    found: list[Any] = []
    at_once = enough
    while len(found) < enough and (some := list(islice(keys, at_once))):
        rows = {row[-1]: row for row in session.execute(statement.where(id.in_(some)))}
        found += [rows[key] for key in some if key in rows]
        at_once = min(2 * at_once, MOST)
    return found[:enough]


def _there(session: Session, statement: Select[Any], by: Any) -> set[Any] | None:
    """The groups of its rows; None when these are many after all."""
    found = session.scalars(statement.with_only_columns(by).limit(MOST + 1)).all()
    return set(found) if len(found) <= MOST else None
