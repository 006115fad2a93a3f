"""Comparing a router with what should be on it: each difference is told, and nothing is changed."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.identifiers import new_id
from services.provisioning import bringing_about, comparing
from services.provisioning.comparing import CHANGED, EXTRA, LEFT_OVER, MISSING, TAKEN, Difference
from services.provisioning.modes import SUPPORTED, Service
from services.provisioning.routers import Connection, open_connection
from tests.provisioning.builders import ACCOUNT, STRANGER, a_cut, a_service, the_endpoint
from tests.simulator import SimulatedRouter

QUEUE, SECRET, PROFILE, LISTED = "/queue/simple", "/ppp/secret", "/ppp/profile", "/ip/firewall/address-list"


@pytest.fixture
def connection(router: SimulatedRouter):
    opened = open_connection(the_endpoint(router))
    yield opened
    opened.close()


def put(connection: Connection, *services: Service) -> None:
    for service in services:
        bringing_about.put(connection, service, lambda: None)


def compared(connection: Connection, *services: Service, known: tuple[UUID, ...] = ()) -> list[Difference]:
    return comparing.compare(connection, services, {*known, *(service.account_id for service in services)})


def told(found: list[Difference]) -> list[tuple[str, str, UUID | None]]:
    return [(difference.kind, difference.menu, difference.account_id) for difference in found]


def the_row(router: SimulatedRouter, menu: str, service: Service) -> str:
    return next(row[".id"] for row in router.rows(menu) if row.get("comment") == service.marker)


@pytest.mark.parametrize("mode", sorted(SUPPORTED))
def test_what_was_brought_about_has_no_difference(router: SimulatedRouter, connection: Connection, mode: str) -> None:
    service = a_service(mode=mode, cut=a_cut())
    put(connection, service)
    assert compared(connection, service) == []


def test_what_is_missing_is_told_of_its_client(router: SimulatedRouter, connection: Connection) -> None:
    ana, eva = a_service(), a_service(account_id=STRANGER, name="eva", ip_address="10.0.0.6")
    put(connection, ana)
    assert told(compared(connection, ana, eva)) == [(MISSING, QUEUE, STRANGER)]


def test_what_somebody_changed_is_told_by_its_properties(router: SimulatedRouter, connection: Connection) -> None:
    service = a_service()
    put(connection, service)
    connection.set(QUEUE, the_row(router, QUEUE, service), {"max-limit": "5M/50M", "disabled": "yes"})
    (difference,) = compared(connection, service)
    assert (difference.kind, difference.properties) == (CHANGED, ("disabled", "max-limit"))
    assert router.rows(QUEUE)[0]["disabled"] == "true", "it only looked"


def test_a_profile_that_many_share_is_told_once(router: SimulatedRouter, connection: Connection) -> None:
    services = [
        a_service(mode="pppoe"),
        a_service(mode="pppoe", account_id=STRANGER, name="eva", ip_address="10.0.0.6"),
    ]
    put(connection, *services)
    profile = next(row for row in router.rows(PROFILE) if row["name"].startswith("alta-"))
    connection.set(PROFILE, profile[".id"], {"rate-limit": "1M/1M"})
    assert [(d.kind, d.menu) for d in compared(connection, *services)] == [(CHANGED, PROFILE)]


def test_reconnected_and_still_listed_has_a_row_too_many(router: SimulatedRouter, connection: Connection) -> None:
    put(connection, a_service(cut=a_cut()))
    assert told(compared(connection, a_service(cut=a_cut(active=False)))) == [(EXTRA, LISTED, ACCOUNT)]


def test_a_name_that_a_stranger_holds_is_told(router: SimulatedRouter, connection: Connection) -> None:
    connection.add(QUEUE, {"name": "ana.lopez", "target": "10.9.9.9"})
    assert told(compared(connection, a_service())) == [(TAKEN, QUEUE, ACCOUNT)]


def test_what_an_account_left_behind_is_told_and_strangers_rows_are_not(
    router: SimulatedRouter, connection: Connection
) -> None:
    gone = a_service(account_id=new_id())
    put(connection, gone)
    connection.add(QUEUE, {"name": "impresora", "target": "10.9.9.9", "comment": "de la oficina"})
    assert told(compared(connection)) == [(LEFT_OVER, QUEUE, gone.account_id)]
    assert compared(connection, known=(gone.account_id,)) == []


def test_one_print_for_each_menu_however_many_clients(router: SimulatedRouter, connection: Connection) -> None:
    services = [a_service(account_id=new_id(), name=f"c{n}", ip_address=f"10.0.1.{n}") for n in range(1, 21)]
    put(connection, *services)
    before = router.commands
    assert compared(connection, *services) == []
    assert router.commands - before <= 6 + 1
