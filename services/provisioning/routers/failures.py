"""What a router's refusals and a connection's failures mean, and whether trying again can help.

Texts are matched by their beginning, as the category words are optional in practice; they were
seen on real routers (RouterOS 6 and 7). What is raised here ends up in events: neither the router's
address nor its user is in it.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from librouteros.exceptions import ConnectionClosed, FatalError, LibRouterosError, MultiTrapError, TrapError

from chassis.errors import Permanent, Transient


class ChangedMeanwhile(Transient):
    """The router's rows are not what they were when they were read: read again, then decide again."""

    def __init__(self, message: str) -> None:
        super().__init__("changed-on-router", message=message)


class LoginRefused(Permanent):
    """Wrong user, wrong password, or a user whose group may not use the API: the router tells no difference."""

    def __init__(self) -> None:
        super().__init__("router-login-refused")


class CertificateUnknown(Permanent):
    """The router's certificate is not the pinned one, or no authority that we trust vouches for it."""

    def __init__(self, sha256: str | None) -> None:
        super().__init__("router-certificate-unknown", sha256=sha256)


class MenuMissing(Permanent):
    """The router has no such menu: a package is not installed, or its version is too old."""

    def __init__(self, message: str) -> None:
        super().__init__("router-menu-missing", message=message)


SILENT = frozenset({"router-unreachable", "router-port-closed", "router-timeout"})
"""The failures that say the router is off, and not that something on it is wrong."""

_ALREADY_THERE = re.compile(r"failure: .*\balready\b|failure: .* exists$")
_UNKNOWN_REFERENCE = re.compile(r"(?:input does not match any value of|ambiguous value of) ([\w-]+)")


def refusal(message: str) -> Transient | Permanent:
    """What a `!trap` means."""
    if message.startswith("no such item") or _ALREADY_THERE.match(message):
        return ChangedMeanwhile(message)
    if message.startswith("no such command"):
        return MenuMissing(message)
    if message.startswith("not enough permissions"):
        return Permanent("router-no-permission")
    if found := _UNKNOWN_REFERENCE.match(message):
        if found[1] == "profile":
            return Permanent("profile-missing")
        return Permanent("router-refused", message=message, argument=found[1])
    return Permanent("router-refused", message=message)


# The first that fits says it; the order goes from the special to the general.
_FAILURES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((TimeoutError,), "router-timeout"),
    ((ConnectionRefusedError, ConnectionAbortedError), "router-unreachable"),
    ((ConnectionClosed, ConnectionError, FatalError), "router-connection-dropped"),
    ((ssl.SSLError,), "router-tls-failed"),
    ((OSError,), "router-unreachable"),
    # What librouteros raises when a sentence is not what it should be.
    ((LibRouterosError, ValueError, LookupError, TypeError), "router-unintelligible"),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turns whatever librouteros or the network raises into `Transient` or `Permanent`."""
    try:
        yield
    except (Transient, Permanent):
        raise
    except TrapError as trap:
        raise refusal(trap.message) from trap
    except MultiTrapError as several:
        raise refusal(several.traps[0].message) from several
    except tuple(kind for kinds, _ in _FAILURES for kind in kinds) as error:
        code = next(code for kinds, code in _FAILURES if isinstance(error, kinds))
        raise Transient(code) from error
