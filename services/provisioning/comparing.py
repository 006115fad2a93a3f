"""What is on a router against what should be there: one print for each menu, the differences by client.

Only looks. Rows that carry no marker of ours are of interest where they hold a name or an address of ours.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.provisioning import plan
from services.provisioning.bringing_about import RouterConnection
from services.provisioning.modes import OWNED_MENUS, PROPERTIES, Service, wanted_rows
from services.provisioning.plan import MARKER, Row, Wanted
from services.provisioning.routers import MenuMissing

MISSING, CHANGED, EXTRA, TAKEN, LEFT_OVER = "missing", "changed", "extra", "taken", "left_over"
"""Not there; with other values; once too often, or there when it should not be; held by a row that is not ours;
of an account that should have nothing on this router."""


@dataclass(frozen=True)
class Difference:
    """One row. `account_id` is None when the marker names no account; `properties` are those with other values."""

    kind: str
    menu: str
    name: str
    account_id: UUID | None = None
    properties: tuple[str, ...] = ()


@dataclass
class _Menu:
    """A menu's rows, to be found by the marker or by what only one row may have."""

    rows: list[Row]
    found_by: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def index(self, properties: Iterable[str]) -> None:
        for name in properties:
            for row in self.rows:
                if name in row:
                    self.found_by[name, plan.normalised(name, row[name])].append(row)

    def candidates(self, wanted: Wanted) -> list[Row]:
        """What could be the wanted row, or be in its way; each once."""
        keys = ((name, plan.normalised(name, value)) for name, value in wanted.looked_up_by.items())
        found = {row[".id"]: row for key in keys for row in self.found_by.get(key, ())}
        return list(found.values())


def compare(router: RouterConnection, services: Sequence[Service], known: Collection[UUID]) -> list[Difference]:
    """`services` should be on the router; of the `known` accounts rows may be there. Raises what a connection does."""
    wanted = [(service, row) for service in services for row in wanted_rows(service)]
    menus = {menu: _read(router, menu) for menu in dict.fromkeys([*(row.menu for _, row in wanted), *OWNED_MENUS])}
    for menu, read in menus.items():
        read.index({name for _, row in wanted if row.menu == menu for name in row.looked_up_by})
    shared: set[tuple[str, str]] = set()
    found = [
        difference
        for service, row in wanted
        if row.values.get("comment") == service.marker or _first(shared, row)
        for difference in _differences(service, row, menus[row.menu].candidates(row))
    ]
    return found + [left for menu in OWNED_MENUS for left in _left_over(menu, menus[menu].rows, known)]


def _read(router: RouterConnection, menu: str) -> _Menu:
    with contextlib.suppress(MenuMissing):
        return _Menu(router.rows(menu, PROPERTIES[menu]))
    return _Menu([])


def _first(seen: set[tuple[str, str]], row: Wanted) -> bool:
    """Profiles are shared: a difference of one is told once."""
    key = (row.menu, row.values[row.keys[0][-1]])
    return not (key in seen or seen.add(key))


def _differences(service: Service, wanted: Wanted, candidates: list[Row]) -> Iterator[Difference]:
    about = {"menu": wanted.menu, "name": service.name, "account_id": service.account_id}
    try:
        changes = plan.changes(wanted, candidates)
    except plan.KeyTaken:
        yield Difference(TAKEN, **about)
        return
    for change in changes:
        if isinstance(change, plan.Add):
            yield Difference(MISSING, **about)
        elif isinstance(change, plan.Set):
            yield Difference(CHANGED, **about, properties=tuple(sorted(change.values)))
        else:
            yield Difference(EXTRA, **about)


def _left_over(menu: str, rows: list[Row], known: Collection[UUID]) -> Iterator[Difference]:
    for row in rows:
        comment = row.get("comment", "")
        if not comment.startswith(MARKER) or not plan.is_marked(row, comment):
            continue
        account_id = _account_of(comment)
        if account_id not in known:
            yield Difference(LEFT_OVER, menu, row.get("name") or row.get("address", ""), account_id)


def _account_of(comment: str) -> UUID | None:
    try:
        return UUID(comment.removeprefix(MARKER))
    except ValueError:
        return None
