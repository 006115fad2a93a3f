"""The rows of one menu, and what may be done to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routersim.menu import Menu, Unique
from routersim.values import Trap, unmatched

if TYPE_CHECKING:
    from routersim.router import Router

NO_SUCH_ITEM = "no such item"


@dataclass
class Row:
    id: str
    values: dict[str, str] = field(default_factory=dict)
    builtin: bool = False


class Table:
    """Ids grow and are not given twice, as on a router."""

    def __init__(self, menu: Menu, router: Router) -> None:
        self.menu = menu
        self.router = router
        self.rows: list[Row] = []
        self.last_id = 0
        for given in menu.rows:
            self._seed(given)

    def _seed(self, given: Mapping[str, str]) -> None:
        values = {name: value for name, value in given.items() if not name.startswith("!")}
        row_id = given.get("!id") or self._next_id()
        self.rows.append(Row(row_id, values, builtin="!builtin" in given))

    def _next_id(self) -> str:
        self.last_id += 1
        return f"*{self.last_id:X}"

    def names(self) -> dict[str, str]:
        return {row.id: row.values.get("name", "") for row in self.rows}

    # What is printed.

    def printed(self, row: Row, *, sensitive: bool = True) -> dict[str, str]:
        """A row as a client reads it, in the menu's order."""
        shown: dict[str, str] = {} if self.menu.singleton else {".id": row.id}
        for declared in self.menu.fields:
            stored = row.values.get(declared.name, declared.default)
            hidden = declared.write_only or (declared.sensitive and not sensitive)
            if stored is None or hidden or (declared.hide_empty and not stored):
                continue
            shown[declared.name] = declared.kind.show(stored, self.router.names)
        for state in self.menu.states:
            value = state.value if isinstance(state.value, str) else state.value(self.router, row.values)
            if value is not None:
                shown.setdefault(state.name, value)
        return shown

    # What is changed.

    def add(self, given: Mapping[str, str]) -> str:
        """Adds a row and gives its id; nothing is added when anything is refused."""
        given = dict(given)
        position = self._position(given.pop("place-before", None))
        if (original := given.pop("copy-from", None)) is not None:
            given = {**self._copied(original), **given}
        values = self._accepted(given)
        if missing := [f.name for f in self.menu.fields if f.required and f.name not in values]:
            raise Trap(f"missing value(s) of argument(s) {' '.join(missing)}", 0)
        if self.menu.name_prefix and not values.get("name"):
            values["name"] = self._free_name(self.menu.name_prefix)
        self._check(values, but=None)
        row = Row(self._next_id(), values)
        self.rows.insert(position, row)
        return row.id

    def set(self, rows: Iterable[Row], given: Mapping[str, str]) -> None:
        removed = {name[1:] for name in given if name.startswith("!")}
        self._may_unset(removed)
        accepted = self._accepted({name: value for name, value in given.items() if not name.startswith("!")})
        changed = []
        for row in rows:
            values = {name: value for name, value in row.values.items() if name not in removed} | accepted
            self._check(values, but=row)
            changed.append((row, values))
        for row, values in changed:
            row.values = values

    def unset(self, rows: Iterable[Row], name: str) -> None:
        self.set(rows, {f"!{name}": ""})

    def remove(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        if any(row.builtin for row in rows):
            raise Trap("failure: can not remove builtin item")
        self.rows = [row for row in self.rows if row not in rows]

    def move(self, rows: Iterable[Row], destination: str | None) -> None:
        rows = list(rows)
        self.rows = [row for row in self.rows if row not in rows]
        # An unknown destination silently means the end.
        at = next((n for n, row in enumerate(self.rows) if row.id == destination), len(self.rows))
        self.rows[at:at] = rows

    # Finding and checking.

    def find(self, numbers: str) -> list[Row]:
        """Rows by id or name, comma-joined. Raises `Trap` for the first that is not there."""
        whole = [row for row in self.rows if self.menu.named and row.values.get("name") == numbers]
        return whole or [self._one(number) for number in numbers.split(",") if number]

    def _one(self, number: str) -> Row:
        for row in self.rows:
            if row.id == number or (self.menu.named and row.values.get("name") == number):
                return row
        raise Trap(NO_SUCH_ITEM, 0)

    def _position(self, before: str | None) -> int:
        return len(self.rows) if before is None else self.rows.index(self._one(before))

    def _copied(self, original: str) -> dict[str, str]:
        row = self._one(original)
        settable = {declared.name: declared for declared in self.menu.fields}
        return {
            name: settable[name].kind.show(value, self.router.names)
            for name, value in row.values.items()
            if name in settable and name != "name"
        }

    def _accepted(self, given: Mapping[str, str]) -> dict[str, str]:
        accepted = {}
        for name, text in given.items():
            declared = self.menu.field(name)
            if declared is None or declared.fixed:
                raise Trap(f"unknown parameter {name}", 1)
            if declared.hide_empty or text or declared.default != "":
                accepted[name] = declared.kind.accept(text, name, self.router.names)
            else:
                accepted[name] = ""
        return accepted

    def _may_unset(self, names: set[str]) -> None:
        for name in names:
            declared = self.menu.field(name)
            if declared is None:
                raise Trap(f"unknown parameter {name}", 1)
            if not declared.unsettable:
                raise unmatched("value-name")

    def _free_name(self, prefix: str) -> str:
        taken = set(self.names().values())
        return next(name for n in range(1, len(taken) + 2) if (name := f"{prefix}{n}") not in taken)

    def _check(self, values: Mapping[str, str], but: Row | None) -> None:
        for rule in self.menu.rules:
            rule(values)
        for unique in self.menu.unique:
            if any(_twins(unique, values, row.values) for row in self.rows if row is not but):
                raise Trap(unique.refusal)

    # Keeping it over a restart.

    def dump(self) -> dict[str, Any]:
        rows = [{"id": row.id, "builtin": row.builtin, "values": row.values} for row in self.rows]
        return {"last_id": self.last_id, "rows": rows}

    def load(self, dumped: Mapping[str, Any]) -> None:
        self.last_id = dumped["last_id"]
        self.rows = [Row(row["id"], row["values"], row["builtin"]) for row in dumped["rows"]]


def _twins(unique: Unique, left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    if unique.enabled_only and "true" in (left.get("disabled"), right.get("disabled")):
        return False
    return all(left.get(name) == right.get(name) for name in unique.fields)
