"""What should be on a router for a client, said a second time and without the code under test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Rows = dict[str, dict[str, str]]
"""By menu, of each row that there should be one: what it should say."""

QUEUE, LISTED = "/queue/simple", "/ip/firewall/address-list"
SECRET, PPP_PROFILE = "/ppp/secret", "/ppp/profile"
USER, USER_PROFILE = "/ip/hotspot/user", "/ip/hotspot/user/profile"
LEASE, ARP = "/ip/dhcp-server/lease", "/ip/arp"
PLACES = (QUEUE, LISTED, SECRET, USER, LEASE, ARP)
PROFILES = {"pppoe": PPP_PROFILE, "hotspot": USER_PROFILE}
LOW = (64, 64)


def desired(account: Mapping[str, Any], mode: str, way: str) -> Rows:
    """`account` as the service tells it to staff, on a router of that mode that suspends in that way."""
    by = way if account["suspended"] else None
    download, upload = speeds(account, way)
    name, address = account["service_name"], account["ip_address"]
    flag = "true" if by == "disable" else "false"
    profile = "cortados" if by == "profile" else f"alta-{short(download)}-{short(upload)}"
    limits = f"{upload * 1000}/{download * 1000}"
    queue = {"name": name, "target": f"{address}/32", "max-limit": limits, "disabled": "false"}
    device = {"address": address, "mac-address": account["mac_address"]}
    login = {"name": name, "profile": profile, "password": account["password"], "disabled": flag}
    rows: dict[str, Rows] = {
        "simple_queue": {QUEUE: queue},
        "pppoe": {SECRET: login | {"service": "pppoe", "remote-address": address}},
        "hotspot": {USER: login | {"address": address}},
        "dhcp": {QUEUE: queue, LEASE: device | {"disabled": "false"}},
        "arp": {QUEUE: queue, ARP: device | {"interface": "ether2", "disabled": flag}},
    }
    listed = {LISTED: {"list": "alta-suspended", "address": address, "disabled": "false"}}
    return rows[mode] | (listed if by == "address_list" else {})


def speeds(account: Mapping[str, Any], way: str) -> tuple[int, int]:
    """Download and upload, in kbit/s; of a client who is suspended by profile it is what that profile has."""
    if account["suspended"] and way in ("low_rate", "profile"):
        return LOW
    return account["download_kbps"], account["upload_kbps"]


def short(kbps: int) -> str:
    return f"{kbps // 1000}M" if kbps % 1000 == 0 else f"{kbps}k"
