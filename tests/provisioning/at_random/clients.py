"""Clients, and what was wanted for each of them; told as installations, billing and staff tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.identifiers import new_id
from chassis.messages import Envelope, Event
from events.billing import ReconnectionDue, SuspensionDue
from tests.provisioning.at_random.scripts import PLANS
from tests.provisioning.builders import (
    A_PLAN,
    a_cancellation,
    a_change_of_mind,
    a_service_change,
    an_activation_request,
    an_end,
    due,
)

NEVER, ASKED, ACTIVE, FAILED, LEFT, GONE = "never", "asked", "active", "failed", "left", "gone"


@dataclass
class Client:
    """`wanted` is the newest word on her service; `refused` are the operations that a router did not take."""

    number: int
    company: UUID
    wanted: dict[str, Any]
    installation_id: UUID = field(default_factory=new_id)
    activation_id: UUID = field(default_factory=new_id)
    version: int = 0
    subscription_version: int = 0
    addresses: int = 1
    state: str = NEVER
    suspended: bool = False
    refused: set[str] = field(default_factory=set)
    told: list[Event] = field(default_factory=list)
    # (router, menu, id): those that run, and those that began before something was changed.
    sessions: set[tuple[int, str, str]] = field(default_factory=set)
    outdated: set[tuple[int, str, str]] = field(default_factory=set)
    spoiled: bool = False

    @property
    def mac(self) -> str:
        return self.wanted["mac_address"]

    def changes(self) -> None:
        """Something is about to be asked for her: sessions of before are not to outlive it."""
        self.outdated |= self.sessions
        self.sessions = set()

    # What other services tell; each gives the event.

    def activation(self, **wanted: Any) -> Event:
        self.changes()
        self.wanted |= wanted
        self.state, self.suspended, self.activation_id = ASKED, False, new_id()
        self.refused = set()
        return self._said(self._request(activation_id=self.activation_id))

    def change(self, **wanted: Any) -> Event:
        self.changes()
        self.wanted |= wanted
        request = self._request()
        return self._said(a_service_change(request, company_id=self.company, version=request.meta.entity_version))

    def cancellation(self) -> Event:
        self.changes()
        self.state = GONE
        request = self._request()
        return self._said(a_cancellation(request, version=request.meta.entity_version))

    def end(self) -> Event:
        """She leaves, and may change her mind."""
        self.changes()
        self.state = LEFT
        request = self._request()
        return self._said(an_end(request, version=request.meta.entity_version))

    def stay(self) -> Event:
        self.changes()
        self.state = ACTIVE
        self.refused.discard("change")
        request = self._request()
        return self._said(a_change_of_mind(request, request.meta.entity_version))

    def due(self, *, suspended: bool) -> Event:
        self.changes()
        self.suspended = suspended
        self.subscription_version += 1
        kind = SuspensionDue if suspended else ReconnectionDue
        return self._said(due(kind, self._request(counted=False), self.subscription_version))

    def stale(self) -> Event:
        """An older word on her service that comes late."""
        return a_service_change(
            self._request(counted=False, service_name="of-before"), company_id=self.company, version=1
        )

    def _said(self, event: Event) -> Event:
        self.told.append(event)
        return event

    def _request(self, *, counted: bool = True, **more: Any) -> Any:
        self.version += counted
        values = {**self.wanted, **more}
        plan = A_PLAN | dict(zip(("download_kbps", "upload_kbps"), PLANS[values.pop("plan")], strict=True))
        return an_activation_request(
            values.pop("router_id"),
            company_id=self.company,
            version=self.version,
            installation_id=self.installation_id,
            plan=plan,
            **values,
        )

    # What the provisioning service tells.

    def hear(self, event: Envelope) -> None:
        if event.type in ("ServiceProvisioned", "ProvisioningFailed"):
            if self.state == ASKED and event.data["activation_id"] == str(self.activation_id):
                self.state = ACTIVE if event.type == "ServiceProvisioned" else FAILED
        elif event.type == "AdjustmentFailed":
            self.refused.add(event.data["operation"])

    def next_address(self) -> str:
        """Nobody else's, and not one that she had."""
        self.addresses += 1
        return f"10.{self.number + 1}.0.{self.addresses}"


def a_client(number: int, company: UUID, router_id: UUID, name: str) -> Client:
    wanted = {
        "router_id": router_id,
        "service_name": name,
        "ip_address": f"10.{number + 1}.0.1",
        "mac_address": f"02:00:00:00:01:{number:02X}",
        "plan": "usual",
    }
    return Client(number, company, wanted)
