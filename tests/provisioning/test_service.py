"""The service as the process that it is: over the broker, on both databases, killed and started again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import NotFound, Unavailable, ValidationFailed
from chassis.identifiers import new_id
from chassis.messages import Envelope
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import InstallationActivationRequested
from tests.chassis.running import eventually
from tests.hosting import HostedService, on_sqlite, prepared, started
from tests.provisioning.builders import (
    A_PLAN,
    a_cancellation,
    a_router,
    a_service_change,
    an_activation_request,
    due,
)
from tests.samples import COMPANY
from tests.simulator import PASSWORD, SimulatedRouter

QUEUE, SECRET, LISTED = "/queue/simple", "/ppp/secret", "/ip/firewall/address-list"
OUTCOMES = {"ServiceProvisioned", "ProvisioningFailed"}
ADJUSTMENTS = {"ServiceAdjusted", "ServiceSuspended", "ServiceReconnected", "ServiceRemoved", "AdjustmentFailed"}


@pytest.fixture
def service(database_url: str, amqp_uri: str, tmp_path: Path) -> Iterator[HostedService]:
    with started(prepared("provisioning", database_url=database_url, amqp_uri=amqp_uri, room=tmp_path)) as ready:
        yield ready


@pytest.fixture
def killed(sqlite_url: str, amqp_uri: str, tmp_path: Path) -> Iterator[HostedService]:
    """One that will be; how it takes that is the same on both databases."""
    with started(prepared("provisioning", database_url=sqlite_url, amqp_uri=amqp_uri, room=tmp_path)) as ready:
        yield ready


def saved(service: HostedService, router: SimulatedRouter, **changed: Any) -> str:
    values = {name: value for name, value in a_router(router, **changed).items() if value is not None}
    return service.ask("save_router", key=new_id().hex, **values)["router_id"]


def activate(service: HostedService, router_id: str, **changed: Any) -> InstallationActivationRequested:
    event = an_activation_request(UUID(router_id), company_id=COMPANY, **changed)
    service.tell(event)
    return event


def outcome(service: HostedService) -> Envelope:
    return eventually(lambda: service.told(*OUTCOMES), seconds=40)[0]


def adjustment(service: HostedService) -> Envelope:
    """The newest, which must be another than the one before."""
    known = len([event for event in service.heard if event.type in ADJUSTMENTS])
    return eventually(lambda: service.told(*ADJUSTMENTS)[known:], seconds=40)[-1]


def test_staff_saves_a_router_tests_it_and_a_client_is_put_on_it(
    service: HostedService, router: SimulatedRouter
) -> None:
    router_id = saved(service, router, mode="pppoe", suspend_by="disable")
    assert service.ask("get_router", router_id=router_id)["name"] == "norte"
    assert PASSWORD not in str(service.ask("list_routers"))
    tested = service.ask("test_router", router_id=router_id)
    assert tested["ok"], tested
    event = activate(service, router_id, service_name="Núñez")
    ended = outcome(service)
    assert ended.type == "ServiceProvisioned" and ended.correlation_id == "click"
    account = service.ask("account", installation_id=str(event.installation_id))
    (row,) = router.rows(SECRET)
    assert (row["name"], row["password"], row["comment"]) == (
        "Núñez", account["password"], f"alta:{account['account_id']}"
    )  # fmt: skip
    assert (account["state"], account["observed"]["profile"]) == ("placed", "alta-10M-2M")
    assert service.ask("list_jobs")["rows"] == []
    steps = [event.data["step"] for event in service.told("ProvisioningProgressed")]
    assert steps == ["started", "written"]


@on_sqlite
def test_what_is_wrong_is_said(service: HostedService, router: SimulatedRouter) -> None:
    router_id = saved(service, router, password="wrong")
    with pytest.raises(ValidationFailed) as refused:
        service.ask("save_router", **a_router(router, mode="radius"))
    assert refused.value.fields["mode"][0]["code"] == "mode-not-supported"
    with pytest.raises(NotFound):
        service.ask("get_router", router_id=str(new_id()))
    assert service.ask("test_router", router_id=router_id)["checks"][-1]["code"] == "router-login-refused"
    activate(service, router_id)
    ended = outcome(service)
    assert (ended.type, ended.data["reason_code"]) == ("ProvisioningFailed", "router-login-refused")


def test_a_router_that_comes_back_in_time_is_written(service: HostedService, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    router.do("offline")
    activate(service, router_id)
    eventually(lambda: service.told("RouterUnreachable"))
    router.do("online")
    assert outcome(service).type == "ServiceProvisioned"
    assert len(router.rows(QUEUE)) == 1


@on_sqlite
def test_a_lost_answer_is_settled_by_reading(service: HostedService, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    router.do("drop", at=f"after:1:{QUEUE}/add")
    activate(service, router_id)
    assert outcome(service).type == "ServiceProvisioned"
    assert len(router.rows(QUEUE)) == 1


@on_sqlite
def test_a_message_told_twice_has_its_effect_once(service: HostedService, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    event = activate(service, router_id)
    service.tell(event)
    outcome(service)
    activate(service, router_id, service_name="eva")
    eventually(lambda: len(service.told(*OUTCOMES)) == 2)
    assert len(service.heard) == 1 + 2 * 3


def test_two_replicas_put_each_client_on_the_router_once(service: HostedService, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    second = HostedService("provisioning", service.environment)
    second.start()
    try:
        router.do("slow", ms=5)
        for number in range(12):
            activate(service, router_id, service_name=f"client{number}", ip_address=f"10.0.0.{number + 1}")
        eventually(lambda: len(service.told(*OUTCOMES)) == 12, seconds=40)
        assert {event.type for event in service.told(*OUTCOMES)} == {"ServiceProvisioned"}
        assert len({row["comment"] for row in router.rows(QUEUE)}) == len(router.rows(QUEUE)) == 12
    finally:
        second.process.kill()
        second.process.wait(timeout=20)


CRASHES = [
    ("simple_queue", "provisioning.connected"),
    ("simple_queue", "provisioning.read"),
    ("simple_queue", "provisioning.wrote.queue-simple"),
    ("simple_queue", "provisioning.written"),
    ("simple_queue", "provisioning.verified"),
    ("pppoe", "provisioning.wrote.ppp-profile"),
    ("pppoe", "provisioning.wrote.ppp-secret"),
]


@pytest.mark.parametrize(("mode", "place"), CRASHES)
def test_killed_anywhere_it_ends_as_if_nothing_had_happened(
    killed: HostedService, router: SimulatedRouter, mode: str, place: str
) -> None:
    router_id = saved(killed, router, mode=mode)
    killed.arm(place)
    activate(killed, router_id)
    assert killed.process.wait(timeout=30) == 137
    killed.start()
    assert outcome(killed).type == "ServiceProvisioned"
    time_for_a_second = time.monotonic() + 1
    eventually(lambda: time.monotonic() > time_for_a_second)
    assert len(killed.told(*OUTCOMES)) == 1
    assert len(router.rows(QUEUE if mode == "simple_queue" else SECRET)) == 1
    assert killed.ask("list_jobs")["rows"] == [] and killed.parked() == []


def test_an_active_client_is_changed_suspended_reconnected_and_removed(
    service: HostedService, router: SimulatedRouter
) -> None:
    router_id = saved(service, router, mode="pppoe", suspend_by="disable")
    assert service.ask("get_router", router_id=router_id)["suspend_by"] == "disable"
    event = activate(service, router_id)
    outcome(service)
    service.tell(a_service_change(event, plan=A_PLAN | {"download_kbps": 50_000}))
    assert adjustment(service).type == "ServiceAdjusted"
    assert router.rows(SECRET)[0]["profile"] == "alta-50M-2M"
    router.do("connect", name="ana.lopez")
    service.tell(due(SuspensionDue, event, 1))
    suspended = adjustment(service)
    assert (suspended.type, suspended.data["suspended_by"]) == ("ServiceSuspended", "disable")
    assert router.rows(SECRET)[0]["disabled"] == "true" and router.rows("/ppp/active") == []
    shown = service.ask("account", installation_id=str(event.installation_id))
    assert (shown["suspended"], shown["state"]) == (True, "placed")
    service.tell(due(ReconnectionDue, event, 2))
    assert adjustment(service).type == "ServiceReconnected"
    which = {"installation_id": str(event.installation_id)}
    for method, expected in (("suspend", "ServiceSuspended"), ("reconnect", "ServiceReconnected")):
        assert service.ask(method, key=new_id().hex, **which)["pending"] == [method]
        assert adjustment(service).type == expected
    assert service.ask("remove", key=new_id().hex, **which)["state"] == "removing"
    assert adjustment(service).type == "ServiceRemoved"
    assert router.rows(SECRET) == [] and service.ask("list_jobs")["rows"] == []


@on_sqlite
def test_a_cancelled_installation_is_withdrawn(service: HostedService, router: SimulatedRouter) -> None:
    event = activate(service, saved(service, router))
    outcome(service)
    service.tell(a_cancellation(event))
    assert adjustment(service).type == "ServiceRemoved"
    assert router.rows(QUEUE) == []


CRASHES_LATER = [
    ("suspend", "provisioning.connected"),
    ("suspend", "provisioning.wrote.ip-firewall-address-list"),
    ("suspend", "provisioning.verified"),
    ("suspend", "job.provisioning.adjust.worked"),
    ("suspend", "job.provisioning.adjust.committed"),
    ("remove", "provisioning.removed.ppp-secret"),
    ("remove", "job.provisioning.withdraw.worked"),
]


@pytest.mark.parametrize(("method", "place"), CRASHES_LATER)
def test_killed_while_changing_it_ends_as_if_nothing_had_happened(
    killed: HostedService, router: SimulatedRouter, method: str, place: str
) -> None:
    event = activate(killed, saved(killed, router, mode="pppoe"))
    outcome(killed)
    session = router.do("connect", name="ana.lopez")["id"]
    killed.arm(place)
    # The answer may be lost with the process.
    with contextlib.suppress(Unavailable):
        killed.ask(method, key=new_id().hex, installation_id=str(event.installation_id))
    assert killed.process.wait(timeout=30) == 137
    killed.start()
    assert adjustment(killed).type == {"suspend": "ServiceSuspended", "remove": "ServiceRemoved"}[method]
    assert session not in [row[".id"] for row in router.rows("/ppp/active")]
    assert len(router.rows(LISTED)) == len(router.rows(SECRET)) == (1 if method == "suspend" else 0)
    # What was committed is told by the relay, perhaps before the process answers again.
    eventually(lambda: killed.ask("list_jobs")["rows"] == [])
    assert len(killed.told(*ADJUSTMENTS)) == 1
