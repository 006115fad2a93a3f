"""A private RabbitMQ node: its own directory, ports, cookie and epmd; no service of the system.

The node's processes are started by somebody else (a supervisor, or `running` for tests); this
module says which programs with which environment, and writes the files that they read.
Source: RabbitMQ 3.10 "Configuration", "File and Directory Locations", "Networking".
"""

from __future__ import annotations

import contextlib
import dataclasses
import glob
import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika
import pika.exceptions

BINARIES = ("/usr/lib/rabbitmq/bin", "/usr/lib/rabbitmq/lib/*/sbin", "/opt/rabbitmq/sbin")


class BrokerMissing(Exception):
    """RabbitMQ is not installed on this machine."""


class BrokerFailed(Exception):
    """The node ended, or did not answer in time; the message ends with what it logged."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Where a node lives and what it listens on, all on the loopback interface."""

    directory: Path
    amqp_port: int
    distribution_port: int
    epmd_port: int
    management_port: int

    def write(self, definitions: Mapping[str, Any]) -> None:
        """Writes everything that the node reads at its start; `definitions` holds password hashes only."""
        for name in ("mnesia", "log"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self._file("definitions.json", json.dumps(definitions, indent=1))
        self._file("enabled_plugins", "[rabbitmq_management].\n")
        self._file("rabbitmq.conf", self._configuration())

    def epmd_command(self) -> list[str]:
        return ["epmd", "-port", str(self.epmd_port), "-address", "127.0.0.1"]

    def command(self) -> list[str]:
        """Raises `BrokerMissing`. The packaged wrapper in the PATH would change the user and the directories."""
        for pattern in BINARIES:
            for folder in sorted(glob.glob(pattern), reverse=True):
                if os.access(server := f"{folder}/rabbitmq-server", os.X_OK):
                    return [server]
        raise BrokerMissing("RabbitMQ is not installed: apt-get install rabbitmq-server")

    def environment(self) -> dict[str, str]:
        """What the node and the command line tools (`rabbitmqctl`) need in their environment."""
        path = self.directory
        return {
            "HOME": str(path),  # the Erlang cookie
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "alta@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.amqp_port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": str(path / "mnesia"),
            "RABBITMQ_LOG_BASE": str(path / "log"),
            "RABBITMQ_PID_FILE": str(path / "pid"),
            "RABBITMQ_CONFIG_FILE": str(path / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",  # not the machine's own node
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(path / "advanced"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(path / "enabled_plugins"),
            # No shell in between: the process that is watched is the node itself.
            "RUNNING_UNDER_SYSTEMD": "true",
            # Schedulers of an idle node sleep instead of spinning.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def uri(self, user: str, password: str, vhost: str) -> str:
        return f"amqp://{quote(user)}:{quote(password)}@127.0.0.1:{self.amqp_port}/{quote(vhost, safe='')}"

    def management_url(self, user: str, password: str) -> str:
        return f"http://{quote(user)}:{quote(password)}@127.0.0.1:{self.management_port}/api"

    def _configuration(self) -> str:
        return "\n".join(
            [
                f"management.tcp.port = {self.management_port}",
                "management.tcp.ip = 127.0.0.1",
                f"load_definitions = {self.directory / 'definitions.json'}",
                "log.file.level = info",
                "log.file.rotation.size = 10485760",
                "log.file.rotation.count = 3",
                "log.console = false",
                # A full disk blocks publishers while there is still room to write down why.
                "disk_free_limit.absolute = 100MB",
                "",
            ]
        )

    def _file(self, name: str, text: str) -> None:
        path = self.directory / name
        path.write_text(text)
        path.chmod(0o600)


def wait_until_ready(uri: str, *, seconds: float = 60, alive: Any = lambda: True) -> None:
    """Returns when the broker lets `uri` in; raises `BrokerFailed` when it does not or `alive()` is false."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            pika.BlockingConnection(pika.URLParameters(uri)).close()
        except (pika.exceptions.AMQPError, OSError) as error:
            if not alive() or time.monotonic() > deadline:
                raise BrokerFailed(f"no answer at the broker's port: {error!r}") from error
            time.sleep(0.1)
        else:
            return


@contextlib.contextmanager
def running(node: Node, definitions: Mapping[str, Any], *, probe_uri: str) -> Iterator[Node]:
    """A throw-away node, up and answering `probe_uri` for as long as the block lasts, then killed."""
    node.write(definitions)
    environment = {**os.environ, **node.environment()}
    with (node.directory / "log" / "start.log").open("wb") as log, contextlib.ExitStack() as stack:
        for command in (node.epmd_command(), node.command()):
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
        try:
            wait_until_ready(probe_uri, alive=lambda: process.poll() is None)
        except BrokerFailed as failure:
            written = (node.directory / "log" / "start.log").read_text(errors="replace")
            raise BrokerFailed(f"{failure}\n{written[-2000:]}") from failure
        yield node
