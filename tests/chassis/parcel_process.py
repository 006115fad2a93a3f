"""The parcels service as a process, and raw messages to it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika

from chassis.storage import Database
from deploy.local.ports import choose_ports
from tests.chassis.parcels import Base
from tests.chassis.running import ROOT, eventually

MODULE = "tests.chassis.parcel_service"


class ParcelProcess:
    """`room` is where its handlers leave traces and its log is."""

    def __init__(self, room: Path, database_url: str, amqp_uri: str, **environment: str) -> None:
        self.room, self.amqp_uri = room, amqp_uri
        (self.health_port,) = choose_ports(1)
        self._environment = {
            **os.environ,
            "ALTA_DATABASE_URL": database_url,
            "ALTA_AMQP_URI": amqp_uri,
            "ALTA_HEALTH_LISTEN": f"127.0.0.1:{self.health_port}",
            "PARCELS_ROOM": str(room),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> ParcelProcess:
        with (self.room / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, "run"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        if wait:
            eventually(self.is_ready, seconds=30)
        return self

    def get(self, path: str) -> tuple[int, str]:
        """The status and what it says; 0 when nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health_port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        assert self._process.poll() is None, self.log[-3000:]
        return self.get("/ready")[0] == 200

    def metric(self, beginning: str) -> float:
        lines = [line for line in self.get("/metrics")[1].splitlines() if line.startswith(beginning)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    @property
    def log(self) -> str:
        return (self.room / "log").read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log so far, but for what is not JSON."""
        found = []
        for line in self.log.splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = 20) -> int:
        return self._process.wait(seconds)

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.signal(signal.SIGKILL)
            self._process.wait()


@contextlib.contextmanager
def a_process(room: Path, database_url: str, amqp_uri: str, **environment: str) -> Iterator[ParcelProcess]:
    """One with its tables made, not started yet; ended with the block."""
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    database.close()
    process = ParcelProcess(room, database_url, amqp_uri, **environment)
    try:
        yield process
    finally:
        process.end()


class RawCaller:
    """Messages to `rpc-parcels` byte by byte, as no good client sends them."""

    def __init__(self, amqp_uri: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
        self.channel = self._connection.channel()
        self.replies = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.queue_bind(self.replies, "nameko-rpc", self.replies)

    def send(self, body: bytes, *, key: str = "parcels.echo", **changes: Any) -> None:
        given = {"reply_to": self.replies, "content_type": "application/json", "correlation_id": uuid.uuid4().hex}
        self.channel.basic_publish("nameko-rpc", key, body, pika.BasicProperties(**given | changes), mandatory=True)

    def reply(self, seconds: float = 5) -> dict[str, Any] | None:
        """The next one, None when none comes."""
        for _method, _properties, body in self.channel.consume(self.replies, auto_ack=True, inactivity_timeout=seconds):
            self.channel.cancel()
            return None if body is None else json.loads(body)
        return None

    def close(self) -> None:
        self._connection.close()
