"""Ending live sessions at a router, after what they logged in with was changed.

A session keeps what it got when it began, so a cut client would stay connected and a faster plan would
not be felt. It is ended after the change, never before it: a modem dials again within seconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from chassis.errors import Transient
from services.provisioning.bringing_about import RouterConnection
from services.provisioning.modes import SESSIONS, SessionsMenu
from services.provisioning.routers import ChangedMeanwhile, MenuMissing

ROUNDS = 3
"""How often sessions are ended before the router is believed to keep them."""

Session = tuple[str, str]
"""A mode, and the key of its sessions."""


def end_sessions(router: RouterConnection, sessions: Iterable[Session]) -> None:
    """Ends all that run now and sees that they are gone; one that begins meanwhile has the new settings.

    Raises `Transient` when one does not end, or as any command does.
    """
    for mode, key in still_running(router, sessions):
        raise Transient("session-does-not-end", menu=SESSIONS[mode].path, key=key)


def still_running(router: RouterConnection, sessions: Iterable[Session]) -> set[Session]:
    """Ends sessions of many services at once; gives those that the router keeps. Raises as any command does."""
    keys: dict[str, set[str]] = {}
    for mode, key in sessions:
        keys.setdefault(mode, set()).add(key)
    left: set[Session] = set()
    for mode, wanted in keys.items():
        # A router without a package has none of its menus, and no session in them.
        with contextlib.suppress(MenuMissing):
            left |= {(mode, key) for key in _end(router, SESSIONS[mode], wanted)}
    return left


def _end(router: RouterConnection, menu: SessionsMenu, keys: set[str]) -> set[str]:
    left = _running(router, menu, keys)
    for _ in range(ROUNDS):
        if not left:
            break
        for row_id in sorted(left):
            _remove(router, menu, row_id)
        now = _running(router, menu, keys)
        left = {row_id: key for row_id, key in left.items() if row_id in now}
    return set(left.values())


def _remove(router: RouterConnection, menu: SessionsMenu, row_id: str) -> None:
    try:
        router.remove(menu.path, row_id)
    except ChangedMeanwhile:
        return  # it ended by itself


def _running(router: RouterConnection, menu: SessionsMenu, keys: set[str]) -> dict[str, str]:
    """The ids of the sessions, with whose they are."""
    rows = router.rows(menu.path, (".id", menu.key, *menu.others), any_of={menu.key: keys})
    return {
        row[".id"]: row[menu.key] for row in rows if all(row.get(name) == value for name, value in menu.others.items())
    }
