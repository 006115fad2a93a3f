"""HTTP to addresses that a company typed in: only to the internet at large, and never for long.

A name is looked up once, and it is the address found that is spoken to: one that is looked up again for the
connection could lead somewhere else by then. Nothing is followed to another address.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chassis.errors import Permanent, Transient

TIMEOUT = 15.0
LONGEST = 45.0
MOST_BYTES = 65_536
_PORTS = {"http": 80, "https": 443}
# Translated and tunnelled addresses carry another one inside, which may be anybody's.
_CARRIERS = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "2002::/16", "2001::/32")]


@dataclass(frozen=True)
class Answer:
    """`text` is the beginning of what was said."""

    status: int
    text: str


def ask(method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, private: Collection[str]) -> Answer:
    """Asks once. `private`: the hosts that may be of a private network.

    Raises `Transient` when nobody answered, `Permanent` for an address that is none or must not be spoken to.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (KeyError, ValueError) as error:
        raise Permanent("gateway-address-invalid") from error
    address = _address_of(host, port, private=host in private)
    connection = _Pinned(host, port, address, secure=parts.scheme == "https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        return _answered(connection.getresponse())
    except (OSError, http.client.HTTPException) as error:
        raise Transient("gateway-unreachable", text=str(error)[:200]) from error
    except (ValueError, UnicodeError) as error:
        raise Permanent("gateway-address-invalid") from error
    finally:
        connection.close()


def is_public(address: str) -> bool:
    """Whether the address is one of the internet, and no machine or network beside ours."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    carried = any(found.version == each.version and found in each for each in _CARRIERS)
    return found.is_global and not found.is_multicast and not carried


def _address_of(host: str, port: int, *, private: bool) -> str:
    """The first address of the name. One that must not be spoken to forbids the name altogether."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Transient("gateway-unreachable", text=str(error)[:200]) from error
    addresses = [str(each[4][0]) for each in found]
    if not private and not all(map(is_public, addresses)):
        raise Permanent("gateway-address-private")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """To this address, in the name of that host."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self.default_port = 443 if secure else 80
        self._address = address
        self._context = ssl.create_default_context() if secure else None

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


def _answered(response: http.client.HTTPResponse) -> Answer:
    until, read = time.monotonic() + LONGEST, b""
    while len(read) < MOST_BYTES and time.monotonic() < until:
        piece = response.read1(MOST_BYTES - len(read))
        if not piece:
            break
        read += piece
    return Answer(response.status, read.decode("utf-8", "replace"))
