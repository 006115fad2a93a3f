"""Properties that the router works out when it is asked."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from routersim.addresses import addresses_in
from routersim.durations import seconds_of, write_duration
from routersim.menu import State

if TYPE_CHECKING:
    from routersim.router import Router
    from routersim.rows import Row


def whether(fact: bool) -> str:
    return "true" if fact else "false"


def write_time(moment: datetime) -> str:
    """As routers write it from 7.10."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


# Ages.


def age(router: Router, row: Row) -> str:
    return write_duration(int(time.monotonic() - row.since))


def time_left(router: Router, row: Row) -> str | None:
    """What is left of a row's time; nothing for one that stays."""
    return None if row.expires_at is None else write_duration(max(0, round(row.expires_at - time.monotonic())))


def written_at(router: Router, row: Row) -> str:
    """When a row was added, by the clock of this process."""
    return write_time(datetime.fromtimestamp(time.time() - (time.monotonic() - row.since), UTC))


# Pools.


def pool_total(router: Router, row: Row) -> str:
    return str(addresses_in(row.values["ranges"]))


def pool_used(router: Router, row: Row) -> str:
    return str(sum(used.values["pool"] == row.id for used in router.table("/ip/pool/used").rows))


def pool_available(router: Router, row: Row) -> str:
    return str(int(pool_total(router, row)) - int(pool_used(router, row)))


def network_of(router: Router, row: Row) -> str | None:
    known = "network" in row.values
    return None if known else str(IPv4Network(row.values["address"], strict=False).network_address)


# Leases.


def while_bound(row: Row) -> str | None:
    """How long ago the device of a bound lease was heard: it renews at half of the lease's time."""
    if "active-address" not in row.values:
        return None
    return write_duration(int(time.monotonic() - row.since) % max(1, _lease_seconds(row) // 2))


def lease_expires(router: Router, row: Row) -> str | None:
    if "active-address" not in row.values:
        return None
    seconds = _lease_seconds(row)
    return write_duration(seconds - int(time.monotonic() - row.since) % max(1, seconds // 2))


def _lease_seconds(row: Row) -> int:
    return seconds_of(row.values["bound-for"])


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
