"""What is on a router against what should be there: one print for each menu, the differences by client.

Only looks. Rows that carry no marker of ours are of interest where they hold a name or an address of ours.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.provisioning import plan
from services.provisioning.bringing_about import RouterConnection
from services.provisioning.modes import OWNED_MENUS, PROPERTIES, Service, wanted_rows
from services.provisioning.plan import MARKER, Row, Wanted
from services.provisioning.reading import ReadMenu
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


def _read(router: RouterConnection, menu: str) -> ReadMenu:
    with contextlib.suppress(MenuMissing):
        return ReadMenu(router.rows(menu, PROPERTIES[menu]))
    return ReadMenu([])


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
