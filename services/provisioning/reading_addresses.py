"""Which addresses a router uses, whoever wrote them there: one print for each menu that holds any. Only looks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from services.provisioning.bringing_about import RouterConnection
from services.provisioning.modes.rows import ARP, LEASE, QUEUE, SECRET, USER
from services.provisioning.plan import Row
from services.provisioning.routers import MenuMissing

OWN = "/ip/address"

_HELD = {
    # Menu: the property with addresses, and those that say whose they are, the most telling first.
    OWN: ("address", ("interface",)),
    SECRET: ("remote-address", ("name",)),
    USER: ("address", ("name",)),
    LEASE: ("address", ("comment", "host-name", "mac-address")),
    QUEUE: ("target", ("name",)),
    ARP: ("address", ("comment", "mac-address")),
    "/ip/pool/used": ("address", ("owner", "info")),
}
_WITHOUT_ROWS_OF_ITS_OWN = "/ip/pool/used"
NARROWEST = 30
"""A queue for a whole network limits it and does not mean that somebody has its addresses."""


@dataclass(frozen=True)
class Taken:
    """`fixed`: somebody wrote it there; else it comes and goes with a device."""

    address: IPv4Address
    menu: str
    name: str
    fixed: bool

    def told(self) -> dict[str, Any]:
        return {"address": self.address, "menu": self.menu, "name": self.name, "fixed": self.fixed}


def read(router: RouterConnection) -> list[Taken]:
    """Each address once, by whoever holds it the firmest. Raises what a connection does."""
    taken: dict[IPv4Address, Taken] = {}
    for menu in _HELD:
        for found in _of_menu(router, menu):
            known = taken.get(found.address)
            if known is None or (found.fixed and not known.fixed):
                taken[found.address] = found
    return sorted(taken.values(), key=lambda each: each.address)


def _of_menu(router: RouterConnection, menu: str) -> Iterator[Taken]:
    holding, telling = _HELD[menu]
    with contextlib.suppress(MenuMissing):
        for row in router.rows(menu, (".id", holding, *telling, "disabled", "dynamic")):
            if row.get("disabled") == "true":
                continue
            fixed = menu != _WITHOUT_ROWS_OF_ITS_OWN and row.get("dynamic") != "true"
            name = next((row[each] for each in telling if row.get(each)), "")[:200]
            for address in _addresses(menu, row, holding):
                yield Taken(address, menu, name, fixed)


def _addresses(menu: str, row: Row, holding: str) -> Iterator[IPv4Address]:
    for text in filter(None, row.get(holding, "").split(",")):
        with contextlib.suppress(ValueError):  # a queue's target may be an interface, or of IPv6
            if menu == OWN:
                yield IPv4Address(text.partition("/")[0])
                continue
            network = IPv4Network(text, strict=False)
            if network.prefixlen >= NARROWEST:
                yield from network


@dataclass(frozen=True)
class Suggestion:
    """A range of the router's own that could be a pool of ours."""

    name: str
    addresses: str


def suggestions(router: RouterConnection) -> list[Suggestion]:
    """The router's own pools, and the networks that it has an address in. Raises what a connection does."""
    found = [
        Suggestion(row.get("name", ""), text)
        for row in router.rows("/ip/pool", (".id", "name", "ranges"))
        for text in row.get("ranges", "").split(",")
    ]
    for row in router.rows(OWN, (".id", "address", "interface", "disabled")):
        network = IPv4Network(row.get("address", "0.0.0.0/32"), strict=False)
        if row.get("disabled") != "true" and network.prefixlen < NARROWEST:
            found.append(Suggestion(row.get("interface", ""), str(network)))
    return [each for each in found if each.addresses]
