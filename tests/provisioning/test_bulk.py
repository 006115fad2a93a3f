"""Many services suspended, reconnected or repaired at once: with progress, a pause, and what became of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from chassis import auditing, clock
from chassis.calls import Actor
from chassis.errors import NotFound
from chassis.identifiers import new_id
from chassis.storage.tables import jobs
from services.provisioning import adjusting, bulk, queries
from services.provisioning.errors import BulkEnded, NothingChosen
from services.provisioning.model import RECONNECT, SUSPEND
from services.provisioning.routers import Connection
from tests.provisioning.builders import a_router
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter

ROSA = Actor("staff", "s1", "Rosa", "owner", "10.1.2.3")
LIST, QUEUE = "/ip/firewall/address-list", "/queue/simple"


@pytest.fixture
def clients(story: Story, router: SimulatedRouter) -> list[UUID]:
    """Three of one router."""
    router_id = story.save_router(a_router(router))
    return [place(story, router_id, f"cliente{n}", f"10.0.0.{n}") for n in (1, 2, 3)]


def place(story: Story, router_id: UUID, name: str, address: str) -> UUID:
    story.place(router_id, service_name=name, ip_address=address)
    with story.session() as session:
        rows = queries.list_accounts(session, router_id=None, state=None, search=name, after=None, limit=1).rows
    return rows[0]["installation_id"]


def begin(story: Story, operation: str = SUSPEND, **chosen: Any) -> UUID:
    with story.workshop.database.begin(story.company) as session:
        return bulk.begin(session, operation=operation, chosen=chosen, actor=ROSA, at=clock.now()).id


def tell(story: Story, how: Any, operation_id: UUID, **more: Any) -> None:
    with story.workshop.database.begin(story.company) as session:
        how(session, operation_id=operation_id, **more)


def step(story: Story) -> None:
    story.run(story.job(bulk.WORK_OFF))


def work_off(story: Story, operation_id: UUID) -> dict[str, Any]:
    """Steps and the work on routers in turn, until nothing is left."""
    while story.jobs(bulk.WORK_OFF):
        step(story)
        story.work_off()
    return state(story, operation_id)


def state(story: Story, operation_id: UUID) -> dict[str, Any]:
    with story.session() as session:
        return bulk.get(session, operation_id=operation_id)


def test_all_of_a_filter_are_suspended_and_reconnected(
    story: Story, clients: list[UUID], router: SimulatedRouter
) -> None:
    with story.session() as session:
        seen = bulk.preview(session, operation=SUSPEND, chosen={"search": "cliente"})
    assert seen == {"total": 3, "already": 0, "by_router": [{"router_name": "norte", "services": 3}]}
    ended = work_off(story, begin(story, search="cliente"))
    assert (ended["state"], ended["total"], ended["done"], ended["still"]) == ("done", 3, 3, False)
    assert ended["by_router"][0]["done"] == 3
    assert {row["address"] for row in router.rows(LIST)} == {"10.0.0.1", "10.0.0.2", "10.0.0.3"}
    with story.session() as session:
        (audited,) = auditing.find(session, subject=str(clients[0])).rows
    assert (audited.actor_name, audited.actor_id, audited.method) == ("Rosa", "s1", "provisioning.bulk_suspend")
    again = work_off(story, begin(story, RECONNECT, installation_ids=clients[:2]))
    assert again["done"] == 2
    assert [row["address"] for row in router.rows(LIST)] == ["10.0.0.3"]


def test_what_is_so_already_costs_the_router_nothing(
    story: Story, clients: list[UUID], router: SimulatedRouter
) -> None:
    before = router.commands
    assert work_off(story, begin(story, RECONNECT, installation_ids=clients))["done"] == 3
    assert router.commands == before


def test_what_a_router_refuses_is_reported_with_its_reason(
    story: Story, clients: list[UUID], router: SimulatedRouter, connection: Connection
) -> None:
    connection.add(LIST, {"list": "alta-suspended", "address": "10.0.0.2", "comment": "de otro"})
    operation = begin(story, installation_ids=clients)
    ended = work_off(story, operation)
    assert (ended["state"], ended["done"], ended["failed"]) == ("done", 2, 1)
    with story.session() as session:
        (failed,) = bulk.list_items(session, operation_id=operation, state="failed", after=None, limit=10).rows
    assert (failed["service_name"], failed["reason_code"]) == ("cliente2", "name-taken-on-router")


def test_what_was_changed_by_hand_is_repaired(
    story: Story, clients: list[UUID], router: SimulatedRouter, connection: Connection
) -> None:
    for row in router.rows(QUEUE):
        connection.set(QUEUE, row[".id"], {"max-limit": "1M/1M"})
    assert work_off(story, begin(story, bulk.REPAIR, state="placed"))["done"] == 3
    assert {row["max-limit"] for row in router.rows(QUEUE)} == {"2000000/10000000"}


def test_a_pause_leaves_what_was_not_asked_yet(
    story: Story, clients: list[UUID], router: SimulatedRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PER_ROUTER", 1)
    operation = begin(story, installation_ids=clients)
    step(story)
    tell(story, bulk.pause, operation)
    paused = work_off(story, operation)
    assert (paused["state"], paused["done"], paused["waiting"]) == ("paused", 1, 2)
    assert story.jobs(bulk.WORK_OFF) == [], "nothing turns while it is paused"
    tell(story, bulk.resume, operation)
    assert work_off(story, operation)["done"] == 3
    with pytest.raises(BulkEnded):
        tell(story, bulk.pause, operation)


def test_stopping_leaves_the_rest_out(story: Story, clients: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PER_ROUTER", 1)
    operation = begin(story, installation_ids=clients)
    step(story)
    tell(story, bulk.stop, operation, at=clock.now())
    ended = work_off(story, operation)
    assert (ended["state"], ended["done"], ended["left_out"], ended["still"]) == ("stopped", 1, 2, False)


def test_somebody_else_who_wants_the_contrary_meanwhile_wins(story: Story, clients: list[UUID]) -> None:
    operation = begin(story, installation_ids=clients)
    step(story)
    with story.workshop.database.begin(story.company) as session:
        adjusting.adjust(session, installation_id=clients[0], operation=RECONNECT)
    ended = work_off(story, operation)
    assert (ended["done"], ended["failed"]) == (2, 1)


def test_nothing_chosen_is_refused_and_another_company_sees_none(
    story: Story, clients: list[UUID], stranger: UUID
) -> None:
    with pytest.raises(NothingChosen):
        begin(story, search="nadie")
    operation = begin(story, installation_ids=clients)
    with story.workshop.database.begin(stranger) as session:
        with pytest.raises(NothingChosen):
            bulk.begin(session, operation=SUSPEND, chosen={"state": None}, actor=ROSA, at=clock.now())
        with pytest.raises(NotFound):
            bulk.pause(session, operation_id=operation)
    with story.workshop.database.read(stranger) as session:
        assert bulk.list_operations(session, after=None, limit=5).rows == []
        assert bulk.preview(session, operation=SUSPEND, chosen={"installation_ids": [new_id(), *clients]})["total"] == 0


def test_a_failed_job_is_listed_with_its_client_and_forgotten_by_its_company_alone(
    story: Story, clients: list[UUID], router: SimulatedRouter, connection: Connection, stranger: UUID
) -> None:
    connection.add(LIST, {"list": "alta-suspended", "address": "10.0.0.1", "comment": "de otro"})
    begin(story, installation_ids=clients[:1])
    step(story)
    (job,) = story.jobs(adjusting.ADJUST)
    with story.workshop.database.begin_unscoped() as session:
        failed = update(jobs).where(jobs.c.id == job.id).values(state="failed", last_error="name-taken-on-router")
        session.connection().execute(failed)
    with story.session() as session:
        (row,) = queries.list_jobs(session, state="failed", router_id=None, after=None, limit=5).rows
    assert (row["service_name"], row["router_name"], row["id"]) == ("cliente1", "norte", job.id)
    with story.workshop.database.begin(stranger) as session, pytest.raises(NotFound):
        queries.forget_job(session, job_id=job.id)
    with story.workshop.database.begin(story.company) as session:
        queries.forget_job(session, job_id=job.id)
    assert story.jobs(adjusting.ADJUST) == []
