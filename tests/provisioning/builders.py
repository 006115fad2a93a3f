"""Valid things by default."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.identifiers import new_id
from chassis.messages import Envelope
from events.installations import InstallationActivationRequested
from services.provisioning.modes import Service
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
        "download_kbps": 10_000,
        "upload_kbps": 2_000,
        "password": "s3creta",
    }
    return Service(**(values | changed))


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
    }
    return values | changed


def an_activation_request(router_id: UUID, **changed: Any) -> InstallationActivationRequested:
    """The event, as the installations service tells it; `version` is the installation's."""
    company_id = changed.pop("company_id")
    version = changed.pop("version", 1)
    data: dict[str, Any] = {
        "installation_id": new_id(),
        "activation_id": new_id(),
        "number": 7,
        "router_id": router_id,
        "service_name": "ana.lopez",
        "ip_address": "10.0.0.5",
        "mac_address": None,
        "plan": {
            "plan_id": new_id(),
            "name": "10 megas",
            "download_kbps": 10_000,
            "upload_kbps": 2_000,
            "price_minor": 35_000,
            "currency": "MXN",
        },
    }
    event = InstallationActivationRequested(**(data | changed))
    event.meta = Envelope(
        id=new_id(),
        source=event.source,
        type=event.type,
        subject=str(event.installation_id),
        time=clock.now(),
        dataschema=event.dataschema,
        company_id=company_id,
        correlation_id="click",
        causation_id=None,
        entity_version=version,
        data=event.dump(),
    )
    return event
