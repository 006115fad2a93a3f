"""The directory that holds everything of one running Alta: ports, secrets, data and logs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from deploy.local.ports import choose_ports, is_free

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("installations", "preinstall", "contracts", "billing", "provisioning", "notifications")
OWNERS = (*SERVICES, "gateway")
"""The parts that have a database, keys and events of their own."""

PORTS = (
    "gateway",
    "mailbox",
    "smtp",
    "supervisor",
    "amqp",
    "rabbitmq_distribution",
    "rabbitmq_epmd",
    "rabbitmq_management",
    "relay_wake",
    "routersim_control",
    *(f"router_{number}" for number in (1, 2, 3)),
    *(f"{part}_health" for part in (*OWNERS, "relay")),
)
BROKER_USERS = (*OWNERS, "relay", "alta", "integrator")
SECRETS = (
    "supervisor",
    "router",
    "demo",
    *(f"amqp_{user}" for user in BROKER_USERS),
    *(f"database_{owner}" for owner in OWNERS),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`path` is absolute. Ports and secrets are chosen once and kept."""

    path: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str]

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}"

    @property
    def mailbox_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['mailbox']}"

    @property
    def short_name(self) -> str:
        """Tells this place from others on a server that they share."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:8]


def default_path() -> Path:
    """`var/` of this checkout, or what ALTA_VAR says."""
    return Path(os.environ.get("ALTA_VAR") or ROOT / "var").absolute()


def open_place(path: Path) -> Place:
    """Makes what is missing, whoever made the rest and when."""
    for folder in ("", "logs", "keys", "files", "data", "run"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    for private in ("keys", "files", "data", "run"):
        (path / private).chmod(0o700)
    ports = _kept(path / "ports.json", PORTS, choose_ports)
    kept_secrets = _kept(path / "secrets.json", SECRETS, lambda count: [secrets.token_hex(16) for _ in range(count)])
    return Place(path=path, ports=ports, secrets=kept_secrets)


def with_free_ports(place: Place) -> Place:
    """The same place, with another port for each that somebody else took while nothing ran here."""
    taken = [name for name, port in place.ports.items() if not is_free(port)]
    if not taken:
        return place
    path = place.path / "ports.json"
    write_private(path, json.dumps({name: port for name, port in place.ports.items() if name not in taken}, indent=1))
    return open_place(place.path)


def _kept(path: Path, names: Iterable[str], choose: Callable[[int], list[Any]]) -> dict[str, Any]:
    """The values in that file, with new ones for names that it lacks."""
    known: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in names if name not in known]
    if missing:
        known |= zip(missing, choose(len(missing)), strict=True)
        write_private(path, json.dumps(known, indent=1))
    return known


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable for others, not even while it is written."""
    unfinished = path.with_name(path.name + ".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
