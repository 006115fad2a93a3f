"""A service's process: what happens to its work when it, the broker or the database goes away."""

import json
import signal
import threading
import time
import uuid

import pytest

from chassis.errors import Refusal, Unavailable
from chassis.messages import Envelope
from chassis.rpc.client import PATIENT_SECONDS, RpcClient
from chassis.storage import Database
from chassis.storage.tables import outbox
from deploy.local import rabbitmq
from deploy.local.ports import choose_ports
from deploy.local.rabbitmq_users import one_administrator
from tests.chassis.parcel_process import RawCaller, a_process
from tests.chassis.running import eventually

CONTEXT = {"company_id": str(uuid.uuid4()), "actor": {"kind": "staff", "name": "Ana"}}


@pytest.fixture
def process(tmp_path, database_url, amqp_uri):
    with a_process(tmp_path, database_url, amqp_uri) as process:
        yield process


@pytest.fixture
def ask(amqp_uri):
    client = RpcClient(amqp_uri, connect_seconds=PATIENT_SECONDS)

    def ask(method, data=None, *, timeout=5.0, **context):
        return client.call("parcels", method, data or {}, context=CONTEXT | context, timeout=timeout)

    yield ask
    client.close()


def a_request(name="books"):
    return {"id": str(uuid.uuid4()), "name": name}


def in_the_background(work):
    """A thread that is at it, and what came of it: the answer or the refusal."""
    came = []

    def run():
        try:
            came.append(work())
        except Refusal as refusal:
            came.append(refusal)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def test_told_to_stop_it_finishes_answers_and_leaves_nothing_behind(process, ask, amqp_uri, tmp_path):
    process.start()
    slow = RpcClient(amqp_uri, connect_seconds=PATIENT_SECONDS)
    thread, came = in_the_background(lambda: slow.call("parcels", "send_slowly", a_request(), context=CONTEXT))
    eventually((tmp_path / "sending").exists)
    process.signal(signal.SIGTERM)
    eventually(lambda: "service-stopping" in process.log)
    thread.join(timeout=1)  # longer than the client's patience with a service that is gone
    assert thread.is_alive() and process.is_running
    (tmp_path / "go").touch()
    assert process.wait() == 0
    thread.join()
    assert came[0]["name"] == "books"
    raw = RawCaller(amqp_uri)
    assert raw.channel.queue_declare("rpc-parcels", passive=True).method.message_count == 0
    raw.close()
    started = time.monotonic()
    with pytest.raises(Unavailable, match="service-away"):
        ask("echo")
    assert time.monotonic() - started < 1


def test_an_idle_process_stops_at_once(process):
    process.start()
    started = time.monotonic()
    process.signal(signal.SIGTERM)
    assert process.wait() == 0 and time.monotonic() - started < 2


def test_told_to_stop_while_the_broker_is_away_it_stops(tmp_path):
    (port,) = choose_ports(1)
    uri = f"amqp://guest:guest@127.0.0.1:{port}/x"
    with a_process(tmp_path, f"sqlite:///{tmp_path}/p.sqlite3", uri) as process:
        process.start(wait=False)
        eventually(lambda: process.get("/live")[0] == 200)
        eventually(lambda: "broker-away" in process.log)
        status, body = process.get("/ready")
        assert status == 503 and json.loads(body)["checks"] == {"rpc": False, "events": False, "database": True}
        process.signal(signal.SIGTERM)
        assert process.wait() == 0, process.log


def test_killed_while_it_answers_the_next_one_answers(process, ask, tmp_path):
    process.start()
    request = a_request()
    thread, came = in_the_background(lambda: ask("send_slowly", request, idempotency_key="k", timeout=20))
    eventually((tmp_path / "sending").exists)
    process.signal(signal.SIGKILL)
    process.wait()
    (tmp_path / "go").touch()
    process.start()
    thread.join()
    assert came[0]["id"] == request["id"]
    assert ask("send_slowly", request, idempotency_key="k") == came[0]


@pytest.mark.parametrize("step", ["received", "before_commit", "committed", "replied"])
def test_killed_at_any_step_of_a_command_it_is_done_once(tmp_path, database_url, amqp_uri, ask, step):
    crashes = tmp_path / "crashes"
    (crashes / "armed").mkdir(parents=True)
    (crashes / "armed" / f"command.parcels.send.{step}").touch()
    with a_process(tmp_path, database_url, amqp_uri, ALTA_CRASH_DIR=str(crashes)) as process:
        process.start()
        request = a_request()
        thread, came = in_the_background(lambda: ask("send", request, idempotency_key="k", timeout=20))
        assert process.wait() == 137
        process.start()
        thread.join()
        assert came[0]["id"] == request["id"]
        assert ask("send", request, idempotency_key="k") == came[0]
    database = Database(database_url)
    with database.read_unscoped() as session:
        assert len(session.connection().execute(outbox.select()).all()) == 1
    database.close()


def test_events_and_jobs_are_done_in_the_process(process, ask, tmp_path, amqp_uri):
    process.start()
    ask("ask_for_work", a_request("work"))
    eventually((tmp_path / "work").exists)
    raw = RawCaller(amqp_uri)
    raw.channel.basic_publish("parcels.events", "ParcelSent", an_event("atlas").encode())
    eventually((tmp_path / "heard-atlas").exists)
    raw.close()


def an_event(name):
    from chassis import clock
    from chassis.identifiers import new_id
    from tests.chassis.parcels import ParcelSent

    parcel = str(new_id())
    return Envelope(
        id=new_id(), source="parcels", type="ParcelSent", subject=parcel, time=clock.now(),
        dataschema=ParcelSent.dataschema, company_id=uuid.UUID(CONTEXT["company_id"]), correlation_id="c",
        causation_id=None, entity_version=1, data={"parcel_id": parcel, "name": name},
    )  # fmt: skip


@pytest.fixture
def node(room):
    """A broker of the test's own, to be stopped and started."""
    amqp, distribution, epmd, management = choose_ports(4)
    return rabbitmq.Node(
        directory=room / uuid.uuid4().hex,
        amqp_port=amqp,
        distribution_port=distribution,
        epmd_port=epmd,
        management_port=management,
    )


def test_the_broker_is_killed_and_comes_back(node, tmp_path):
    uri, administrator = node.uri("t", "t", "t"), one_administrator("t", "t", "t")
    client = RpcClient(uri, connect_seconds=PATIENT_SECONDS)
    with a_process(tmp_path, f"sqlite:///{tmp_path}/p.sqlite3", uri) as process:
        (node.directory).mkdir()
        with rabbitmq.running(node, administrator, probe_uri=uri):
            process.start()
            assert client.call("parcels", "echo", {}, context=CONTEXT)
            slow = RpcClient(uri, connect_seconds=PATIENT_SECONDS)
            thread, came = in_the_background(lambda: slow.call("parcels", "echo", {"seconds": 2}, context=CONTEXT))
            eventually(lambda: process.metric("alta_rpc_seconds_count"))
        eventually(lambda: process.get("/ready")[0] == 503)
        thread.join()
        assert isinstance(came[0], Unavailable)
        started = time.monotonic()
        with pytest.raises(Unavailable, match="broker-away"):
            client.call("parcels", "echo", {}, context=CONTEXT)
        assert time.monotonic() - started < 1
        with rabbitmq.running(node, administrator, probe_uri=uri):
            eventually(process.is_ready)
            assert client.call("parcels", "echo", {}, context=CONTEXT) == {"actor": "Ana", "locale": None}
            assert process.is_running
        eventually(lambda: process.get("/ready")[0] == 503)
        process.signal(signal.SIGTERM)
        assert process.wait(10) == 0  # it does not wait for the broker to come back
