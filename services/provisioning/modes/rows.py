"""The rows of each mode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.provisioning.modes.rates import profile_name, queue_limits, rate_limit
from services.provisioning.modes.service import Service
from services.provisioning.modes.suspending import ADDRESS_LIST, DISABLE, PROFILE, Cut
from services.provisioning.plan import MARKER, Wanted, mac_address

QUEUE, LISTED = "/queue/simple", "/ip/firewall/address-list"
SECRET, PPP_PROFILE = "/ppp/secret", "/ppp/profile"
USER, USER_PROFILE = "/ip/hotspot/user", "/ip/hotspot/user/profile"
LEASE, ARP = "/ip/dhcp-server/lease", "/ip/arp"

PROPERTIES = {
    QUEUE: (
        ".id", "name", "target", "max-limit", "limit-at", "burst-limit", "burst-threshold", "burst-time", "priority",
        "comment", "disabled", "dynamic",
    ),
    LISTED: (".id", "list", "address", "comment", "disabled", "dynamic"),
    PPP_PROFILE: (".id", "name", "rate-limit", "comment"),
    SECRET: (".id", "name", "password", "service", "profile", "remote-address", "comment", "disabled"),
    USER_PROFILE: (".id", "name", "rate-limit"),
    USER: (".id", "name", "password", "profile", "server", "address", "comment", "disabled", "dynamic"),
    LEASE: (".id", "address", "mac-address", "server", "comment", "disabled", "dynamic"),
    ARP: (".id", "address", "mac-address", "interface", "comment", "disabled", "dynamic"),
}  # fmt: skip
"""What is read of each menu."""

OWNED_MENUS = (SECRET, USER, LEASE, ARP, QUEUE, LISTED)
"""Where rows may carry an account's own marker, in the order in which they are taken away: first what lets a
client in, last what limits and cuts it."""


def _simple_queue(service: Service) -> tuple[Wanted, ...]:
    return (_queue(service),)


def _pppoe(service: Service) -> tuple[Wanted, ...]:
    profiles, profile = _profile(service, PPP_PROFILE)
    secret = {
        "name": service.name,
        "password": service.password or "",
        "service": "pppoe",
        "profile": profile,
        "remote-address": service.ip_address,
        "comment": service.marker,
        "disabled": _flag(service.is_cut_by(DISABLE)),
    }
    return *profiles, Wanted(SECRET, secret)


def _hotspot(service: Service) -> tuple[Wanted, ...]:
    profiles, profile = _profile(service, USER_PROFILE)
    user = {
        "name": service.name,
        "password": service.password or "",
        "profile": profile,
        "server": service.server or "all",
        "address": service.ip_address,
        "comment": service.marker,
        "disabled": _flag(service.is_cut_by(DISABLE)),
    }
    return *profiles, Wanted(USER, user)


def _dhcp(service: Service) -> tuple[Wanted, ...]:
    lease = {
        "address": service.ip_address,
        "mac-address": mac_address(service.mac_address or ""),
        "server": service.server or "all",
        "comment": service.marker,
        "disabled": "no",
    }
    keys = ("address",), ("server", "mac-address")
    return _queue(service), Wanted(LEASE, lease, keys, before_dynamic=True)


def _arp(service: Service) -> tuple[Wanted, ...]:
    entry = {
        "address": service.ip_address,
        "mac-address": mac_address(service.mac_address or ""),
        "interface": service.interface or "",
        "comment": service.marker,
        "disabled": _flag(service.is_cut_by(DISABLE)),
    }
    return _queue(service), Wanted(ARP, entry, (("interface", "address"),), before_dynamic=True)


_ROWS: dict[str, Callable[[Service], tuple[Wanted, ...]]] = {
    "simple_queue": _simple_queue,
    "pppoe": _pppoe,
    "hotspot": _hotspot,
    "dhcp": _dhcp,
    "arp": _arp,
}
SUPPORTED = tuple(_ROWS)


def wanted_rows(service: Service) -> tuple[Wanted, ...]:
    """What should be on the router, in the order in which it must be written; the last one present is the service's.

    A cut comes before everything, and its end after everything.
    """
    rows = tuple(
        replace(row, adopted=service.adopted[row.menu]) if row.menu in service.adopted else row
        for row in _ROWS[service.mode](service)
    )
    if service.cut is None:
        return rows
    entry = _listed(service, service.cut)
    return (entry, *rows) if entry.present else (*rows, entry)


# Parts of the above.


def _queue(service: Service) -> Wanted:
    values = {
        "name": service.name,
        "target": f"{service.ip_address}/32",
        **queue_limits(service.rates),
        "comment": service.marker,
        "disabled": "no",
    }
    return Wanted(QUEUE, values)


def _profile(service: Service, menu: str) -> tuple[tuple[Wanted, ...], str]:
    """The profile of the service's rates and its name; the one for suspended clients is the ISP's own."""
    if service.cut is not None and service.is_cut_by(PROFILE):
        return (), service.cut.profile or ""
    name = profile_name(service.rates)
    values = {"name": name, "rate-limit": rate_limit(service.rates)}
    if "comment" in PROPERTIES[menu]:
        values["comment"] = f"{MARKER}profile:{name}"
    # Local address, DNS and scripts are what the ISP set up in the router's default profile.
    return (Wanted(menu, values, only_when_added={"copy-from": "default"}),), name


def _listed(service: Service, cut: Cut) -> Wanted:
    """The entry in the list that the ISP's firewall cuts.

    A disabled one of somebody else's has no effect, and while the service is cut in another way none is in the way.
    """
    listed = service.is_cut_by(ADDRESS_LIST)
    keys = () if cut.active and not listed else (("disabled", "list", "address"),)
    values = {
        "list": cut.address_list,
        "address": service.ip_address,
        "comment": service.marker,
        "disabled": "no",
    }
    return Wanted(LISTED, values, keys, present=listed)


def _flag(value: bool) -> str:
    return "yes" if value else "no"
