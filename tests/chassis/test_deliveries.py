"""What the broker delivers is put together from frames, however they arrive."""

import pika
import pytest
from pika import frame, spec
from pika.exceptions import InvalidFrameError

from chassis.inbox import Handler
from chassis.inbox.deliveries import Decoder, connect
from tests.chassis.running import eventually

HANDLERS = {queue: Handler(queue, None, print) for queue in ("parcels.a", "parcels.b")}
HEARTBEAT = frame.Heartbeat().marshal()


def frames(queue, tag, parts, *, redelivered=False, headers=None):
    method = spec.Basic.Deliver(queue, tag, redelivered, "parcels.events", "ParcelSent")
    properties = pika.BasicProperties(content_type="x", delivery_mode=2, headers=headers)
    size = sum(len(part) for part in parts)
    yield frame.Method(1, method).marshal()
    yield frame.Header(1, size, properties).marshal()
    yield from (frame.Body(1, part).marshal() for part in parts)


def fed(pieces):
    """The deliveries and the other frames of a stream that comes in these pieces."""
    decoder, rest, deliveries, others = Decoder(HANDLERS), b"", [], []
    for piece in pieces:
        found, end = decoder.decode(rest + piece, others.append)
        rest = (rest + piece)[end:]
        deliveries += found
    assert rest == b""
    return [(d.handler.queue, d.tag, d.redelivered, d.headers, d.body) for d in deliveries], others


STREAM = [
    *frames("parcels.a", 1, [b"one"]),
    *frames("parcels.b", 2, [], redelivered=True),
    *frames("parcels.a", 2**40, [b"in ", b"two ", b"parts"], headers={"x-alta-attempt": 2, "nested": {"a": 1}}),
]
SAID = [
    ("parcels.a", 1, False, {}, b"one"),
    ("parcels.b", 2, True, {}, b""),
    ("parcels.a", 2**40, False, {"x-alta-attempt": 2, "nested": {"a": 1}}, b"in two parts"),
]


@pytest.mark.parametrize("size", [1, 2, 7, 8, 50, 10_000])
def test_reads_of_any_length(size):
    stream = b"".join(STREAM)
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert fed(pieces) == (SAID, [])


def test_frames_of_the_connection_in_between_are_passed_on():
    assert fed([HEARTBEAT.join([b"", *STREAM, b""])]) == (SAID, [HEARTBEAT] * (len(STREAM) + 1))


def test_frames_out_of_step_are_not_read_on():
    with pytest.raises(InvalidFrameError):
        fed([STREAM[0][:-1] + b"x"])


@pytest.mark.parametrize("size", [0, 1, 131_064, 131_065, 600_000])
@pytest.mark.parametrize("headers", [{}, {"x-alta-attempt": 2}])
def test_every_size_from_a_broker(amqp_uri, size, headers):
    received = []
    connection = connect(pika.URLParameters(amqp_uri), HANDLERS, received.extend)
    channel = connection.channel()
    channel.queue_declare("parcels.a")
    channel.basic_consume("parcels.a", print, consumer_tag="parcels.a")
    for _ in range(3):
        channel.basic_publish("", "parcels.a", b"x" * size, pika.BasicProperties(headers=headers or None))

    def arrived():
        connection.process_data_events(time_limit=0.1)
        return len(received) == 3

    eventually(arrived)
    channel.basic_ack(received[-1].tag, multiple=True)
    assert channel.queue_delete("parcels.a").method.message_count == 0
    connection.close()
    assert [(d.headers, d.body) for d in received] == [(headers, b"x" * size)] * 3
