"""Bringing a whole Alta up in one directory, looking at it, and taking it down again."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from chassis.secrets import Keyring
from deploy.local import processes, rabbitmq
from deploy.local.databases import create_databases, database_urls
from deploy.local.parts import Part, Wiring, surroundings
from deploy.local.place import BROKER_USERS, OWNERS, ROOT, Place, open_place, with_free_ports, write_private
from deploy.local.rabbitmq_users import VHOST, definitions
from deploy.local.supervision import Supervisor

PACKAGES = ("alta", "chassis", "deploy", "events", "gateway", "routersim", "services")
READY_SECONDS = 90.0

Tell = Callable[[str], None]


class StackFailed(Exception):
    """A part could not be prepared or did not become ready; the message says which and ends with what it said."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One Alta. `amqp_uri` and `database_url` are somebody else's servers, used instead of private ones."""

    place: Place
    amqp_uri: str | None = None
    database_url: str | None = None

    @classmethod
    def at(cls, path: Path, *, amqp_uri: str | None = None, database_url: str | None = None) -> Stack:
        place = open_place(path)
        if not Supervisor(place).is_running() and not processes.leftovers(place):
            place = with_free_ports(place)
        return cls(place=place, amqp_uri=amqp_uri or None, database_url=database_url or None)

    # ---- what it is made of

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.place)

    @property
    def broker(self) -> rabbitmq.Node | None:
        if self.amqp_uri:
            return None
        ports = self.place.ports
        return rabbitmq.Node(
            directory=self.place.path / "rabbitmq",
            amqp_port=ports["amqp"],
            distribution_port=ports["rabbitmq_distribution"],
            epmd_port=ports["rabbitmq_epmd"],
            management_port=ports["rabbitmq_management"],
        )

    def amqp_uri_of(self, user: str) -> str:
        """The broker's address as a part, `alta` (this command line) or `integrator` uses it."""
        if self.amqp_uri:
            return self.amqp_uri
        return self.broker.uri(user, self.place.secrets[f"amqp_{user}"], VHOST)

    @property
    def wiring(self) -> Wiring:
        return Wiring(
            place=self.place,
            amqp_uris={user: self.amqp_uri_of(user) for user in BROKER_USERS},
            database_urls=database_urls(self.place, self.database_url),
            broker=self.broker,
        )

    # ---- up

    def up(self, tell: Tell = lambda step: None) -> None:
        """Returns when every part is ready; raises `StackFailed`. Running parts with the same code are left alone."""
        with self._alone():
            self._up(tell)

    def down(self, tell: Tell = lambda step: None) -> bool:
        """Ends everything of this place, also what a killed supervisor left behind; says whether there was anything."""
        with self._alone():
            return self._down(tell)

    def migrate(self, owners: Sequence[str] = OWNERS) -> None:
        self._prepare()
        self._each_owner("migrate", self.wiring, owners)

    def _up(self, tell: Tell) -> None:
        wiring = self.wiring
        parts = wiring.parts()
        version = _version(wiring)
        if self._runs(version):
            self.supervisor.start(part.name for part in parts)
            self._wait_until_ready(parts)
            return
        self._down(tell)
        tell("keys, databases, accounts")
        self._prepare()
        tell("broker, mailbox, routers")
        self.supervisor.launch(parts)
        self.supervisor.start(part.name for part in wiring.infrastructure())
        tell("database migrations")
        self._each_owner("migrate", wiring)
        tell("exchanges and queues")
        self._wait_for_broker()
        self._each_owner("topology", wiring)
        tell("services and gateway")
        self.supervisor.start(part.name for part in parts)
        self._wait_until_ready(parts)
        write_private(self._started, json.dumps({"version": version}))

    def _down(self, tell: Tell) -> bool:
        ended = False
        self._started.unlink(missing_ok=True)
        if self.supervisor.is_running():
            tell("stopping")
            self.supervisor.shut_down(last=("rabbitmq", "epmd"))
            ended = True
        return bool(processes.end(self.place)) or ended

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two who start or stop the same place at once would end each other's half."""
        with (self.place.path / "run" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # ---- looking

    def is_up(self) -> bool:
        return self.supervisor.is_running()

    def is_ready(self) -> bool:
        """Whether every part runs and can do its work; looked at more cheaply than `status` does."""
        states, parts = self.supervisor.states(), self.wiring.parts()
        running = all(states[part.name]["state"] == "RUNNING" for part in parts)
        return running and all(_answers(part.ready) for part in parts if part.ready)

    def status(self) -> list[dict[str, Any]]:
        """A row per part: `part`, `state`, `ready` (None where nothing tells), `pid`, `uptime`, `memory` (bytes)."""
        states = self.supervisor.states() if self.is_up() else {}
        return [self._row(part, states.get(part.name)) for part in self.wiring.parts()]

    def _row(self, part: Part, state: dict[str, Any] | None) -> dict[str, Any]:
        known = state or {"state": "STOPPED", "pid": 0, "uptime": 0}
        ready = None if part.ready is None else bool(known["pid"]) and _answers(part.ready)
        memory = processes.resident_bytes(known["pid"]) if known["pid"] else 0
        return {"part": part.name, **known, "ready": ready, "memory": memory}

    # ---- steps

    def _prepare(self) -> None:
        for owner in (*OWNERS, "shared"):
            path = self.place.keys / f"{owner}.key"
            if not path.exists():
                Keyring.create(path)
        if self.database_url:
            create_databases(self.place, self.database_url)
        if self.broker:
            self.broker.directory.mkdir(exist_ok=True)
            self.broker.write(definitions({user: self.place.secrets[f"amqp_{user}"] for user in BROKER_USERS}))

    def _wait_for_broker(self) -> None:
        try:
            rabbitmq.wait_until_ready(self.amqp_uri_of("alta"))
        except rabbitmq.BrokerFailed as failure:
            raise StackFailed(f"rabbitmq: {failure}\n{self.tail('rabbitmq')}") from failure

    def _each_owner(self, action: str, wiring: Wiring, owners: Iterable[str] = OWNERS) -> None:
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            for failure in pool.map(lambda owner: self._run(owner, action, wiring), owners):
                if failure:
                    raise StackFailed(failure)

    def _run(self, owner: str, action: str, wiring: Wiring) -> str | None:
        """What went wrong, if anything."""
        module = "gateway" if owner == "gateway" else f"services.{owner}"
        # The operator's account declares exchanges and queues; a part may only use them.
        operator = {"ALTA_AMQP_URI": self.amqp_uri_of("alta")}
        done = subprocess.run(
            [sys.executable, "-m", module, action],
            cwd=ROOT,
            env={**surroundings(self.place), **wiring.owner_environment(owner), **operator},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return None
        return f"{owner} {action} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}"

    def _wait_until_ready(self, parts: Iterable[Part]) -> None:
        waiting = [part for part in parts if part.ready]
        deadline = time.monotonic() + READY_SECONDS
        while waiting := [part for part in waiting if not _answers(part.ready)]:
            if time.monotonic() > deadline:
                said = "\n".join(f"--- {part.name}:\n{self.tail(part.name)}" for part in waiting)
                raise StackFailed(f"not ready after {READY_SECONDS:.0f} s:\n{said}")
            time.sleep(0.1)

    def tail(self, part: str, lines: int = 20) -> str:
        """The end of a part's log."""
        path = self.place.logs / f"{part}.log"
        if not path.exists():
            return ""
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])

    # ---- what runs now

    @property
    def _started(self) -> Path:
        return self.place.path / "run" / "started.json"

    def _runs(self, version: str) -> bool:
        if not (self._started.exists() and self.is_up()):
            return False
        return json.loads(self._started.read_text())["version"] == version


def _answers(url: str | None) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _version(wiring: Wiring) -> str:
    """Changes with the code and with how the parts are put together; a running stack of another one is replaced."""
    digest = hashlib.sha256(repr(wiring.parts()).encode())
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()
