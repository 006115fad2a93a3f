"""A client's service, as it should be on a router."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.provisioning.modes.rates import Rates
from services.provisioning.modes.suspending import LOW_RATE, Cut
from services.provisioning.plan import MARKER


@dataclass(frozen=True)
class Service:
    """What a mode needs to know to say which rows should be there.

    `password` for the modes in which the client logs in; `server` is the hotspot's or DHCP's (None: all),
    `interface` where static ARP is. `cut` is None when it never was suspended: nothing of that is to be
    looked for.
    """

    account_id: UUID
    mode: str
    name: str
    ip_address: str
    plan_rates: Rates
    mac_address: str | None = None
    password: str | None = None
    server: str | None = None
    interface: str | None = None
    cut: Cut | None = None
    # By menu: what identifies a row of somebody else's that becomes this service's.
    adopted: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def marker(self) -> str:
        """The comment that makes a row ours. ASCII: other tools may write comments in another encoding."""
        return f"{MARKER}{self.account_id}"

    def is_cut_by(self, way: str) -> bool:
        return self.cut is not None and self.cut.active and self.cut.way == way

    @property
    def rates(self) -> Rates:
        """What it may use now."""
        if self.cut is not None and self.is_cut_by(LOW_RATE):
            return Rates(self.cut.kbps, self.cut.kbps)
        return self.plan_rates
