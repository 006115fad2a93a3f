"""All clients of a plan moved to another one: in pieces, with a pause, and back to what routers refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import auditing
from chassis.calls import Actor
from chassis.errors import NotFound
from chassis.outbox.announcing import announced
from chassis.storage import Database
from chassis.storage.tables import jobs
from events.provisioning import AdjustmentFailed
from services.installations import catalogue, changing, moving_plans
from services.installations.errors import FieldRefused, NobodyToMove, PlanMoveEnded
from services.installations.model import Installation, PlanMove
from tests.installations.builders import NOON, Scene, a_plan
from tests.samples import STRANGER, told

ROSA = Actor("staff", "s1", "Rosa", "owner")


@pytest.fixture
def faster(session: Session, scene: Scene) -> UUID:
    """Another plan of the same router."""
    saved = catalogue.save_plan(session, plan_id=None, router_id=scene.router_id, **a_plan(name="Residencial 50M"))
    session.flush()
    return saved.id


def begin(session: Session, scene: Scene, to: UUID) -> PlanMove:
    move = moving_plans.begin(session, from_plan_id=scene.plan_id, to_plan_id=to, actor=ROSA, at=NOON)
    session.flush()
    return move


def go_on(session: Session, move: PlanMove) -> None:
    moving_plans.go_on(session, move_id=move.id, at=NOON)
    session.flush()


def on(session: Session, plan_id: UUID) -> int:
    return session.scalar(select(func.count(Installation.id)).where(Installation.plan_id == plan_id)) or 0


def test_every_client_of_the_plan_is_moved_and_told(session: Session, scene: Scene, faster: UUID) -> None:
    clients = [scene.activated(session) for _ in range(3)]
    scene.schedule(session)
    move = begin(session, scene, faster)
    go_on(session, move)
    assert (move.state, move.moved, move.total) == ("done", 3, 3)
    changes = [event.data for event in announced(session) if event.type == "ServiceChanged"]
    assert {change["installation_id"] for change in changes} == {str(client.id) for client in clients}
    assert {change["plan"]["name"] for change in changes} == {"Residencial 50M"}
    assert (on(session, faster), on(session, scene.plan_id)) == (3, 1), (
        "who is no client yet keeps the plan that was agreed"
    )


def test_gat_3_each_client_s_other_plan_is_audited(session: Session, scene: Scene, faster: UUID) -> None:
    client = scene.activated(session)
    move = begin(session, scene, faster)
    moving_plans.go_on(session, move_id=move.id, at=NOON)
    (row,) = auditing.find(session, subject=str(client.id)).rows
    assert (row.actor_name, row.method) == ("Rosa", "installations.move_to_plan")
    assert row.changes[0]["fields"] == {"plan_id": [str(scene.plan_id), str(faster)]}


def test_it_is_done_in_pieces_with_a_pause_between_and_may_be_stopped(
    session: Session, scene: Scene, faster: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving_plans, "AT_ONCE", 1)
    for _ in range(4):
        scene.activated(session)
    move = begin(session, scene, faster)
    go_on(session, move)
    steered: dict[str, Any] = {"move_id": move.id, "at": NOON}
    moving_plans.steer(session, how="pause", **steered)
    go_on(session, move)
    assert (move.state, move.moved, on(session, faster)) == ("paused", 1, 1)
    moving_plans.steer(session, how="resume", **steered)
    go_on(session, move)
    moving_plans.steer(session, how="stop", **steered)
    go_on(session, move)
    assert (move.state, on(session, faster), on(session, scene.plan_id)) == ("stopped", 2, 2)
    assert session.connection().execute(select(jobs.c.kind)).scalars().all().count(moving_plans.MOVE) == 1
    with pytest.raises(PlanMoveEnded):
        moving_plans.steer(session, how="resume", **steered)


def test_what_a_router_refused_is_in_the_report(session: Session, scene: Scene, faster: UUID) -> None:
    client = scene.activated(session)
    move = begin(session, scene, faster)
    go_on(session, move)
    changing.refused(session, told(AdjustmentFailed, version=9, installation_id=client.id, operation="change"))
    session.flush()
    assert [row.id for row in moving_plans.get(session, move_id=move.id)["refused"]] == [client.id]


def test_a_plan_that_it_cannot_be_is_refused(session: Session, scene: Scene, faster: UUID) -> None:
    with pytest.raises(NobodyToMove):
        begin(session, scene, faster)
    scene.activated(session)
    with pytest.raises(FieldRefused):
        begin(session, scene, scene.plan_id)
    values = a_plan(name="Residencial 50M", active=False)
    catalogue.save_plan(session, plan_id=faster, router_id=scene.router_id, **values)
    with pytest.raises(FieldRefused):
        begin(session, scene, faster)


def test_another_company_sees_none(session: Session, scene: Scene, faster: UUID, database: Database) -> None:
    scene.activated(session)
    move_id = begin(session, scene, faster).id
    session.commit()
    with database.read(STRANGER) as theirs:
        assert moving_plans.list_moves(theirs, after=None, limit=5).rows == []
        with pytest.raises(NotFound):
            moving_plans.get(theirs, move_id=move_id)
