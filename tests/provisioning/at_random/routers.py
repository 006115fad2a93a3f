"""Several simulated routers in one process, on which staff have rows of their own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from routersim.control import ask
from services.provisioning.routers import Connection, Endpoint, open_connection
from tests.provisioning.at_random.desired import PLACES, PROFILES
from tests.simulator import PASSWORD, USER

FOREIGN = (
    ("/queue/simple", {"name": "vip", "target": "10.9.0.1", "comment": "staff"}),
    ("/queue/simple", {"name": "all", "target": "10.0.0.0/8", "comment": "alta:"}),
    ("/ppp/secret", {"name": "vip", "comment": "alta:"}),
    ("/ip/hotspot/user", {"name": "vip", "comment": "alta: nobody's"}),
    ("/ip/arp", {"address": "10.9.0.1", "mac-address": "02:00:00:00:00:99", "interface": "ether2"}),
    ("/ip/firewall/address-list", {"list": "alta-suspended", "address": "10.9.0.1", "comment": "does not pay"}),
    ("/ppp/profile", {"name": "cortados", "rate-limit": "64k/64k"}),
    ("/ip/hotspot/user/profile", {"name": "cortados", "rate-limit": "64k/64k", "shared-users": "3"}),
    ("/ip/pool", {"name": "guests", "ranges": "10.5.0.2-10.5.0.200"}),
    ("/ip/hotspot", {"name": "plaza", "interface": "ether3", "address-pool": "guests", "disabled": "no"}),
    ("/ip/dhcp-server", {"name": "home", "interface": "ether2", "address-pool": "guests", "disabled": "no"}),
    ("/interface/pppoe-server/server", {"service-name": "isp", "interface": "ether2", "disabled": "no"}),
    ("/ip/dhcp-server/lease", {"address": "10.9.0.2", "mac-address": "02:00:00:00:00:99", "server": "home"}),
)
NOTED = ("last-", "creation-time")
"""What the router itself writes into rows."""

MENUS = tuple(dict.fromkeys([*PLACES, *PROFILES.values(), *(menu for menu, _ in FOREIGN)]))

Row = dict[str, str]


@dataclass(frozen=True)
class NetworkRouter:
    """`mode` and `way` are how Alta is told to use it."""

    name: str
    host: str
    port: int
    control: tuple[str, int]
    mode: str
    way: str

    def do(self, order: str, **parameters: Any) -> dict[str, Any]:
        return ask(self.control, do=order, router=self.name, **parameters)

    def rows(self, menu: str) -> list[Row]:
        return self.do("rows", menu=menu)["rows"]

    def lasting(self) -> dict[tuple[str, str], Row]:
        """By menu and id: every row that somebody put there, without what the router itself notes in it."""
        return {
            (menu, row[".id"]): {name: value for name, value in row.items() if not name.startswith(NOTED)}
            for menu in MENUS
            for row in self.rows(menu)
            if row.get("dynamic") != "true"
        }

    def lift(self) -> None:
        """No more faults, and the router is on."""
        self.do("calm")
        self.do("online")

    @contextlib.contextmanager
    def by_hand(self) -> Iterator[Connection]:
        """As staff log in with a tool of their own."""
        connection = open_connection(Endpoint(self.host, self.port, USER, PASSWORD))
        try:
            yield connection
        finally:
            connection.close()

    def furnish(self) -> None:
        with self.by_hand() as connection:
            for menu, values in FOREIGN:
                connection.add(menu, values)


@contextlib.contextmanager
def network(routers: tuple[tuple[str, str], ...]) -> Iterator[list[NetworkRouter]]:
    """`routers`: the mode of each, and how it suspends."""
    names = [f"router-{number}" for number in range(len(routers))]
    command = [sys.executable, "-m", "routersim", "--control", "127.0.0.1:0", "--user", USER, "--password", PASSWORD]
    command += [word for name in names for word in ("--router", f"{name}=127.0.0.1:0")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        places = json.loads(process.stdout.readline())
        control = _place(places["control"])
        made = [
            NetworkRouter(name, *_place(places["routers"][name]), control, mode, way)
            for name, (mode, way) in zip(names, routers, strict=True)
        ]
        for router in made:
            router.furnish()
        yield made
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
