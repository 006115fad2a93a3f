"""What one gateway process has open: database, files, keys, its way to the services, and threads beside the pages."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cached_property

import structlog

from chassis.files import FileStore, open_store
from chassis.health import HealthServer, answers
from chassis.inbox.consumer import EventConsumer
from chassis.rpc.client import RpcClient
from chassis.secrets import Keyring
from chassis.storage import Database
from gateway import timeline
from gateway.deferral import Deliverer
from gateway.listing.choosing import Offered
from gateway.listing.kept import Chosen
from gateway.settings import GatewaySettings
from gateway.tidying import Tidier

log = structlog.get_logger()


class Runtime:
    """Made once per process; `start` begins the work beside the pages."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url, pool_size=12)
        self.rpc = RpcClient(settings.amqp_uri)
        self.files: FileStore = open_store(settings.files_url)
        self.keyring = Keyring.load(settings.keyring)
        self.consumer = EventConsumer(settings.amqp_uri, self.database, [timeline.handler()], publisher="gateway")
        self.deliverer = Deliverer(self)
        self.tidier = Tidier(self)
        self.chosen = Chosen(self.database)
        self.offered = Offered()

    @cached_property
    def shared_keyring(self) -> Keyring:
        if self.settings.shared_keyring is None:
            raise LookupError("ALTA_SHARED_KEYRING is not set: codes and links cannot be sent to people")
        return Keyring.load(self.settings.shared_keyring)

    def start(self) -> None:
        """The timeline's consumer, the deliverer of kept commands, the tidier. A thread that dies ends the process:
        its supervisor starts it again, and nothing goes on half alive."""
        self._answer_health()
        beside = {"timeline": self.consumer.run, "deliverer": self.deliverer.run, "tidier": self.tidier.run}
        for name, run in beside.items():
            threading.Thread(target=_or_exit, args=(run,), name=name, daemon=True).start()

    def _answer_health(self) -> None:
        if self.settings.health_listen is None:
            return
        checks = {"timeline": lambda: self.consumer.attached, "database": lambda: answers(self.database)}
        try:
            HealthServer(self.settings.health_listen, checks)
        except OSError:
            log.info("health-answered-by-another-worker")

    def stop(self) -> None:
        self.consumer.stop()
        self.deliverer.stop()
        self.tidier.stop()


def _or_exit(run: Callable[[], None]) -> None:
    try:
        run()
    except Exception:
        log.exception("gateway-thread-died")
        os._exit(1)
