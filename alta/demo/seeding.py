"""Puts the demo company's routers, zones, plans and articles in place; what is there stays as it is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alta.demo.company import INSTALLATION_ARTICLE, INSTALLATION_COST_MINOR, PLANS, ROUTERS, Router
from alta.demo.router_reading import RouterAccess
from alta.services import Services

PATIENCE_SECONDS = 30.0
SMS_PATH = "/sms"
SUSPENDED_LIST = "alta-suspended"
"""As routers are given it when nobody says otherwise."""


class SeedingFailed(Exception):
    """Something that the demo needs did not come about in time."""


def seed(services: Services, addresses: Mapping[int, tuple[str, int]], *, user: str, password: str) -> None:
    """`addresses`: where provisioning finds each simulated router, with that account on it."""
    for router in ROUTERS:
        _router(services, router, addresses[router.number], user, password)
    known = _wait_for_projection(services)
    for router in ROUTERS:
        _territory(services, router, known[router.name])
        _pool(services, router, known[router.name])
    if not services.ask("billing", "list_articles", {"search": INSTALLATION_ARTICLE})["rows"]:
        article = {"name": INSTALLATION_ARTICLE, "invoice_text": "Instalación del servicio de internet"}
        services.ask("billing", "save_article", {**article, "price_minor": INSTALLATION_COST_MINOR})


def text_to(services: Services, url: str) -> None:
    """Text messages go there, so that a client can come in with a code to their phone. A gateway of one's own stays."""
    present = services.ask("notifications", "get_sms_gateway")
    if present and not present["url"].endswith(SMS_PATH):
        return
    body = '{"to": "{{ telefono }}", "from": "{{ empresa }}", "text": "{{ texto }}", "reference": "{{ referencia }}"}'
    kind = {"method": "POST", "headers": "Content-Type: application/json", "body": body, "accepted_when": "accepted"}
    services.ask("notifications", "save_sms_gateway", {"active": True, "url": url, "country": "MX", **kind})


def let_firewalls_cut(routers: Iterable[RouterAccess]) -> None:
    """What an ISP does by hand on a real router: whoever is in the list of suspended clients gets no further."""
    rule = {"chain": "forward", "action": "drop", "src-address-list": SUSPENDED_LIST}
    for router in routers:
        with contextlib.closing(router.connect()) as api:
            rules = api.path("ip", "firewall", "filter")
            if not any(row.get("src-address-list") == SUSPENDED_LIST for row in rules):
                rules.add(**rule)


def _router(services: Services, router: Router, address: tuple[str, int], user: str, password: str) -> None:
    """Its address is written each time: another start may have given the simulator other ports."""
    present = {row["name"]: row["router_id"] for row in services.ask("provisioning", "list_routers")["rows"]}
    fields = {"name": router.name, "mode": router.mode, "address": address[0], "port": address[1], "tls": False}
    account = {"username": user, "password": password, "active": True}
    services.ask("provisioning", "save_router", {**fields, **account, "router_id": present.get(router.name)})


def _wait_for_projection(services: Services) -> dict[str, str]:
    """Router ids by name, once installations has heard of all of them."""

    def heard() -> dict[str, str] | None:
        rows = services.ask("installations", "list_routers")["rows"]
        found = {row["name"]: row["router_id"] for row in rows}
        return found if {router.name for router in ROUTERS} <= found.keys() else None

    return wait_until(heard, "installations has not heard of the routers")


def _territory(services: Services, router: Router, router_id: str) -> None:
    zone_id = _saved(services, "zone", {"name": router.zone, "router_id": router_id}, {})
    for sector in router.sectors:
        _saved(services, "sector", {"name": sector, "zone_id": zone_id}, {"zone_id": zone_id})
    for plan in PLANS:
        speeds = {"download_kbps": plan.download_kbps, "upload_kbps": plan.upload_kbps}
        wanted = {"name": plan.name, "router_id": router_id, "price_minor": plan.price_minor, **speeds}
        _saved(services, "plan", wanted, {"router_id": router_id})


def _pool(services: Services, router: Router, router_id: str) -> None:
    if not services.ask("provisioning", "list_pools", {"router_id": router_id})["rows"]:
        network = {"addresses": f"{router.network}.0/24", "reserved": f"{router.network}.1"}
        wanted = {"name": f"Clientes {router.zone}", "router_id": router_id, **network}
        services.ask("provisioning", "save_pool", wanted)


def _saved(services: Services, kind: str, wanted: dict[str, Any], among: dict[str, str]) -> str:
    """The id of the zone, sector or plan of that name, made if there is none."""
    for row in services.ask("installations", f"list_{kind}s", among)["rows"]:
        if row["name"] == wanted["name"]:
            return row[f"{kind}_id"]
    return services.ask("installations", f"save_{kind}", wanted)[f"{kind}_id"]


def wait_until(condition: Callable[[], Any], otherwise: str, *, seconds: float = PATIENCE_SECONDS) -> Any:
    """What `condition` gives as soon as that is true; raises `SeedingFailed` with `otherwise`."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise SeedingFailed(otherwise)
        time.sleep(pause)
        # Pages refuse those who ask again too often.
        pause = min(pause * 1.25, 2.0)
    return found
