"""`python -m routersim --listen 127.0.0.1:8728 --user admin --password secret`"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from routersim.control import Control
from routersim.device import Device, RecordingRouter
from routersim.faults import Drop, Faults
from routersim.router import parse_version

SAVE_AFTER = 0.1
"""Seconds between a change and its being on disk; changes in between are saved together."""


def _endpoint(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT")
    return host, int(port)


def _named_endpoint(text: str) -> tuple[str, tuple[str, int]]:
    name, equals, address = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=HOST:PORT")
    return name, _endpoint(address)


def _version(text: str) -> str:
    parse_version(text)
    return text


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("routersim", description="RouterOS routers in software, over the binary API.")
    add = parser.add_argument
    add("--listen", type=_endpoint, metavar="HOST:PORT", help="one router, called MikroTik")
    add("--router", type=_named_endpoint, metavar="NAME=HOST:PORT", action="append", default=[], help="repeatable")
    add("--version", type=_version, default="7.18.2", help="RouterOS version that is imitated (7.18.2)")
    add("--user", default="admin", help="name of the first user, of group full (admin)")
    add("--password", default=os.environ.get("ROUTERSIM_PASSWORD", ""), help="or in ROUTERSIM_PASSWORD")
    add("--state", type=Path, metavar="FILE", help="keep the configuration here over restarts")
    add("--control", type=_endpoint, metavar="HOST:PORT", help="control port, JSON lines")
    add("--offline", action="store_true", help="start switched off: connections are refused")
    add("--hang", action="store_true", help="accept commands and never answer")
    add("--slow", type=float, default=0, metavar="MS", help="milliseconds that each command takes")
    add("--drop", type=Drop.parse, metavar="before|after[:N[:COMMAND]]", help="drop the connection at the Nth command")
    return parser


class Simulation:
    """All routers of this process, their control port and their state file."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self._saving: asyncio.TimerHandle | None = None
        places = list(chosen.router) + ([("MikroTik", chosen.listen)] if chosen.listen else [])
        self.devices = {name: self._device(name, *place) for name, place in places}
        self._restore()

    def _device(self, name: str, host: str, port: int) -> Device:
        chosen = self.chosen
        drop = Drop(chosen.drop.when, chosen.drop.nth, chosen.drop.command) if chosen.drop else None
        faults = Faults(offline=chosen.offline, hanging=chosen.hang, slow_ms=chosen.slow, drop=drop)
        router = RecordingRouter(name, chosen.version, chosen.user, chosen.password, on_change=self._changed)
        return Device(router, host, port, faults)

    async def run(self) -> None:
        """Serves until the process is told to end. The first line printed says where."""
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        for device in self.devices.values():
            await device.start()
        print(json.dumps(await self._places()), flush=True)
        await ended.wait()
        for device in self.devices.values():
            device.stop()
            await device.ended()
        self._save()

    async def _places(self) -> dict[str, Any]:
        places: dict[str, Any] = {"routers": {name: f"{d.host}:{d.port}" for name, d in self.devices.items()}}
        if self.chosen.control:
            server = await asyncio.start_server(Control(self.devices).connected, *self.chosen.control)
            host, port = server.sockets[0].getsockname()[:2]
            places["control"] = f"{host}:{port}"
        return places

    # Keeping the configuration over a restart.

    def _changed(self) -> None:
        if self.chosen.state and self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_AFTER, self._save)

    def _save(self) -> None:
        self._saving = None
        if self.chosen.state is None:
            return
        content = json.dumps({name: device.router.dump() for name, device in self.devices.items()})
        unfinished = self.chosen.state.with_suffix(".unfinished")
        unfinished.write_text(content)
        unfinished.replace(self.chosen.state)

    def _restore(self) -> None:
        if self.chosen.state is None or not self.chosen.state.is_file():
            return
        dumped = json.loads(self.chosen.state.read_text())
        for name, device in self.devices.items():
            if name in dumped:
                device.router.load(dumped[name])


async def _main(chosen: argparse.Namespace) -> None:
    await Simulation(chosen).run()


def main() -> int:
    parser = options()
    chosen = parser.parse_args()
    if not chosen.listen and not chosen.router:
        parser.error("give --listen or --router")
    asyncio.run(_main(chosen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
