"""INS-6: the first page's numbers agree with the lists that prove them, at the edges of days and months too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chassis.schemas import load
from services.installations import listing, overview, scheduling, schemas
from services.installations.model import PENDING, Installation
from tests.installations.builders import NOON, fail

# Mexico City is six hours behind: its November begins and ends at six in the morning, in UTC.
NOVEMBER = datetime(2026, 11, 1, 6, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 6, tzinfo=UTC)
TODAY = datetime(2026, 11, 24, 6, tzinfo=UTC)
MOMENT = timedelta(seconds=1)
EVERYBODY = {"states": ["active", "ending", "ended"]}


def clients(session, **asked) -> int:
    return len(listing.list_clients(session, **load(schemas.ClientSearch(), {"limit": 200, **asked})).rows)


def installations(session, **asked) -> int:
    return len(listing.list_installations(session, **load(schemas.InstallationSearch(), {"limit": 200, **asked})).rows)


@pytest.mark.parametrize("moment", [NOVEMBER - MOMENT, NOVEMBER, NOON, DECEMBER - MOMENT, DECEMBER])
def test_ins_6_a_months_installs_are_the_clients_that_its_link_lists(session, scene, moment):
    for at in (NOVEMBER - MOMENT, NOVEMBER, NOON, NOON, DECEMBER - MOMENT, DECEMBER):
        scene.activated(session, at=at)
    for moment_of_end in (NOVEMBER, NOON, DECEMBER):
        # Who came and left was an installation of the month none the less.
        left = scene.activated(session, at=NOON)
        left.begin_end(NOON.date(), "moved", None, without_router=False)
        left.end(moment_of_end, without_router=False)
    session.flush()
    shown = overview.month(session, at=moment, month=None)
    assert shown["installs"] == clients(session, month=shown["month"], **EVERYBODY)
    assert shown["installs_before"] == clients(session, month=shown["previous_month"], **EVERYBODY)
    for day in shown["by_day"]:
        assert day["installs"] == clients(session, day=day["day"].isoformat(), **EVERYBODY)
    for row in shown["by_technician"]:
        assert row["installs"] == clients(session, month=shown["month"], technician_id=str(row["id"]), **EVERYBODY)
    for row in shown["by_zone"]:
        assert row["installs"] == clients(session, month=shown["month"], zone_id=str(row["id"]), **EVERYBODY)
    assert shown["ends"] == clients(session, month=shown["month"], states=["ended"], dates="ended_at")


def test_ins_6_the_month_is_compared_up_to_the_same_day_while_it_lasts(session, scene):
    for at in (NOON - timedelta(days=31), NOON - timedelta(days=26), NOON):
        scene.activated(session, at=at)
    shown = overview.month(session, at=NOON, month=None)
    assert (shown["installs"], shown["installs_before"], shown["installs_before_so_far"]) == (1, 2, 1)
    assert shown["next_month"] is None
    before = overview.month(session, at=NOON, month="2026-10")
    assert (before["installs"], before["next_month"], before["installs_before_so_far"]) == (2, "2026-11", None)


def test_ins_6_what_is_due_late_and_failed_is_what_the_lists_show(session, scene):
    for at in (TODAY - MOMENT, TODAY, NOON, TODAY + timedelta(days=1) - MOMENT, TODAY + timedelta(days=1)):
        scene.schedule(session, scheduled_at=at)
    broken = scene.schedule(session, scheduled_at=NOON)
    broken.ask_for_activation(broken.id, NOON)
    fail(session, broken)
    scheduling.cancel(session, installation_id=scene.schedule(session, scheduled_at=NOON).id, reason=None)
    session.flush()
    shown = overview.dashboard(session, at=NOON)
    today, yesterday = shown["today"].isoformat(), shown["yesterday"].isoformat()
    assert shown["due_today"] == installations(session, from_on=today, to_on=today) == len(shown["agenda"]) == 4
    assert shown["late"] == installations(session, to_on=yesterday) == 1
    assert shown["failed"] == installations(session, failed=True) == 1
    for state in PENDING:
        assert shown["pending_by_state"][state] == installations(session, states=[state])


def test_ins_6_a_technician_sees_their_own_day(session, scene):
    own = scene.schedule(session, scheduled_at=NOON)
    other = scene.schedule(session, scheduled_at=NOON)
    session.get(Installation, other.id).technician_id = other.id
    session.flush()
    shown = overview.dashboard(session, at=NOON, technician_id=own.technician_id)
    assert [row.installation_id for row in shown["agenda"]] == [own.id]
    assert (shown["due_today"], shown["pending_by_state"]["new"]) == (1, 1)
