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
from services.provisioning.plan import Row
from services.provisioning.routers import ChangedMeanwhile, MenuMissing

ROUNDS = 3
"""How often sessions are ended before the router is believed to keep them."""

Session = tuple[str, str]
"""A mode, and the key of its sessions."""


def end_sessions(router: RouterConnection, sessions: Iterable[Session]) -> None:
    """Ends all that run now and sees that they are gone; one that begins meanwhile has the new settings.

    Raises `Transient` when one does not end, or as any command does.
    """
    for mode, key in sessions:
        # A router without a package has none of its menus, and no session in them.
        with contextlib.suppress(MenuMissing):
            _end(router, SESSIONS[mode], key)


def _end(router: RouterConnection, menu: SessionsMenu, key: str) -> None:
    left = {row[".id"] for row in _running(router, menu, key)}
    for _ in range(ROUNDS):
        if not left:
            return
        for row_id in sorted(left):
            _remove(router, menu, row_id)
        left &= {row[".id"] for row in _running(router, menu, key)}
    if left:
        raise Transient("session-does-not-end", menu=menu.path, key=key)


def _remove(router: RouterConnection, menu: SessionsMenu, row_id: str) -> None:
    try:
        router.remove(menu.path, row_id)
    except ChangedMeanwhile:
        return  # it ended by itself


def _running(router: RouterConnection, menu: SessionsMenu, key: str) -> list[Row]:
    rows = router.rows(menu.path, (".id", menu.key, *menu.others), any_of={menu.key: key})
    return [row for row in rows if all(row.get(name) == value for name, value in menu.others.items())]
