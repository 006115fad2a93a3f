"""One service as one Nameko container: RPC by its entrypoints, and events, jobs and the clock beside them.

Imports Nameko and eventlet: only `chassis.host` imports this, after the process was made green.
"""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
import structlog
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider

from chassis.health import HealthServer, answers
from chassis.inbox.consumer import EventConsumer
from chassis.jobs.runner import JobRunner, Work
from chassis.parking import park
from chassis.pruning import prune
from chassis.rpc.answering import Answering
from chassis.rpc.server import PARKING_KEY, WORKING_KEY, RpcQueue, entrypoint
from chassis.schedule import Timer
from chassis.service import Service, handlers_of

HEARTBEAT_SECONDS = 30
PRUNING_SECONDS = 3600.0
LONGEST_PARKED = 65_536  # bytes of a request that nobody can read

log = structlog.get_logger()


class Background(DependencyProvider):
    """What runs beside the entrypoints. Stopped after them, when the last request is answered."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._threads: list[Any] = []
        self._runs: list[Any] = []

    def setup(self) -> None:
        service = self._service
        if service.handled:
            consumer = EventConsumer(
                service.settings.amqp_uri, service.database, handlers_of(service), publisher=service.name
            )
            self._runs.append(consumer)
        if service.worked:
            spawn = self.container.spawn_managed_thread
            at_once = service.jobs_at_once
            self._runs.append(JobRunner(service.database, _works(service), spawn=spawn, at_once=at_once))
        self._runs += [Timer(service.database, **timed) for timed in _timed(service)]

    def start(self) -> None:
        self._threads = [self.container.spawn_managed_thread(run.run, type(run).__name__) for run in self._runs]

    def stop(self) -> None:
        for run in self._runs:
            run.stop()
        for thread in self._threads:
            thread.wait()

    @property
    def attached(self) -> bool:
        return all(getattr(run, "attached", True) for run in self._runs)


class Running:
    """A started service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        config = {
            "AMQP_URI": service.settings.amqp_uri,
            "max_workers": service.settings.workers,
            "HEARTBEAT": HEARTBEAT_SECONDS,
            WORKING_KEY: Answering(service),
            PARKING_KEY: lambda message, why: _park_request(service, message, why),
        }
        self._container = ServiceContainer(_hosted(service), config)
        self._health = self._serve_health()

    def run_until_stopped(self) -> int:
        """Returns the exit status: 0 after SIGTERM or SIGINT, when the work at hand is done."""
        eventlet.spawn_n(self._start)
        eventlet.spawn_n(self._stop_when_told)
        try:
            self._container.wait()
        except Exception:
            log.critical("service-died", exc_info=True)
            return 1
        finally:
            if self._health is not None:
                self._health.close()
            self._service.close()
        log.info("service-stopped")
        return 0

    def _start(self) -> None:
        self._container.start()
        gc.collect()
        gc.freeze()  # what is here now stays; nobody need look through it again
        log.info("service-started", methods=len(self._service.methods), queues=len(self._service.handled))

    def _stop_when_told(self) -> None:
        """The kernel writes a byte for each signal: a handler alone would wait for eventlet's next look."""
        told, writing = socket.socketpair()
        writing.setblocking(False)
        signal.set_wakeup_fd(writing.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        told.recv(1)
        log.info("service-stopping")
        self._container.stop()

    def _serve_health(self) -> HealthServer | None:
        if self._service.settings.health_listen is None:
            return None
        checks = {
            "rpc": lambda: self._queue.attached,
            "events": lambda: self._background.attached,
            "database": lambda: answers(self._service.database),
        }
        return HealthServer(self._service.settings.health_listen, checks)

    @property
    def _queue(self) -> RpcQueue:
        return self._container.shared_extensions[RpcQueue]

    @property
    def _background(self) -> Background:
        (background,) = self._container.dependencies
        return background


def _works(service: Service) -> list[Work]:
    return [
        Work(
            kind=each.kind,
            function=getattr(service, each.name),
            attempts=each.attempts,
            failed=getattr(service, each.failed) if each.failed else None,
            longest_pause=each.longest_pause,
            together=each.together,
        )
        for each in service.worked
    ]


def _timed(service: Service) -> list[dict[str, Any]]:
    forgetting = {"lease": "chassis.pruning", "seconds": PRUNING_SECONDS, "function": partial(prune, service.database)}
    return [forgetting] + [
        {"lease": each.lease, "seconds": each.seconds, "function": getattr(service, each.name)}
        for each in service.timed
    ]


def _hosted(service: Service) -> type[Any]:
    """What Nameko is given to host: it makes one of these for every request, so they are empty."""
    members: dict[str, Callable[..., Any] | Any] = {name: entrypoint(name) for name in service.methods}
    return type(type(service).__name__, (), {**members, "name": service.name, "background": Background(service)})


def _park_request(service: Service, message: Any, why: str) -> None:
    body = bytes(message.body, "utf-8") if isinstance(message.body, str) else bytes(message.body)
    with service.database.begin_unscoped() as session:
        park(
            session,
            origin="rpc",
            queue=f"rpc-{service.name}",
            body=body[:LONGEST_PARKED],
            headers=dict(message.headers or {}),
            error=why if len(body) <= LONGEST_PARKED else f"{why}; {len(body)} bytes, cut",
            message_id=message.properties.get("message_id"),
        )
