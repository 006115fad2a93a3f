"""Staff cut a client off and bring them back, in the office's pages; the router is looked into."""

from __future__ import annotations

import pytest

from alta.demo import founding
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


def _signed_in(scene: Scene) -> Visitor:
    office = Visitor(scene.target.url, patience_seconds=30)
    login = founding.logins(scene.target.password)["office"]
    page, form = office.form("/entrar", lambda form: "password" in form.names)
    office.submit(page, form, {"email": login["user"], "password": login["password"]})
    return office
