"""Waking the relay after a commit: one datagram, sent and forgotten. The relay's poll is the net.

A datagram holds the name of the service whose outbox has something, or nothing for any of them.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from functools import cache, partial

ADDRESS = "ALTA_RELAY_WAKE"


@cache
def waker(service: str) -> Callable[[], None]:
    """What wakes the relay for that service's outbox; the same function each time."""
    return partial(wake_relay, service)


def wake_relay(service: str = "") -> None:
    """Tells the relay at ALTA_RELAY_WAKE (host:port) that an outbox has something; does nothing without it."""
    address = os.environ.get(ADDRESS)
    if not address:
        return
    # A full buffer, or no relay there: its poll finds the event.
    with contextlib.suppress(OSError):
        _towards(address).send(service.encode())


@cache
def _towards(address: str) -> socket.socket:
    """A datagram socket to `host:port`, resolved once in the life of the process."""
    host, _, port = address.rpartition(":")
    family, kind, protocol, _, target = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)[0]
    sender = socket.socket(family, kind, protocol)
    sender.setblocking(False)
    sender.connect(target)
    return sender


def listening(address: str) -> socket.socket:
    """The relay's end of it."""
    host, _, port = address.rpartition(":")
    family, kind, protocol, _, target = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)[0]
    receiver = socket.socket(family, kind, protocol)
    receiver.bind(target)
    receiver.setblocking(False)
    return receiver
