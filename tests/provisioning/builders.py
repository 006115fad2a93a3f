"""Valid things by default."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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
