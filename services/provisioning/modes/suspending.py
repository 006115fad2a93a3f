"""The ways to cut a service, and which of them a mode has."""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS_LIST, PROFILE, DISABLE, LOW_RATE = "address_list", "profile", "disable", "low_rate"

WAYS_OF = {
    # A disabled queue would be no limit at all.
    "simple_queue": (ADDRESS_LIST, LOW_RATE),
    "pppoe": (ADDRESS_LIST, PROFILE, DISABLE, LOW_RATE),
    "hotspot": (ADDRESS_LIST, PROFILE, DISABLE, LOW_RATE),
    # A client with a disabled lease would get another address.
    "dhcp": (ADDRESS_LIST, LOW_RATE),
    "arp": (ADDRESS_LIST, DISABLE, LOW_RATE),
}


@dataclass(frozen=True)
class Cut:
    """How a router suspends, and whether the service is to be suspended now."""

    way: str
    address_list: str
    profile: str | None
    kbps: int
    active: bool
