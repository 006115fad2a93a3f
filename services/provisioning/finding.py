"""What is on a router that is none of ours and could be a client's service. Only looks."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from services.provisioning.bringing_about import RouterConnection
from services.provisioning.modes.rows import (
    ARP,
    LEASE,
    PPP_PROFILE,
    PROPERTIES,
    QUEUE,
    SECRET,
    USER,
    USER_PROFILE,
)
from services.provisioning.plan import MARKER, Row
from services.provisioning.routers import MenuMissing

_PROFILES = {SECRET: PPP_PROFILE, USER: USER_PROFILE}
_MAIN = {"simple_queue": QUEUE, "pppoe": SECRET, "hotspot": USER, "dhcp": LEASE, "arp": ARP}
_KEYS = {QUEUE: "name", SECRET: "name", USER: "name", LEASE: "address", ARP: "address"}
_NOT_GIVEN_BACK = {".id", "password", "comment", "disabled", "dynamic"}
_MULTIPLES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


@dataclass(frozen=True)
class Found:
    """A service by its main row, with the queue that limits it where that is another row. Speeds in kbit/s."""

    row_id: str
    menu: str
    name: str
    ip_address: str | None
    mac_address: str | None
    download_kbps: int | None
    upload_kbps: int | None
    profile: str | None
    comment: str
    disabled: bool
    rows: tuple[dict[str, Any], ...]
    # Never told to anybody; it is kept for the client's own device.
    password: str | None = field(repr=False, default=None)


def found_on(router: RouterConnection, mode: str) -> list[Found]:
    """Every service of the mode that carries no marker of ours, by name. Raises what a connection does."""
    menu = _MAIN[mode]
    mains = _foreign(router, menu)
    queues = _by_address(_foreign(router, QUEUE)) if menu in (LEASE, ARP) else {}
    limits = _limits(router, _PROFILES[menu]) if menu in _PROFILES else {}
    found = [_found(menu, row, queues, limits) for row in mains]
    return sorted(found, key=lambda each: each.name)


def _found(menu: str, row: Row, queues: dict[str, Row], limits: dict[str, str]) -> Found:
    address = _address(row)
    queue = row if menu == QUEUE else queues.get(address or "")
    rate = queue.get("max-limit", "") if queue else limits.get(row.get("profile", ""), "")
    upload, download = _kbps(rate)
    parts = {menu: row} | ({QUEUE: queue} if queue and menu != QUEUE else {})
    return Found(
        row_id=row[".id"],
        menu=menu,
        name=row.get("name") or (queue or {}).get("name") or row.get("comment") or row.get("mac-address", ""),
        ip_address=address,
        mac_address=row.get("mac-address"),
        download_kbps=download,
        upload_kbps=upload,
        profile=row.get("profile"),
        comment=row.get("comment", ""),
        disabled=row.get("disabled") == "true",
        rows=tuple(_as_kept(each, part) for each, part in parts.items()),
        password=row.get("password"),
    )


def _as_kept(menu: str, row: Row) -> dict[str, Any]:
    """What the row is known by, and `was`: what it gets back should the client's import be undone."""
    was = {name: row[name] for name in PROPERTIES[menu] if name in row and name not in _NOT_GIVEN_BACK}
    return {"menu": menu, _KEYS[menu]: row[_KEYS[menu]], "comment": row.get("comment", ""), "was": was}


def _foreign(router: RouterConnection, menu: str) -> list[Row]:
    with contextlib.suppress(MenuMissing):
        return [row for row in router.rows(menu, (*PROPERTIES[menu], "default")) if _may_be_taken(row, menu)]
    return []


def _may_be_taken(row: Row, menu: str) -> bool:
    """Not what a device brought with it, not what a router has from the beginning, and not ours already."""
    automatic = row.get("dynamic") == "true" or row.get("default") == "true"
    return not automatic and not row.get("comment", "").startswith(MARKER) and bool(row.get(_KEYS[menu]))


def _by_address(queues: Iterable[Row]) -> dict[str, Row]:
    return {address: queue for queue in queues if (address := _address(queue))}


def _limits(router: RouterConnection, menu: str) -> dict[str, str]:
    return {row["name"]: row.get("rate-limit", "") for row in router.rows(menu, ("name", "rate-limit"))}


def _address(row: Row) -> str | None:
    """The one address that a row is about; None for none, for several, and for the name of a pool."""
    text = row.get("address") or row.get("remote-address") or row.get("target") or ""
    with contextlib.suppress(ValueError):
        network = IPv4Network(text)
        return str(network[0]) if network.num_addresses == 1 else None
    return None


def _kbps(rate: str) -> tuple[int | None, int | None]:
    """The first pair of a limit: what the client sends, what it receives."""
    found = re.match(r"(\d+)([kMG]?)/(\d+)([kMG]?)", rate)
    if found is None:
        return None, None
    upload, download = (int(found[n]) * _MULTIPLES[found[n + 1]] // 1000 for n in (1, 3))
    return upload or None, download or None
