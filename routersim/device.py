"""A router on the network: its listening sockets, its connections, its faults."""

from __future__ import annotations

import asyncio
import itertools
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from routersim.faults import Faults
from routersim.recording import RecordingRouter
from routersim.session import Session


@dataclass
class Place:
    """Where a service of the router listens. Port 0 takes a free one and keeps it."""

    host: str
    port: int
    # As in `/ip/service`.
    service: str = "api"
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    async def open(self, connected: Callable[..., object]) -> asyncio.Server:
        # Many clients may come at once, as after a reboot.
        server = await asyncio.start_server(
            connected, self.host, self.port, ssl=self.tls, reuse_address=True, backlog=256
        )
        self.port = server.sockets[0].getsockname()[1]
        return server


@dataclass
class Connection:
    number: int
    place: Place
    session: Session
    task: asyncio.Task[None]

    def describe(self) -> dict[str, object]:
        peer = self.session.writer.get_extra_info("peername") or ("", 0)
        return {
            "number": self.number,
            "service": self.place.service,
            "from": f"{peer[0]}:{peer[1]}",
            "user": self.session.login.user,
        }


class Device:
    """`new` makes the router and its faults as they are at first."""

    def __init__(self, places: list[Place], new: Callable[[], tuple[RecordingRouter, Faults]]) -> None:
        self.places = places
        self._new = new
        self.router, self.faults = new()
        self._servers: list[asyncio.Server] = []
        self._open: dict[int, Connection] = {}
        self._numbers = itertools.count(1)
        self._coming_up: asyncio.TimerHandle | None = None
        self._reboots = 0

    async def start(self) -> None:
        """Listens, unless the router is switched off."""
        if self.faults.offline or self._servers:
            return
        for place in self.places:
            self._servers.append(await place.open(self._door(place)))

    def _door(self, place: Place) -> Callable[..., object]:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._connected(place, reader, writer)

        return connected

    async def _connected(self, place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(self._numbers)
        session = Session(self.router, self.faults, writer, number)
        if not self._lets_in(place, writer):
            writer.transport.abort()
            return
        self._open[number] = Connection(number, place, session, asyncio.current_task())
        try:
            await session.serve(reader)
        finally:
            del self._open[number]

    def _lets_in(self, place: Place, writer: asyncio.StreamWriter) -> bool:
        peer = writer.get_extra_info("peername")
        # A client that was gone before it came has no address.
        allowed = peer is not None and self.router.lets_in(place.service, peer[0])
        return allowed and not self.faults.offline and not self._full(place)

    def _full(self, place: Place) -> bool:
        """Whether there are as many sessions as are allowed, by the router's configuration or as a fault."""
        limits = [self.faults.most_sessions]
        if self.router.version.limits_sessions:
            limits.append(self.router.most_sessions(place.service))
        open_here = sum(connection.place is place for connection in self._open.values())
        return any(limit is not None and open_here >= limit for limit in limits)

    def stop(self) -> None:
        """Refuses new connections and ends the open ones at once, with all that is in work."""
        for server in self._servers:
            server.close()
        self._servers = []
        self._abandon()

    def _abandon(self) -> None:
        self._abort_start()
        for connection in self._open.values():
            connection.session.abandon()
        self.cut()

    def cut(self, number: int | None = None) -> None:
        """Ends every open connection, or the one of that number, as a cable pulled and put back."""
        if number is not None and number not in self._open:
            raise LookupError(f"no connection {number}; there are: {', '.join(map(str, self._open)) or 'none'}")
        if number is None:
            self.faults.release()
        for connection in list(self._open.values()):
            if number in (None, connection.number):
                with suppress(ConnectionError):
                    connection.session.writer.transport.abort()

    async def ended(self) -> None:
        """Waits until every connection that was cut is over."""
        if tasks := [connection.task for connection in self._open.values()]:
            await asyncio.wait(tasks)

    async def reset(self) -> None:
        """Everything is as it was at first; it listens all the while, unless it was switched off."""
        self._abandon()
        await self.ended()
        self.router, self.faults = self._new()
        self._numbers, self._reboots = itertools.count(1), 0
        await self.switch(offline=self.faults.offline)

    async def switch(self, *, offline: bool) -> None:
        self.faults.offline = offline
        if offline:
            self.stop()
        else:
            await self.start()

    async def reboot(self, seconds: float) -> None:
        """Connections end and are refused for so long; what lived in memory only is lost."""
        self.stop()
        await self.ended()
        self.router.restart()
        self._reboots += 1
        self.faults.offline = True
        self._coming_up = asyncio.get_running_loop().call_later(seconds, self._come_up)

    def _come_up(self) -> None:
        self._coming_up = None
        self.router.started = time.monotonic()
        self._starting = asyncio.ensure_future(self.switch(offline=False))

    def _abort_start(self) -> None:
        if self._coming_up is not None:
            self._coming_up.cancel()
            self._coming_up = None

    def status(self) -> dict[str, object]:
        faults = self.faults
        return {
            "address": str(self.places[0]),
            "version": str(self.router.version),
            "online": len(self._servers) == len(self.places),
            "reboots": self._reboots,
            "hanging": faults.hanging is not None,
            "slow_ms": faults.slow.low if faults.slow else 0,
            "slow_to_ms": faults.slow.high if faults.slow else 0,
            "drop_armed": faults.drop is not None,
            "logins_refused": faults.refusals is not None,
            "most_sessions": faults.most_sessions,
            "connections": len(self._open),
            "sessions": [connection.describe() for connection in self._open.values()],
            "commands": self.router.commands,
            "logins": self.router.logins,
        }
