"""PRO-6: the pages of the pools, and the next free address in the form of an installation."""

from __future__ import annotations

from typing import Any

from chassis.errors import Unavailable, ValidationFailed
from chassis.identifiers import new_id
from chassis.schemas import coded
from gateway.model import READ_ONLY, TECHNICIAN
from tests.gateway.pages import House, send, text_of
from tests.hosting import on_sqlite

pytestmark = on_sqlite

ROUTER, POOL, ZONE, CLIENT = (str(new_id()) for _ in range(4))
USAGE = {"pool_id": POOL, "size": 254, "given": 200, "foreign": 30, "reserved": 9, "free": 15, "read_at": None}
TYPED = {"router_id": ROUTER, "name": "Clientes", "addresses": "10.20.0.0/24", "reserved": "10.20.0.1", "active": "1"}


def _answering(house: House) -> None:
    pool = {
        "pool_id": POOL, "router_id": ROUTER, "router_name": "Torre", "name": "Clientes", "reserved": "10.20.0.1",
        "addresses": "10.20.0.1-10.20.0.254", "active": True, "read_at": None, "read_failure": "router-unreachable",
    }  # fmt: skip
    cells = [
        {"address": "10.20.0.1", "holder": "reserved"},
        {"address": "10.20.0.2", "holder": "client", "name": "Ana Robles", "installation_id": CLIENT, "number": 7},
        {"address": "10.20.0.3", "holder": "router", "name": "oficina", "menu": "/queue/simple"},
        {"address": "10.20.0.4"},
    ]
    routers = [{"router_id": ROUTER, "name": "Torre"}]
    house.services.answers |= {
        "provisioning.list_pools": lambda _: {"rows": [pool]},
        "provisioning.list_routers": lambda _: {"rows": routers, "next": None},
        "provisioning.save_pool": lambda _: {"pool_id": POOL},
        "provisioning.read_pools": lambda _: {},
        "installations.list_pool_usage": lambda _: {"rows": [USAGE]},
        "installations.pool_addresses": lambda _: USAGE | {"first": "10.20.0.1", "cells": cells, "blocks": []},
    }


def test_pools_are_listed_with_how_full_they_are(house: House):
    _answering(house)
    page = text_of(house.staff(READ_ONLY).get("/direcciones/").text)
    assert "15 libres de 254 Casi lleno" in page and "El router no responde" in page
    house.services.away.add("installations")
    assert "10.20.0.1-10.20.0.254" in house.staff().get("/direcciones/").text


def test_who_has_which_address_is_shown(house: House):
    _answering(house)
    page = house.staff(TECHNICIAN).get(f"/direcciones/{POOL}").text
    assert f"/instalaciones/{CLIENT}" in page
    assert "10.20.0.3 oficina Fila del router que no es de Alta /queue/simple" in text_of(page)
    assert house.staff().get(f"/direcciones/{new_id()}").status_code == 404


def test_a_pool_is_saved_by_the_office_and_refused_beside_the_field(house: House):
    _answering(house)
    assert send(house.staff(), "/direcciones/nuevo", "/direcciones/", **TYPED).location == f"/direcciones/{POOL}"
    (saved,) = house.services.told("provisioning.save_pool")
    assert saved.data == {**TYPED, "pool_id": None, "active": True}
    assert send(house.staff(TECHNICIAN), f"/direcciones/{POOL}", "/direcciones/", **TYPED).status_code == 403

    def refuse(_: Any) -> None:
        raise ValidationFailed(fields={"addresses": coded("pool-overlaps", name="Torre alta")})

    house.services.answers["provisioning.save_pool"] = refuse
    answer = send(house.staff(), "/direcciones/nuevo", "/direcciones/", **TYPED)
    assert answer.status_code == 422
    assert "Se encima con el pool «Torre alta» de este router." in text_of(answer.text)
    assert 'value="10.20.0.0/24"' in answer.text


def test_what_the_router_has_is_offered_as_a_pool(house: House):
    _answering(house)
    found = {"rows": [{"name": "ether3", "addresses": "10.2.0.0/22"}]}
    house.services.answers["provisioning.suggest_pools"] = lambda _: found
    offered = send(house.staff(), "/direcciones/nuevo", "/direcciones/sugerencias", router_id=ROUTER).text
    assert f"router_id={ROUTER}&amp;name=ether3&amp;addresses=10.2.0.0/22" in offered

    def off(_: Any) -> None:
        raise Unavailable("router-unreachable")

    house.services.answers["provisioning.suggest_pools"] = off
    said = send(house.staff(), "/direcciones/nuevo", "/direcciones/sugerencias", router_id=ROUTER).text
    assert "El router no responde" in said


def test_the_next_free_address_is_asked_for_from_the_form(house: House):
    proposals = iter([("10.20.0.9", False), (None, True)])

    def propose(_: Any) -> dict[str, Any]:
        address, exhausted = next(proposals)
        others = ["10.20.0.10", "10.20.0.11"] if address else []
        return {"router_id": ROUTER, "ip_address": address, "others": others, "exhausted": exhausted}

    house.services.answers["installations.propose"] = propose
    client, page = house.staff(TECHNICIAN), f"/direcciones/siguiente?zone_id={ZONE}&ip_address=10.20.0.8"
    proposed = client.get(page).text
    assert 'value="10.20.0.9"' in proposed and 'data-value="10.20.0.11"' in proposed
    (asked,) = house.services.told("installations.propose")
    assert asked.data == {"zone_id": ZONE, "after": "10.20.0.8"}
    full = client.get(page).text
    assert 'value="10.20.0.8"' in full and "no tienen direcciones libres" in full
