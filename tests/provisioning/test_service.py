"""The service as the process that it is: over the broker, on both databases, killed and started again."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pika
import pytest

from chassis.errors import NotFound, Unavailable, ValidationFailed
from chassis.identifiers import new_id
from chassis.messages import Envelope, Event
from chassis.outbox.claiming import Outbox
from chassis.outbox.relay import Relay
from chassis.rpc.client import PATIENT_SECONDS, RpcClient
from chassis.secrets import Keyring
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import InstallationActivationRequested
from tests.chassis.running import eventually, running
from tests.hosting import on_sqlite
from tests.provisioning.builders import (
    A_PLAN,
    a_cancellation,
    a_router,
    a_service_change,
    an_activation_request,
    due,
)
from tests.simulator import PASSWORD, SimulatedRouter

ROOT = Path(__file__).parents[2]
QUEUE, SECRET, LISTED = "/queue/simple", "/ppp/secret", "/ip/firewall/address-list"
OUTCOMES = {"ServiceProvisioned", "ProvisioningFailed"}
ADJUSTMENTS = {"ServiceAdjusted", "ServiceSuspended", "ServiceReconnected", "ServiceRemoved", "AdjustmentFailed"}


@dataclass
class Service:
    """The provisioning process, what it tells, and who asks it."""

    environment: dict[str, str]
    amqp_uri: str
    company: UUID
    heard: list[Envelope] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def run(self, action: str) -> None:
        subprocess.run(self.command(action), cwd=ROOT, env=self.environment, check=True)

    def start(self) -> None:
        self.process = subprocess.Popen(self.command("run"), cwd=ROOT, env=self.environment)

    def stop(self) -> None:
        self.process.terminate()
        try:
            assert self.process.wait(timeout=20) == 0
        finally:
            self.process.kill()

    def command(self, action: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "-m", "services.provisioning", action]

    def ask(self, method: str, *, key: str | None = None, kind: str = "staff", **data: Any) -> Any:
        actor = {"kind": kind, "role": "technician"}
        context = {"company_id": str(self.company), "actor": actor, "idempotency_key": key}
        client = RpcClient(self.amqp_uri, connect_seconds=PATIENT_SECONDS)
        try:
            return client.call("provisioning", method, data, context=context, timeout=15)
        finally:
            client.close()

    def tell(self, event: Event) -> None:
        """As its service's relay does."""
        with contextlib.closing(pika.BlockingConnection(pika.URLParameters(self.amqp_uri))) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            properties = pika.BasicProperties(
                content_type="application/cloudevents+json", delivery_mode=2, message_id=str(event.meta.id)
            )
            exchange = f"{event.source}.events"
            channel.basic_publish(exchange, event.type, event.meta.encode(), properties, mandatory=True)

    def listen(self) -> None:
        """Takes what was told since the last time."""
        with contextlib.closing(pika.BlockingConnection(pika.URLParameters(self.amqp_uri))) as connection:
            channel = connection.channel()
            channel.queue_declare("listener", durable=True)
            channel.queue_bind("listener", "provisioning.events", "#")
            while (message := channel.basic_get("listener", auto_ack=True))[0] is not None:
                self.heard.append(Envelope.decode(message[2]))

    def told(self, types: set[str]) -> list[Envelope]:
        self.listen()
        return [event for event in self.heard if event.type in types]

    def outcome(self) -> Envelope:
        return eventually(lambda: self.told(OUTCOMES), seconds=40)[0]

    def adjustment(self) -> Envelope:
        """The newest, which must be another than the one before."""
        known = len([event for event in self.heard if event.type in ADJUSTMENTS])
        return eventually(lambda: self.told(ADJUSTMENTS)[known:], seconds=40)[-1]

    def activate(self, router_id: str, **changed: Any) -> InstallationActivationRequested:
        event = an_activation_request(UUID(router_id), company_id=self.company, **changed)
        self.tell(event)
        return event


def prepared(database_url: str, amqp_uri: str, tmp_path: Path) -> Service:
    keyring = tmp_path / "provisioning.key"
    Keyring.create(keyring)
    environment = {
        **os.environ,
        "ALTA_DATABASE_URL": database_url,
        "ALTA_AMQP_URI": amqp_uri,
        "ALTA_KEYRING": str(keyring),
        "ALTA_CRASH_DIR": str(tmp_path / "crash"),
    }
    service = Service(environment, amqp_uri, new_id())
    service.run("migrate")
    service.run("topology")
    service.listen()
    return service


@contextlib.contextmanager
def started(service: Service) -> Iterator[Service]:
    """The process, with a relay for what it tells."""
    service.start()
    outbox = Outbox("provisioning", service.environment["ALTA_DATABASE_URL"])
    try:
        with running(Relay(service.amqp_uri, [outbox])):
            yield service
    finally:
        service.stop()


@pytest.fixture
def service(database_url: str, amqp_uri: str, tmp_path: Path) -> Iterator[Service]:
    with started(prepared(database_url, amqp_uri, tmp_path)) as ready:
        yield ready


def saved(service: Service, router: SimulatedRouter, **changed: Any) -> str:
    values = {name: value for name, value in a_router(router, **changed).items() if value is not None}
    key = new_id().hex
    return eventually_answered(lambda: service.ask("save_router", key=key, **values))["router_id"]


def eventually_answered(ask: Callable[[], Any]) -> Any:
    """The process may not be there yet."""

    def answered() -> Any:
        with contextlib.suppress(Unavailable):
            return ask()

    return eventually(answered, seconds=30)


def test_staff_saves_a_router_tests_it_and_a_client_is_put_on_it(service: Service, router: SimulatedRouter) -> None:
    router_id = saved(service, router, mode="pppoe", suspend_by="disable")
    assert service.ask("get_router", router_id=router_id)["name"] == "norte"
    assert PASSWORD not in str(service.ask("list_routers"))
    tested = service.ask("test_router", router_id=router_id)
    assert tested["ok"], tested
    event = service.activate(router_id, service_name="Núñez")
    outcome = service.outcome()
    assert outcome.type == "ServiceProvisioned" and outcome.correlation_id == "click"
    account = service.ask("account", installation_id=str(event.installation_id))
    (row,) = router.rows(SECRET)
    assert (row["name"], row["password"], row["comment"]) == (
        "Núñez", account["password"], f"alta:{account['account_id']}"
    )  # fmt: skip
    assert (account["state"], account["observed"]["profile"]) == ("placed", "alta-10M-2M")
    assert service.ask("list_jobs")["rows"] == []
    steps = [event.data["step"] for event in service.told({"ProvisioningProgressed"})]
    assert steps == ["started", "written"]


@on_sqlite
def test_what_is_wrong_is_said(service: Service, router: SimulatedRouter) -> None:
    router_id = saved(service, router, password="wrong")
    with pytest.raises(ValidationFailed) as refused:
        service.ask("save_router", **a_router(router, mode="radius"))
    assert refused.value.fields["mode"][0]["code"] == "mode-not-supported"
    with pytest.raises(NotFound):
        service.ask("get_router", router_id=str(new_id()))
    assert service.ask("test_router", router_id=router_id)["checks"][-1]["code"] == "router-login-refused"
    service.activate(router_id)
    outcome = service.outcome()
    assert (outcome.type, outcome.data["reason_code"]) == ("ProvisioningFailed", "router-login-refused")


def test_a_router_that_comes_back_in_time_is_written(service: Service, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    router.do("offline")
    service.activate(router_id)
    eventually(lambda: service.told({"RouterUnreachable"}))
    router.do("online")
    assert service.outcome().type == "ServiceProvisioned"
    assert len(router.rows(QUEUE)) == 1


@on_sqlite
def test_a_lost_answer_is_settled_by_reading(service: Service, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    router.do("drop", at=f"after:1:{QUEUE}/add")
    service.activate(router_id)
    assert service.outcome().type == "ServiceProvisioned"
    assert len(router.rows(QUEUE)) == 1


@on_sqlite
def test_a_message_told_twice_has_its_effect_once(service: Service, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    event = service.activate(router_id)
    service.tell(event)
    service.outcome()
    service.activate(router_id, service_name="eva")
    eventually(lambda: len(service.told(OUTCOMES)) == 2)
    assert len(service.heard) == 1 + 2 * 3


def test_two_replicas_put_each_client_on_the_router_once(service: Service, router: SimulatedRouter) -> None:
    router_id = saved(service, router)
    second = subprocess.Popen(service.command("run"), cwd=ROOT, env=service.environment)
    try:
        router.do("slow", ms=5)
        for number in range(12):
            service.activate(router_id, service_name=f"client{number}", ip_address=f"10.0.0.{number + 1}")
        eventually(lambda: len(service.told(OUTCOMES)) == 12, seconds=40)
        assert {event.type for event in service.told(OUTCOMES)} == {"ServiceProvisioned"}
        assert len({row["comment"] for row in router.rows(QUEUE)}) == len(router.rows(QUEUE)) == 12
    finally:
        second.terminate()
        second.wait(timeout=20)


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
    tmp_path: Path, amqp_uri: str, router: SimulatedRouter, mode: str, place: str
) -> None:
    service = prepared(f"sqlite:///{tmp_path / 'provisioning.sqlite3'}", amqp_uri, tmp_path)
    with started(service):
        router_id = saved(service, router, mode=mode)
        (tmp_path / "crash" / "armed").mkdir(parents=True, exist_ok=True)
        (tmp_path / "crash" / "armed" / place).touch()
        service.activate(router_id)
        assert service.process.wait(timeout=30) == 137
        service.start()
        assert service.outcome().type == "ServiceProvisioned"
        time_for_a_second = time.monotonic() + 1
        eventually(lambda: time.monotonic() > time_for_a_second)
        assert len(service.told(OUTCOMES)) == 1
        assert len(router.rows(QUEUE if mode == "simple_queue" else SECRET)) == 1
        assert service.ask("list_jobs")["rows"] == [] and service.ask("parked_list", kind="system")["rows"] == []


def test_an_active_client_is_changed_suspended_reconnected_and_removed(
    service: Service, router: SimulatedRouter
) -> None:
    router_id = saved(service, router, mode="pppoe", suspend_by="disable")
    assert service.ask("get_router", router_id=router_id)["suspend_by"] == "disable"
    event = service.activate(router_id)
    service.outcome()
    service.tell(a_service_change(event, plan=A_PLAN | {"download_kbps": 50_000}))
    assert service.adjustment().type == "ServiceAdjusted"
    assert router.rows(SECRET)[0]["profile"] == "alta-50M-2M"
    router.do("connect", name="ana.lopez")
    service.tell(due(SuspensionDue, event, 1))
    suspended = service.adjustment()
    assert (suspended.type, suspended.data["suspended_by"]) == ("ServiceSuspended", "disable")
    assert router.rows(SECRET)[0]["disabled"] == "true" and router.rows("/ppp/active") == []
    shown = service.ask("account", installation_id=str(event.installation_id))
    assert (shown["suspended"], shown["state"]) == (True, "placed")
    service.tell(due(ReconnectionDue, event, 2))
    assert service.adjustment().type == "ServiceReconnected"
    which = {"installation_id": str(event.installation_id)}
    for method, outcome in (("suspend", "ServiceSuspended"), ("reconnect", "ServiceReconnected")):
        assert service.ask(method, key=new_id().hex, **which)["pending"] == [method]
        assert service.adjustment().type == outcome
    assert service.ask("remove", key=new_id().hex, **which)["state"] == "removing"
    assert service.adjustment().type == "ServiceRemoved"
    assert router.rows(SECRET) == [] and service.ask("list_jobs")["rows"] == []


@on_sqlite
def test_a_cancelled_installation_is_withdrawn(service: Service, router: SimulatedRouter) -> None:
    event = service.activate(saved(service, router))
    service.outcome()
    service.tell(a_cancellation(event))
    assert service.adjustment().type == "ServiceRemoved"
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
    tmp_path: Path, amqp_uri: str, router: SimulatedRouter, method: str, place: str
) -> None:
    service = prepared(f"sqlite:///{tmp_path / 'provisioning.sqlite3'}", amqp_uri, tmp_path)
    with started(service):
        event = service.activate(saved(service, router, mode="pppoe"))
        service.outcome()
        session = router.do("connect", name="ana.lopez")["id"]
        (tmp_path / "crash" / "armed").mkdir(parents=True, exist_ok=True)
        (tmp_path / "crash" / "armed" / place).touch()
        # The answer may be lost with the process.
        with contextlib.suppress(Unavailable):
            service.ask(method, key=new_id().hex, installation_id=str(event.installation_id))
        assert service.process.wait(timeout=30) == 137
        service.start()
        assert service.adjustment().type == {"suspend": "ServiceSuspended", "remove": "ServiceRemoved"}[method]
        assert session not in [row[".id"] for row in router.rows("/ppp/active")]
        assert len(router.rows(LISTED)) == len(router.rows(SECRET)) == (1 if method == "suspend" else 0)
        # What was committed is told by the relay, perhaps before the process answers again.
        eventually(lambda: eventually_answered(lambda: service.ask("list_jobs"))["rows"] == [])
        assert len(service.told(ADJUSTMENTS)) == 1
