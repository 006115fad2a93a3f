"""Staff cut a client off and bring them back, and repair what somebody changed on a router, in the office's pages."""

from __future__ import annotations

import contextlib

import httpx
import pytest

from alta.demo import founding
from alta.demo.pages import find_form
from alta.demo.visitor import Visitor
from tests.system.crashing import PPPOE, SIMPLE_QUEUE, Scene, eventually

LIST = "alta-suspended"

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("router", [SIMPLE_QUEUE, PPPOE])
def test_suspended_and_reconnected(scene: Scene, router: str) -> None:
    person, ids = scene.play(router)
    scene.quiet()
    page = f"/instalaciones/{ids['installation_id']}/servicio"
    office = _signed_in(scene)
    for action, listed in (("suspender", 1), ("reconectar", 0)):
        shown, form = office.form(page, lambda form, action=action: form.path.endswith(f"/{action}"))
        office.submit(shown, form)
        eventually(
            lambda listed=listed: len(scene.listed(ids["router"], LIST)) == listed,
            lambda: f"{scene.listed(ids['router'], LIST)}",
        )
        eventually(
            lambda action=action: ("Suspendido" in office.get(page).text) == (action == "suspender"),
            lambda: office.get(page).text,
        )
    scene.verify(person, ids)
    office.close()


def test_what_somebody_changed_on_a_router_is_found_and_repaired(scene: Scene) -> None:
    person, ids = scene.play(SIMPLE_QUEUE)
    scene.quiet()
    office = _signed_in(scene)
    (router,) = (row for row in scene.ask("provisioning", "list_routers")["rows"] if row["name"] == ids["router"])
    page = f"/routers/{router['router_id']}"
    assert "Todo está como debe" in _compared(office, page).text
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        api.path("queue", "simple").update(**{".id": ids["router_entry"], "max-limit": "1M/1M"})
    found = _compared(office, page)
    assert person.service_name in found.text and "Cambiado: max-limit" in found.text
    office.submit(found, find_form(found.text, lambda form: form.path.endswith("/reparar")))
    eventually(lambda: "Todo está como debe" in _compared(office, page).text, lambda: _compared(office, page).text)
    scene.verify(person, ids)
    office.close()


def test_a_client_moves_to_another_zone_and_is_on_its_router_alone(scene: Scene) -> None:
    """INS-9."""
    person, ids = scene.play(SIMPLE_QUEUE)
    scene.quiet()
    office = _signed_in(scene)
    path = f"/instalaciones/{ids['installation_id']}/zona"
    _page, zones = office.form(path, lambda form: "zone_id" in form.options)
    zone = zones.choice("zone_id", PPPOE)
    page, form = office.form(f"{path}?zone_id={zone}", lambda form: form.method == "post" and form.path == path)
    office.submit(page, form)
    service = f"/instalaciones/{ids['installation_id']}/servicio"
    eventually(lambda: PPPOE in office.get(service).text, lambda: office.get(service).text)
    scene.quiet()
    assert scene.entries_of(person) == 1
    found = scene.ask("provisioning", "account", {"installation_id": ids["installation_id"]})
    assert (found["state"], found["router_name"]) == ("placed", PPPOE)
    office.close()


def test_ins_9_a_move_that_the_new_router_refuses_is_undone(scene: Scene) -> None:
    """Somebody else's secret has the name there: the client stays where they were, on the router and in the record."""
    person, ids = scene.play(SIMPLE_QUEUE)
    scene.quiet()
    with contextlib.closing(scene.target.routers[1].connect()) as api:
        foreign = api.path("ppp", "secret").add(name=person.service_name, password="x")
    office = _signed_in(scene)
    path = f"/instalaciones/{ids['installation_id']}/zona"
    about = {"installation_id": ids["installation_id"]}
    before = scene.ask("installations", "get_installation", about)
    _page, zones = office.form(path, lambda form: "zone_id" in form.options)
    zone = zones.choice("zone_id", PPPOE)
    page, form = office.form(f"{path}?zone_id={zone}", lambda form: form.method == "post" and form.path == path)
    office.submit(page, form)
    shown = f"/instalaciones/{ids['installation_id']}"
    eventually(lambda: "sigue como estaba" in office.get(shown).text, lambda: office.get(shown).text)
    scene.expect_failed("provisioning", "provisioning.adjust")
    scene.quiet()
    after = scene.ask("installations", "get_installation", about)
    kept = ("zone_id", "router_id", "plan_id", "ip_address", "service_name", "sector_id")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    assert scene.ask("provisioning", "account", about)["router_name"] == SIMPLE_QUEUE
    with contextlib.closing(scene.target.routers[1].connect()) as api:
        api.path("ppp", "secret").remove(foreign)
    scene.verify(person, ids)
    office.close()


def test_a_plans_new_speed_reaches_its_clients_routers(scene: Scene) -> None:
    """PRO-3."""
    person, ids = scene.play(SIMPLE_QUEUE)
    scene.quiet()
    account = {"installation_id": ids["installation_id"]}
    plan_id = scene.ask("installations", "get_installation", account)["plan_id"]
    office = _signed_in(scene)
    page, form = office.form(f"/zonas/?plan_id={plan_id}", lambda form: form.path == "/zonas/plan")
    office.submit(page, form, {"download": "33"})
    service = f"/instalaciones/{ids['installation_id']}/servicio"
    eventually(lambda: "33 Mbps" in office.get(service).text, lambda: office.get(service).text)
    eventually(
        lambda: scene.ask("provisioning", "account", account)["state"] == "placed",
        lambda: str(scene.ask("provisioning", "account", account)),
    )
    with contextlib.closing(scene.target.routers[2].connect()) as api:
        (queue,) = [row for row in api.path("queue", "simple") if row["name"] == person.service_name]
    assert queue["max-limit"].endswith("/33000000")
    scene.quiet()
    office.close()


def _compared(office: Visitor, page: str) -> httpx.Response:
    return office.submit(*office.form(page, lambda form: form.path.endswith("/diferencias")))


def _signed_in(scene: Scene) -> Visitor:
    office = Visitor(scene.target.url, patience_seconds=30)
    login = founding.logins(scene.target.password)["office"]
    page, form = office.form("/entrar", lambda form: "password" in form.names)
    office.submit(page, form, {"email": login["user"], "password": login["password"]})
    return office
