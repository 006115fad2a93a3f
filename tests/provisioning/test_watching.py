"""PRO-5: routers are compared by schedule, what is found is kept and repaired, and a router that is off is noted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import clock
from events.installations import InstallationActivationRequested
from services.provisioning import adjusting, watching
from services.provisioning.routers import Connection
from tests.provisioning.builders import a_router
from tests.provisioning.story import Story
from tests.simulator import SimulatedRouter

SECRET = "/ppp/secret"
LONG = timedelta(hours=8)


def compare(story: Story) -> None:
    """As the clock and the job runner do it."""
    with story.workshop.database.begin(story.company) as session:
        watching.begin(session, router_id=story.router().id, at=clock.now())
    story.run(story.job(watching.COMPARE))


def found(story: Story) -> list[tuple[str, str]]:
    with story.session() as session:
        rows = watching.list_found(session, router_id=None, kind=None, after=None, limit=50).rows
        return [(row.kind, row.name) for row in rows]


def due(story: Story, at: datetime) -> list[UUID]:
    with story.workshop.database.read_unscoped() as session:
        return [router.id for router in watching.due(session, at=at)]


def settings(story: Story, router: SimulatedRouter, **changed: Any) -> None:
    story.save_router(a_router(router, mode="pppoe", router_id=story.router().id, password=None, **changed))


def test_a_router_is_due_after_its_hours_and_not_twice(story: Story, active: InstallationActivationRequested) -> None:
    now = clock.now()
    assert due(story, now) == []
    assert due(story, now + LONG) == [story.router().id]
    with story.workshop.database.begin(story.company) as session:
        watching.begin(session, router_id=story.router().id, at=now + LONG)
    assert due(story, now + LONG) == []


def test_one_that_is_not_to_be_compared_or_not_in_use_is_never_due(
    story: Story, router: SimulatedRouter, active: InstallationActivationRequested
) -> None:
    settings(story, router, compare_hours=0)
    assert due(story, clock.now() + LONG) == []
    settings(story, router, compare_hours=1, active=False)
    assert due(story, clock.now() + LONG) == []


def test_what_differs_is_kept_until_the_next_comparison_finds_it_gone(
    story: Story, router: SimulatedRouter, connection: Connection, active: InstallationActivationRequested
) -> None:
    compare(story)
    assert (found(story), story.router().compared_at is not None) == ([], True)
    (secret,) = router.rows(SECRET)
    connection.set(SECRET, secret[".id"], {"disabled": "yes"})
    compare(story)
    assert found(story) == [("changed", "ana.lopez")]
    with story.workshop.database.begin(story.company) as session:
        watching.repair(session, router_id=story.router().id, installation_ids=[active.installation_id], at=clock.now())
    assert due(story, clock.now() + watching.AFTER_REPAIR) == [story.router().id]
    story.work_off()
    compare(story)
    assert (found(story), router.rows(SECRET)[0]["disabled"]) == ([], "false")


def test_where_the_settings_say_so_it_is_repaired_without_asking(
    story: Story, router: SimulatedRouter, connection: Connection, active: InstallationActivationRequested
) -> None:
    settings(story, router, repairs_itself=True)
    connection.remove(SECRET, router.rows(SECRET)[0][".id"])
    compare(story)
    assert len(story.jobs(adjusting.ADJUST)) == 1
    story.work_off()
    assert [row["name"] for row in router.rows(SECRET)] == ["ana.lopez"]


def test_a_router_that_is_off_keeps_what_was_found_and_is_asked_again_sooner(
    story: Story, router: SimulatedRouter, connection: Connection, active: InstallationActivationRequested
) -> None:
    connection.remove(SECRET, router.rows(SECRET)[0][".id"])
    compare(story)
    router.do("offline")
    compare(story)
    kept = story.router()
    assert (found(story), kept.compare_failure) == ([("missing", "ana.lopez")], "router-unreachable")
    assert kept.lost_at is not None
    assert due(story, clock.now() + watching.AFTER_FAILURE) == [kept.id]
    router.do("online")
    compare(story)
    assert (story.router().compare_failure, story.router().lost_at) == (None, None)


def test_all_in_use_are_compared_when_staff_ask(story: Story, active: InstallationActivationRequested) -> None:
    with story.workshop.database.begin(story.company) as session:
        assert watching.begin_all(session) == 1
    assert len(story.jobs(watching.COMPARE)) == 1
