"""Routers are compared with what should be on them, and repaired where staff say so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from chassis.secrets import Keyring
from chassis.storage import find
from services.provisioning import adjusting
from services.provisioning.comparing import Difference
from services.provisioning.model import PLACED, Account, Router
from services.provisioning.modes import NEED_MAC, Service
from services.provisioning.preparing import endpoint_of, service_of
from services.provisioning.routers import Endpoint


@dataclass(frozen=True)
class Expected:
    """What to compare a router with. `names` are the clients' names on the router, by account."""

    endpoint: Endpoint
    services: Sequence[Service]
    installations: dict[UUID, UUID]
    names: dict[UUID, str]

    def told(self, differences: Sequence[Difference]) -> dict[str, Any]:
        """By client, in the order of their names, and what belongs to no client."""
        clients: dict[UUID, list[Difference]] = {}
        strays = []
        for difference in differences:
            if difference.account_id in self.installations:
                clients.setdefault(difference.account_id, []).append(difference)
            else:
                strays.append(difference)
        rows = [
            {"installation_id": self.installations[id], "name": self.names[id], "differences": found}
            for id, found in sorted(clients.items(), key=lambda client: self.names[client[0]])
        ]
        return {"compared": len(self.services), "clients": rows, "strays": strays}


def expected_on(session: Session, router_id: UUID, keyring: Keyring) -> Expected:
    """Services that are just being changed are not compared: they are to differ. Raises `NotFound`, `Conflict`."""
    router = find(session, Router, router_id)
    if not router.active:
        raise Conflict("router-inactive", router=router.name)
    accounts = session.scalars(select(Account).where(Account.router_id == router_id)).all()
    placed = [a for a in accounts if a.state == PLACED and (a.mac_address or router.mode not in NEED_MAC)]
    return Expected(
        endpoint=endpoint_of(router, keyring),
        services=[service_of(account, router, keyring) for account in placed],
        installations={account.id: account.installation_id for account in accounts if account.stands},
        names={account.id: account.service_name for account in accounts},
    )


def repair(session: Session, router_id: UUID, installation_ids: Collection[UUID]) -> int:
    """Brings the services about again that are on that router; how many that are."""
    statement = select(Account.installation_id).where(
        Account.router_id == router_id, Account.state == PLACED, Account.installation_id.in_(installation_ids)
    )
    found = session.scalars(statement).all()
    for installation_id in found:
        adjusting.adjust(session, installation_id=installation_id, operation=None)
    return len(found)
