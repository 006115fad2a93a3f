"""Properties that the router works out when it is asked."""

from __future__ import annotations

import time
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from routersim.menu import State, Values
from routersim.values import addresses_in, write_duration

if TYPE_CHECKING:
    from routersim.router import Router


def pool_total(router: Router, row: Values) -> str:
    return str(addresses_in(row["ranges"]))


def pool_used(router: Router, row: Values) -> str:
    """Addresses of live sessions; the simulator hands none out of a pool by itself."""
    return "0"


def network_of(router: Router, row: Values) -> str | None:
    return None if "network" in row else str(IPv4Network(row["address"], strict=False).network_address)


def session_uptime(router: Router, row: Values) -> str:
    return write_duration(int(time.time() - float(row["started-at"])))


def resource() -> tuple[State, ...]:
    """A small router of the kind that serves a few hundred clients."""
    return (
        State("uptime", lambda router, row: write_duration(int(time.monotonic() - router.started))),
        State("version", lambda router, row: f"{router.version} (stable)"),
        State("build-time", "2025-02-20 10:20:25"),
        State("free-memory", "805306368"),
        State("total-memory", "1073741824"),
        State("cpu", "ARM64"),
        State("cpu-count", "4"),
        State("cpu-load", "1"),
        State("free-hdd-space", "67108864"),
        State("total-hdd-space", "134217728"),
        State("architecture-name", "arm64"),
        State("board-name", "RB5009 (simulated)"),
        State("platform", "MikroTik"),
    )
