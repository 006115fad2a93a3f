"""Where the live sessions of a mode are: what was settled at login stays until a session ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.provisioning.plan import mac_address


@dataclass(frozen=True)
class SessionsMenu:
    """`key` is the property that says whose session a row is; `others` have to be as given."""

    path: str
    key: str
    others: Mapping[str, str] = field(default_factory=dict)


SESSIONS = {
    "pppoe": SessionsMenu("/ppp/active", "name"),
    "hotspot": SessionsMenu("/ip/hotspot/active", "user"),
    # An address that the DHCP server gave before it knew which one it should be.
    "dhcp": SessionsMenu("/ip/dhcp-server/lease", "mac-address", {"dynamic": "true"}),
}


def session_key(mode: str, name: str, mac: str | None) -> str | None:
    """Under what the sessions of a service are found; None in a mode that has none."""
    if mode not in SESSIONS:
        return None
    if mode == "dhcp":
        return mac_address(mac) if mac else None
    return name
