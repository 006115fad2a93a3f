"""INS-10, NOT-1: the person hears of a visit's new time: once, and from the time that they know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from chassis.identifiers import new_id
from chassis.storage.tables import jobs
from events.installations import InstallationCancelled, InstallationChanged, InstallationScheduled
from services.notifications import rescheduling
from services.notifications.model import Message
from tests.samples import told

AT = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
TEN, NOON, FOUR = (datetime(2026, 11, 26, hour, tzinfo=UTC) for hour in (16, 18, 22))
VISIT = new_id()


@pytest.fixture
def moved(session):
    """The visit is moved, and what is written about it by then: state, text."""

    def moved(before, after, version, **changed):
        event = told(
            InstallationChanged,
            version=version,
            **{"installation_id": VISIT, "scheduled_at": after, "rescheduled_from": before} | changed,
        )
        rescheduling.tell_new_time(session, event, at=AT)
        session.flush()
        written = session.scalars(select(Message).where(Message.installation_id == VISIT).order_by(Message.id))
        return [(message.state, message.text) for message in written]

    return moved


def test_a_new_time_is_told_with_the_one_before_two_minutes_later(moved, session):
    ((state, text),) = moved(TEN, NOON, 2)
    assert state == "queued"
    assert "10:00" in text
    assert "12:00" in text
    assert session.scalar(select(jobs.c.next_attempt_at)).replace(tzinfo=UTC) == AT + timedelta(minutes=2)


def test_what_is_moved_twice_is_told_once_from_the_time_that_the_person_knows(moved):
    moved(TEN, NOON, 2)
    (first, _), (second, text) = moved(NOON, FOUR, 3)
    assert (first, second) == ("withdrawn", "queued")
    assert "10:00" in text
    assert "4:00" in text
    assert "12:00" not in text


def test_what_is_moved_back_is_not_told(moved):
    moved(TEN, NOON, 2)
    assert [state for state, _ in moved(NOON, TEN, 3)] == ["withdrawn"]


def test_a_visit_that_is_cancelled_meanwhile_is_not_told(moved, session):
    moved(TEN, NOON, 2)
    rescheduling.call_off(session, told(InstallationCancelled, version=3, installation_id=VISIT))
    assert session.scalars(select(Message.state)).all() == ["withdrawn"]


def test_what_arrives_after_the_cancellation_is_not_told(moved, session):
    for _twice in range(2):
        rescheduling.call_off(session, told(InstallationCancelled, version=3, installation_id=VISIT))
        session.flush()
    assert moved(TEN, NOON, 2) == []
    rescheduling.tell_time(session, told(InstallationScheduled, installation_id=VISIT), at=AT)
    assert moved(TEN, FOUR, 1) == []


def test_an_older_fact_that_comes_late_changes_nothing(moved):
    told_before = moved(NOON, FOUR, 3)
    assert moved(TEN, NOON, 2) == told_before


@pytest.mark.parametrize(
    "changed",
    [
        {"rescheduled_from": None},
        {"email": None},
        {"state": "active"},
        {"scheduled_at": datetime(2026, 11, 1, tzinfo=UTC)},
    ],
)
def test_nobody_is_written_to_about_anything_else(moved, changed):
    """Another technician, nobody to write to, a client already, a visit that was before we were told."""
    assert moved(TEN, NOON, 2, **changed) == []
