"""The work at the router: read, decide, write, read back. Knows nothing of the database.

Nothing is ever written on a guess: an attempt begins by reading, so what an earlier one left behind
(its connection lost before or after the router applied a command) is found and not repeated.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chassis.crashpoints import reached
from chassis.errors import Permanent, Transient
from services.provisioning import plan
from services.provisioning.modes import OWNED_MENUS, PROPERTIES, Service, wanted_rows
from services.provisioning.plan import Change, Row, Wanted
from services.provisioning.reading import ReadMenu
from services.provisioning.routers import Applied, ChangedMeanwhile, MenuMissing

SECRET = frozenset({"password", ".id", "dynamic"})
"""What of a row is not kept as observed."""

Outcome = dict[str, str] | Permanent | Transient | None

ROUNDS = 3
"""How often an attempt reads again when somebody else changes the router in between."""


class ReadBackDiffers(Transient):
    """The router has something else than what was written; the connection is in order."""

    def __init__(self, menu: str, fields: list[str]) -> None:
        super().__init__("router-read-back-differs", menu=menu, fields=fields)


class RouterConnection(Protocol):
    def rows(
        self, menu: str, properties: Iterable[str], *, any_of: Mapping[str, str | Collection[str]] | None = None
    ) -> list[Row]: ...
    def add(self, menu: str, values: Mapping[str, str]) -> str | None: ...
    def set(self, menu: str, row_id: str, values: Mapping[str, str]) -> None: ...
    def remove(self, menu: str, row_id: str) -> None: ...
    def apply_all(self, changes: Sequence[Change]) -> list[Applied]: ...


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


def put_together(router: RouterConnection, services: Sequence[Service]) -> list[Outcome]:
    """Brings several services about with few more readings than one needs; for each its row as it was read back, or
    why it is not there: refused, with nothing of this attempt left, or to be tried again.

    Raises `Transient` with the outcome of all of them unknown until the next reading.
    """
    reached("provisioning.connected")
    wanted = [wanted_rows(service) for service in services]
    menus = _read_together(router, wanted)
    reached("provisioning.read")
    outcomes = _written_together(router, services, wanted, menus)
    reached("provisioning.written")
    menus = _read_together(router, wanted)
    for number, (service, rows) in enumerate(zip(services, wanted, strict=True)):
        if outcomes[number] is None:
            outcomes[number] = _read_among(router, service, rows, menus)
    reached("provisioning.verified")
    return outcomes


@dataclass
class _Writing:
    """The changes of one service: what is still to be written, what was, and what was there before.

    `shared`: of rows that other services need as well.
    """

    shared: list[Change]
    own: list[Change]
    before: list[Row]
    done: list[tuple[Change, str | None]] = field(default_factory=list)


def _written_together(
    router: RouterConnection,
    services: Sequence[Service],
    wanted: Sequence[tuple[Wanted, ...]],
    menus: Mapping[str, ReadMenu],
) -> list[Outcome]:
    """None for each that nothing speaks against. Of one service a change is written when the one before it is."""
    outcomes: list[Outcome] = [None] * len(services)
    writings: dict[int, _Writing] = {}
    shared: set[tuple[str, str]] = set()
    for number, (service, rows) in enumerate(zip(services, wanted, strict=True)):
        try:
            writings[number] = _planned(service, rows, menus, shared)
        except Permanent as refusal:
            outcomes[number] = refusal
    # What several need is there before any of them refers to it: a router may overtake one command with another.
    _in_turns(router, {number: (writing, writing.shared) for number, writing in writings.items()}, outcomes)
    _in_turns(router, {number: (writing, writing.own) for number, writing in writings.items()}, outcomes)
    return outcomes


def _in_turns(
    router: RouterConnection, queues: Mapping[int, tuple[_Writing, list[Change]]], outcomes: list[Outcome]
) -> None:
    """The first change of each, then the second, and so on; notes what a router refuses for good."""
    while turn := {number: queued for number, queued in queues.items() if queued[1]}:
        changes = [waiting.pop(0) for _, waiting in turn.values()]
        for (number, (writing, _)), change, applied in zip(
            turn.items(), changes, router.apply_all(changes), strict=True
        ):
            if not isinstance(applied, Exception):
                writing.done.append((change, applied))
                reached(f"provisioning.wrote.{_spelled(change.menu)}")
                continue
            writing.shared.clear()
            writing.own.clear()
            # What was changed meanwhile is seen when it is read back.
            if isinstance(applied, Permanent):
                _take_back(router, writing)
                outcomes[number] = applied


def _planned(
    service: Service, wanted: tuple[Wanted, ...], menus: Mapping[str, ReadMenu], shared: set[tuple[str, str]]
) -> _Writing:
    """A row that several services share is written with the first of them. Raises `Permanent`."""
    read = [menus[row.menu].candidates(row) for row in wanted]
    writing = _Writing([], [], [row for rows in read for row in rows])
    for row, rows in zip(wanted, read, strict=True):
        if row.values.get("comment") == service.marker:
            writing.own += _decide(row, rows)
        elif _is_first(shared, row):
            writing.shared += _decide(row, rows)
    return writing


def _read_among(
    router: RouterConnection, service: Service, wanted: tuple[Wanted, ...], menus: Mapping[str, ReadMenu]
) -> Outcome:
    """As it was read back. What is not as it should be by now is tried once more, alone."""
    try:
        read = [menus[row.menu].candidates(row) for row in wanted]
        if any(_decide(row, rows) for row, rows in zip(wanted, read, strict=True)):
            return put(router, service, lambda: None)
        return _observed(wanted, read)
    except (Permanent, ChangedMeanwhile, ReadBackDiffers) as failure:
        return failure


def _read_together(router: RouterConnection, wanted: Iterable[tuple[Wanted, ...]]) -> dict[str, ReadMenu]:
    """Of each menu what is there by our markers, or under the names and addresses that we want: one print each."""
    looked_up: dict[str, dict[str, set[str]]] = {}
    for row in (row for rows in wanted for row in rows):
        for name, values in row.looked_up_by.items():
            looked_up.setdefault(row.menu, {}).setdefault(name, set()).update(values)
    menus = {}
    for menu, any_of in looked_up.items():
        menus[menu] = ReadMenu(router.rows(menu, PROPERTIES[menu], any_of=any_of))
        menus[menu].index(any_of)
    return menus


def _is_first(seen: set[tuple[str, str]], row: Wanted) -> bool:
    key = (row.menu, row.values[row.keys[0][-1]])
    return not (key in seen or seen.add(key))


def release(router: RouterConnection, marker: str, rows: Sequence[Mapping[str, Any]], uncut: Service | None) -> None:
    """What was on the router before us is nobody's of ours again: each row is as it was then, and is not cut.

    `rows` say of each its menu, its comment of then and, where that was kept, what else it was; the rest of what
    carries the marker is left for `take_away`. Raises as that does.
    """
    if uncut is not None and _marked(router, rows, marker):
        put(router, uncut, lambda: None)
    for row in rows:
        for ours in _marked(router, [row], marker):
            _give_back(router, row, ours[".id"])
            reached(f"provisioning.released.{_spelled(row['menu'])}")
    # Whatever is marked still would be taken away.
    if _marked(router, rows, marker):
        raise ReadBackDiffers(menu=rows[0]["menu"], fields=["comment"])


def _give_back(router: RouterConnection, row: Mapping[str, Any], row_id: str) -> None:
    """What a router does not take any more (the name is another's by now, the profile is gone) stays as it is."""
    was, comment = row.get("was", {}), {"comment": row["comment"]}
    unnamed = {name: value for name, value in was.items() if name != "name"}
    for values in (was, unnamed):
        with contextlib.suppress(Permanent, ChangedMeanwhile):
            return router.set(row["menu"], row_id, {**values, **comment})
    router.set(row["menu"], row_id, comment)


def _marked(router: RouterConnection, rows: Iterable[Mapping[str, Any]], marker: str) -> list[Row]:
    """Of the rows' menus those that carry the marker."""
    return [
        each
        for row in rows
        for each in router.rows(row["menu"], PROPERTIES[row["menu"]], any_of={"comment": marker})
        if plan.is_marked(each, marker)
    ]


def take_away(router: RouterConnection, marker: str) -> None:
    """Removes every row that carries an account's marker, and none else; each menu is read back.

    Raises `Permanent`, or `Transient` with the outcome unknown until the next reading.
    """
    for menu in OWNED_MENUS:
        # A router without a package has none of its menus, and nothing of ours in them.
        with contextlib.suppress(MenuMissing):
            _empty(router, menu, marker)


def _empty(router: RouterConnection, menu: str, marker: str) -> None:
    removals = _removals(router, menu, marker)
    for change in removals:
        _apply(router, change)
        reached(f"provisioning.removed.{_spelled(menu)}")
    if removals and _removals(router, menu, marker):
        raise ReadBackDiffers(menu=menu, fields=["comment"])


def _removals(router: RouterConnection, menu: str, marker: str) -> list[Change]:
    return plan.removals(menu, marker, router.rows(menu, PROPERTIES[menu], any_of={"comment": marker}))


def _round(router: RouterConnection, wanted: tuple[Wanted, ...], written: Callable[[], None]) -> dict[str, str]:
    before = [_read(router, row) for row in wanted]
    reached("provisioning.read")
    changes = [change for row, rows in zip(wanted, before, strict=True) for change in _decide(row, rows)]
    if not changes:
        # An earlier attempt was cut off after its last command: what was read is the proof.
        written()
        return _observed(wanted, before)
    _write(router, changes, [row for rows in before for row in rows])
    reached("provisioning.written")
    written()
    return _verified(router, wanted)


def _read(router: RouterConnection, wanted: Wanted) -> list[Row]:
    """What is there by our marker or under the name or address that we want."""
    return router.rows(wanted.menu, PROPERTIES[wanted.menu], any_of=wanted.looked_up_by)


def _decide(wanted: Wanted, rows: list[Row]) -> list[Change]:
    try:
        return plan.changes(wanted, rows)
    except plan.KeyTaken as taken:
        raise Permanent("name-taken-on-router", name=taken.held, menu=taken.menu) from taken


def _write(router: RouterConnection, changes: list[Change], before: list[Row]) -> None:
    """Applies them in order. When the router refuses one for good, takes the earlier ones back."""
    done: list[tuple[Change, str | None]] = []
    try:
        for change in changes:
            done.append((change, _apply(router, change)))
            reached(f"provisioning.wrote.{_spelled(change.menu)}")
    except Permanent:
        _take_back(router, _Writing([], [], before, done))
        raise


def _take_back(router: RouterConnection, writing: _Writing) -> None:
    for change, added_id in reversed(writing.done):
        undoing = plan.undone(change, writing.before, added_id)
        if undoing is not None:
            _apply(router, undoing)


def _apply(router: RouterConnection, change: Change) -> str | None:
    if isinstance(change, plan.Add):
        return router.add(change.menu, change.values)
    if isinstance(change, plan.Set):
        router.set(change.menu, change.id, change.values)
    else:
        router.remove(change.menu, change.id)
    return None


def _verified(router: RouterConnection, wanted: tuple[Wanted, ...]) -> dict[str, str]:
    after = [_read(router, row) for row in wanted]
    for row, rows in zip(wanted, after, strict=True):
        if _decide(row, rows):
            kept = plan.kept_row(row, rows)
            fields = sorted(plan.differences(row.values, kept)) if kept else [row.keys[0][-1]]
            raise ReadBackDiffers(menu=row.menu, fields=fields)
    reached("provisioning.verified")
    return _observed(wanted, after)


def _observed(wanted: tuple[Wanted, ...], read: list[list[Row]]) -> dict[str, str]:
    """The service's own row, the last one that is there."""
    row, rows = next((row, rows) for row, rows in zip(reversed(wanted), reversed(read), strict=True) if row.present)
    kept = plan.kept_row(row, rows) or {}
    return {"menu": row.menu} | {name: value for name, value in kept.items() if name not in SECRET}


def _spelled(menu: str) -> str:
    return menu.strip("/").replace("/", "-")
