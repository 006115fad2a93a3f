"""The control port: faults and questions, as JSON lines.

Each request is an object on a line, `{"router": "norte", "do": "offline"}`; so is its answer,
with `"ok"`. For people and scripts: `python -m routersim.control HOST:PORT offline norte`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from routersim import clients
from routersim.device import Device
from routersim.export import export
from routersim.faults import Drop, Refusals, Scope, Slow

Request = Mapping[str, Any]


class Control:
    def __init__(self, devices: Mapping[str, Device]) -> None:
        self.devices = devices

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            answer = await self._answer(line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            device = self._device(request.get("router"))
            done = await self._do(device, request)
            if request.get("do") in _CUTTING and "connection" not in request:
                await device.ended()
            device.router.stir()
            return {"ok": True, **done}
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return {"ok": False, "error": str(error)}

    def _device(self, name: str | None) -> Device:
        if name is None and len(self.devices) == 1:
            return next(iter(self.devices.values()))
        if name not in self.devices:
            raise LookupError(f"no router {name}; there are: {', '.join(self.devices)}")
        return self.devices[name]

    async def _do(self, device: Device, request: Request) -> dict[str, Any]:
        order = request.get("do")
        if order in ("online", "offline"):
            await device.switch(offline=order == "offline")
            return {}
        if order == "reboot":
            await device.reboot(float(request.get("seconds", 1)))
            return {}
        if order == "reset":
            await device.reset()
            return {}
        if order not in _ORDERS:
            raise ValueError(f"cannot do {order}")
        return _ORDERS[order](device, request) or {}


_CUTTING = ("offline", "cut", "hang", "unhang")


def _number(request: Request, name: str) -> int | None:
    return None if request.get(name) is None else int(request[name])


def _scope(request: Request) -> Scope:
    return Scope(request.get("command", "/"), _number(request, "connection"))


def _hang(device: Device, request: Request) -> None:
    device.faults.hanging = _scope(request) if request["do"] == "hang" else None
    if "connection" not in request:
        device.cut()


def _slow(device: Device, request: Request) -> None:
    slow = Slow.parse(
        str(request.get("ms", 0)),
        each_row=float(request.get("row_ms", 0)),
        each_running=float(request.get("running_ms", 0)),
        scope=_scope(request),
    )
    device.faults.slow = slow if slow.happens else None


def _drop(device: Device, request: Request) -> None:
    device.faults.drop = Drop.parse(request.get("at", "after:1"), _number(request, "connection"))


def _reject(device: Device, request: Request) -> None:
    device.faults.refusals = Refusals(request.get("user"), _number(request, "times"))


def _accept(device: Device, request: Request) -> None:
    device.faults.refusals = None


def _limit(device: Device, request: Request) -> None:
    device.faults.most_sessions = _number(request, "sessions")


def _export(device: Device, request: Request) -> dict[str, Any]:
    shown = request.get("show_sensitive") in (True, "yes", "true")
    return {"script": export(device.router, show_sensitive=shown)}


def _rows(device: Device, request: Request) -> dict[str, Any]:
    table = device.router.table(request["menu"])
    return {"rows": [table.printed(row) for row in table.rows]}


def _asked(request: Request) -> tuple[str, dict[str, str]]:
    """The service that a client's device asks for, and what it says of itself."""
    said = {name: str(value) for name, value in request.items() if name not in ("do", "router", "service")}
    return request.get("service", "pppoe"), said


def _connect(device: Device, request: Request) -> dict[str, Any]:
    return clients.connect(device.router, *_asked(request))


def _redial(device: Device, request: Request) -> dict[str, Any]:
    return clients.redial(device.router, *_asked(request))


def _disconnect(device: Device, request: Request) -> dict[str, Any]:
    return {"ended": clients.disconnect(device.router, *_asked(request))}


_ORDERS: dict[str, Callable[[Device, Request], dict[str, Any] | None]] = {
    "hang": _hang,
    "unhang": _hang,
    "slow": _slow,
    "drop": _drop,
    "reject": _reject,
    "accept": _accept,
    "limit": _limit,
    "calm": lambda device, request: device.faults.clear(),
    "cut": lambda device, request: device.cut(_number(request, "connection")),
    "export": _export,
    "connect": _connect,
    "redial": _redial,
    "disconnect": _disconnect,
    "rows": _rows,
    "status": lambda device, request: device.status(),
}


def ask(address: tuple[str, int], **request: Any) -> dict[str, Any]:
    """Sends one request and gives the answer. Raises `RuntimeError` when it was refused."""
    with socket.create_connection(address, timeout=10) as connection, connection.makefile("rwb") as stream:
        stream.write(json.dumps(request).encode() + b"\n")
        stream.flush()
        answer = json.loads(stream.readline())
    if not answer.pop("ok"):
        raise RuntimeError(answer["error"])
    return answer


def main(arguments: list[str]) -> int:
    """`HOST:PORT DO [ROUTER] [name=value ...]`"""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    host, _, port = arguments[0].rpartition(":")
    request = dict(pair.split("=", 1) for pair in arguments[2:] if "=" in pair)
    routers = [word for word in arguments[2:] if "=" not in word]
    if routers:
        request["router"] = routers[0]
    print(json.dumps(ask((host, int(port)), do=arguments[1], **request), indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
