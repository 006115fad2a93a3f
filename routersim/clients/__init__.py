"""The devices of an ISP's clients: they dial, log in on a page, ask for an address, and leave again.

As on a router, what was changed counts from the next time: a disabled secret or another profile leaves a live
session as it is. Source: the manual's pages "PPP AAA", "HotSpot" and "DHCP"; public incident reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from routersim.clients import dhcp, hotspot, pppoe
from routersim.clients.attaching import Refused
from routersim.router import Router
from routersim.rows import Row
from routersim.values import Trap

Ask = Mapping[str, str]

_CONNECT: dict[str, Callable[[Router, Ask], Row]] = {
    "pppoe": pppoe.connect,
    "hotspot": hotspot.connect,
    "dhcp": dhcp.connect,
}
_LIVE: dict[str, Callable[[Router, Ask], list[Row]]] = {
    "pppoe": pppoe.live,
    "hotspot": hotspot.live,
    "dhcp": dhcp.live,
}


MENU_OF = {"pppoe": "/ppp/active", "hotspot": "/ip/hotspot/active", "dhcp": "/ip/dhcp-server/lease"}
_KNOWN_BY = {"pppoe": "name", "hotspot": "name", "dhcp": "mac"}


def connect(router: Router, service: str, ask: Ask) -> dict[str, str]:
    """A device comes up: gives its live session as the router prints it. Raises `Refused`, with the reason."""
    _check(service, ask)
    try:
        session = _CONNECT[service](router, ask)
    except Trap as error:
        raise Refused(error.message) from None
    session.bond.said = ask
    printed = router.table(MENU_OF[service]).printed(session)
    return {"id": printed.pop(".id"), **printed}


def disconnect(router: Router, service: str, ask: Ask) -> int:
    """A device goes off by itself: gives how many sessions ended. Raises `Refused` when there was none."""
    sessions = _live(router, service, ask)
    if not sessions:
        raise Refused("there is no such session")
    for row in sessions:
        row.bond.end()
    return len(sessions)


def redial(router: Router, service: str, ask: Ask) -> dict[str, str]:
    """A device comes up anew, whether it was connected or not. Raises `Refused`; it is off then.

    One that was connected says again what it said then, its old password for example.
    """
    said: Ask = {}
    for row in _live(router, service, ask):
        said = row.bond.said
        row.bond.end()
    return connect(router, service, {**said, **ask})


def _live(router: Router, service: str, ask: Ask) -> list[Row]:
    _check(service, ask)
    try:
        return _LIVE[service](router, ask)
    except Trap as error:
        raise Refused(error.message) from None


def _check(service: str, ask: Ask) -> None:
    if service not in MENU_OF:
        raise Refused(f"no service {service}; there are: {', '.join(MENU_OF)}")
    if not ask.get(_KNOWN_BY[service]):
        raise Refused(f"say which: {_KNOWN_BY[service]} is missing")
