from __future__ import annotations

from uuid import UUID

import pytest

from chassis.errors import NotFound, ValidationFailed
from chassis.identifiers import new_id
from chassis.schemas import load
from chassis.storage import find
from services.provisioning import outages, queries
from services.provisioning.errors import RouterInUse
from services.provisioning.model import Router
from services.provisioning.schemas import RouterView, SaveRouter
from services.provisioning.working import Workshop
from tests.provisioning.builders import a_router, an_activation_request
from tests.provisioning.story import Story
from tests.simulator import PASSWORD


def test_a_router_is_saved_with_its_password_sealed(story: Story) -> None:
    router_id = story.save_router(a_router())
    router = story.router()
    assert PASSWORD not in router.sealed_password
    assert story.workshop.keyring.open(router.sealed_password, context=router.password_context) == PASSWORD
    (told,) = story.told()
    assert told.data == {"router_id": str(router_id), "name": "norte", "mode": "simple_queue", "active": True}


def test_what_is_shown_has_no_password(story: Story) -> None:
    story.save_router(a_router())
    shown = RouterView().dump(story.router())
    assert shown["address"] == "192.0.2.1" and not any("password" in name for name in shown)


@pytest.mark.parametrize("password", [None, ""])
def test_a_password_that_is_not_given_stays(story: Story, password: str | None) -> None:
    router_id = story.save_router(a_router())
    story.save_router(a_router(router_id=router_id, password=password, name="norte 2"))
    router = story.router()
    assert router.name == "norte 2" and router.version == 2
    assert story.workshop.keyring.open(router.sealed_password, context=router.password_context) == PASSWORD


def test_a_new_router_needs_a_password_or_an_empty_one(story: Story) -> None:
    with pytest.raises(ValidationFailed) as refused:
        story.save_router(a_router(password=None))
    assert refused.value.fields == {"password": [{"code": "required", "params": {}}]}
    story.save_router(a_router(password=""))


def test_two_routers_of_a_company_have_two_names(story: Story, workshop: Workshop, stranger: UUID) -> None:
    story.save_router(a_router())
    with pytest.raises(ValidationFailed) as refused:
        story.save_router(a_router())
    assert refused.value.fields["name"][0]["code"] == "router-name-taken"
    Story(workshop, stranger).save_router(a_router())


def test_the_mode_stays_while_services_are_on_the_router(story: Story) -> None:
    router_id = story.save_router(a_router())
    story.save_router(a_router(router_id=router_id, mode="pppoe"))
    story.hear(an_activation_request(router_id, company_id=story.company))
    with pytest.raises(RouterInUse):
        story.save_router(a_router(router_id=router_id, mode="simple_queue"))
    story.save_router(a_router(router_id=router_id, mode="pppoe", address="192.0.2.2"))


def test_how_a_router_suspends_stays_as_it_is_when_it_is_not_said(story: Story) -> None:
    router_id = story.save_router(a_router(mode="pppoe"))
    first = story.router()
    assert (first.suspend_by, first.suspended_list, first.suspended_kbps) == ("address_list", "alta-suspended", 64)
    said = {"suspend_by": "profile", "suspended_profile": "cortados", "server": "plaza", "suspended_kbps": 128}
    story.save_router(a_router(router_id=router_id, mode="pppoe", **said))
    story.save_router(a_router(router_id=router_id, mode="pppoe", server=""))
    router = story.router()
    assert (router.suspend_by, router.suspended_profile, router.suspended_kbps, router.server) == (
        "profile", "cortados", 128, None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"mode": "simple_queue", "suspend_by": "disable"}, "suspend_by", "not-in-this-mode"),
        ({"mode": "dhcp", "suspend_by": "disable"}, "suspend_by", "not-in-this-mode"),
        ({"mode": "pppoe", "suspend_by": "profile"}, "suspended_profile", "required"),
        ({"mode": "arp"}, "interface", "required"),
    ],
)
def test_what_does_not_fit_the_mode_is_refused(story: Story, values: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        story.save_router(a_router(**values))
    assert refused.value.fields == {field: [{"code": code, "params": {}}]}


def test_a_strangers_router_is_not_found(story: Story, workshop: Workshop, stranger: UUID) -> None:
    router_id = story.save_router(a_router())
    with pytest.raises(NotFound):
        Story(workshop, stranger).save_router(a_router(router_id=router_id))
    with workshop.database.read(stranger) as session, pytest.raises(NotFound):
        queries.get_router(session, router_id)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("mode", "radius", "mode-not-supported"),
        ("port", 0, "out-of-range"),
        ("address", "not an address", "invalid"),
        ("certificate_sha256", "abc", "invalid"),
        ("name", "", "required"),
        ("suspend_by", "prayer", "unknown-way"),
        ("suspended_kbps", 0, "out-of-range"),
    ],
)
def test_what_is_typed_in_is_checked(field: str, value: object, code: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(SaveRouter(), a_router() | {field: value})
    assert [complaint["code"] for complaint in refused.value.fields[field]] == [code]


def test_a_test_remembers_whether_the_router_answered(story: Story) -> None:
    router_id = story.save_router(a_router())
    failed = [{"check": "connect", "ok": False, "code": "router-unreachable", "params": {}}]
    for _ in range(2):
        with story.workshop.database.begin(story.company) as session:
            at = (
                find(session, Router, router_id).lost_at
                or an_activation_request(new_id(), company_id=story.company).meta.time
            )
            verdict = outages.note_checks(session, router_id=router_id, checks=failed, at=at)
    assert verdict == {"ok": False, "checks": failed} and story.router().lost_at is not None
    assert story.told_types().count("RouterUnreachable") == 1
    with story.workshop.database.begin(story.company) as session:
        outages.note_checks(session, router_id=router_id, checks=[{"ok": True}], at=story.router().lost_at)
    assert story.router().lost_at is None


def test_an_account_shows_its_password_to_those_it_is_meant_for(story: Story) -> None:
    router_id = story.save_router(a_router(mode="pppoe"))
    event = an_activation_request(router_id, company_id=story.company)
    story.hear(event)
    with story.session() as session:
        keyring = story.workshop.keyring
        shown = queries.account(session, event.installation_id, keyring=keyring, with_password=True)
        hidden = queries.account(session, event.installation_id, keyring=keyring, with_password=False)
        with pytest.raises(NotFound):
            queries.account(session, new_id(), keyring=keyring, with_password=False)
    assert len(shown["password"]) == 12 and hidden["password"] is None
    assert (shown["state"], shown["router_name"], shown["mode"]) == ("asked", "norte", "pppoe")
