"""From a wish to its outcome, for services that are on a router: on both databases, against a simulated one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from uuid import UUID

import pytest

from chassis.errors import Conflict, NotFound, Transient
from chassis.identifiers import new_id
from events.billing import ReconnectionDue, SuspensionDue
from events.installations import InstallationActivationRequested
from services.provisioning import adjusting, queries, removing
from services.provisioning.model import CHANGE, RECONNECT, SUSPEND
from services.provisioning.working import Workshop
from tests.provisioning.builders import A_PLAN, a_router, a_service_change, an_activation_request, due, rows_of
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter, simulated_router

QUEUE, SECRET, LISTED, ACTIVE = "/queue/simple", "/ppp/secret", "/ip/firewall/address-list", "/ppp/active"
FASTER = A_PLAN | {"download_kbps": 50_000, "shaping": {"priority": 2, "burst_seconds": 8}}


def outcomes(story: Story) -> list[str]:
    """What was told after the activation."""
    types = story.told_types()
    return types[types.index("ServiceProvisioned") + 1 :]


def test_another_plan_ends_the_session_and_is_told(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    router.do("connect", name="ana.lopez")
    story.hear(a_service_change(active, plan=FASTER))
    assert (story.account().state, story.account().pending) == ("changing", [CHANGE])
    story.work_off()
    (secret,) = router.rows(SECRET)
    assert secret["profile"] == "alta-50M-2M-0-0-0-0-8-8-2-0-0" and router.rows(ACTIVE) == []
    account = story.account()
    assert (account.state, account.pending, account.observed["profile"]) == ("placed", None, secret["profile"])
    assert outcomes(story) == ["ServiceAdjusted"]
    assert story.told()[-1].data["account_id"] == str(account.id)


def test_a_new_name_ends_the_session_of_the_old_one(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    router.do("connect", name="ana.lopez")
    router.do("drop", at=f"after:1:{SECRET}/set")
    story.hear(a_service_change(active, service_name="ana.perez", ip_address="10.0.0.9"))
    with pytest.raises(Transient):
        story.work_off()
    story.work_off()
    (secret,) = router.rows(SECRET)
    assert (secret["name"], secret["remote-address"]) == ("ana.perez", "10.0.0.9")
    assert router.rows(ACTIVE) == [] and story.account().left_behind is None


def test_what_changes_nothing_here_or_is_older_is_no_work(
    story: Story, active: InstallationActivationRequested
) -> None:
    story.hear(a_service_change(active, first_name="María"))
    story.hear(a_service_change(active, version=1, plan=FASTER))
    assert story.jobs(adjusting.ADJUST) == [] and outcomes(story) == []


def test_an_older_change_that_comes_late_is_ignored(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.hear(a_service_change(active, version=6, plan=FASTER))
    story.hear(a_service_change(active, version=5, ip_address="10.0.0.9"))
    story.work_off()
    assert router.rows(SECRET)[0]["remote-address"] == "10.0.0.5"


WISHES: list[tuple[str, Callable[[Story, InstallationActivationRequested], None]]] = [
    ("staff", lambda story, _: story.adjust(SUSPEND)),
    ("billing", lambda story, active: story.hear(due(SuspensionDue, active, 1))),
]
BACK: list[Callable[[Story, InstallationActivationRequested], None]] = [
    lambda story, _: story.adjust(RECONNECT),
    lambda story, active: story.hear(due(ReconnectionDue, active, 2)),
]


@pytest.mark.parametrize(("who", "suspend"), WISHES)
@pytest.mark.parametrize("reconnect", BACK)
def test_a_service_is_suspended_and_reconnected(
    story: Story,
    router: SimulatedRouter,
    active: InstallationActivationRequested,
    who: str,
    suspend: Callable[..., None],
    reconnect: Callable[..., None],
) -> None:
    router.do("connect", name="ana.lopez")
    suspend(story, active)
    story.work_off()
    (entry,) = router.rows(LISTED)
    assert (entry["list"], entry["address"], entry["dynamic"]) == ("alta-suspended", "10.0.0.5", "false")
    assert router.rows(ACTIVE) == [] and story.account().suspended
    assert outcomes(story) == ["ServiceSuspended"]
    assert story.told()[-1].data["suspended_by"] == "address_list"
    reconnect(story, active)
    story.work_off()
    assert router.rows(LISTED) == [] and story.account().suspended is False
    assert outcomes(story) == ["ServiceSuspended", "ServiceReconnected"]


@pytest.mark.parametrize("way", ["profile", "disable", "low_rate"])
def test_the_router_says_how_it_suspends(story: Story, router: SimulatedRouter, connection, way: str) -> None:
    connection.add("/ppp/profile", {"name": "cortados"})
    settings = {"suspend_by": way, "suspended_profile": "cortados", "suspended_kbps": 128}
    story.activated(story.save_router(a_router(router, mode="pppoe", **settings)))
    story.adjust(SUSPEND)
    story.work_off()
    (secret,) = router.rows(SECRET)
    cut = {
        "profile": ("cortados", "false"),
        "disable": ("alta-10M-2M", "true"),
        "low_rate": ("alta-128k-128k", "false"),
    }
    assert (secret["profile"], secret["disabled"]) == cut[way]
    assert story.told()[-1].data["suspended_by"] == way and router.rows(LISTED) == []
    story.adjust(RECONNECT)
    story.work_off()
    assert (router.rows(SECRET)[0]["profile"], router.rows(SECRET)[0]["disabled"]) == ("alta-10M-2M", "false")


def test_what_a_router_did_in_another_way_is_undone_by_reconnecting(story: Story, router: SimulatedRouter) -> None:
    router_id = story.save_router(a_router(router, mode="pppoe"))
    story.activated(router_id)
    story.adjust(SUSPEND)
    story.work_off()
    changed = {"router_id": router_id, "suspend_by": "disable", "suspended_list": "cortados"}
    story.save_router(a_router(router, mode="pppoe", **changed))
    story.adjust(RECONNECT)
    story.work_off()
    assert router.rows(LISTED) == [] and router.rows(SECRET)[0]["disabled"] == "false"


def test_suspending_twice_is_as_once(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    for _ in range(2):
        story.adjust(SUSPEND)
        story.work_off()
    assert len(router.rows(LISTED)) == 1 and outcomes(story) == ["ServiceSuspended"] * 2


def test_the_newest_of_two_wishes_is_done_and_told(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    router.do("offline")
    story.adjust(SUSPEND)
    overtaken = story.job(adjusting.ADJUST)
    with pytest.raises(Transient):
        story.work_off()
    story.adjust(RECONNECT)
    router.do("online")
    story.run(overtaken)
    assert outcomes(story) == ["RouterUnreachable"]
    story.work_off()
    assert router.rows(LISTED) == [] and outcomes(story) == ["RouterUnreachable", "ServiceReconnected"]


def test_an_older_word_on_suspension_that_comes_late_is_ignored(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.hear(due(ReconnectionDue, active, 5))
    story.hear(due(SuspensionDue, active, 4))
    story.work_off()
    assert router.rows(LISTED) == [] and story.account().suspended is False


def test_a_suspended_client_with_another_address_stays_suspended(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.adjust(SUSPEND)
    story.hear(a_service_change(active, ip_address="10.0.0.9"))
    story.work_off()
    assert [entry["address"] for entry in router.rows(LISTED)] == ["10.0.0.9"]
    assert outcomes(story) == ["ServiceSuspended", "ServiceAdjusted"]


def test_entity_versions_grow(story: Story, active: InstallationActivationRequested) -> None:
    story.adjust(SUSPEND)
    story.hear(a_service_change(active, ip_address="10.0.0.9"))
    story.work_off()
    story.remove()
    story.work_off()
    versions = [event.entity_version for event in story.told() if event.type != "RouterChanged"]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("mode", ["simple_queue", "pppoe", "hotspot", "dhcp", "arp"])
def test_a_move_leaves_it_on_one_router_wherever_the_connection_is_lost(
    story: Story, router: SimulatedRouter, mode: str, when: str
) -> None:
    with simulated_router() as other:
        settings = {"mode": mode, "interface": "ether2"}
        first = story.save_router(a_router(router, **settings))
        second = story.save_router(a_router(other, name="sur", **settings))
        active = story.activated(first, mac_address="64:D1:54:0A:1B:2C")
        before = rows_of(router)
        routers, change = [(router, first), (other, second)], active
        for nth in range(1, 12):
            (old, _), (new, new_router_id) = routers
            change = a_service_change(change, router_id=new_router_id)
            for each in (old, new):
                each.do("drop", at=f"{when}:{nth}")
            story.hear(change)
            for _ in range(3):
                with contextlib.suppress(Transient):
                    story.work_off()
            for each in (old, new):
                each.do("drop", at="before:100000")
            story.work_off()
            assert rows_of(old) == [] and rows_of(new) == before
            routers.reverse()
        assert story.account().state == "placed" and set(outcomes(story)) == {"ServiceAdjusted"}


def test_a_router_that_refuses_to_let_go_after_a_move_is_asked_until_it_does(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    with simulated_router() as other:
        story.hear(a_service_change(active, router_id=story.save_router(a_router(other, name="sur"))))
        # The connection that is kept ends: a new one has to log in.
        router.do("cut")
        router.do("reject")
        with pytest.raises(Transient) as refused:
            story.work_off()
        assert refused.value.code == "router-login-refused" and story.account().state == "placed"
        router.do("accept")
        story.work_off()
        assert rows_of(router) == [] and len(rows_of(other)) == 1


def test_the_first_router_is_left_when_the_second_has_it(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    with simulated_router() as other:
        story.hear(a_service_change(active, router_id=story.save_router(a_router(other, name="sur"))))
        other.do("offline")
        with pytest.raises(Transient):
            story.work_off()
        assert len(router.rows(SECRET)) == 1
        router.do("connect", name="ana.lopez")
        other.do("online")
        story.work_off()
        assert len(other.rows(QUEUE)) == 1
        assert router.rows(SECRET) == [] == router.rows(ACTIVE)


def test_a_refused_change_is_told_and_what_was_there_stays(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested, connection
) -> None:
    connection.add(SECRET, {"name": "eva"})
    story.hear(a_service_change(active, service_name="eva", plan=FASTER))
    story.adjust(SUSPEND)
    story.work_off()
    failed, suspended = story.told()[-2:]
    assert (failed.type, failed.data["operation"], failed.data["reason_code"]) == (
        "AdjustmentFailed", CHANGE, "name-taken-on-router"
    )  # fmt: skip
    assert suspended.type == "ServiceSuspended", "a suspension does not fail because of a name"
    account = story.account()
    assert (account.state, account.service_name, account.download_kbps) == ("placed", "ana.lopez", 10_000)
    assert len(router.rows(LISTED)) == 1 and len(router.rows(SECRET)) == 2


def test_a_change_refused_after_a_part_of_it_was_written_is_taken_back(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    before = rows_of(router)
    story.hear(a_service_change(active, service_name="Peña", ip_address="10.0.0.9"))
    router.do("drop", at=f"after:1:{SECRET}/set")
    with pytest.raises(Transient):
        story.work_off()
    assert rows_of(router) != before
    router_id = story.router().id
    # Staff write a wrong address: the next attempt is refused for good.
    story.hear(a_service_change(active, version=3, ip_address="10.0.0.555"))
    story.work_off()
    assert rows_of(router) == before and story.account().router_id == router_id
    assert story.told()[-1].type == "AdjustmentFailed" and story.account().state == "placed"


def test_a_suspension_that_the_router_refuses_is_told(story: Story, router: SimulatedRouter) -> None:
    settings = {"suspend_by": "profile", "suspended_profile": "cortados"}
    story.activated(story.save_router(a_router(router, mode="pppoe", **settings)))
    story.adjust(SUSPEND)
    story.work_off()
    assert outcomes(story) == ["AdjustmentFailed"]
    assert (story.told()[-1].data["operation"], story.told()[-1].data["reason_code"]) == (SUSPEND, "profile-missing")
    assert (story.account().state, story.account().suspended) == ("placed", False)


def test_a_router_that_refuses_everything_leaves_a_refused_account_to_be_retried(
    story: Story, router: SimulatedRouter
) -> None:
    router_id = story.save_router(a_router(router))
    story.activated(router_id)
    story.save_router(a_router(router, router_id=router_id, password="wrong"))
    story.adjust(SUSPEND)
    story.work_off()
    assert (story.account().state, story.account().reason_code) == ("refused", "router-login-refused")
    assert outcomes(story)[1:] == ["AdjustmentFailed"]
    story.save_router(a_router(router, router_id=router_id))
    story.adjust(None)
    story.work_off()
    assert (story.account().state, story.account().reason_code) == ("placed", None)
    assert router.rows(LISTED) == []


def test_what_is_not_there_is_not_adjusted(story: Story, workshop: Workshop, stranger: UUID) -> None:
    router_id = story.save_router(a_router())
    story.hear(an_activation_request(router_id, company_id=story.company))
    with pytest.raises(Conflict) as refused:
        story.adjust(SUSPEND)
    assert refused.value.code == "account-not-placed"
    installation_id = story.account().installation_id
    for company, installation in ((story.company, new_id()), (stranger, installation_id)):
        with workshop.database.begin(company) as session, pytest.raises(NotFound):
            adjusting.adjust(session, installation_id=installation, operation=SUSPEND)
        with workshop.database.begin(company) as session, pytest.raises(NotFound):
            removing.remove(session, installation_id=installation)


@pytest.mark.parametrize("mode", ["dhcp", "arp"])
def test_a_mode_that_needs_a_device_says_so(story: Story, router: SimulatedRouter, mode: str) -> None:
    router_id = story.save_router(a_router(router, mode=mode, interface="ether2"))
    story.hear(an_activation_request(router_id, company_id=story.company))
    story.attempt()
    assert story.account().reason_code == "mac-address-missing"


def test_services_are_listed_by_name_and_found_by_address_state_and_router(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    def listed(**filters: object) -> list[str]:
        usual = {"router_id": None, "state": None, "search": None, "after": None, "limit": 10}
        with story.session() as session:
            return [row["service_name"] for row in queries.list_accounts(session, **(usual | filters)).rows]

    assert listed() == listed(search="10.0.0.5") == listed(search="ANA") == listed(state="placed") == ["ana.lopez"]
    assert listed(search="eva") == listed(router_id=new_id()) == listed(state="suspended") == []
    story.adjust(SUSPEND)
    story.work_off()
    assert listed(state="suspended") == ["ana.lopez"]
    story.remove()
    story.work_off()
    assert listed() == []
