"""Where a router is, and how to get in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoint:
    """`certificate_sha256` pins the router's certificate, in hex; without it TLS asks the system's authorities."""

    address: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: bool = False
    certificate_sha256: str | None = None


@dataclass(frozen=True)
class Patience:
    """How long to wait for a router, in seconds. A command's limit is for its whole answer."""

    connect: float = 5
    login: float = 10
    command: float = 30
