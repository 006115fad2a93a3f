"""What each administration mode of a router means for one client: the rows that should be there.

Directions: a queue's `max-limit` is upload/download as the client sees them; a PPP profile's
`rate-limit` is rx/tx as the router sees them, and what the router receives is the client's upload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.provisioning.plan import MARKER, Wanted


@dataclass(frozen=True)
class Service:
    """A client's service, as it should be on a router. Speeds in kbit/s; `password` for PPPoE only."""

    account_id: UUID
    mode: str
    name: str
    ip_address: str
    download_kbps: int
    upload_kbps: int
    password: str | None = None

    @property
    def marker(self) -> str:
        """The comment that makes a row ours. ASCII: other tools may write comments in another encoding."""
        return f"{MARKER}{self.account_id}"


def short_rate(kbps: int) -> str:
    """10000 as `10M`, 512 as `512k`."""
    return f"{kbps // 1000}M" if kbps % 1000 == 0 else f"{kbps}k"


def profile_name(service: Service) -> str:
    """The same for every account of the same speeds: alta-10M-2M."""
    return f"alta-{short_rate(service.download_kbps)}-{short_rate(service.upload_kbps)}"


def _simple_queue(service: Service) -> tuple[Wanted, ...]:
    limits = f"{service.upload_kbps * 1000}/{service.download_kbps * 1000}"
    values = {
        "name": service.name,
        "target": f"{service.ip_address}/32",
        "max-limit": limits,
        "comment": service.marker,
        "disabled": "no",
    }
    return (Wanted("/queue/simple", values),)


def _pppoe(service: Service) -> tuple[Wanted, ...]:
    name = profile_name(service)
    profile = Wanted(
        "/ppp/profile",
        {
            "name": name,
            "rate-limit": f"{short_rate(service.upload_kbps)}/{short_rate(service.download_kbps)}",
            "comment": f"{MARKER}profile:{name}",
        },
        # Local address, DNS and scripts are what the ISP set up in the router's default profile.
        only_when_added={"copy-from": "default"},
    )
    secret = {
        "name": service.name,
        "password": service.password or "",
        "service": "pppoe",
        "profile": name,
        "remote-address": service.ip_address,
        "comment": service.marker,
        "disabled": "no",
    }
    return profile, Wanted("/ppp/secret", secret)


_WANTED: dict[str, Callable[[Service], tuple[Wanted, ...]]] = {"simple_queue": _simple_queue, "pppoe": _pppoe}
_OWNED_MENUS = {"simple_queue": ("/queue/simple",), "pppoe": ("/ppp/secret",)}

SUPPORTED = tuple(_WANTED)
WITH_PASSWORD = frozenset({"pppoe"})
"""The modes in which the client's own device logs in."""


def wanted_rows(service: Service) -> tuple[Wanted, ...]:
    """What should be on the router, in the order in which it must be written."""
    return _WANTED[service.mode](service)


def owned_menus(mode: str) -> tuple[str, ...]:
    """The menus in which rows carry an account's own marker."""
    return _OWNED_MENUS[mode]
