"""All routers of a process, their control port and their state file."""

from __future__ import annotations

import argparse
import asyncio
import copy
import json
import signal
import ssl
import time
from dataclasses import dataclass
from typing import Any

from routersim import state, tls
from routersim.control import Control
from routersim.device import Device, Place
from routersim.faults import Faults
from routersim.recording import RecordingRouter

SAVE_AFTER = 0.1
"""Seconds between a change and its being on disk; changes in between are saved together."""
REST_FACTOR = 10
"""Saving many routers takes a while in which none of them answers: rest so many times as long in between."""


@dataclass(frozen=True)
class Endpoint:
    """HOST:PORT, and the port of API-SSL when there is one."""

    host: str
    port: int
    tls_port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """`127.0.0.1:8728` or `127.0.0.1:8728+8729`. Raises `ValueError`."""
        host, colon, ports = text.rpartition(":")
        port, plus, tls_port = ports.partition("+")
        if not colon or not port.isdigit() or (plus and not tls_port.isdigit()):
            raise ValueError(f"{text} is neither HOST:PORT nor HOST:PORT+TLSPORT")
        return cls(host, int(port), int(tls_port) if plus else None)


class Simulation:
    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self._saving: asyncio.TimerHandle | None = None
        self._save_after = SAVE_AFTER
        endpoints = list(chosen.router) + ([("MikroTik", chosen.listen)] if chosen.listen else [])
        secured = any(endpoint.tls_port is not None for _, endpoint in endpoints)
        self._tls = tls.context(chosen.certificate, chosen.key) if secured else None
        self.devices = {name: self._device(name, endpoint) for name, endpoint in endpoints}
        self._restore()

    def _device(self, name: str, endpoint: Endpoint) -> Device:
        chosen = self.chosen

        def new() -> tuple[RecordingRouter, Faults]:
            router = RecordingRouter(name, chosen.version, chosen.user, chosen.password, on_change=self._changed)
            return router, _faults(chosen)

        return Device(_places(endpoint, self._tls), new)

    async def run(self) -> None:
        """Serves until the process is told to end. The first line printed says where."""
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        for device in self.devices.values():
            await device.start()
        print(json.dumps(await self._where()), flush=True)
        rebooting = [asyncio.create_task(self._reboot(device)) for device in self._to_reboot()]
        await ended.wait()
        for task in rebooting:
            task.cancel()
        for device in self.devices.values():
            device.stop()
            await device.ended()
        self._save()

    async def _where(self) -> dict[str, Any]:
        devices = self.devices.items()
        where: dict[str, Any] = {"routers": {name: str(device.places[0]) for name, device in devices}}
        if self._tls is not None:
            where["tls"] = {name: str(device.places[1]) for name, device in devices if len(device.places) > 1}
            where["fingerprint"] = tls.fingerprint(self.chosen.certificate) if self.chosen.certificate else None
        if self.chosen.control:
            endpoint = self.chosen.control
            server = await asyncio.start_server(Control(self.devices).connected, endpoint.host, endpoint.port)
            host, port = server.sockets[0].getsockname()[:2]
            where["control"] = f"{host}:{port}"
        return where

    def _to_reboot(self) -> list[Device]:
        return list(self.devices.values()) if self.chosen.reboot else []

    async def _reboot(self, device: Device) -> None:
        after, down = self.chosen.reboot
        await asyncio.sleep(after)
        await device.reboot(down)

    # Keeping the configuration over a restart.

    def _changed(self) -> None:
        if self.chosen.state and self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(self._save_after, self._save)

    def _save(self) -> None:
        self._saving = None
        if self.chosen.state is None:
            return
        started = time.monotonic()
        state.save(self.chosen.state, {name: device.router for name, device in self.devices.items()})
        self._save_after = max(SAVE_AFTER, REST_FACTOR * (time.monotonic() - started))

    def _restore(self) -> None:
        if self.chosen.state is None or not self.chosen.state.is_file():
            return
        saved = state.load(self.chosen.state)
        for name, device in self.devices.items():
            if name in saved:
                device.router.load(saved[name]["menus"])


def _places(endpoint: Endpoint, secured: ssl.SSLContext | None) -> list[Place]:
    places = [Place(endpoint.host, endpoint.port)]
    if endpoint.tls_port is not None:
        places.append(Place(endpoint.host, endpoint.tls_port, "api-ssl", secured))
    return places


def _faults(chosen: argparse.Namespace) -> Faults:
    """Every router has its own, although all begin with the same."""
    return Faults(
        offline=chosen.offline,
        hanging=chosen.hang,
        slow=chosen.slow,
        drop=copy.copy(chosen.drop),
        refusals=copy.copy(chosen.reject),
        most_sessions=chosen.sessions,
    )
