"""A system of somebody else that must not miss anything: its queue outlives it and the broker."""

from __future__ import annotations

import json
import threading
import time
from types import TracebackType
from typing import Any, Self

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

QUEUE = "integration.story"
EXCHANGES = [
    f"{name}.events"
    for name in ("preinstall", "installations", "contracts", "provisioning", "billing", "notifications")
]


class Hearing:
    """Hears every event from when it is entered on; comes back when its connection is cut."""

    def __init__(self, amqp_uri: str) -> None:
        self._amqp_uri = amqp_uri
        self._heard: dict[str, str] = {}
        self._more = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        with pika.BlockingConnection(pika.URLParameters(self._amqp_uri)) as connection:
            channel = connection.channel()
            channel.queue_declare(QUEUE, durable=True)
            for exchange in EXCHANGES:
                channel.queue_bind(QUEUE, exchange, routing_key="#")
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join()

    def wait_for(self, event: str, about: str, *, seconds: float = 60.0) -> dict[str, Any]:
        """The event of that type with `about` in it; raises `TimeoutError`."""
        ends = time.monotonic() + seconds
        with self._more:
            while True:
                for body in self._heard.values():
                    if about in body and json.loads(body)["type"] == event:
                        return json.loads(body)
                if not self._more.wait(ends - time.monotonic()):
                    raise TimeoutError(f"{event} about {about} was not told")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (AMQPError, AMQPConnectorException, OSError):
                self._stopping.wait(0.5)  # the broker is away

    def _listen(self) -> None:
        with pika.BlockingConnection(pika.URLParameters(self._amqp_uri)) as connection:
            channel = connection.channel()
            for method, _, body in channel.consume(QUEUE, inactivity_timeout=0.25):
                if self._stopping.is_set():
                    return
                if method is not None:
                    self._keep(body.decode())
                    channel.basic_ack(method.delivery_tag)

    def _keep(self, body: str) -> None:
        with self._more:
            self._heard[json.loads(body)["id"]] = body
            self._more.notify_all()
