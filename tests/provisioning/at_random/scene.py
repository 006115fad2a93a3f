"""A script is played: every step as staff, other services, client devices or bad luck do it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.messages import Event
from chassis.storage.tables import outbox
from services.provisioning.routers import Connection
from tests.chassis.running import eventually
from tests.provisioning.at_random.clients import ACTIVE, ASKED, FAILED, GONE, LEFT, NEVER, Client, a_client
from tests.provisioning.at_random.desired import PLACES
from tests.provisioning.at_random.replicas import Replicas
from tests.provisioning.at_random.routers import NetworkRouter
from tests.provisioning.at_random.scripts import CLIENTS, NAMES, Step, fault_of
from tests.provisioning.builders import a_router

SESSIONS = {"pppoe": "/ppp/active", "hotspot": "/ip/hotspot/active", "dhcp": "/ip/dhcp-server/lease"}
# Seconds in which everything that can be done is done, on a slow machine that does much else.
PATIENCE = 90.0


class Scene:
    """One company with its routers and clients."""

    def __init__(self, replicas: Replicas, routers: list[NetworkRouter]) -> None:
        self.replicas = replicas
        self.routers = routers
        self.company = new_id()
        self.router_ids = [self._save(router) for router in routers]
        self.clients = [a_client(number, self.company, self.router_ids[0], NAMES[number]) for number in range(CLIENTS)]
        self.foreign = [router.lasting() for router in routers]

    def _save(self, router: NetworkRouter) -> UUID:
        values = a_router(mode=router.mode, name=router.name, address=router.host, port=router.port)
        values |= {"suspend_by": router.way, "suspended_profile": "cortados", "interface": "ether2"}
        values = {name: value for name, value in values.items() if value is not None}
        return UUID(self.ask("save_router", command=True, **values)["router_id"])

    def ask(self, method: str, *, command: bool = False, **data: Any) -> Any:
        return self.replicas.ask(method, company=self.company, command=command, **data)

    def play(self, step: Step) -> None:
        self.replicas.revive()
        self.listen()
        if step.what in _OF_NETWORK:
            _OF_NETWORK[step.what](self, step)
            return
        client = self.clients[step.who]
        if step.what in _NEED_ACTIVE and not self.is_active(client):
            self.activate(client)
        else:
            _OF_CLIENTS[step.what](self, client, step.how)

    # Clients.

    def activate(self, client: Client, router: int | None = None) -> None:
        if client.state in (NEVER, FAILED, GONE):
            # What was said of her before is known to have been heard: other queues may be slower.
            self.heard(client)
            where = {} if router is None else {"router_id": self.router_ids[router]}
            self.tell(client.activation(**where))

    def is_active(self, client: Client) -> bool:
        """Waits for the outcome of an activation, as installations do: nothing else is told of her before."""
        if client.state == ASKED:
            self.router_of(client).lift()
            eventually(lambda: self.listen() or client.state != ASKED, seconds=PATIENCE)
        return client.state == ACTIVE

    def suspend(self, client: Client, by: str, *, suspended: bool = True) -> None:
        if by == "billing":
            self.tell(client.due(suspended=suspended))
            return
        self.heard(client)
        client.changes()
        client.suspended = suspended
        self.of_staff("suspend" if suspended else "reconnect", client)

    def remove(self, client: Client) -> None:
        if client.state == NEVER:
            return
        self.heard(client)
        client.changes()
        client.state = GONE
        # Cancelled before anything of her was known here.
        with contextlib.suppress(NotFound):
            self.of_staff("remove", client)

    def cancel(self, client: Client) -> None:
        if client.state in (ASKED, ACTIVE, FAILED):
            self.tell(client.cancellation())

    def leave(self, client: Client) -> None:
        if client.state == ACTIVE:
            self.tell(client.end())

    def stay(self, client: Client) -> None:
        if client.state == LEFT:
            self.tell(client.stay())

    def of_staff(self, method: str, client: Client) -> None:
        self.ask(method, command=True, installation_id=str(client.installation_id))

    def dial(self, client: Client) -> None:
        router = self.router_of(client)
        menu = SESSIONS.get(router.mode)
        if menu is None or client.state not in (ASKED, ACTIVE):
            return
        # Her device may be turned away.
        with contextlib.suppress(RuntimeError):
            session = router.do("redial", service=router.mode, name=client.wanted["service_name"], mac=client.mac)
            # A static lease stays when its device goes.
            if router.mode != "dhcp" or session.get("dynamic") == "true":
                client.sessions.add((self.routers.index(router), menu, session["id"]))

    def spoil(self, client: Client, how: str) -> None:
        """Somebody meddles with a row of hers."""
        account = self.account(client)
        if account is None:
            return
        client.spoiled = True
        router = self.router_of(client)
        router.lift()
        marker = f"alta:{account['account_id']}"
        found = [(menu, row) for menu in PLACES for row in router.rows(menu) if row.get("comment") == marker]
        if not found:
            return
        menu, row = found[-1]
        # It may be gone, or be there twice already: Alta is at work, too.
        with contextlib.suppress(Exception), router.by_hand() as connection:
            _SPOIL[how](connection, menu, row)

    def router_of(self, client: Client) -> NetworkRouter:
        return self.routers[self.router_ids.index(client.wanted["router_id"])]

    def account(self, client: Client) -> dict[str, Any] | None:
        try:
            return self.ask("account", installation_id=str(client.installation_id))
        except NotFound:
            return None

    # The network.

    def compare(self, number: int) -> None:
        self.routers[number].lift()
        router_id = str(self.router_ids[number])
        found = self.ask("compare_router", command=True, router_id=router_id)
        if found["clients"]:
            ids = [client["installation_id"] for client in found["clients"]]
            self.ask("repair_router", command=True, router_id=router_id, installation_ids=ids)

    def kill(self, step: Step) -> None:
        self.replicas.kill(step.who, step.how)

    def fault(self, step: Step) -> None:
        order, parameters = fault_of(step.how)
        self.routers[step.who].do(order, **parameters)

    def settle(self, seconds: float = 2.0) -> None:
        """Until everything was tried once, or for a while."""
        ends = time.monotonic() + seconds
        with contextlib.suppress(AssertionError):
            eventually(lambda: time.monotonic() > ends or not self._fresh_work(), seconds=seconds)

    def _fresh_work(self) -> bool:
        work = self.replicas.work(self.company)
        return not self._all_heard() or any(job.state == "running" or job.attempt == 0 for job in work)

    # Words, going and coming.

    def tell(self, event: Event) -> None:
        self.replicas.service.tell(event)

    def heard(self, client: Client) -> None:
        events = {event.meta.id for event in client.told}
        eventually(lambda: self.replicas.revive() or self.replicas.handled(events), seconds=PATIENCE)

    def _all_heard(self) -> bool:
        return self.replicas.handled({event.meta.id for client in self.clients for event in client.told})

    def listen(self) -> None:
        """Takes what was told since the last time."""
        service = self.replicas.service
        before = len(service.heard)
        service.told()
        by_id = {str(client.installation_id): client for client in self.clients}
        for event in service.heard[before:]:
            if (client := by_id.get(event.data.get("installation_id", ""))) is not None:
                client.hear(event)

    def become_quiet(self) -> None:
        """Until nothing is left to do and all that was told is known. Raises `AssertionError` when work is left."""
        ends, hurried = time.monotonic() + PATIENCE, 0.0
        while self.replicas.work(self.company) or not self._all_heard() or self._untold():
            self.replicas.revive()
            if time.monotonic() > ends:
                left = [f"{job.kind} {job.state} attempt {job.attempt}: {job.last_error}" for job in self._work()]
                raise AssertionError("work is left: " + "; ".join(left))
            if time.monotonic() - hurried > 0.5:
                hurried = time.monotonic()
                self.replicas.hurry(self.company)
            time.sleep(0.02)
        self.listen()

    def _work(self) -> list[Any]:
        return self.replicas.work(self.company)

    def _untold(self) -> bool:
        count = select(func.count()).select_from(outbox)
        with self.replicas.database.read_unscoped() as session:
            return session.connection().execute(count).scalar_one() > 0


def _delete(connection: Connection, menu: str, row: dict[str, str]) -> None:
    connection.remove(menu, row[".id"])


def _alter(connection: Connection, menu: str, row: dict[str, str]) -> None:
    connection.set(menu, row[".id"], {"disabled": "no" if row["disabled"] == "true" else "yes"})


def _copy(connection: Connection, menu: str, row: dict[str, str]) -> None:
    connection.add(menu, {"copy-from": row[".id"], "name": f"{row.get('name')}-2"})


_SPOIL = {"delete": _delete, "alter": _alter, "copy": _copy}

_OF_NETWORK: dict[str, Callable[[Scene, Step], None]] = {
    "fault": Scene.fault,
    "kill": Scene.kill,
    "lift": lambda scene, step: scene.routers[step.who].lift(),
    "compare": lambda scene, step: scene.compare(step.who),
    "settle": lambda scene, step: scene.settle(),
}
_OF_CLIENTS: dict[str, Callable[[Scene, Client, Any], None]] = {
    "activate": lambda scene, client, router: scene.activate(client, router),
    "plan": lambda scene, client, plan: scene.tell(client.change(plan=plan)),
    "address": lambda scene, client, _: scene.tell(client.change(ip_address=client.next_address())),
    "rename": lambda scene, client, name: scene.tell(client.change(service_name=name)),
    "move": lambda scene, client, router: scene.tell(client.change(router_id=scene.router_ids[router])),
    "suspend": lambda scene, client, by: scene.suspend(client, by),
    "reconnect": lambda scene, client, by: scene.suspend(client, by, suspended=False),
    "retry": lambda scene, client, _: scene.heard(client) or scene.of_staff("retry", client),
    "remove": lambda scene, client, _: scene.remove(client),
    "cancel": lambda scene, client, _: scene.cancel(client),
    "leave": lambda scene, client, _: scene.leave(client),
    "stay": lambda scene, client, _: scene.stay(client),
    "dial": lambda scene, client, _: scene.dial(client),
    "spoil": lambda scene, client, how: scene.spoil(client, how),
    # The broker may deliver twice, and late.
    "again": lambda scene, client, _: scene.tell(client.told[-1]) if client.told else None,
    "stale": lambda scene, client, _: scene.tell(client.stale()) if client.version > 1 else None,
}
_NEED_ACTIVE = {"plan", "address", "rename", "move", "suspend", "reconnect", "retry", "leave"}
