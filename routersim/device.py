"""A router on the network: its listening socket, its connections, its faults."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from routersim.faults import Faults
from routersim.router import Command, Router, Sentences
from routersim.session import Session


class RecordingRouter(Router):
    """A router that counts what it was asked, and tells when it changed."""

    def __init__(self, *identity: str, on_change: Callable[[], None]) -> None:
        super().__init__(*identity)
        self.commands = 0
        self.logins = 0
        self._on_change = on_change

    def answer(self, command: Command, user: str) -> Sentences:
        self.commands += 1
        replies = super().answer(command, user)
        if command.changes:
            self._on_change()
        return replies

    def may_log_in(self, name: str, password: str) -> bool:
        self.logins += 1
        return super().may_log_in(name, password)


class Device:
    def __init__(self, router: RecordingRouter, host: str, port: int, faults: Faults) -> None:
        self.router = router
        self.host = host
        self.port = port
        self.faults = faults
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Listens, unless the router is switched off. Port 0 takes a free one and keeps it."""
        if self.faults.offline or self._server is not None:
            return
        self._server = await asyncio.start_server(self._connected, self.host, self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        try:
            await Session(self.router, self.faults, writer).serve(reader)
        finally:
            del self._open[writer]

    def stop(self) -> None:
        """Refuses new connections and ends the open ones at once."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """Ends every open connection, as a cable pulled and put back."""
        self.faults.release()
        for writer in list(self._open):
            with contextlib.suppress(ConnectionError):
                writer.transport.abort()

    async def ended(self) -> None:
        """Waits until every connection that was cut is over."""
        if sessions := list(self._open.values()):
            await asyncio.wait(sessions)

    async def switch(self, *, offline: bool) -> None:
        self.faults.offline = offline
        if offline:
            self.stop()
        else:
            await self.start()

    def status(self) -> dict[str, object]:
        return {
            "address": f"{self.host}:{self.port}",
            "online": not self.faults.offline,
            "hanging": self.faults.hanging,
            "slow_ms": self.faults.slow_ms,
            "drop_armed": self.faults.drop is not None,
            "connections": len(self._open),
            "commands": self.router.commands,
            "logins": self.router.logins,
        }
