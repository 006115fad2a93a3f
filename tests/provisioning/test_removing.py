"""Taking services away: after a cancellation, a failure, or on request."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from chassis.errors import Transient
from events.installations import InstallationActivationRequested
from services.provisioning import activation
from services.provisioning.model import REMOVE, SUSPEND, Account
from tests.overlapping import overlapping
from tests.provisioning.builders import a_cancellation, a_router, an_activation_request, rows_of
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter

QUEUE, SECRET, LISTED = "/queue/simple", "/ppp/secret", "/ip/firewall/address-list"


@pytest.mark.parametrize("state", ["placed", "asked", "failed"])
def test_a_cancelled_installation_leaves_nothing_on_its_router(
    story: Story, router: SimulatedRouter, state: str
) -> None:
    router_id = story.save_router(a_router(router))
    event = an_activation_request(router_id, company_id=story.company)
    story.hear(event)
    if state != "asked":
        router.do("drop", at=f"after:1:{QUEUE}/add")
        with pytest.raises(Transient):
            story.attempt()
    if state == "failed":
        router.do("offline")
        story.attempt(2, last=True)
        router.do("online")
    elif state == "placed":
        # The installations service had stopped waiting by then.
        story.attempt(2)
    story.hear(a_cancellation(event))
    story.attempt(3)
    story.work_off()
    assert router.rows(QUEUE) == []
    assert (story.account().state, story.told_types()[-1]) == ("removed", "ServiceRemoved")


def test_a_request_that_was_cancelled_before_it_came_has_no_effect(story: Story, router: SimulatedRouter) -> None:
    router_id = story.save_router(a_router(router))
    event = an_activation_request(router_id, company_id=story.company)
    story.hear(a_cancellation(event, version=4))
    story.hear(a_cancellation(event, version=3))
    story.hear(event)
    assert story.jobs(activation.APPLY) == []
    story.hear(
        an_activation_request(router_id, company_id=story.company, installation_id=event.installation_id, version=5)
    )
    story.attempt()
    assert story.account().state == "placed"


@pytest.mark.parametrize("first", ["activation", "cancellation"])
def test_two_replicas_hear_of_an_installation_at_once(story: Story, router: SimulatedRouter, first: str) -> None:
    event = an_activation_request(story.save_router(a_router(router)), company_id=story.company)
    heard = [event, a_cancellation(event)]
    one, other = heard if first == "activation" else reversed(heard)

    assert overlapping(story.workshop.database, lambda: story.hearing(one), lambda: story.hear(other)) is None
    story.work_off()
    with story.session() as session:
        assert [account.state for account in session.scalars(select(Account))] in ([], ["removed"])
    assert rows_of(router) == []


def test_a_cancellation_older_than_the_activation_is_ignored(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.hear(a_cancellation(active, version=1))
    story.work_off()
    assert len(router.rows(SECRET)) == 1


def test_a_removed_service_may_be_activated_again(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    story.adjust(SUSPEND)
    story.work_off()
    story.remove()
    story.work_off()
    assert rows_of(router) == []
    again = an_activation_request(
        active.router_id, company_id=story.company, installation_id=active.installation_id, version=2
    )
    story.hear(again)
    story.attempt()
    assert len(router.rows(SECRET)) == 1 and router.rows(LISTED) == []


def test_a_removal_waits_for_a_router_that_is_out_of_use(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    values = a_router(router, router_id=active.router_id, mode="pppoe")
    story.save_router(values | {"active": False})
    story.remove()
    with pytest.raises(Transient):
        story.work_off()
    story.save_router(values)
    story.work_off()
    assert router.rows(SECRET) == [] and story.account().state == "removed"


def test_a_removal_that_the_router_refuses_is_told_and_may_be_asked_again(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    values = a_router(router, router_id=active.router_id, mode="pppoe")
    story.save_router(values | {"password": "wrong"})
    story.remove()
    story.work_off()
    told = story.told()[-1]
    assert (told.type, told.data["operation"], story.account().state) == ("AdjustmentFailed", REMOVE, "removing")
    story.save_router(values)
    story.remove()
    story.work_off()
    assert story.account().state == "removed" and router.rows(SECRET) == []
