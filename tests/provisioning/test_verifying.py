"""INS-12: what a router says of a service, before anybody calls it activated and afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import clock
from events.installations import InstallationActivationRequested
from services.provisioning import verifying
from services.provisioning.errors import AccountNotPlaced
from services.provisioning.model import SUSPEND
from services.provisioning.routers import Connection
from tests.provisioning.builders import a_router, an_activation_request
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter

QUEUE, SECRET, PROFILE = "/queue/simple", "/ppp/secret", "/ppp/profile"


def _said(checks: list[verifying.Check]) -> dict[str, tuple[Any, str]]:
    return {check["check"]: (check["ok"], check["code"]) for check in checks}


def _look(story: Story) -> list[verifying.Check]:
    workshop, account = story.workshop, story.account()
    with workshop.database.read(story.company) as session:
        work = verifying.begin(session, installation_id=account.installation_id, keyring=workshop.keyring)
    with workshop.connections.use(work.router_id, work.endpoint) as router:
        checks = verifying.verify(router, work.service)
    with workshop.database.begin(story.company) as session:
        verifying.note(session, account_id=account.id, checks=checks, at=clock.now())
    return checks


def test_ins_12_an_activation_tells_what_the_router_said_and_a_look_only_what_is_news(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    first = story.told()[-1].data["checks"]
    assert _said(first) == {
        "present": (True, "service-there"),
        "enabled": (True, "service-enabled"),
        "speed": (True, "speed-right"),
        "session": (None, "session-none"),
    }
    assert first[2]["params"]["written"] == "2M/10M"
    _look(story)
    assert story.told_types()[-1] == "ServiceProvisioned"
    (secret,) = router.rows(SECRET)
    router.do("connect", service="pppoe", name=secret["name"], password=secret["password"])
    checks = _look(story)
    assert _said(checks)["session"] == (True, "session-up")
    assert checks[3]["params"]["address"] == active.ip_address
    assert story.told_types()[-1] == "ServiceVerified"
    _look(story)
    assert story.told_types().count("ServiceVerified") == 1


def _changed(connection: Connection, menu: str, **values: str) -> None:
    (row,) = [row for row in connection.rows(menu, (".id", "comment")) if row.get("comment", "").startswith("alta:")]
    connection.set(menu, row[".id"], values)


@pytest.mark.parametrize(
    ("menu", "values", "check", "code"),
    [
        (SECRET, {"disabled": "yes"}, "enabled", "service-disabled"),
        (SECRET, {"profile": "default"}, "speed", "speed-differs"),
        (PROFILE, {"rate-limit": "1M/1M"}, "speed", "speed-differs"),
        (SECRET, {"comment": "de otro"}, "present", "service-not-there"),
    ],
)
def test_ins_12_what_somebody_changed_on_the_router_is_seen(
    story: Story, active: InstallationActivationRequested, connection: Connection, menu: str, values: Any, check: str,
    code: str,
) -> None:  # fmt: skip
    _changed(connection, menu, **values)
    assert _said(_look(story))[check] == (False, code)


@pytest.fixture
def queued(story: Story, router: SimulatedRouter) -> InstallationActivationRequested:
    return story.activated(story.save_router(a_router(router)))


def test_ins_12_a_queue_has_no_session_but_says_whether_anything_went_through(
    story: Story, queued: InstallationActivationRequested, connection: Connection
) -> None:
    assert _said(_look(story))["traffic"] == (None, "traffic-none")
    _changed(connection, QUEUE, **{"max-limit": "1000000/1000000"})
    assert _said(_look(story))["speed"] == (False, "speed-differs")


@pytest.mark.parametrize("mode", ["hotspot", "dhcp", "arp"])
def test_ins_12_every_mode_is_looked_at(story: Story, router: SimulatedRouter, mode: str) -> None:
    named = {"interface": "ether2"} if mode == "arp" else {}
    story.activated(story.save_router(a_router(router, mode=mode, **named)), mac_address="64:D1:54:0A:1B:2C")
    checks = _look(story)
    assert [check["ok"] for check in checks] == [True, True, True, None]


def test_ins_12_a_suspended_service_is_said_to_be(story: Story, active: InstallationActivationRequested) -> None:
    story.adjust(SUSPEND)
    story.work_off()
    assert _said(_look(story))["enabled"] == (False, "service-suspended")


def test_ins_12_only_what_is_on_its_router_can_be_looked_at(story: Story, router: SimulatedRouter) -> None:
    event = an_activation_request(story.save_router(a_router(router)), company_id=story.company)
    story.hear(event)
    with story.workshop.database.read(story.company) as session, pytest.raises(AccountNotPlaced):
        verifying.begin(session, installation_id=event.installation_id, keyring=story.workshop.keyring)
