"""`python -m chassis.outbox.relay`: takes what the outboxes hold to the broker.

A plain process, one for all the databases of a small machine or several side by side. A row is
deleted only after the broker confirmed it: whatever dies when, nothing is lost, and what is
published a second time is recognised by the inbox.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from pika.adapters.select_connection import IOLoop
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError
from sqlalchemy.exc import SQLAlchemyError

from chassis import logs, topology
from chassis.health import HealthServer
from chassis.outbox import waking
from chassis.outbox.claiming import Outbox
from chassis.outbox.publisher import BrokerAway, Publisher

POLL_SECONDS = 1.0
LONGEST_PAUSE = 10.0
ANY = ""

log = structlog.get_logger()


class Relay:
    """Serves `outboxes` until `stop`. `connected` is true while the broker takes messages."""

    def __init__(self, amqp_uri: str, outboxes: Sequence[Outbox], wake: socket.socket | None = None) -> None:
        self._amqp_uri = amqp_uri
        self._outboxes = outboxes
        self._wake = wake
        self._stopping = False
        self._loop: IOLoop | None = None
        self._away_until: dict[str, float] = {}
        self._named: set[str] = set()
        self._poll_at = 0.0
        self.connected = False

    def run(self) -> None:
        """Returns after `stop`; connects again for ever, with growing pauses."""
        pause = 0.2
        while not self._stopping:
            try:
                publisher = self._connect()
            except (BrokerAway, AMQPError, AMQPConnectorException, OSError) as error:
                log.warning("broker-away", error=repr(error), next_try_in=pause)
                self._sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = 0.2
            self._serve(publisher)

    def stop(self, *_signal: Any) -> None:
        """Ends `run` when what is on its way has arrived. May be called from a signal handler or a thread."""
        self._stopping = True
        loop = self._loop
        if loop is not None:
            loop.add_callback_threadsafe(loop.stop)

    def _connect(self) -> Publisher:
        # To publish to an exchange that is not there closes the channel, for every service that it serves.
        for outbox in self._outboxes:
            topology.declare_at(self._amqp_uri, outbox.service, ())
        return Publisher(self._amqp_uri)

    def _serve(self, publisher: Publisher) -> None:
        self.connected = True
        self._loop = publisher.loop
        self._watch(publisher.loop)
        try:
            while not self._stopping:
                for outbox in self._due():
                    if self._drain(outbox, publisher):
                        self._named.add(outbox.service)  # there may be more
                if not self._named:
                    publisher.wait(max(0.0, self._poll_at - time.monotonic()))
        except BrokerAway as error:
            log.warning("broker-lost", error=str(error))
        finally:
            self.connected, self._loop = False, None
            publisher.close()

    def _due(self) -> Sequence[Outbox]:
        """Those that were named since the last time; all of them when a poll is due."""
        named, self._named = self._named, set()
        if ANY in named or time.monotonic() >= self._poll_at:
            self._poll_at = time.monotonic() + POLL_SECONDS
            return self._outboxes
        return [outbox for outbox in self._outboxes if outbox.service in named]

    def _drain(self, outbox: Outbox, publisher: Publisher) -> int:
        if self._away_until.get(outbox.service, 0.0) > time.monotonic():
            return 0
        try:
            return outbox.drain(publisher)
        except SQLAlchemyError as error:
            # One database that is away must not keep the others waiting.
            log.warning("outbox-away", service=outbox.service, error=repr(error))
            self._away_until[outbox.service] = time.monotonic() + 1.0
            return 0

    def _watch(self, loop: IOLoop) -> None:
        wake = self._wake
        if wake is None:
            return

        def woken(_fd: int, _events: int) -> None:
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._named.add(wake.recv(64).decode())
            loop.stop()

        loop.add_handler(wake.fileno(), woken, loop.READ)

    def _sleep(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < ends:
            time.sleep(min(0.1, seconds))


def databases(value: str) -> list[Outbox]:
    """ALTA_RELAY_DATABASES: `installations=URL gateway=URL`."""
    return [Outbox(name, url) for name, _, url in (entry.partition("=") for entry in value.split())]


def from_environment(environ: Mapping[str, str]) -> Relay:
    address = environ.get("ALTA_RELAY_LISTEN")
    return Relay(
        environ["ALTA_AMQP_URI"],
        databases(environ["ALTA_RELAY_DATABASES"]),
        waking.listening(address) if address else None,
    )


def main() -> None:
    logs.configure(
        "relay", level=os.environ.get("ALTA_LOG_LEVEL", "info"), format=os.environ.get("ALTA_LOG_FORMAT", "json")
    )
    relay = from_environment(os.environ)
    if listen := os.environ.get("ALTA_HEALTH_LISTEN"):
        HealthServer(listen, {"broker": lambda: relay.connected})
    signal.signal(signal.SIGTERM, relay.stop)
    signal.signal(signal.SIGINT, relay.stop)
    relay.run()


if __name__ == "__main__":
    main()
