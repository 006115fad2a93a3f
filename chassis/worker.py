"""The child's side of `chassis.workers`: `python -m chassis.worker module:function memory_mb cpu_seconds idle_seconds`.

Answers requests on standard input, which is a socket, one after the other. Ends with status 0 when the
parent is gone or nothing came for a while; ends at once when it ran out of memory, because what is left
of a process after that is not to be trusted.
"""

from __future__ import annotations

import importlib
import resource
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any

import orjson

from chassis.errors import Permanent, Refusal, Transient

LENGTH = struct.Struct(">I")
OUT_OF_MEMORY = 3

Function = Callable[[dict[str, Any]], dict[str, Any]]


def main(target: str, memory_mb: int, cpu_seconds: int, idle_seconds: float) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is the parent's to handle
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _, name = target.partition(":")
    function: Function = getattr(importlib.import_module(module), name)
    parent = socket.socket(fileno=0)
    while (request := _next_request(parent, idle_seconds)) is not None:
        _limit_cpu(cpu_seconds)
        try:
            answer = _answer(function, request)
        except MemoryError:
            return OUT_OF_MEMORY
        encoded = orjson.dumps(answer)
        parent.sendall(LENGTH.pack(len(encoded)) + encoded)
    return 0


def _next_request(parent: socket.socket, idle_seconds: float) -> dict[str, Any] | None:
    parent.settimeout(idle_seconds)
    try:
        first = parent.recv(LENGTH.size)
    except (TimeoutError, ConnectionError):
        return None
    if not first:
        return None
    parent.settimeout(None)
    (length,) = LENGTH.unpack(first + _exactly(parent, LENGTH.size - len(first)))
    return orjson.loads(_exactly(parent, length))


def _exactly(parent: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        part = parent.recv(count - len(received))
        if not part:
            raise EOFError("the parent ended in the middle of a request")
        received += part
    return bytes(received)


def _limit_cpu(seconds: int) -> None:
    """The limit counts from the start of the process, so that it moves with each request."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, hard))


def _answer(function: Function, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": function(request)}
    except Refusal as error:
        return {"refusal": error.as_dict()}
    except Transient as error:
        return {"transient": {"code": error.code, "params": error.params}}
    except Permanent as error:
        return {"permanent": {"code": error.code, "params": error.params}}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - told to the parent, which raises it
        return {"failure": traceback.format_exc()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
