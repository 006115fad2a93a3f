"""From the request to the outcome, on both databases, against a simulated router."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from chassis import clock
from chassis.errors import Transient
from chassis.identifiers import new_id
from events.provisioning import ProvisioningFailed, ProvisioningProgressed, ServiceProvisioned
from services.provisioning import activation, removing
from services.provisioning.working import Workshop
from tests.provisioning.builders import a_router, an_activation_request
from tests.provisioning.story import Story
from tests.simulator import PASSWORD, SimulatedRouter

QUEUE, SECRET = "/queue/simple", "/ppp/secret"


@pytest.fixture
def router_id(story: Story, router: SimulatedRouter) -> UUID:
    return story.save_router(a_router(router))


def test_a_service_is_put_on_its_router_and_told(story: Story, router: SimulatedRouter, router_id: UUID) -> None:
    event = an_activation_request(router_id, company_id=story.company)
    story.hear(event)
    story.attempt()
    (row,) = router.rows(QUEUE)
    account = story.account()
    assert (row["name"], row["comment"]) == ("ana.lopez", f"alta:{account.id}")
    assert (account.state, account.observed["target"]) == ("placed", "10.0.0.5/32")
    assert story.told_types() == [
        "RouterChanged",
        "ProvisioningProgressed:started",
        "ProvisioningProgressed:written",
        "ServiceProvisioned",
    ]
    provisioned = ServiceProvisioned.read(story.told()[-1])
    assert (provisioned.installation_id, provisioned.activation_id) == (event.installation_id, event.activation_id)
    assert (provisioned.router_name, provisioned.mode) == ("norte", "simple_queue")


def test_entity_versions_grow(story: Story, router_id: UUID) -> None:
    story.hear(an_activation_request(router_id, company_id=story.company))
    story.attempt()
    versions = [event.entity_version for event in story.told() if event.type != "RouterChanged"]
    assert versions == sorted(set(versions))


def test_a_pppoe_password_is_made_here_and_told_to_nobody(story: Story, router: SimulatedRouter) -> None:
    router_id = story.save_router(a_router(router, mode="pppoe"))
    story.hear(an_activation_request(router_id, company_id=story.company))
    story.attempt()
    (row,) = router.rows(SECRET)
    account = story.account()
    assert len(row["password"]) == 12 and row["password"] not in (account.sealed_password or "")
    everything = "".join(event.encode().decode() for event in story.told()) + str(account.observed)
    assert row["password"] not in everything and PASSWORD not in everything


def test_a_router_that_is_off_is_waited_for_then_given_up(
    story: Story, router: SimulatedRouter, router_id: UUID
) -> None:
    story.hear(an_activation_request(router_id, company_id=story.company))
    router.do("offline")
    for attempt in (1, 2):
        with pytest.raises(Transient):
            story.attempt(attempt)
    story.attempt(3, last=True)
    assert story.told_types()[1:] == [
        "ProvisioningProgressed:started",
        "ProvisioningProgressed:waiting",
        "RouterUnreachable",
        "ProvisioningProgressed:waiting",
        "ProvisioningProgressed:waiting",
        "ProvisioningFailed",
    ]
    waiting = ProvisioningProgressed.read(story.told()[2])
    failed = ProvisioningFailed.read(story.told()[-1])
    assert router.host not in str([event.data for event in story.told()])
    assert (waiting.reason_code, failed.reason_code, failed.attempts) == (
        "router-unreachable", "router-unreachable", 3
    )  # fmt: skip
    assert story.account().state == "failed"


def test_nobody_waits_longer_than_20_seconds_for_another_attempt(
    story: Story, router: SimulatedRouter, router_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.hear(an_activation_request(router_id, company_id=story.company))
    router.do("offline")
    with pytest.raises(Transient):
        story.attempt()
    later = clock.now() + timedelta(seconds=21)
    monkeypatch.setattr(clock, "now", lambda: later)
    story.attempt(2)
    assert story.told_types()[-1] == "ProvisioningFailed"


def test_an_outage_is_told_again_after_the_router_had_answered(
    story: Story, router: SimulatedRouter, router_id: UUID
) -> None:
    for outage in range(2):
        story.hear(an_activation_request(router_id, company_id=story.company, service_name=f"client{outage}"))
        router.do("offline")
        job = story.job(activation.APPLY)
        with pytest.raises(Transient):
            story.run(job)
        router.do("online")
        story.run(job, 2)
    assert story.told_types().count("RouterUnreachable") == 2


def test_a_retry_after_failing_is_safe(story: Story, router: SimulatedRouter, router_id: UUID) -> None:
    installation = new_id()
    story.hear(an_activation_request(router_id, company_id=story.company, installation_id=installation))
    router.do("drop", at="after:2")  # applied, never answered
    with pytest.raises(Transient):
        story.attempt()
    router.do("offline")
    story.attempt(2, last=True)
    router.do("online")
    again = an_activation_request(router_id, company_id=story.company, installation_id=installation, version=2)
    story.hear(again)
    story.attempt()
    assert len(router.rows(QUEUE)) == 1
    assert story.told()[-1].data["activation_id"] == str(again.activation_id)


def test_what_a_lost_answer_left_is_taken_away_when_the_router_is_back(
    story: Story, router: SimulatedRouter, router_id: UUID
) -> None:
    story.hear(an_activation_request(router_id, company_id=story.company))
    router.do("drop", at="after:2")
    with pytest.raises(Transient):
        story.attempt()
    router.do("offline")
    story.attempt(2, last=True)
    router.do("online")
    assert len(router.rows(QUEUE)) == 1
    story.run(story.job(removing.WITHDRAW))
    assert router.rows(QUEUE) == []


def test_a_withdrawal_leaves_a_service_that_is_wanted_again(
    story: Story, router: SimulatedRouter, router_id: UUID
) -> None:
    event = an_activation_request(router_id, company_id=story.company)
    story.hear(event)
    router.do("offline")
    story.attempt(1, last=True)
    router.do("online")
    again = an_activation_request(router_id, company_id=story.company, installation_id=event.installation_id, version=2)
    story.hear(again)
    story.attempt()
    story.run(story.job(removing.WITHDRAW))
    assert len(router.rows(QUEUE)) == 1


def test_an_older_request_that_comes_late_is_ignored(story: Story, router: SimulatedRouter, router_id: UUID) -> None:
    newer = an_activation_request(router_id, company_id=story.company, version=5)
    older = an_activation_request(
        router_id, company_id=story.company, version=3, installation_id=newer.installation_id, service_name="old"
    )
    story.hear(newer)
    story.hear(older)
    story.attempt()
    assert [row["name"] for row in router.rows(QUEUE)] == ["ana.lopez"]
    assert story.account().activation_id == newer.activation_id


def test_work_for_an_activation_that_was_overtaken_does_nothing(
    story: Story, router: SimulatedRouter, router_id: UUID
) -> None:
    first = an_activation_request(router_id, company_id=story.company)
    story.hear(first)
    overtaken = story.job(activation.APPLY)
    story.hear(
        an_activation_request(router_id, company_id=story.company, version=2, installation_id=first.installation_id)
    )
    story.run(overtaken)
    assert router.rows(QUEUE) == [] and story.account().state == "asked"


def test_another_router_for_the_same_installation_leaves_nothing_on_the_first(
    story: Story, router: SimulatedRouter, router_id: UUID
) -> None:
    first = an_activation_request(router_id, company_id=story.company)
    story.hear(first)
    story.attempt()
    other = story.save_router(a_router(router, name="sur"))
    story.hear(an_activation_request(other, company_id=story.company, version=2, installation_id=first.installation_id))
    assert story.job(removing.WITHDRAW).lane == str(router_id)
    story.run(story.job(removing.WITHDRAW))
    assert router.rows(QUEUE) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"active": False}, "router-inactive"), ({"password": "wrong"}, "router-login-refused")],
)
def test_what_no_retry_can_help_fails_at_once(
    story: Story, router: SimulatedRouter, changed: dict[str, object], code: str
) -> None:
    router_id = story.save_router(a_router(router, **changed))
    story.hear(an_activation_request(router_id, company_id=story.company))
    story.attempt()
    assert (story.account().state, story.account().reason_code) == ("failed", code)
    assert story.told()[-1].data["reason_code"] == code


def test_a_router_that_nobody_knows_fails_at_once(story: Story) -> None:
    story.hear(an_activation_request(new_id(), company_id=story.company))
    story.attempt()
    assert story.told()[-1].data["reason_code"] == "router-unknown"


def test_a_name_of_somebody_else_is_told_with_the_name(
    story: Story, router: SimulatedRouter, router_id: UUID, connection
) -> None:
    connection.add(QUEUE, {"name": "ana.lopez", "target": "10.0.0.9"})
    story.hear(an_activation_request(router_id, company_id=story.company))
    story.attempt()
    assert story.told()[-1].data["reason_params"] == {"name": "ana.lopez", "menu": QUEUE}
    assert len(router.rows(QUEUE)) == 1


def test_a_company_cannot_use_a_strangers_router(
    workshop: Workshop, story: Story, stranger: UUID, router_id: UUID, router: SimulatedRouter
) -> None:
    theirs = Story(workshop, stranger)
    theirs.hear(an_activation_request(router_id, company_id=stranger))
    theirs.attempt()
    assert theirs.account().reason_code == "router-unknown"
    assert router.rows(QUEUE) == []
