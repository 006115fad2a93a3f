"""A client leaves: off the router, verified, told; nothing that comes late brings the service back."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import Conflict, NotFound, Transient
from chassis.identifiers import new_id
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import InstallationActivationRequested
from services.provisioning import outages, removing
from services.provisioning.model import RECONNECT, SUSPEND
from services.provisioning.routers import Connection
from tests.provisioning.builders import (
    a_change_of_mind,
    a_router,
    a_service_change,
    an_activation_request,
    an_end,
    due,
    rows_of,
)
from tests.provisioning.story import Story
from tests.provisioning.test_adopting import MAC, adopt, furnish
from tests.simulator import SimulatedRouter

QUEUE, SECRET, LEASE, LISTED = "/queue/simple", "/ppp/secret", "/ip/dhcp-server/lease", "/ip/firewall/address-list"
RELAY = {"suspend_by": "profile", "suspended_profile": "cortados"}


def test_who_leaves_is_taken_off_the_router_and_that_is_told_once(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.adjust(SUSPEND)
    story.work_off()
    leaving = an_end(active)
    story.hear(leaving)
    story.hear(leaving)
    story.hear(an_end(active, version=1))
    story.work_off()
    assert rows_of(router) == [] and story.account().state == "removed"
    told = [event for event in story.told() if event.type == "ServiceRemoved"]
    assert [(each.data["asked_version"], each.data["released"]) for each in told] == [(2, False)]


def test_nothing_that_comes_late_brings_it_back(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.hear(an_end(active, version=5))
    late = [
        due(SuspensionDue, active, 8), due(ReconnectionDue, active, 9), a_service_change(active, version=4),
        an_activation_request(
            active.router_id, company_id=story.company, installation_id=active.installation_id, version=3
        ), a_change_of_mind(active, 4),
    ]  # fmt: skip
    for event in late:
        story.hear(event)
    for wish in (RECONNECT, SUSPEND, None):
        with pytest.raises(Conflict):
            story.adjust(wish)
    story.work_off()
    for event in late:
        story.hear(event)
    story.work_off()
    assert rows_of(router) == [] and story.account().state == "removed"


def test_a_router_that_is_off_is_told_of_once_and_asked_until_it_answers(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    router.do("offline")
    story.hear(an_end(active))
    for _ in range(3):
        with pytest.raises(Transient):
            story.work_off()
    delays = [event.data for event in story.told() if event.type == "RemovalDelayed"]
    assert [(each["asked_version"], each["reason_code"]) for each in delays] == [(2, "router-unreachable")]
    assert story.jobs(outages.KNOCK), "that it answers again is noticed soon"
    router.do("online")
    story.run(story.job(outages.KNOCK))
    story.work_off()
    assert rows_of(router) == [] and story.account().reason_code is None
    with pytest.raises(NotFound):
        story.hear(an_end(active, installation_id=new_id()))


@pytest.mark.parametrize("used", [False, True])
def test_ins_2_a_router_out_of_use_is_not_waited_for_where_staff_say_so(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested, used: bool
) -> None:
    """It is asked when it is in use again; and one that is in use is always asked."""
    router_id, values = active.router_id, a_router(router, mode="pppoe")
    story.save_router(values | {"router_id": router_id, "active": used})
    before = len(story.told())
    story.hear(an_end(active))
    assert story.told()[before:] == []
    story.hear(an_end(active, version=3, without_router=True))
    there = [(event.type, event.data["asked_version"]) for event in story.told()[before:]]
    assert there == ([] if used else [("ServiceAbandoned", 3)])
    if not used:
        with pytest.raises(Transient):
            story.work_off()
        story.save_router(values | {"router_id": router_id})
        (waiting,) = story.jobs(removing.WITHDRAW)
        assert waiting.key, "it is still to be taken away"
    story.work_off()
    assert rows_of(router) == [] and story.told()[-1].type == "ServiceRemoved"


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_stays_after_all_has_the_service_as_before(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested, when: str
) -> None:
    there = rows_of(router)
    story.hear(an_end(active))
    if when == "after":
        story.work_off()
        assert rows_of(router) == []
    story.hear(a_change_of_mind(active, 3))
    story.work_off()
    assert rows_of(router) == there and story.account().state == "placed"
    story.hear(an_end(active, version=4))
    story.work_off()
    assert rows_of(router) == []


def test_a_change_of_before_that_is_heard_after_who_stays_is_in_what_they_stay_with(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    renamed = {"service_name": "ana.nueva"}
    story.hear(a_change_of_mind(active, 4, **renamed))
    story.hear(an_end(active, version=3))
    story.hear(a_service_change(active, version=2, **renamed))
    story.work_off()
    assert [row["name"] for row in router.rows(SECRET)] == ["ana.nueva"] and story.account().state == "placed"


def test_a_suspension_that_came_due_meanwhile_is_not_forgotten(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.hear(an_end(active))
    story.hear(due(SuspensionDue, active, 1))
    story.work_off()
    assert rows_of(router) == []
    story.hear(a_change_of_mind(active, 3))
    story.work_off()
    assert len(router.rows(SECRET)) == len(router.rows(LISTED)) == 1 and story.account().suspended


SPEEDS = ("name", "target", "max-limit", "limit-at", "burst-limit", "priority")


@pytest.mark.parametrize("renamed", [False, True])
def test_what_was_on_the_router_before_alta_has_its_speeds_and_name_again(
    story: Story, router: SimulatedRouter, connection: Connection, renamed: bool
) -> None:
    """Where somebody has that name by now the row keeps ours."""
    furnish(connection)
    (row_id,) = (row[".id"] for row in router.rows(QUEUE) if row["name"] == "Juan Pérez")
    connection.set(QUEUE, row_id, {"max-limit": "3M/7M", "priority": "5/5"})
    (before,) = (row for row in router.rows(QUEUE) if row[".id"] == row_id)
    router_id, client = story.save_router(a_router(router, mode="dhcp")), new_id()
    adopt(story, router_id, connection, "dhcp", installation_id=client)
    with_mac: dict[str, Any] = {"service_name": "juan", "ip_address": "10.0.0.9", "mac_address": MAC}
    event = story.activated(router_id, installation_id=client, **with_mac)
    (ours,) = (row for row in router.rows(QUEUE) if row["name"] == "juan")
    assert ours["max-limit"] != before["max-limit"]
    if renamed:
        connection.add(QUEUE, {"name": "Juan Pérez", "target": "10.0.0.77/32"})
    story.hear(an_end(event, release=True))
    story.work_off()
    (left,) = (row for row in router.rows(QUEUE) if row[".id"] == row_id)
    assert left["comment"] == "casa" and (left["name"] == "juan") == renamed
    kept = SPEEDS[renamed:]
    assert {name: left.get(name) for name in kept} == {name: before.get(name) for name in kept}
    (lease,) = router.rows(LEASE)
    assert (lease["comment"], lease["mac-address"]) == ("antena", MAC) and rows_of(router) == []


@pytest.mark.parametrize("cut", [False, True])
def test_what_was_on_the_router_before_alta_is_released_and_not_deleted(
    story: Story, router: SimulatedRouter, connection: Connection, cut: bool
) -> None:
    furnish(connection)
    connection.add("/ppp/profile", {"name": "cortados"})
    router_id = story.save_router(a_router(router, mode="pppoe", **RELAY))
    client = new_id()
    adopt(story, router_id, connection, "pppoe", installation_id=client)
    event = story.activated(router_id, installation_id=client, service_name="luis", ip_address="10.0.1.9")
    if cut:
        story.adjust(SUSPEND)
        story.work_off()
        assert router.rows(SECRET)[0]["profile"] == "cortados"
    story.hear(an_end(event, release=True))
    router.do("drop", at="after:1:/ppp/secret/set")
    with pytest.raises(Transient):
        story.work_off()
    story.work_off()
    (left,) = router.rows(SECRET)
    assert (left["name"], left["comment"], left["password"]) == ("luis", "Luis, torre norte", "de-luis")
    assert left["profile"] == "20 megas" and rows_of(router) == []
    assert story.told()[-1].data["released"] and story.account().state == "removed"


def test_of_a_taken_over_client_who_leaves_nothing_stays(
    story: Story, router: SimulatedRouter, connection: Connection
) -> None:
    furnish(connection)
    router_id = story.save_router(a_router(router, mode="dhcp"))
    client = new_id()
    adopt(story, router_id, connection, "dhcp", installation_id=client)
    with_mac: dict[str, Any] = {"service_name": "juan", "ip_address": "10.0.0.9", "mac_address": MAC}
    event = story.activated(router_id, installation_id=client, **with_mac)
    story.hear(an_end(event))
    story.work_off()
    assert router.rows(LEASE) == [] and [row["name"] for row in router.rows(QUEUE)] == ["todos"]
