"""The raw limits of the broker: pika alone, with the durability that Alta uses (persistent, confirmed)."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

import pika

from bench.figures import Lost

WINDOW = 500
ACK_EVERY = 50
PERSISTENT = pika.BasicProperties(delivery_mode=2, content_type="application/cloudevents+json")


def publish_and_consume(amqp_uri: str, queue: str, count: int, body: bytes) -> float:
    """Messages/s with a publishing process (pipelined confirms) and a consuming one (an ack per 50) at once."""
    spawn = multiprocessing.get_context("spawn")
    ready, finished = spawn.Event(), spawn.Queue()
    consumer = spawn.Process(target=_consume, args=(amqp_uri, queue, count, ready, finished))
    publisher = spawn.Process(target=_publish_when, args=(amqp_uri, queue, count, body, ready, finished))
    for process in (consumer, publisher):
        process.start()
    ends = [finished.get(timeout=300) for _ in range(2)]
    for process in (consumer, publisher):
        process.join()
    started = next(at for name, at in ends if name == "started")
    ended = next(at for name, at in ends if name == "consumed")
    return count / (ended - started)


def _publish_when(amqp_uri: str, queue: str, count: int, body: bytes, ready: Any, finished: Any) -> None:
    ready.wait()
    finished.put(("started", time.perf_counter()))
    publish_pipelined(amqp_uri, "", queue, count, lambda _: body)


def _consume(amqp_uri: str, queue: str, count: int, ready: Any, finished: Any) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.queue_declare(queue, durable=True)
    channel.queue_purge(queue)
    channel.basic_qos(prefetch_count=300)
    seen = 0

    def received(_channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        nonlocal seen
        seen += 1
        if seen % ACK_EVERY == 0 or seen == count:
            channel.basic_ack(method.delivery_tag, multiple=True)
        if seen == count:
            finished.put(("consumed", time.perf_counter()))
            channel.stop_consuming()

    channel.basic_consume(queue, received)
    ready.set()
    channel.start_consuming()
    if channel.queue_declare(queue, passive=True).method.message_count:
        raise Lost(f"{queue} was not empty after {count} messages")
    channel.queue_delete(queue)
    connection.close()


def publish_pipelined(amqp_uri: str, exchange: str, routing_key: str, count: int, body: Callable[[int], bytes]) -> None:
    """Publishes `count` persistent messages with at most `WINDOW` unconfirmed ones; returns when all are confirmed."""
    sent = confirmed = 0
    channel: Any = None

    def fill() -> None:
        nonlocal sent
        while sent < count and sent - confirmed < WINDOW:
            channel.basic_publish(exchange, routing_key, body(sent), PERSISTENT, mandatory=True)
            sent += 1

    def on_confirm(frame: Any) -> None:
        nonlocal confirmed
        if isinstance(frame.method, pika.spec.Basic.Nack):
            raise Lost("the broker refused a message")
        confirmed = frame.method.delivery_tag if frame.method.multiple else max(confirmed, frame.method.delivery_tag)
        if confirmed >= count:
            connection.close()
        elif sent - confirmed <= WINDOW // 2:
            fill()

    def on_channel(opened: Any) -> None:
        nonlocal channel
        channel = opened
        channel.confirm_delivery(on_confirm, callback=lambda _: fill())

    connection = pika.SelectConnection(
        pika.URLParameters(amqp_uri),
        on_open_callback=lambda opened: opened.channel(on_open_callback=on_channel),
        on_close_callback=lambda closed, _reason: closed.ioloop.stop(),
    )
    connection.ioloop.start()


def round_trips(amqp_uri: str, count: int, body: bytes) -> list[float]:
    """Seconds of each request to an echo process over direct reply-to, one at a time."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    echo = spawn.Process(target=_echo, args=(amqp_uri, ready), daemon=True)
    echo.start()
    ready.wait()
    try:
        return _ask(amqp_uri, count, body)
    finally:
        echo.terminate()
        echo.join()


def _ask(amqp_uri: str, count: int, body: bytes) -> list[float]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    answers: list[bytes] = []
    channel.basic_consume("amq.rabbitmq.reply-to", lambda _c, _m, _p, answer: answers.append(answer), auto_ack=True)
    properties = pika.BasicProperties(reply_to="amq.rabbitmq.reply-to")
    seconds = []
    for _ in range(count):
        answers.clear()
        started = time.perf_counter()
        channel.basic_publish("", "bench.echo", body, properties)
        while not answers:
            connection.process_data_events(time_limit=None)
        seconds.append(time.perf_counter() - started)
    connection.close()
    return seconds


def _echo(amqp_uri: str, ready: Any) -> None:
    channel = pika.BlockingConnection(pika.URLParameters(amqp_uri)).channel()
    channel.queue_declare("bench.echo", auto_delete=True)

    def answer(_channel: Any, method: Any, properties: Any, body: bytes) -> None:
        channel.basic_publish("", properties.reply_to, body)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume("bench.echo", answer)
    ready.set()
    channel.start_consuming()


def one_way_latencies(amqp_uri: str, count: int, per_second: float, body: bytes) -> list[float]:
    """Seconds from a confirmed publish to its delivery in another process, at a steady pace."""
    spawn = multiprocessing.get_context("spawn")
    ready, arrived = spawn.Event(), spawn.Queue()
    listener = spawn.Process(target=_listen, args=(amqp_uri, count, ready, arrived), daemon=True)
    listener.start()
    ready.wait()
    sent = _publish_paced(amqp_uri, count, per_second, body)
    received = arrived.get(timeout=120)
    listener.join()
    return [at - began for began, at in zip(sent, received, strict=True)]


def _publish_paced(amqp_uri: str, count: int, per_second: float, body: bytes) -> list[float]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    sent = []
    first = time.monotonic()
    for number in range(count):
        connection.process_data_events(time_limit=max(0.0, first + number / per_second - time.monotonic()))
        sent.append(time.monotonic())
        channel.basic_publish("", "bench.latency", body, PERSISTENT, mandatory=True)
    connection.close()
    return sent


def _listen(amqp_uri: str, count: int, ready: Any, arrived: Any) -> None:
    channel = pika.BlockingConnection(pika.URLParameters(amqp_uri)).channel()
    channel.queue_declare("bench.latency", durable=True, auto_delete=True)
    times: list[float] = []

    def received(_channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        times.append(time.monotonic())
        channel.basic_ack(method.delivery_tag)
        if len(times) == count:
            channel.stop_consuming()

    channel.basic_consume("bench.latency", received)
    ready.set()
    channel.start_consuming()
    arrived.put(times)
