"""An office runs twenty routers, one of them off and one slow, in its pages alone: added, tested, what is on them taken
over, clients activated, cut off and brought back many at once, drift seen and repaired."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from alta.demo import founding
from alta.demo.pages import find_form, links, text_of
from alta.demo.visitor import Visitor
from tests.provisioning.at_random.routers import NetworkRouter, network
from tests.simulator import PASSWORD, USER
from tests.system.crashing import Scene, eventually

pytestmark = pytest.mark.timeout(400)

QUEUE, SECRET, LISTED, FILTER = "/queue/simple", "/ppp/secret", "/ip/firewall/address-list", "/ip/firewall/filter"
COUNT, OFF, SLOW = 20, 19, 18
MENU = {"simple_queue": QUEUE, "pppoe": SECRET}
CLIENTS = "red20"
SERVICES = f"/servicios?search={CLIENTS}"


@pytest.fixture
def routers() -> Iterator[list[NetworkRouter]]:
    """In turn with queues and with secrets, each with a firewall that cuts, and a client from before Alta."""
    with network(tuple((("simple_queue", "pppoe")[n % 2], "address_list") for n in range(COUNT))) as made:
        for number, router in enumerate(made):
            with router.by_hand() as connection:
                cut = {"chain": "forward", "action": "drop", "src-address-list": "alta-suspended"}
                connection.add(FILTER, cut)
                if router.mode == "pppoe":
                    values = {"name": _client(number), "password": f"clave-{number}", "remote-address": _ip(number)}
                else:
                    values = {"name": _client(number), "target": _ip(number), "max-limit": "2M/10M"}
                connection.add(MENU[router.mode], {**values, "comment": "de antes"})
        made[SLOW].do("slow", ms=100)
        made[OFF].do("offline")
        yield made


def test_an_office_runs_twenty_routers(scene: Scene, routers: list[NetworkRouter]) -> None:
    office = Office(scene)
    ids = [office.add_router(number, router) for number, router in enumerate(routers)]
    for number, router_id in enumerate(ids):
        said = office.post(f"/routers/{router_id}", "/prueba")
        expected = "Algo responde en esa dirección" if number == OFF else "Todo está en orden"
        assert expected in said, said
    office.give_zones_and_plans(len(routers))

    # What is there already becomes clients of Alta, with their passwords.
    assert "El router no responde" in office.post(f"/routers/{ids[OFF]}/importar", "/leer")
    on = [number for number in range(COUNT) if number != OFF]
    passwords = {number: routers[number].rows(SECRET)[-1]["password"] for number in on if number % 2}
    installations = {number: office.take_over(number, ids[number]) for number in on}
    for number, installation in installations.items():
        eventually(
            lambda installation=installation: office.is_active(installation),
            lambda installation=installation: office.text(f"/instalaciones/{installation}"),
        )
        (row,) = (row for row in routers[number].rows(MENU[routers[number].mode]) if row["name"] == _client(number))
        assert row["comment"].startswith("alta:")
        assert number % 2 == 0 or row["password"] == passwords[number]

    # The router that is off says so, and what waits for it is done when it is back.
    late = office.schedule(OFF, ids[OFF], _client(OFF))
    office.post(f"/instalaciones/{late}", "/activar")
    eventually(
        lambda: "El router no responde" in office.text(f"/instalaciones/{late}"),
        lambda: office.text(f"/instalaciones/{late}"),
    )
    assert "No responde desde" in office.text("/routers")
    routers[OFF].do("online")
    eventually(lambda: "No responde desde" not in office.text("/routers"), lambda: office.text("/routers"))
    eventually(lambda: office.is_active(late), lambda: office.text(f"/instalaciones/{late}"))

    # Everybody is cut off and brought back, in two clicks each.
    for operation, cut in (("suspend", True), ("reconnect", False)):
        shown = office.bulk(operation)
        assert f"{COUNT} de {COUNT}" in text_of(shown)
        for number in on:
            addresses = {row["address"] for row in routers[number].rows(LISTED)}
            assert (_ip(number) in addresses) == cut

    # What somebody changed by hand is found on all routers, and repaired.
    for number in (0, 2):
        with routers[number].by_hand() as connection:
            (row,) = (row for row in routers[number].rows(QUEUE) if row["name"] == _client(number))
            connection.set(QUEUE, row[".id"], {"max-limit": "1M/1M"})
    office.post("/routers/diferencias", "/comparar")
    eventually(lambda: office.drifted() == {_client(0), _client(2)}, lambda: office.text("/routers/diferencias"))
    office.post("/routers/diferencias", "/reparar")
    eventually(
        lambda: all(row["max-limit"] != "1000000/1000000" for n in (0, 2) for row in routers[n].rows(QUEUE)),
        lambda: office.text("/routers/diferencias"),
    )
    for number in range(COUNT):
        assert [row["name"] for row in routers[number].rows(QUEUE)].count("vip") == 1, "what is staff's is untouched"

    for number, router_id in enumerate(ids):
        office.add_router(number, routers[number], router_id=router_id, active=[])
    scene.expect_failed("provisioning", "provisioning.apply")
    scene.quiet()
    office.visitor.close()


class Office:
    """A member of the office staff, who has a browser and nothing else."""

    def __init__(self, scene: Scene) -> None:
        self.visitor = Visitor(scene.target.url, patience_seconds=30)
        login = founding.logins(scene.target.password)["office"]
        page, form = self.visitor.form("/entrar", lambda form: "password" in form.names)
        self.visitor.submit(page, form, {"email": login["user"], "password": login["password"]})

    def text(self, path: str) -> str:
        return text_of(self.visitor.get(path).text)

    def is_active(self, installation: str) -> bool:
        return re.search(r"\bActiva\b", self.text(f"/instalaciones/{installation}")) is not None

    def post(self, path: str, ending: str) -> str:
        """Sends the form of a page as it stands; the text that it leads to."""
        page, form = self.visitor.form(path, lambda form: form.path.endswith(ending))
        return text_of(self.visitor.submit(page, form).text)

    def add_router(self, number: int, router: NetworkRouter, router_id: str = "", **changed: list[str]) -> str:
        where = f"/routers/{router_id}" if router_id else "/routers/nuevo"
        page, form = self.visitor.form(where, lambda form: "suspend_by" in form.names)
        typed = {"name": _named(number), "address": router.host, "port": str(router.port), "mode": router.mode}
        saved = self.visitor.submit(page, form, {**typed, "username": USER, "password": PASSWORD, **changed})
        return str(UUID(saved.url.path.rsplit("/", 1)[1]))

    def give_zones_and_plans(self, count: int) -> None:
        for number in range(count):
            page, form = self.visitor.form(
                "/zonas/", lambda form, number=number: form.path.endswith("/zona") and _offers(form, number)
            )
            router = form.choice("router_id", _named(number))
            self.visitor.submit(page, form, {"name": f"Zona {_named(number)}", "router_id": router})
            page, form = self.visitor.form("/zonas/", lambda form: form.path.endswith("/plan"))
            plan = {"name": "Diez", "router_id": router, "download": "10", "upload": "2", "price": "300"}
            self.visitor.submit(page, form, plan)

    def take_over(self, number: int, router_id: str) -> str:
        """The router's only client that has no comment of ours: an installation is made of it, and activated."""
        found = self._read(router_id)
        (link,) = (link for link in links(found.text) if f"service_name={_client(number)}" in link)
        installation = self._filled_in(link)
        found = self._read(router_id)
        form = find_form(found.text, lambda form: "chosen" in form.names)
        said = text_of(self.visitor.submit(found, form).text)
        assert f"{_client(number)} : Se activa" in said or f"{_client(number)}: Se activa" in said, said
        return installation

    def schedule(self, number: int, router_id: str, name: str) -> str:
        _page, zones = self.visitor.form("/instalaciones/", lambda form: "zone_id" in form.options)
        zone = zones.choice("zone_id", f"Zona {_named(number)}")
        address = f"/instalaciones/nueva?zone_id={zone}"
        return self._filled_in(address, service_name=f"{name}-nuevo", ip_address=f"10.78.{number}.5")

    def bulk(self, operation: str) -> str:
        """All that the search finds; the page as it is when everything has an end."""
        page, form = self.visitor.form(SERVICES, lambda form: form.path.endswith("/confirmar"))
        asked = self.visitor.submit(page, form, {"all": "1", "operation": operation, "installation_id": []})
        begun = self.visitor.submit(asked, find_form(asked.text, lambda form: "operation" in form.names))
        path = begun.url.path
        eventually(lambda: "Hecho" in self.text(path).split("Pedido por")[0], lambda: self.text(path))
        return self.visitor.get(path).text

    def drifted(self) -> set[str]:
        return set(re.findall(rf"{CLIENTS}-\d+", self.text("/routers/diferencias?kind=changed")))

    def _read(self, router_id: str):
        page, form = self.visitor.form(
            f"/routers/{router_id}/importar", lambda form: form.path.endswith("/importar/leer")
        )
        return self.visitor.submit(page, form)

    def _filled_in(self, address: str, **changed: str) -> str:
        page, form = self.visitor.form(address, lambda form: "service_name" in form.names)
        values = {
            "first_name": "Ana", "last_name": "Robles", "phone": "55 1234 5678", "address": "Calle 1",
            "scheduled_at": "2026-11-25T10:00", "installation_cost": "0",
            "technician_id": form.choice("technician_id", "Tomás"), "plan_id": form.choice("plan_id", "Diez"),
        }  # fmt: skip
        saved = self.visitor.submit(page, form, values | changed | self.visitor.tick_conflicts(form, values))
        return str(UUID(saved.url.path.rsplit("/", 1)[1]))


def _offers(form, number: int) -> bool:
    """Installations has heard of the router."""
    return any(shown == _named(number) for _, shown in form.options.get("router_id", []))


def _named(number: int) -> str:
    return f"Torre {number:02}"


def _client(number: int) -> str:
    return f"{CLIENTS}-{number:02}"


def _ip(number: int) -> str:
    return f"10.77.{number}.5"
