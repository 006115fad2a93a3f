"""The rows of one menu, and what may be done to them."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING, Any

from routersim.durations import seconds_of
from routersim.menu import Menu
from routersim.rows import Index, Names, Row
from routersim.values import Trap, unmatched

if TYPE_CHECKING:
    from routersim.router import Router

NO_SUCH_ITEM = "no such item"


class Table:
    """Ids grow and are not given twice, as on a router. Names and unique fields are indexed: adding never scans."""

    def __init__(self, menu: Menu, router: Router) -> None:
        self.menu = menu
        self.router = router
        self.last_id = 0
        self._clear()
        for given in menu.rows:
            self._seed(given)

    def _clear(self) -> None:
        self._rows: dict[str, Row] = {}
        # The last number that was given as a name.
        self._numbered = 0
        self._names = Names()
        self._indexes = [Index(self.menu, unique) for unique in self.menu.unique]
        # When rows end, and which.
        self._ends: list[tuple[float, str]] = []

    def _seed(self, given: Mapping[str, str]) -> None:
        values = {name: value for name, value in given.items() if not name.startswith("!")}
        self._keep(Row(given.get("!id") or self._next_id(), values, builtin="!builtin" in given))

    def _next_id(self) -> str:
        self.last_id += 1
        return f"*{self.last_id:X}"

    # Which rows there are.

    @property
    def rows(self) -> list[Row]:
        """In the router's order."""
        self._bury()
        return list(self._rows.values())

    def named(self, name: str) -> list[Row]:
        return [self._rows[row_id] for row_id in self._names.exact(name)]

    def row(self, row_id: str) -> Row | None:
        return self._rows.get(row_id)

    def _bury(self) -> None:
        """Takes away the rows whose time is over."""
        while self._ends and self._ends[0][0] <= time.monotonic():
            ended_at, row_id = heapq.heappop(self._ends)
            row = self._rows.get(row_id)
            if row is not None and row.expires_at == ended_at:
                self.drop(row)

    # What references ask.

    def name_of(self, row_id: str) -> str | None:
        row = self._rows.get(row_id)
        return None if row is None else row.values.get("name", "")

    def matching(self, text: str) -> list[str]:
        """The ids of the rows that a reference may mean: by name or id, else by the beginning of a name."""
        exact = [*self._names.exact(text), *([text] if text in self._rows else ())]
        # A console completes unique beginnings, and the API goes through the same parser.
        return exact or list(self._names.beginning(text))

    # What is printed.

    def printed(self, row: Row, *, sensitive: bool = True, only: Set[str] | None = None) -> dict[str, str]:
        """A row as a client reads it, in the menu's order. `only` spares working out what nobody asked for."""
        shown: dict[str, str] = {} if self.menu.singleton else {".id": row.id}
        for declared in self.menu.fields:
            if only is not None and declared.name not in only:
                continue
            stored = row.values.get(declared.name, declared.default)
            secret = declared.write_only or (declared.sensitive and not sensitive)
            if stored is None or secret or stored in declared.hidden:
                continue
            shown[declared.name] = declared.kind.show(stored, self.router.table)
        for state in self.menu.states:
            if only is not None and state.name not in only:
                continue
            value = state.value if isinstance(state.value, str) else state.value(self.router, row)
            if value is not None:
                shown.setdefault(state.name, value)
        return shown

    # What clients change.

    def add(self, given: Mapping[str, str]) -> str:
        """Adds a row and gives its id; nothing is added when anything is refused."""
        given = dict(given)
        before = self._before(given.pop("place-before", None)) if self.menu.ordered else None
        if (original := given.pop("copy-from", None)) is not None:
            given = {**self._copied(original), **given}
        values = self.accepted(given)
        if missing := [name for name in self.menu.required if name not in values]:
            raise Trap(f"missing value(s) of argument(s) {' '.join(missing)}", 0)
        if self.menu.name_prefix and not values.get("name"):
            values["name"] = self._next_name(self.menu.name_prefix)
        mortal = self._lifetime(values) is not None or values.get("dynamic") == "true"
        return self._enter(values, before, dynamic=mortal).id

    def set(self, rows: Iterable[Row], given: Mapping[str, str]) -> None:
        """Changes all of the rows or, when anything is refused, none."""
        removed = {name[1:] for name in given if name.startswith("!")}
        self._may_unset(removed)
        accepted = self.accepted({name: value for name, value in given.items() if not name.startswith("!")})
        before: list[tuple[Row, dict[str, str]]] = []
        try:
            for row in rows:
                self._may("set", row)
                values = {name: value for name, value in row.values.items() if name not in removed} | accepted
                self._check(values, dynamic=row.dynamic, but=row)
                before.append((row, row.values))
                self.write(row, values)
        except Trap:
            for row, values in reversed(before):
                self.write(row, values)
            raise
        for row, _ in before:
            self._after_set(row, accepted)

    def _after_set(self, row: Row, accepted: Mapping[str, str]) -> None:
        if self.menu.lifetime in accepted:
            row.dynamic = True
            self._count_down(row)
        for effect in self.menu.after_set:
            effect(self.router, row)

    def unset(self, rows: Iterable[Row], name: str) -> None:
        self.set(rows, {f"!{name}": ""})

    def remove(self, rows: Iterable[Row]) -> None:
        """Takes rows away, with the sessions that hang on them."""
        rows = list(rows)
        for row in rows:
            if row.builtin:
                raise Trap("failure: can not remove builtin item")
            self._may("remove", row)
            for rule in self.menu.removal:
                rule(self.router, row)
        for row in rows:
            if row.bond is not None:
                row.bond.end()
            self.drop(row)

    def make_static(self, row: Row) -> None:
        """A dynamic row becomes one that stays; its session, when it has one, goes on."""
        if not row.dynamic:
            raise Trap("failure: already static")
        self._check(row.values, dynamic=False, but=row)
        self.write(row, row.values, dynamic=False)
        if row.bond is not None:
            row.bond.rows.remove((self, row))

    def move(self, rows: Iterable[Row], destination: str | None) -> None:
        rows = list(rows)
        rest = [row for row in self._rows.values() if row not in rows]
        # An unknown destination silently means the end.
        at = next((n for n, row in enumerate(rest) if row.id == destination), len(rest))
        self._rows = {row.id: row for row in (*rest[:at], *rows, *rest[at:])}

    # What the router changes itself.

    def insert(self, values: Mapping[str, str], *, first: bool = False) -> Row:
        """A dynamic row, of values as they are stored."""
        return self._enter(dict(values), next(iter(self._rows), None) if first else None, dynamic=True)

    def free_name(self, wanted: str) -> str:
        """A name for a row of the router's own: `<hotspot-ana>`, or `<hotspot-ana-1>` when there is one."""
        name, number = wanted, 0
        while name in self._names:
            number += 1
            name = f"{wanted.removesuffix('>')}-{number}>"
        return name

    def write(self, row: Row, values: Mapping[str, str], *, dynamic: bool | None = None) -> None:
        """Other values for a row, nothing asked."""
        self._unindex(row)
        row.values = dict(values)
        row.dynamic = row.dynamic if dynamic is None else dynamic
        self._index(row)

    def drop(self, row: Row) -> None:
        """Takes a row away, if it is still there; nothing asked."""
        if self._rows.pop(row.id, None) is not None:
            self._unindex(row)

    # Finding and checking.

    def find(self, numbers: str) -> list[Row]:
        """Rows by id or name, comma-joined. Raises `Trap` for the first that is not there."""
        self._bury()
        whole = self.named(numbers) if self.menu.named else []
        return whole[:1] or [self._one(number) for number in numbers.split(",") if number]

    def _one(self, number: str) -> Row:
        row = self._rows.get(number)
        if row is None and self.menu.named:
            row = next(iter(self.named(number)), None)
        if row is None:
            raise Trap(NO_SUCH_ITEM, 0)
        return row

    def _before(self, number: str | None) -> str | None:
        return None if number is None else self._one(number).id

    def _enter(self, values: dict[str, str], before: str | None, *, dynamic: bool) -> Row:
        self._bury()
        self._check(values, dynamic=dynamic, but=None)
        row = Row(self._next_id(), values, dynamic=dynamic, since=time.monotonic())
        self._keep(row)
        if before is not None:
            self.move([row], before)
        self._count_down(row)
        return row

    def _keep(self, row: Row) -> None:
        self._rows[row.id] = row
        self._index(row)

    def _index(self, row: Row) -> None:
        self._names.add(row)
        for index in self._indexes:
            index.add(row)

    def _unindex(self, row: Row) -> None:
        self._names.discard(row)
        for index in self._indexes:
            index.discard(row)

    def _lifetime(self, values: Mapping[str, str]) -> int | None:
        """Seconds that a row lives, when it does not live for ever."""
        return seconds_of(values[self.menu.lifetime]) if self.menu.lifetime in values else None

    def _count_down(self, row: Row) -> None:
        if (seconds := self._lifetime(row.values)) is not None:
            row.expires_at = time.monotonic() + seconds
            heapq.heappush(self._ends, (row.expires_at, row.id))

    def _copied(self, original: str) -> dict[str, str]:
        settable = self.menu.by_name
        return {
            name: settable[name].kind.show(value, self.router.table)
            for name, value in self._one(original).values.items()
            if name in settable and name != "name" and not settable[name].fixed
        }

    def accepted(self, given: Mapping[str, str]) -> dict[str, str]:
        """What is stored of what was typed. Raises `Trap`."""
        accepted = {}
        for name, text in given.items():
            declared = self.menu.field(name)
            if declared is None or declared.fixed:
                raise Trap(f"unknown parameter {name}", 1)
            if not text and (declared.default == "" or "" in declared.hidden):
                accepted[name] = ""
            else:
                accepted[name] = declared.kind.accept(text, name, self.router.table)
            accepted.update(self.menu.implies.get(name, {}))
        return accepted

    def _may_unset(self, names: set[str]) -> None:
        for name in names:
            declared = self.menu.field(name)
            if declared is None:
                raise Trap(f"unknown parameter {name}", 1)
            if not declared.unsettable:
                raise unmatched("value-name")

    def _may(self, act: str, row: Row) -> None:
        if row.dynamic and act not in self.menu.yields:
            raise Trap(f"failure: can not {'change' if act == 'set' else act} dynamic item")

    def _next_name(self, prefix: str) -> str:
        while (name := f"{prefix}{self._numbered + 1}") in self._names:
            self._numbered += 1
        return name

    def _check(self, values: Mapping[str, str], *, dynamic: bool, but: Row | None) -> None:
        for rule in self.menu.rules:
            rule(values)
        for index in self._indexes:
            if index.taken(values, dynamic=dynamic, but=but):
                raise Trap(index.refusal)

    # Keeping it over a restart.

    def dump(self) -> dict[str, Any]:
        kept = [row for row in self._rows.values() if not row.dynamic]
        rows = [{"id": row.id, "builtin": row.builtin, "values": self._lasting(row)} for row in kept]
        return {"last_id": self.last_id, "rows": rows}

    def _lasting(self, row: Row) -> dict[str, str]:
        return {name: value for name, value in row.values.items() if name not in self.menu.volatile}

    def load(self, dumped: Mapping[str, Any]) -> None:
        self._clear()
        self.last_id = dumped["last_id"]
        for row in dumped["rows"]:
            self._keep(Row(row["id"], row["values"], row["builtin"]))
