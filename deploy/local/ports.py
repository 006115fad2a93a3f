"""Choosing TCP ports that nobody else uses."""

from __future__ import annotations

import random
import socket

# Below the range from which the kernel picks ports for outgoing connections, so that a port
# chosen today is not taken by somebody's client connection tomorrow.
RANGE = range(20_000, 32_000)


def choose_ports(count: int) -> list[int]:
    """`count` distinct ports on which both TCP and UDP are free on the loopback interface now."""
    chosen: list[int] = []
    for port in random.sample(RANGE, len(RANGE)):
        if len(chosen) == count:
            return chosen
        if is_free(port):
            chosen.append(port)
    raise OSError(f"fewer than {count} free ports between {RANGE.start} and {RANGE.stop}")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    return all(_can_bind(kind, host, port) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM))


def _can_bind(kind: socket.SocketKind, host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        # As servers do: a port in TIME_WAIT can be listened on.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
