"""The work at the router: read, decide, write, read back. Knows nothing of the database.

Nothing is ever written on a guess: an attempt begins by reading, so what an earlier one left behind
(its connection lost before or after the router applied a command) is found and not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from chassis.crashpoints import reached
from chassis.errors import Permanent, Transient
from services.provisioning import plan
from services.provisioning.modes import SUPPORTED, Service, owned_menus, wanted_rows
from services.provisioning.plan import Change, Row, Wanted
from services.provisioning.routers import ChangedMeanwhile

PROPERTIES = {
    "/queue/simple": (".id", "name", "target", "max-limit", "comment", "disabled", "dynamic"),
    "/ppp/profile": (".id", "name", "rate-limit", "comment"),
    "/ppp/secret": (".id", "name", "password", "service", "profile", "remote-address", "comment", "disabled"),
}
SECRET = frozenset({"password", ".id", "dynamic"})
"""What of a row is not kept as observed."""

ROUNDS = 3
"""How often an attempt reads again when somebody else changes the router in between."""


class RouterConnection(Protocol):
    def rows(self, menu: str, properties: Iterable[str], *, any_of: Mapping[str, str] | None = None) -> list[Row]: ...
    def add(self, menu: str, values: Mapping[str, str]) -> str | None: ...
    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None: ...
    def remove(self, menu: str, row_id: str) -> None: ...


def put(router: RouterConnection, service: Service, written: Callable[[], None]) -> dict[str, str]:
    """Brings the service about and gives its row as it was read back.

    `written` is called between writing and reading back. Raises `Permanent` with nothing of this
    attempt left on the router, or `Transient` with the outcome unknown until the next reading.
    """
    reached("provisioning.connected")
    for remaining in reversed(range(ROUNDS)):
        try:
            return _round(router, wanted_rows(service), written)
        except ChangedMeanwhile:
            if not remaining:
                raise
    raise AssertionError("unreachable")


def take_away(router: RouterConnection, marker: str) -> None:
    """Removes every row that carries an account's marker, and none else."""
    for menu in {menu for mode in SUPPORTED for menu in owned_menus(mode)}:
        rows = router.rows(menu, PROPERTIES[menu], any_of={"comment": marker})
        for change in plan.removals(menu, marker, rows):
            _apply(router, change)


def _round(router: RouterConnection, wanted: tuple[Wanted, ...], written: Callable[[], None]) -> dict[str, str]:
    before = [_read(router, row) for row in wanted]
    reached("provisioning.read")
    changes = [change for row, rows in zip(wanted, before, strict=True) for change in _decide(row, rows)]
    if not changes:
        # An earlier attempt was cut off after its last command: what was read is the proof.
        written()
        return _observed(wanted[-1], before[-1])
    _write(router, changes, [row for rows in before for row in rows])
    reached("provisioning.written")
    written()
    return _verified(router, wanted)


def _read(router: RouterConnection, wanted: Wanted) -> list[Row]:
    """What is there by our marker or under the name that we want."""
    return router.rows(wanted.menu, PROPERTIES[wanted.menu], any_of={"comment": wanted.marker, "name": wanted.name})


def _decide(wanted: Wanted, rows: list[Row]) -> list[Change]:
    try:
        return plan.changes(wanted, rows)
    except plan.NameTaken as taken:
        raise Permanent("name-taken-on-router", name=taken.name, menu=taken.menu) from taken


def _write(router: RouterConnection, changes: list[Change], before: list[Row]) -> None:
    """Applies them in order. When the router refuses one for good, takes the earlier ones back."""
    done: list[tuple[Change, str | None]] = []
    try:
        for change in changes:
            done.append((change, _apply(router, change)))
            reached(f"provisioning.wrote.{change.menu.strip('/').replace('/', '-')}")
    except Permanent:
        for change, added_id in reversed(done):
            undoing = plan.undone(change, before, added_id)
            if undoing is not None:
                _apply(router, undoing)
        raise


def _apply(router: RouterConnection, change: Change) -> str | None:
    if isinstance(change, plan.Add):
        return router.add(change.menu, change.values)
    if isinstance(change, plan.Set):
        router.set(change.menu, change.id, change.values)
    else:
        router.remove(change.menu, change.id)
    return None


def _verified(router: RouterConnection, wanted: tuple[Wanted, ...]) -> dict[str, str]:
    rows: list[Row] = []
    for row in wanted:
        rows = _read(router, row)
        if _decide(row, rows):
            kept = plan.kept_row(row, rows)
            fields = sorted(plan.differences(row.values, kept)) if kept else ["name"]
            raise Transient("router-read-back-differs", menu=row.menu, fields=fields)
    reached("provisioning.verified")
    return _observed(wanted[-1], rows)


def _observed(wanted: Wanted, rows: list[Row]) -> dict[str, str]:
    row = plan.kept_row(wanted, rows) or {}
    return {"menu": wanted.menu} | {name: value for name, value in row.items() if name not in SECRET}
