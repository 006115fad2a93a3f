"""Many installations changed at once: counted first, each as if it were alone, refusals told, nothing done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from chassis import auditing
from chassis.calls import Actor
from chassis.errors import NotFound, ValidationFailed
from chassis.identifiers import new_id
from chassis.storage import Database
from services.installations import catalogue, schemas
from services.installations.bulk import choosing, working
from services.installations.errors import BulkChangeEnded, NothingChosen, TooManyChosen
from services.installations.model import BulkChange, Installation
from tests.installations.builders import NOON, Scene, a_plan, types
from tests.samples import STRANGER

ROSA = Actor("staff", "s1", "Rosa", "owner", "10.1.2.3")


def ticked(*installations: Installation) -> dict[str, Any]:
    return {"list": "installations", "installation_ids": [one.id for one in installations], "filters": {}}


def everything(list: str = "installations", **filters: Any) -> dict[str, Any]:
    return {"list": list, "installation_ids": None, "filters": filters}


def begin(session: Session, action: str, chosen: dict[str, Any], **wanted: Any) -> BulkChange:
    asked = schemas.BeginBulkChange().load({"action": action, "chosen": {"list": "clients"}, **wanted})
    change = working.begin(session, actor=ROSA, at=NOON, **asked | {"chosen": chosen})
    session.flush()
    return change


def work_off(session: Session, change: BulkChange) -> None:
    working.work_off(session, change_id=change.id, at=NOON)
    session.flush()


def reasons(session: Session, change: BulkChange) -> list[str]:
    page = working.list_items(session, change_id=change.id, state="refused", after=None, limit=50)
    return [item.reason_code for item in page.rows]


def test_ins_3_each_that_can_be_is_cancelled_and_each_refusal_has_its_reason(session: Session, scene: Scene) -> None:
    first, second, client = scene.schedule(session), scene.schedule(session), scene.activated(session)
    change = begin(session, "cancel", ticked(first, client, second), reason="Sin cobertura")
    work_off(session, change)
    assert (change.state, change.total, change.done, change.refused) == ("done", 3, 2, 1)
    assert {first.state, second.state} == {"cancelled"} and client.state == "active"
    assert (first.cancel_reason, reasons(session, change)) == ("Sin cobertura", ["illegal-installation-move"])
    work_off(session, change)
    assert (change.done, first.version) == (2, 2), "an interrupted job that comes again does nothing twice"


def test_gat_3_each_of_many_is_audited_as_whoever_asked_for_it(session: Session, scene: Scene) -> None:
    job, refused, leaves = scene.schedule(session), scene.activated(session), scene.activated(session)
    work_off(session, begin(session, "cancel", ticked(job, refused), reason="Sin cobertura"))
    work_off(session, begin(session, "end", ticked(leaves), end_reason="moved"))
    told = {one.id: auditing.find(session, subject=str(one.id)).rows for one in (job, refused, leaves)}
    (cancelled,), (ended,) = told[job.id], told[leaves.id]
    assert told[refused.id] == [], "nothing was done"
    assert (cancelled.method, ended.method) == ("installations.bulk_cancel", "installations.bulk_end")
    for row in (cancelled, ended):
        assert (row.actor_name, row.actor_id, row.actor_role, row.ip) == ("Rosa", "s1", "owner", "10.1.2.3")
    assert cancelled.changes[0]["fields"]["cancel_reason"] == [None, "Sin cobertura"]
    assert ended.changes[0]["fields"]["state"] == ["active", "ending"]


def test_what_is_refused_in_the_middle_leaves_nothing_behind(session: Session, scene: Scene) -> None:
    """Three visits of one technician at one time: a conflict is found after the visit was moved."""
    visits = [scene.schedule(session, scheduled_at=NOON + timedelta(days=day)) for day in (1, 2, 3)]
    before = [visit.scheduled_at for visit in visits]
    told = types(session)
    change = begin(session, "reschedule", ticked(*visits), day="2026-12-10")
    work_off(session, change)
    assert (change.done, change.refused) == (1, 2) and set(reasons(session, change)) == {"visit-overlaps"}
    assert [visit.scheduled_at for visit in visits[1:]] == before[1:]
    assert types(session)[: len(told)] == told
    accepted = begin(session, "reschedule", ticked(*visits), day="2026-12-11", accepted=True)
    work_off(session, accepted)
    assert (accepted.done, accepted.refused) == (3, 0)
    assert {visit.scheduled_at for visit in visits} == {NOON.replace(month=12, day=11)}


def test_moved_by_days_each_keeps_its_hour_on_the_companys_clock(session: Session, scene: Scene) -> None:
    first = scene.schedule(session, scheduled_at=NOON)
    second = scene.schedule(session, scheduled_at=NOON + timedelta(days=1, hours=3))
    work_off(session, begin(session, "reschedule", ticked(first, second), days=7))
    assert (first.scheduled_at, second.scheduled_at) == (NOON + timedelta(days=7), NOON + timedelta(days=8, hours=3))


def test_clients_of_a_filter_get_another_plan_of_their_router(session: Session, scene: Scene) -> None:
    faster = catalogue.save_plan(session, plan_id=None, router_id=scene.router_id, **a_plan(name="50M"))
    session.flush()
    clients = [scene.activated(session, city=city) for city in ("Tepoztlán", "Cuernavaca", "Cuernavaca")]
    pending = scene.schedule(session, city="Cuernavaca")
    assert working.preview(session, chosen=everything("clients", city="cuernavaca"))["total"] == 2
    change = begin(session, "change_plan", everything("clients", city="cuernavaca"), plan_id=str(faster.id))
    work_off(session, change)
    assert (change.done, change.refused) == (2, 0)
    assert [one.plan_id == faster.id for one in (*clients, pending)] == [False, True, True, False]


def test_everything_is_what_the_filter_finds_and_no_more(
    session: Session, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        scene.schedule(session)
    session.flush()
    assert working.preview(session, chosen=everything()) == {"total": 3, "by_state": {"new": 3}}
    with pytest.raises(NothingChosen):
        working.preview(session, chosen=everything(search="nobody"))
    with pytest.raises(ValidationFailed):
        working.preview(session, chosen=everything(password="x"))
    monkeypatch.setattr(choosing, "MOST", 2)
    with pytest.raises(TooManyChosen):
        begin(session, "start", everything())


def test_it_goes_on_in_pieces_and_may_be_stopped(
    session: Session, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "AT_ONCE", 1)
    visits = [scene.schedule(session) for _ in range(3)]
    change = begin(session, "start", ticked(*visits))
    work_off(session, change)
    assert (change.state, change.done) == ("running", 1)
    working.stop(session, change_id=change.id, at=NOON)
    work_off(session, change)
    assert (change.state, [visit.state for visit in visits].count("in_progress")) == ("stopped", 1)
    with pytest.raises(BulkChangeEnded):
        working.stop(session, change_id=change.id, at=NOON)


def test_what_an_action_needs_is_asked_for(scene: Scene) -> None:
    for action in ("assign", "cancel", "change_plan", "reschedule"):
        wrong = schemas.BeginBulkChange().validate({"action": action, "chosen": {"list": "installations"}})
        assert list(wrong.values()) == [["required"]] or "required" in str(wrong)


def test_nobody_elses_are_changed_or_seen(session: Session, scene: Scene, database: Database) -> None:
    installation = scene.schedule(session)
    change = begin(session, "start", ticked(installation))
    session.commit()
    with database.read(STRANGER) as stranger:
        with pytest.raises(NothingChosen):
            working.preview(stranger, chosen=ticked(installation))
        with pytest.raises(NotFound):
            working.list_items(stranger, change_id=change.id, state=None, after=None, limit=5)
    with pytest.raises(NotFound):
        begin(session, "assign", ticked(installation), technician_id=str(new_id()))


def test_another_technician_at_the_same_time(session: Session, scene: Scene) -> None:
    from events.gateway import StaffChanged
    from services.installations.projections import learn_staff
    from tests.samples import told

    other: UUID = new_id()
    learn_staff(session, told(StaffChanged, staff_id=other, name="Inés"))
    installation = scene.schedule(session)
    session.flush()
    work_off(session, begin(session, "assign", ticked(installation), technician_id=str(other)))
    assert (installation.technician_id, installation.scheduled_at) == (other, NOON)
