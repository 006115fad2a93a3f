"""Valid things by default."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.identifiers import new_id
from chassis.messages import Envelope, Event
from events.billing import ReconnectionDue, SuspensionDue
from events.document import sample
from events.installations import (
    InstallationActivationRequested,
    InstallationCancelled,
    ServiceChanged,
    ServiceEndRequested,
    ServiceEndWithdrawn,
)
from services.provisioning.modes import OWNED_MENUS, Cut, Rates, Service
from services.provisioning.routers import Endpoint
from tests.simulator import PASSWORD, USER, SimulatedRouter

ACCOUNT = UUID("018f0000-0000-7000-8000-000000000001")
STRANGER = UUID("018f0000-0000-7000-8000-000000000002")


def a_service(**changed: Any) -> Service:
    values: dict[str, Any] = {
        "account_id": ACCOUNT,
        "mode": "simple_queue",
        "name": "ana.lopez",
        "ip_address": "10.0.0.5",
        "plan_rates": Rates(10_000, 2_000),
        "mac_address": "64:D1:54:0A:1B:2C",
        "password": "s3creta",
        "interface": "ether2",
    }
    return Service(**(values | changed))


def a_cut(**changed: Any) -> Cut:
    values: dict[str, Any] = {
        "way": "address_list", "address_list": "alta-suspended", "profile": None, "kbps": 64, "active": True,
    }  # fmt: skip
    return Cut(**(values | changed))


def the_endpoint(router: SimulatedRouter, **changed: Any) -> Endpoint:
    values: dict[str, Any] = {
        "address": router.host,
        "port": router.port,
        "username": USER,
        "password": PASSWORD,
    }
    return Endpoint(**(values | changed))


def a_router(router: SimulatedRouter | None = None, **changed: Any) -> dict[str, Any]:
    """What staff types in to add a router."""
    values: dict[str, Any] = {
        "router_id": None,
        "name": "norte",
        "address": router.host if router else "192.0.2.1",
        "port": router.port if router else 8728,
        "tls": False,
        "certificate_sha256": None,
        "username": USER,
        "password": PASSWORD,
        "mode": "simple_queue",
        "active": True,
        "suspend_by": None,
        "suspended_list": None,
        "suspended_profile": None,
        "suspended_kbps": None,
        "compare_hours": None,
        "repairs_itself": None,
        "command_seconds": None,
        "commands_in_flight": None,
        "server": None,
        "interface": None,
    }
    return values | changed


A_PLAN = {
    "plan_id": UUID("018f0000-0000-7000-8000-000000000003"),
    "name": "10 megas",
    "download_kbps": 10_000,
    "upload_kbps": 2_000,
    "price_minor": 35_000,
    "currency": "MXN",
    "shaping": None,
}


def an_activation_request(router_id: UUID, **changed: Any) -> InstallationActivationRequested:
    """The event, as the installations service tells it; `version` is the installation's."""
    data: dict[str, Any] = {
        "installation_id": new_id(),
        "activation_id": new_id(),
        "number": 7,
        "router_id": router_id,
        "service_name": "ana.lopez",
        "ip_address": "10.0.0.5",
        "mac_address": None,
        "plan": A_PLAN,
    }
    return told(InstallationActivationRequested, data | changed)


def a_service_change(request: InstallationActivationRequested, **changed: Any) -> ServiceChanged:
    """What the installations service tells when something of an active client's service is another."""
    values = sample(ServiceChanged)["data"]
    same = ("installation_id", "router_id", "service_name", "ip_address", "mac_address", "plan")
    data = {**values, **{name: getattr(request, name) for name in same}, "scheduled_at": clock.now()}
    version = changed.pop("version", request.meta.entity_version + 1)
    return told(ServiceChanged, data | {"company_id": request.meta.company_id, "version": version} | changed)


def a_cancellation(request: InstallationActivationRequested, **changed: Any) -> InstallationCancelled:
    version = changed.pop("version", request.meta.entity_version + 1)
    about = {"installation_id": request.installation_id, "company_id": request.meta.company_id}
    return told(InstallationCancelled, {**about, "version": version, "reason": None} | changed)


def an_end(request: InstallationActivationRequested, **changed: Any) -> ServiceEndRequested:
    """The client leaves."""
    version = changed.pop("version", request.meta.entity_version + 1)
    about = {"installation_id": request.installation_id, "company_id": request.meta.company_id}
    values = {
        "client_number": 38,
        "ends_on": clock.now().date(),
        "reason_code": "moved",
        "release": False,
        "without_router": False,
        "version": version,
    }
    return told(ServiceEndRequested, about | values | changed)


def a_change_of_mind(request: InstallationActivationRequested, version: int, **changed: Any) -> ServiceEndWithdrawn:
    """The client stays, with the service of the request."""
    return told(
        ServiceEndWithdrawn,
        a_service_change(request).data | {"company_id": request.meta.company_id, "version": version} | changed,
    )


def due(kind: type[SuspensionDue | ReconnectionDue], request: InstallationActivationRequested, version: int) -> Event:
    """What the billing service tells; `version` is the subscription's."""
    about = {"installation_id": request.installation_id, "company_id": request.meta.company_id}
    return told(kind, {**about, "subscription_id": new_id(), "client_number": 38, "version": version})


def told(kind: type[Event], values: dict[str, Any]) -> Any:
    """An event as it is received: `company_id` and `version`, of its subject, are of the envelope."""
    values = dict(values)
    company_id, version = values.pop("company_id"), values.pop("version", 1)
    event = kind(**values)
    event.meta = Envelope(
        id=new_id(),
        source=event.source,
        type=event.type,
        subject=str(getattr(event, event.subject)),
        time=clock.now(),
        dataschema=event.dataschema,
        company_id=company_id,
        correlation_id="click",
        causation_id=None,
        entity_version=version,
        data=event.dump(),
    )
    return event


def rows_of(router: SimulatedRouter) -> list[dict[str, str]]:
    """What is ours, without ids."""
    found = [row for menu in OWNED_MENUS for row in router.rows(menu) if row.get("comment", "").startswith("alta:")]
    return [{name: value for name, value in row.items() if name != ".id"} for row in found]
