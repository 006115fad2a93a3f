"""Clients whose device asks for its address."""

from __future__ import annotations

import time
from collections.abc import Mapping

from routersim.clients.attaching import UNKNOWN_MAC, Attachment, Refused, enabled
from routersim.router import Router
from routersim.rows import Row
from routersim.values import Mac, Trap

Ask = Mapping[str, str]
LEASES = "/ip/dhcp-server/lease"


def live(router: Router, ask: Ask) -> list[Row]:
    mac = _mac(router, ask)
    return [row for row in router.table(LEASES).rows if row.values.get("active-mac-address") == mac and row.bond]


def _mac(router: Router, ask: Ask) -> str:
    return Mac().accept(ask.get("mac", UNKNOWN_MAC), "mac-address", router.table)


def connect(router: Router, ask: Ask) -> Row:
    """The device `mac`, which calls itself `host`, asks at `server` or at the first that is enabled."""
    server, mac = _server(router, ask), _mac(router, ask)
    if live(router, {"mac": mac}):
        raise Refused(f"{mac} has its lease already")
    lease = _lease_of(router, server, mac)
    attachment = Attachment.begin(router, mac)
    try:
        return _bind(attachment, server, lease, mac, ask.get("host", ""))
    except (Refused, Trap):
        attachment.bond.end()
        raise


def _server(router: Router, ask: Ask) -> Row:
    wanted = ask.get("server")
    servers = [row for row in router.table("/ip/dhcp-server").rows if wanted in (None, row.values["name"])]
    server = next(filter(enabled, servers), None)
    if server is None:
        raise Refused("the DHCP server is disabled" if servers else "there is no such DHCP server")
    return server


def _lease_of(router: Router, server: Row, mac: str) -> Row | None:
    """The static lease that waits for the device. A disabled one is as good as none."""
    for row in filter(enabled, router.table(LEASES).rows):
        if row.values.get("mac-address") == mac and row.values.get("server", "all") in ("all", server.id):
            if row.values.get("block-access") == "true":
                raise Refused(f"access is blocked for {mac}")
            return row
    return None


def _bind(attachment: Attachment, server: Row, lease: Row | None, mac: str, host: str) -> Row:
    pool = server.values.get("address-pool", "static-only")
    fixed = lease.values.get("address") if lease else None
    if fixed is None and pool == "static-only":
        raise Refused(f"there is no enabled lease for {mac}, and the server has static ones only")
    address = attachment.take(fixed) if fixed else attachment.take_from_pool(pool, mac)
    if lease is None:
        lease = attachment.row(LEASES, {"address": address, "mac-address": mac, "server": server.id})
    _mark_bound(attachment, lease, server, address, mac, host)
    attachment.queue(f"dhcp-ds<{mac}>", f"{address}/32", lease.values)
    attachment.enlist(lease.values.get("address-lists") or server.values.get("address-lists", ""), address)
    attachment.open_connection(address)
    if server.values.get("add-arp") == "true":
        arp = {"address": address, "mac-address": mac, "interface": server.values["interface"], "dhcp": "true"}
        attachment.row("/ip/arp", arp)
    return lease


def _mark_bound(attachment: Attachment, lease: Row, server: Row, address: str, mac: str, host: str) -> None:
    leases = attachment.router.table(LEASES)
    bound = {
        "status": "bound",
        "active-address": address,
        "active-mac-address": mac,
        "active-server": server.id,
        "bound-for": lease.values.get("lease-time", server.values.get("lease-time", "30m")),
        **({"host-name": host} if host else {}),
    }
    leases.write(lease, {**lease.values, **bound})
    lease.since = time.monotonic()
    lease.bond = attachment.bond
    attachment.bond.endings.append(lambda: _unbind(attachment.router, lease, bound))


def _unbind(router: Router, lease: Row, bound: Mapping[str, str]) -> None:
    lease.bond = None
    leases = router.table(LEASES)
    if leases.row(lease.id) is lease:
        leases.write(lease, {name: value for name, value in lease.values.items() if name not in bound})
