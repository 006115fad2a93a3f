"""One service as the process that it is, with a relay: asked, told and listened to over the broker."""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pika
import pytest

from chassis.errors import Unavailable
from chassis.files import FileStore, open_store
from chassis.messages import Envelope, Event
from chassis.outbox.claiming import Outbox
from chassis.outbox.relay import Relay
from chassis.rpc.client import PATIENT_SECONDS, RpcClient
from chassis.rpc.queue import declare_queue
from chassis.secrets import Keyring
from chassis.service import Service, handlers_of
from chassis.topology import declare_at
from tests.chassis.running import eventually, running
from tests.samples import COMPANY

ROOT = Path(__file__).parents[1]
LISTENER = "listener"
# For what is not about storage: what is refused before anything is read, and what passes through a whole service. The
# use cases are tried on both databases, and so is one story of each service.
on_sqlite = pytest.mark.on_sqlite


class _Line:
    """A thread's connections to the broker: a new one for each look would keep the broker busier than the service."""

    def __init__(self, amqp_uri: str) -> None:
        self.client = RpcClient(amqp_uri, connect_seconds=PATIENT_SECONDS)
        parameters = pika.URLParameters(amqp_uri)
        parameters.heartbeat = 0  # nobody tends it between two looks
        self.channel = pika.BlockingConnection(parameters).channel()
        self.channel.confirm_delivery()

    def close(self) -> None:
        self.client.close()
        self.channel.connection.close()


@dataclass
class HostedService:
    """`name` of `services`; `heard` is every event that it told so far."""

    name: str
    environment: dict[str, str]
    heard: list[Envelope] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    _lines: threading.local = field(default_factory=threading.local)

    @property
    def files(self) -> FileStore:
        return open_store(self.environment["ALTA_FILES_URL"])

    def start(self) -> None:
        """Returns when it answers."""
        command = [sys.executable, "-W", "ignore", "-m", f"services.{self.name}", "run"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        eventually(self._answers, seconds=40)

    def _answers(self) -> bool:
        try:
            self.parked()
        except Unavailable:
            return False
        return True

    def stop(self, status: int) -> None:
        """Fails when it did not end with this status."""
        self.hang_up()
        self.process.terminate()
        try:
            assert self.process.wait(timeout=20) == status
        finally:
            self.process.kill()

    def hang_up(self) -> None:
        """Ends this thread's connections; the next look makes others."""
        if hasattr(self._lines, "mine"):
            self._lines.mine.close()
            del self._lines.mine

    def arm(self, point: str) -> None:
        """Makes the process die there, as `kill -9` would."""
        armed = Path(self.environment["ALTA_CRASH_DIR"], "armed")
        armed.mkdir(parents=True, exist_ok=True)
        (armed / point).touch()

    def ask(
        self,
        method: str,
        /,
        *,
        key: str | None = None,
        company: UUID | None = COMPANY,
        asked_at: datetime | None = None,
        **data: Any,
    ) -> Any:
        """As the gateway does for a member of staff; for the public when `company` is None.

        `asked_at`: when the gateway took the command that it kept for later.
        """
        actor = {"kind": "staff", "name": "Eva Ruiz", "role": "office"} if company else {"kind": "public"}
        kept = {"asked_at": asked_at.isoformat()} if asked_at else {}
        return self._call(method, data, actor, company=company, idempotency_key=key, **kept)

    def parked(self) -> list[dict[str, Any]]:
        """What was given up, as operators see it."""
        return self._call("parked_list", {}, {"kind": "system"})["rows"]

    def _call(self, method: str, data: Any, actor: dict[str, str], company: UUID | None = None, **more: Any) -> Any:
        context = {"company_id": str(company) if company else None, "actor": actor, **more}
        return self._line.client.call(self.name, method, data, context=context, timeout=20)

    def tell(self, *events: Event) -> None:
        """As other services' relays do."""
        for event in events:
            properties = pika.BasicProperties(
                content_type="application/cloudevents+json", delivery_mode=2, message_id=str(event.meta.id)
            )
            exchange = f"{event.source}.events"
            self._line.channel.basic_publish(exchange, event.type, event.meta.encode(), properties, mandatory=True)

    def told(self, *types: str) -> list[Envelope]:
        """What of these types it told so far, in the order of arrival."""
        while (message := self._line.channel.basic_get(LISTENER, auto_ack=True))[0] is not None:
            self.heard.append(Envelope.decode(message[2]))
        return [event for event in self.heard if event.type in types]

    def outcome(self, kind: str) -> Envelope:
        """The first event of this type, as soon as it is told."""
        return eventually(lambda: self.told(kind), seconds=40)[0]

    def listen(self) -> None:
        self._line.channel.queue_declare(LISTENER, durable=True)
        self._line.channel.queue_bind(LISTENER, f"{self.name}.events", "#")

    @property
    def _line(self) -> _Line:
        if not hasattr(self._lines, "mine"):
            self._lines.mine = _Line(self.environment["ALTA_AMQP_URI"])
        return self._lines.mine


def prepared(name: str, *, database_url: str, amqp_uri: str, room: Path) -> HostedService:
    """Its queues declared, not yet started; `database_url` has its tables."""
    for keyring in ("own", "shared"):
        Keyring.create(room / f"{keyring}.key")
    environment = {
        **os.environ,
        "ALTA_DATABASE_URL": database_url,
        "ALTA_AMQP_URI": amqp_uri,
        "ALTA_FILES_URL": f"file://{room}/files",
        "ALTA_KEYRING": str(room / "own.key"),
        "ALTA_SHARED_KEYRING": str(room / "shared.key"),
        "ALTA_CRASH_DIR": str(room / "crash"),
        "ALTA_LOG_LEVEL": "warning",
    }
    service = HostedService(name, environment)
    declare_at(amqp_uri, name, handlers_of(_service_class(name)))
    declare_queue(amqp_uri, name)
    service.listen()
    return service


def _service_class(name: str) -> type[Service]:
    found = vars(importlib.import_module(f"services.{name}.service")).values()
    return next(each for each in found if isinstance(each, type) and getattr(each, "name", None) == name)


@contextlib.contextmanager
def started(service: HostedService, *, ends_with: int = 0) -> Iterator[HostedService]:
    """The process, which ends with this status at the latest when the block does."""
    outbox = Outbox(service.name, service.environment["ALTA_DATABASE_URL"])
    try:
        service.start()
        with running(Relay(service.environment["ALTA_AMQP_URI"], [outbox])):
            yield service
    finally:
        service.stop(ends_with)
