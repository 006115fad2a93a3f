"""What runs: each part's command line and the environment that it reads."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping

from deploy.local import rabbitmq
from deploy.local.place import OWNERS, SERVICES, Place

GATEWAY_COMMAND = ("-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", "gateway.wsgi:app")
ROUTERS = (1, 2, 3)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`ready` is the address that answers 200 when the part can do its work, or None when it has none."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: str | None = None
    stop_seconds: int = 20


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How this place's parts reach what they share."""

    place: Place
    amqp_uris: Mapping[str, str]
    database_urls: Mapping[str, str]
    broker: rabbitmq.Node | None

    def parts(self) -> list[Part]:
        """In the order in which they are started; nothing depends on that order for long."""
        return [
            *self.infrastructure(),
            self._relay(),
            *(self._service(name) for name in SERVICES),
            self._gateway(),
        ]

    def infrastructure(self) -> list[Part]:
        return [*self._broker(), self._mailbox(), self._routers()]

    def owner_environment(self, owner: str) -> dict[str, str]:
        """What `migrate`, `topology` and `run` of that owner read."""
        place = self.place
        environment = {
            **self._common(owner),
            "ALTA_DATABASE_URL": self.database_urls[owner],
            "ALTA_FILES_URL": f"file://{place.path / 'files'}",
            "ALTA_KEYRING": str(place.keys / f"{owner}.key"),
            "ALTA_RELAY_WAKE": _loopback(place.ports["relay_wake"]),
        }
        if owner in ("contracts", "notifications", "gateway"):
            environment["ALTA_SHARED_KEYRING"] = str(place.keys / "shared.key")
        if owner == "notifications":
            environment["ALTA_SMTP_URL"] = f"smtp://127.0.0.1:{place.ports['smtp']}"
            environment["ALTA_PRIVATE_GATEWAYS"] = "127.0.0.1"  # the mailbox takes text messages, too
        if owner == "gateway":
            environment |= {"ALTA_LISTEN": _loopback(place.ports["gateway"]), "ALTA_BASE_URL": place.url}
        return environment

    def _broker(self) -> list[Part]:
        if self.broker is None:
            return []
        environment = self.broker.environment()
        return [
            Part(name="epmd", command=tuple(self.broker.epmd_command()), environment=environment),
            Part(name="rabbitmq", command=tuple(self.broker.command()), environment=environment, stop_seconds=60),
        ]

    def _mailbox(self) -> Part:
        ports = self.place.ports
        options = ("--smtp", _loopback(ports["smtp"]), "--http", _loopback(ports["mailbox"]))
        file = ("--file", str(self.place.path / "data" / "mailbox.sqlite3"))
        return _python("mailbox", "-m", "alta.mailbox", *options, *file, ready=f"{self.place.mailbox_url}/live")

    def _routers(self) -> Part:
        ports = self.place.ports
        listen = [("--router", f"router-{number}={_loopback(ports[f'router_{number}'])}") for number in ROUTERS]
        command = (
            *("-m", "routersim", "--user", "alta"),
            *(word for option in listen for word in option),
            *("--control", _loopback(ports["routersim_control"])),
            *("--state", str(self.place.path / "data" / "routers.json")),
        )
        return _python("routersim", *command, environment={"ROUTERSIM_PASSWORD": self.place.secrets["router"]})

    def _relay(self) -> Part:
        databases = " ".join(f"{owner}={self.database_urls[owner]}" for owner in OWNERS)
        environment = {
            **self._common("relay"),
            "ALTA_RELAY_DATABASES": databases,
            "ALTA_RELAY_LISTEN": _loopback(self.place.ports["relay_wake"]),
        }
        return _python("relay", "-m", "chassis.outbox.relay", environment=environment, ready=self._ready("relay"))

    def _service(self, name: str) -> Part:
        command = ("-m", f"services.{name}", "run")
        return _python(name, *command, environment=self.owner_environment(name), ready=self._ready(name))

    def _gateway(self) -> Part:
        environment = self.owner_environment("gateway")
        return _python("gateway", *GATEWAY_COMMAND, environment=environment, ready=self._ready("gateway"))

    def _common(self, name: str) -> dict[str, str]:
        return {
            "ALTA_AMQP_URI": self.amqp_uris[name],
            "ALTA_HEALTH_LISTEN": _loopback(self.place.ports[f"{name}_health"]),
            "ALTA_LOG_FORMAT": "json",
        }

    def _ready(self, name: str) -> str:
        return f"http://127.0.0.1:{self.place.ports[f'{name}_health']}/ready"


def surroundings(place: Place) -> dict[str, str]:
    """What every process starts with, instead of whatever the caller's environment holds.

    ALTA_STACK marks the processes of this place, so that leftovers of a killed supervisor are found.
    """
    passed = ("PATH", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "ALTA_CRASH_DIR", "ALTA_LOG_LEVEL", "ALTA_PROXIES")
    environment = {name: os.environ[name] for name in passed if name in os.environ}
    return {"LANG": "C.UTF-8", **environment, "HOME": str(place.path / "run"), "ALTA_STACK": str(place.path)}


def _python(name: str, *arguments: str, environment: Mapping[str, str] | None = None, ready: str | None = None) -> Part:
    return Part(name=name, command=(sys.executable, *arguments), environment=environment or {}, ready=ready)


def _loopback(port: int) -> str:
    return f"127.0.0.1:{port}"
