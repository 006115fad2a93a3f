"""Rows, the indexes that find them, and the bonds that make some of them come and go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routersim.menu import Menu, Unique

if TYPE_CHECKING:
    from routersim.table import Table


@dataclass(slots=True, eq=False)
class Row:
    """Times are seconds of the monotonic clock. A dynamic row lives in memory only."""

    id: str
    values: dict[str, str]
    builtin: bool = False
    dynamic: bool = False
    since: float = 0.0
    expires_at: float | None = None
    # The session that ends when this row is removed.
    bond: Bond | None = None


@dataclass(eq=False)
class Bond:
    """A live session: the rows that it brought, what happens when it ends, and what the device said of itself."""

    rows: list[tuple[Table, Row]] = field(default_factory=list)
    endings: list[Callable[[], None]] = field(default_factory=list)
    said: Mapping[str, str] = field(default_factory=dict)

    def end(self) -> None:
        """Takes its rows away, once."""
        endings, self.endings = self.endings, []
        rows, self.rows = self.rows, []
        for table, row in rows:
            row.bond = None
            table.drop(row)
        for ending in endings:
            ending()


class Names:
    """Ids by name. Names may be shared, by hotspot users of several servers; rows without one are not found by it."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {}

    def add(self, row: Row) -> None:
        if name := row.values.get("name"):
            self._ids.setdefault(name, []).append(row.id)

    def discard(self, row: Row) -> None:
        name = row.values.get("name")
        if not name:
            return
        self._ids[name].remove(row.id)
        if not self._ids[name]:
            del self._ids[name]

    def __contains__(self, name: str) -> bool:
        return name in self._ids

    def exact(self, name: str) -> list[str]:
        return self._ids.get(name, [])

    def beginning(self, text: str) -> Iterator[str]:
        return (row_id for name, ids in self._ids.items() if name.startswith(text) for row_id in ids)


class Index:
    """The rows that one rule of uniqueness compares, by what must differ."""

    def __init__(self, menu: Menu, unique: Unique) -> None:
        self.refusal = unique.refusal
        self._unique = unique
        self._fields = tuple(menu.by_name[name] for name in unique.fields)
        self._rows: dict[tuple[str | None, ...], list[Row]] = {}

    def add(self, row: Row) -> None:
        if (key := self._key(row.values, dynamic=row.dynamic)) is not None:
            self._rows.setdefault(key, []).append(row)

    def discard(self, row: Row) -> None:
        key = self._key(row.values, dynamic=row.dynamic)
        if key is not None:
            self._rows[key].remove(row)
            if not self._rows[key]:
                del self._rows[key]

    def taken(self, values: Mapping[str, str], *, dynamic: bool, but: Row | None) -> bool:
        key = self._key(values, dynamic=dynamic)
        return key is not None and any(row is not but for row in self._rows.get(key, ()))

    def _key(self, values: Mapping[str, str], *, dynamic: bool) -> tuple[str | None, ...] | None:
        unique = self._unique
        if unique.enabled_only and values.get("disabled") == "true":
            return None
        if (unique.static_only and dynamic) or any(name not in values for name in unique.needs):
            return None
        stored = ((field, values.get(field.name, field.default)) for field in self._fields)
        return tuple(None if value in field.hidden else value for field, value in stored)
