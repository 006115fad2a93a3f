"""Waking the relay after a commit: one datagram, sent and forgotten. The relay's poll is the net."""

from __future__ import annotations

import contextlib
import os
import socket
from functools import cache

ADDRESS = "ALTA_RELAY_WAKE"


def wake_relay() -> None:
    """Tells the relay at ALTA_RELAY_WAKE (host:port) that an outbox has something; does nothing without it."""
    address = os.environ.get(ADDRESS)
    if not address:
        return
    # A full buffer, or no relay there: its poll finds the event.
    with contextlib.suppress(OSError):
        _towards(address).send(b"w")


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
