"""The broker and the database server that a measurement has to itself: durable, as in production."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.local import postgresql, rabbitmq
from deploy.local.ports import choose_ports
from deploy.local.rabbitmq_users import one_administrator
from tests.rooms import Broker, Databases


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    broker: Broker
    databases: Databases
    directory: Path


@contextlib.contextmanager
def opened() -> Iterator[Room]:
    """RabbitMQ and PostgreSQL with fsync on; both end with the block."""
    directory = Path(tempfile.mkdtemp(prefix="alta-bench-"))
    directory.chmod(0o755)
    amqp, distribution, epmd, management, sql = choose_ports(5)
    node = rabbitmq.Node(
        directory=directory / "rabbitmq",
        amqp_port=amqp,
        distribution_port=distribution,
        epmd_port=epmd,
        management_port=management,
    )
    cluster = postgresql.Cluster(directory=directory / "postgresql", port=sql)
    administration = one_administrator("bench", "bench", "bench")
    try:
        with (
            rabbitmq.running(node, administration, probe_uri=node.uri("bench", "bench", "bench")),
            postgresql.running(cluster),
        ):
            broker = Broker(f"amqp://bench:bench@127.0.0.1:{amqp}", node.management_url("bench", "bench"))
            yield Room(broker, Databases(cluster.url), directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
