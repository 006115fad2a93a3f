"""RPC over a real broker: what is malformed stops nothing, errors cross as they are, nobody waits for ever."""

import json
import socket
import threading
import time
import uuid

import pika
import pytest

from chassis.errors import Conflict, Internal, NotFound, Unavailable, ValidationFailed
from chassis.rpc.client import PATIENT_SECONDS, RpcClient
from tests.chassis.parcel_process import RawCaller, a_process
from tests.chassis.running import eventually

COMPANY = str(uuid.uuid4())
CONTEXT = {"company_id": COMPANY, "actor": {"kind": "staff", "name": "Ana"}, "locale": "es_MX", "correlation_id": "c"}
OPERATOR = {"company_id": None, "actor": {"kind": "system"}}


@pytest.fixture(scope="module")
def uri(broker):
    with broker.virtual_host() as uri:
        yield uri


@pytest.fixture(scope="module")
def process(tmp_path_factory, uri):
    room = tmp_path_factory.mktemp("parcels")
    with a_process(room, f"sqlite:///{room}/parcels.sqlite3", uri) as process:
        yield process.start()
        assert process.is_running, process.log[-3000:]


@pytest.fixture
def client(uri):
    client = RpcClient(uri, connect_seconds=PATIENT_SECONDS)
    yield client
    client.close()


@pytest.fixture
def ask(process, client):
    def ask(method, data=None, *, timeout=5.0, **context):
        return client.call("parcels", method, data or {}, context=CONTEXT | context, timeout=timeout)

    return ask


@pytest.fixture
def raw(process, uri):
    caller = RawCaller(uri)
    yield caller
    caller.close()


@pytest.fixture
def parked(ask):
    """What was parked since the test began."""
    before = {row["id"] for row in ask("parked_list", {"limit": 200}, **OPERATOR)["rows"]}

    def parked():
        rows = ask("parked_list", {"limit": 200}, **OPERATOR)["rows"]
        return [row for row in rows if row["id"] not in before]

    return parked


def test_an_answer_comes_back(ask):
    assert ask("echo") == {"actor": "Ana", "locale": "es_MX"}


@pytest.mark.parametrize(
    ("method", "kind", "code"),
    [
        ("send", ValidationFailed, "invalid-input"),
        ("break_down", Internal, "internal-error"),
        ("answer_nonsense", Internal, "internal-error"),
        ("wait_for_others", Unavailable, "router-offline"),
        ("nothing_of_that_name", NotFound, "method-not-found"),
    ],
)
def test_refusals_cross_with_kind_and_code(ask, method, kind, code):
    with pytest.raises(kind) as told:
        ask(method)
    assert told.value.code == code


def test_a_refusal_crosses_with_its_params_and_fields(ask):
    parcel = {"id": str(uuid.uuid4()), "name": "a chair"}
    ask("send", parcel)
    with pytest.raises(Conflict) as taken:
        ask("send", parcel)
    assert (taken.value.code, taken.value.params) == ("name-taken", {"name": "a chair"})
    with pytest.raises(ValidationFailed) as refused:
        ask("send", {"id": parcel["id"], "name": "x" * 30})
    assert refused.value.fields == {"name": [{"code": "too-long", "params": {"max": 20}}]}


def test_nothing_of_a_mistake_is_told(ask, process):
    with pytest.raises(Internal) as told:
        ask("break_down", correlation_id="the-story")
    assert "nobody outside" not in str(told.value.as_dict())
    assert any(line.get("correlation_id") == "the-story" and "exception" in line for line in process.lines)


GOOD = json.dumps({"args": [], "kwargs": {"context": CONTEXT, "data": {}}}).encode()
MALFORMED = {
    "no one to answer": (GOOD, {"reply_to": None}),
    "no content type": (GOOD, {"content_type": None}),
    "pickle": (b"\x80\x04cos\nsystem\n", {"content_type": "application/x-python-serialize"}),
    "yaml": (b"!!python/object/apply:os.system [id]", {"content_type": "application/x-yaml"}),
    "no json": (b"{", {}),
    "not utf-8": (b'"\xff"', {}),
    "wrong encoding named": (b"{", {"content_encoding": "utf-99"}),
    "empty": (b"", {}),
    "a list": (b"[]", {}),
    "null": (b"null", {}),
    "no kwargs": (b'{"args": []}', {}),
    "no args": (b'{"kwargs": {}}', {}),
    "kwargs that are none": (b'{"args": [], "kwargs": null}', {}),
    "kwargs that are a list": (b'{"args": [], "kwargs": [1]}', {}),
    "positional arguments": (b'{"args": [1], "kwargs": {}}', {}),
    "an argument too many": (b'{"args": [], "kwargs": {"context": {}, "data": {}, "session": 1}}', {}),
    "a context that is none": (b'{"args": [], "kwargs": {"context": null, "data": {}}}', {}),
    "a context that is a text": (b'{"args": [], "kwargs": {"context": "x", "data": {}}}', {}),
    "a deadline that is a text": (b'{"args": [], "kwargs": {"context": {"deadline": "soon"}, "data": {}}}', {}),
    "very long": (b'{"x": "' + b"x" * 1_000_000 + b'"', {}),
}


@pytest.mark.parametrize(("body", "properties"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_parked_and_stops_nothing(ask, raw, parked, body, properties):
    raw.send(body, **properties)
    (row,) = eventually(parked)
    assert (row["origin"], row["queue"]) == ("rpc", "rpc-parcels")
    if "reply_to" not in properties:
        assert raw.reply()["error"]["code"] == "request-malformed"
    assert ask("echo")
    ask("parked_drop", {"id": row["id"]}, **OPERATOR)


def test_a_flood_of_malformed_requests_does_not_hold_up_the_good_ones(ask, raw, process):
    before = process.metric('alta_rpc_dropped_total{reason="malformed"}')
    for number in range(100):
        raw.send(b"nonsense %d" % number, reply_to=None)
    assert ask("echo", timeout=3)
    eventually(lambda: process.metric('alta_rpc_dropped_total{reason="malformed"}') == before + 100)


def test_who_cannot_be_answered_does_no_harm(ask, raw):
    raw.send(GOOD, reply_to="a queue that is not there")
    raw.send(GOOD, correlation_id=None)
    assert raw.reply()["result"] == {"actor": "Ana", "locale": "es_MX"}
    assert ask("echo")


def test_a_client_made_with_nameko_alone_is_answered(process, uri):
    raw = RawCaller(uri)
    raw.send(b'{"args": [], "kwargs": {}}')
    error = raw.reply()["error"]
    assert (error["exc_type"], error["value"]) == ("NotAllowed", "company-missing")
    raw.close()


# ---- time


def test_a_request_that_nobody_waits_for_is_not_done(raw, ask, process):
    parcel = {"id": str(uuid.uuid4()), "name": "too late"}
    late = {"args": [], "kwargs": {"context": CONTEXT | {"deadline": time.time() - 1}, "data": parcel}}
    before = process.metric('alta_rpc_dropped_total{reason="expired"}')
    raw.send(json.dumps(late).encode(), key="parcels.send")
    eventually(lambda: process.metric('alta_rpc_dropped_total{reason="expired"}') == before + 1)
    with pytest.raises(NotFound):
        ask("get", {"id": parcel["id"]})


def test_the_client_stops_waiting_in_time(ask):
    started = time.monotonic()
    with pytest.raises(Unavailable, match="no-answer"):
        ask("echo", {"seconds": 3.0}, timeout=0.7)
    assert 0.6 < time.monotonic() - started < 1.2
    assert ask("echo")


def test_a_late_answer_is_not_taken_for_the_next_one(ask):
    with pytest.raises(Unavailable):
        ask("echo", {"seconds": 0.8}, timeout=0.6)
    assert ask("echo", locale="en") == {"actor": "Ana", "locale": "en"}


def test_slow_requests_do_not_hold_up_the_others(uri, ask):
    def slowly():
        client = RpcClient(uri)
        client.call("parcels", "echo", {"seconds": 1.0}, context=CONTEXT)
        client.close()

    threads = [threading.Thread(target=slowly) for _ in range(5)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    assert ask("echo", timeout=1) and time.monotonic() - started < 0.5
    for thread in threads:
        thread.join()


def test_many_threads_share_a_client(process, client):
    answers = []

    def ask_often(name):
        context = CONTEXT | {"actor": {"kind": "staff", "name": name}}
        answers.extend(client.call("parcels", "echo", {}, context=context)["actor"] == name for _ in range(50))
        client.close()

    threads = [threading.Thread(target=ask_often, args=(f"n{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 300 and all(answers)


def test_an_answer_that_comes_twice_is_not_taken_for_the_next_one(uri, client):
    """As when a service is killed after it answered and before the broker knew."""
    queue_name = f"stutter-{uuid.uuid4()}"
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    channel = connection.channel()
    channel.exchange_declare("nameko-rpc", "topic", durable=True)
    channel.queue_declare(queue_name, exclusive=True)
    channel.queue_bind(queue_name, "nameko-rpc", "stutter.*")

    def answer_twice(_channel, _method, properties, body):
        said = json.loads(body)["kwargs"]["data"]
        for _ in range(2):
            answer = json.dumps({"result": said, "error": None}).encode()
            same = pika.BasicProperties(correlation_id=properties.correlation_id)
            channel.basic_publish("nameko-rpc", properties.reply_to, answer, same)
        if said["number"] == 4:
            channel.stop_consuming()

    channel.basic_consume(queue_name, answer_twice, auto_ack=True)
    thread = threading.Thread(target=channel.start_consuming)
    thread.start()
    for number in range(5):
        assert client.call("stutter", "say", {"number": number}, context=CONTEXT) == {"number": number}
    thread.join()
    connection.close()


# ---- nobody there


def test_a_service_that_never_was_is_away_at_once(process, client):
    started = time.monotonic()
    with pytest.raises(Unavailable) as told:
        client.call("letters", "send", {}, context=CONTEXT)
    assert (told.value.code, told.value.params) == ("service-away", {"service": "letters"})
    assert time.monotonic() - started < 0.3
    assert client.call("parcels", "echo", {}, context=CONTEXT)


def test_without_a_broker_the_client_says_so_quickly(uri):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = RpcClient(f"amqp://guest:guest@127.0.0.1:{free.getsockname()[1]}/x")
    for _ in range(3):
        started = time.monotonic()
        with pytest.raises(Unavailable, match="broker-away"):
            client.call("parcels", "echo", {}, context=CONTEXT)
        assert time.monotonic() - started < 1


def test_a_broker_that_takes_connections_and_says_nothing_is_away_too():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = RpcClient(f"amqp://guest:guest@127.0.0.1:{mute.getsockname()[1]}/x")
        started = time.monotonic()
        with pytest.raises(Unavailable, match="broker-away"):
            client.call("parcels", "echo", {}, context=CONTEXT)
        assert time.monotonic() - started < 1.5
        started = time.monotonic()
        with pytest.raises(Unavailable):
            client.call("parcels", "echo", {}, context=CONTEXT)
        assert time.monotonic() - started < 0.1


def test_the_process_tells_of_itself(process, ask):
    ask("echo")
    assert process.get("/live") == (200, "alive")
    status, body = process.get("/ready")
    assert status == 200 and json.loads(body)["checks"] == {"rpc": True, "events": True, "database": True}
    assert process.metric('alta_rpc_seconds_count{method="echo",outcome="ok"}') >= 1
    assert process.get("/secrets")[0] == 404
