"""A visit's time, told to the person; a new one once the office has made up its mind, with what they knew before.

Who drags a visit to a wrong hour drags it on, or takes it back. The message waits for that; what was moved twice
is told once, from the time that the person knows to the newest, and what came back to that time not at all. Of a visit
that was cancelled nothing is told any more, in whatever order its facts arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.installations import InstallationCancelled, InstallationChanged, InstallationScheduled
from services.notifications.composing import RESCHEDULED, SCHEDULED, installation_rescheduled
from services.notifications.model import QUEUED, CancelledVisit, Message
from services.notifications.projections import company_of
from services.notifications.queueing import write, write_messages

SECOND_THOUGHTS = timedelta(minutes=2)


def tell_time(session: Session, event: InstallationScheduled, *, at: datetime) -> None:
    """Raises `NotKnownYet`."""
    if not _is_cancelled(session, event):
        write_messages(session, event, at=at)


def tell_new_time(session: Session, event: InstallationChanged, *, at: datetime) -> None:
    """Nothing when the visit is when it was. Raises `NotKnownYet`."""
    company, waiting = company_of(session), _waiting(session, event, RESCHEDULED)
    if event.rescheduled_from is None or _is_old(event, waiting) or _is_cancelled(session, event):
        return
    known = waiting[0].moved_from if waiting else event.rescheduled_from
    for message in waiting:
        message.withdraw()
    if known == event.scheduled_at:
        return
    for draft in installation_rescheduled(event, company, known_as=known):
        for message in write(session, event, draft, company, at=at, not_before=at + SECOND_THOUGHTS):
            message.moved_from, message.fact_version = known, event.meta.entity_version


def call_off(session: Session, event: InstallationCancelled) -> None:
    """Nobody comes any more: what was not told yet is not told, nor what is heard later."""
    session.merge(CancelledVisit(id=event.installation_id))
    for message in _waiting(session, event, SCHEDULED, RESCHEDULED):
        message.withdraw()


def _is_cancelled(session: Session, event: InstallationScheduled | InstallationChanged) -> bool:
    return session.get(CancelledVisit, event.installation_id) is not None


def _waiting(session: Session, event: InstallationCancelled | InstallationChanged, *kinds: str) -> Sequence[Message]:
    there = select(Message).where(
        Message.installation_id == event.installation_id, Message.kind.in_(kinds), Message.state == QUEUED
    )
    return session.scalars(there.order_by(Message.id).with_for_update()).all()


def _is_old(event: InstallationChanged, waiting: Sequence[Message]) -> bool:
    """A newer fact was heard before it."""
    return any(message.fact_version > event.meta.entity_version for message in waiting)
