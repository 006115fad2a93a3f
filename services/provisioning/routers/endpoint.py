"""Where a router is, and how to get in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoint:
    """`certificate_sha256` pins the router's certificate, in hex; without it TLS asks the system's authorities.

    `command_seconds`: how long a command may take with its whole answer; `in_flight`: how many may be under way at
    once, which saves the time of the way to a router that is far.
    """

    address: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: bool = False
    certificate_sha256: str | None = None
    command_seconds: float = 30
    in_flight: int = 1


@dataclass(frozen=True)
class Patience:
    """How long to wait for a router, in seconds. A command's limit is for its whole answer; None: the endpoint's."""

    connect: float = 5
    login: float = 10
    command: float | None = None
